"""Other people's words: how mail programs mark and introduce the message that is answered or forwarded."""

import re

_LINE_END = r"(?:\r\n|\r|\n)"
_ADDRESS = r"<[^>\s@]{1,64}@[^>\s@]{1,255}>"
_MARK = re.compile(r"\s*(?:>|\|(?!.*\|\s*$))")  # but for the rows of a table
_FORWARD = re.compile(
    r"\s*(?:-{2,}\s*(?:original|forwarded) message\s*-{0,}|begin forwarded message\s*:|_{10,})\s*$", re.I
)
_LEAD = re.compile(
    r"[ \t]*(?:(?:on|am|le|el|op|il|den|em)\b"
    rf"(?:[^\r\n]{{4,120}}?|(?=[^\r\n]*\d)[^\r\n]{{4,120}}(?<![.!?]){_LINE_END}[^\r\n]{{0,100}}?)"
    r"(?:(?<!\bI )(?<!\bwe )(?<!\byou )\bwrote|"
    r"\b(?:schrieb|a \S{0,2}crit|escribi\S{1,2}|schreef|ha scritto|skrev|escreveu)\b[^\r\n:]{0,60})|"
    rf"[^\r\n]{{0,60}}(?:{_ADDRESS}(?:[ \t]*wrote)?|\bwrote on [^\r\n:]{{4,20}}(?::\d\d)?[^\r\n:]{{0,20}}))[ \t]*:"
    r"[ \t]*(?=[\r\n]|$)",
    re.I,
)
"""\"On Monday, 2 May, Jo wrote:", in the languages of common mail programs, on one line or wrapped over two."""

_HEADER = re.compile(
    rf"[ \t]*\*?(?:from|von|de|van|da)[ \t]*:\*?[ \t]*\S[^\r\n]*{_LINE_END}(?:[^\r\n]*{_LINE_END}){{0,2}}?"
    r"[ \t]*\*?(?:sent|date|gesendet|datum|envoy\S{1,2}|enviado(?: el)?|verzonden|inviato)[ \t]*:\*?[ \t]*\S",
    re.I,
)


def marked(line: str) -> bool:
    """Whether each line of the quotation is marked, as this one is: "> You lost it"."""
    return bool(_MARK.match(line))


def forwards(line: str) -> bool:
    """Whether all below the line is another message: "-----Original Message-----"."""
    return bool(_FORWARD.match(line))


def headed(text: str, begin: int) -> bool:
    """Whether a line that begins at `begin` opens the header of another message, "From:" before "Sent:" or "Date:"."""
    return bool(_HEADER.match(text, begin))


def lead_end(text: str, begin: int) -> int:
    """Where words end that begin at `begin` and say who wrote what follows; -1 where there are none."""
    lead = _LEAD.match(text, begin)
    return lead.end() if lead is not None else -1
