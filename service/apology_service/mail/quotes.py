"""Whose words: what stands in a body before and after a quoted or forwarded message.

quotequail knows how mail programs introduce what they quote, in several languages and over wrapped lines. Lines marked
with `>`, signatures and footers are left to the layout of the rules, which sees them in every draft.
"""

import re
from collections.abc import Iterator

import quotequail

from apology_service.mail.faults import UnreadableError
from apology_service.mail.tracked import Tracked, joined

_ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE-----\s*$", re.M)
_SIGNED_HEAD = re.compile(r"\A\s*-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:[A-Za-z-]+: .*\r?\n)*\s*?\n")
_SIGNED_TAIL = re.compile(r"^-----BEGIN PGP SIGNATURE-----.*", re.M | re.S)

_PARAGRAPH = re.compile(r".+?(?:\n\s*\n|\Z)", re.S)
_DISCLAIMER = re.compile(
    r"(?=.*\bthis (?:e-?mail|message|communication|transmission)\b)"
    r"(?=.*\b(?:confidential|privileged|intended (?:recipient|addressee|only|solely)))",
    re.I | re.S,
)


def own_words(body: Tracked) -> Tracked:
    """`body` without what it quotes or forwards, without legal disclaimers, and without an OpenPGP signature."""
    if _ENCRYPTED.search(body.text):
        raise UnreadableError("is encrypted")
    if head := _SIGNED_HEAD.match(body.text):
        tail = _SIGNED_TAIL.search(body.text)
        body = body.cut(head.end(), tail.start() if tail else len(body.text))
    own = joined(body.cut(begin, end) for begin, end in _own(body.text))
    return joined(own.cut(begin, end) for begin, end in _but_disclaimers(own.text))


def _but_disclaimers(text: str) -> Iterator[tuple[int, int]]:
    """All but the paragraphs that a mail server or a template puts under every mail."""
    for paragraph in _PARAGRAPH.finditer(text):
        if paragraph.start() == 0 or not _DISCLAIMER.match(paragraph.group()):
            yield paragraph.span()


def _own(text: str) -> Iterator[tuple[int, int]]:
    plain = text.replace("\r", " ")  # the same length, as quotequail knows one kind of line end
    found = quotequail.unwrap(plain)
    if found is None or found["type"] == "quote":
        yield 0, len(text)
        return
    if top := found.get("text_top"):
        yield 0, plain.index(top) + len(top)
    if bottom := found.get("text_bottom"):
        begin = plain.rindex(bottom)
        yield len(plain[:begin].rstrip()), len(text)
