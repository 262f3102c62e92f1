"""The layout of a draft: what is subject, greeting, body, sign-off, signature, and what is somebody else's words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby, pairwise

from apology_rules.reading import quotations
from apology_rules.reading.boilerplate import is_boilerplate
from apology_rules.reading.signatures import bids_farewell, names_somebody, signs, speaks

BLANK_LINE = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*[\r\n]")
"""Between two paragraphs, whatever ends a line."""


class Role(Enum):
    """What a line of the draft is there for."""

    SUBJECT = "subject"
    HEADER = "header"
    GREETING = "greeting"
    BODY = "body"
    SIGN_OFF = "sign-off"
    SIGNATURE = "signature"
    FOOTER = "footer"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line end: code points `[begin, end)`, its paragraph's number, and its role."""

    begin: int
    end: int
    paragraph: int
    role: Role


_SUBJECT = re.compile(r"\s*(?:subject|betreff|re|fwd?|aw)\s*:", re.I)
_HEADER = re.compile(
    r"\s*(?:from|to|cc|bcc|date|sent|ref|your ref|our ref|reply-to|attachments?|importance|account|order|case)"
    r"\s*(?:no\.?|number)?\s*[:#]\s*\S.{0,78}$",
    re.I,
)
_GREETING = re.compile(
    r"\s*(?:dear|hi+|hello|hey+|hiya|heya|yo|good (?:morning|afternoon|evening|day)|morning|afternoon|evening|greetings|"
    r"to (?:all|whom|our|the|my|everyone|every)|attention|folks|team|all|everyone|friends|respected|namaste|salaam|oi)\b"
    r"[^.!?]{0,60}[,:!\-–—]?\s*$",
    re.I,
)
_SIGNATURE_MARK = re.compile(r"(?:--|__+|—)\s*$")
_POSTSCRIPT = re.compile(r"\s*p\.?\s?p?\.?s\b[.:\s-]", re.I)
_SUBJECT_WORDS, _SAID_WORDS = 20, 8


def lines(text: str) -> tuple[Line, ...]:
    """Every line of `text` with its role."""
    text = text.translate(_CONTROLS)
    found = list(_walk(text))
    if Role.BODY not in {line.role for line in found}:  # all is said in the subject
        found = [replace(line, role=Role.BODY) if line.role is Role.SUBJECT else line for line in found]
    return tuple(_with_signature(text, found))


def _walk(text: str) -> Iterator[Line]:
    paragraph, blank, seen_body, seen_any = 0, True, False, False
    role: Role | None = None  # what every further line is, once a mark said so
    rest_is_quoted, lead_end = False, 0
    for match in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|$)", text):
        content = match.group().rstrip("\r\n")
        begin, end = match.start(), match.start() + len(content)
        if not content.strip():
            blank = True
            continue
        begins, blank = blank, False
        paragraph += begins
        if rest_is_quoted:
            here = Role.QUOTED
        elif quotations.forwards(content) or (seen_body and quotations.headed(text, begin)):
            here, rest_is_quoted = Role.QUOTED, True
        elif quotations.marked(content) or begin < lead_end:
            here = Role.QUOTED
        elif (lead_end := quotations.lead_end(text, begin)) >= 0:
            here, rest_is_quoted = Role.QUOTED, not quotations.marked(text[lead_end:].lstrip()[:1])
        elif role is Role.SIGNATURE:
            said = _POSTSCRIPT.match(content) or (begins and begin < len(text) - begin and _goes_on_writing(content))
            here = Role.FOOTER if is_boilerplate(content, below=True) else Role.BODY if said else role
            role = None if here is Role.BODY else role
        elif not seen_body and _SUBJECT.match(content) and len(content.split()) <= _SUBJECT_WORDS:
            here = Role.SUBJECT
        elif not seen_body and not seen_any and _HEADER.match(content):
            here = Role.HEADER
        elif not seen_body and _GREETING.match(content) and len(content.split()) <= 9:
            here, seen_any = Role.GREETING, True
        elif seen_body and _SIGNATURE_MARK.match(content):
            here = role = Role.SIGNATURE
        elif seen_body and bids_farewell(content):
            here, role = Role.SIGN_OFF, Role.SIGNATURE
        elif seen_body and is_boilerplate(content):
            here = Role.FOOTER
        else:
            here, seen_body = Role.BODY, True
        yield Line(begin, end, paragraph, here)


def _goes_on_writing(content: str) -> bool:
    """Whether what begins most of the text below a name is a sentence of the writer's: the mark above was a mere divider."""
    return len(content.split()) >= _SAID_WORDS and speaks(content)


def _with_signature(text: str, found: list[Line]) -> Iterator[Line]:
    """Takes a block of short lines that look like a name or a role for a signature, when no sign-off came before them.

    Such a block ends the draft, or stands alone before an afterthought; where several stand alone they are headings.
    """
    last = len(found)
    while last > 1 and found[last - 1].role in (Role.FOOTER, Role.QUOTED):
        last -= 1
    first = last
    while first > 1 and _signed(text, found[first - 1]) and not _goes_on(text, found[first - 2], found[first - 1]):
        first -= 1
    if Role.BODY not in {line.role for line in found[:first]}:
        first = last  # a message of nothing but a signature says something with it
    if first == last and Role.SIGNATURE not in {line.role for line in found}:
        first, last = _signed_early(text, found)
    for index, line in enumerate(found):
        signed = first <= index < last
        yield Line(line.begin, line.end, line.paragraph, Role.SIGNATURE) if signed else line


def _signed_early(text: str, found: Sequence[Line]) -> tuple[int, int]:
    """The lines `[first, last)` of the only paragraph that is a name, with a role or not, and has less text after it."""
    alone, first = [], 0
    for _, group in groupby(found, key=lambda line: line.paragraph):
        block = tuple(group)
        named = all(_signed(text, line) for line in block) and names_somebody(text[block[0].begin : block[0].end])
        if first and named:
            alone.append((first, first + len(block)))
        first += len(block)
    if len(alone) != 1:
        return 0, 0
    begin, end = alone[0]
    return (begin, end) if found[-1].end - found[end - 1].end < found[begin].begin else (0, 0)


def _signed(text: str, line: Line) -> bool:
    return line.role is Role.BODY and signs(text[line.begin : line.end])


def _goes_on(text: str, before: Line, line: Line) -> bool:
    """Whether a line belongs to what is said before it: the end of a wrapped sentence, the next item of a list."""
    content, mark = text[before.begin : before.end].strip(), text[line.begin : line.end].lstrip()[:1]
    if content.endswith(":") or (mark == content[0] and _ITEM.match(text, line.begin)):
        return True
    wrapped = before.paragraph == line.paragraph and before.end - before.begin >= _WRAPPED_WIDTH
    return wrapped and before.role is Role.BODY and content[-1] not in _STOPS and mark not in _DASHES


def analysis_text(text: str, found: tuple[Line, ...]) -> str:
    """A copy of `text` of equal length for the parser.

    Other people's words and control characters are blanked, curly quotes straightened. A single line end inside a
    paragraph of long lines is a mailer's wrap and becomes a space, so that the parser sees whole sentences; every offset
    stays where it is.
    """
    characters = list(text.translate(_STRAIGHT))
    for line in found:
        if line.role in (Role.QUOTED, Role.HEADER):
            characters[line.begin : line.end] = " " * (line.end - line.begin)
    for line, following in pairwise(found):
        wrapped = line.paragraph == following.paragraph and line.role is following.role is Role.BODY
        if wrapped and line.end - line.begin >= _WRAPPED_WIDTH and not _ITEM.match(text, following.begin):
            for index in range(line.end, following.begin):
                characters[index] = " "
    return "".join(characters)


_CONTROLS = {code: " " for code in range(32) if chr(code) not in "\t\n\r"}
_HALVES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # of surrogate pairs, which no parser takes
_STRAIGHT = {**_CONTROLS, **_HALVES, ord("’"): "'", ord("‘"): "'", ord("“"): '"', ord("”"): '"', ord("\u00a0"): " "}
_WRAPPED_WIDTH = 50
_STOPS = frozenset(".!?…),\"'”’")
_DASHES = frozenset("-–—~")
_ITEM = re.compile(r"\s*(?:[-*•–—]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4}|[IVX]{2,4})[.)])\s")
