"""Whose words: what stands in a body before and after a quoted or forwarded message.

Lines marked with `>` are left out, but for one mark where they stood: by it the layout of the rules knows that what
introduces them introduces nothing more. quotequail knows how mail programs introduce what they quote, in several languages
and over wrapped lines. Signatures and footers are left to the layout of the rules, which sees them in every draft.
"""

import re
from collections.abc import Iterator
from itertools import islice

import quotequail

from apology_service.mail.faults import UnreadableError
from apology_service.mail.tracked import Tracked, joined

_ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE-----\s*$", re.M)
_SIGNED_HEAD = re.compile(r"\A\s*-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:[A-Za-z-]+: .*\r?\n)*\s*?\n")
_SIGNED_TAIL = re.compile(r"^-----BEGIN PGP SIGNATURE-----.*", re.M | re.S)

_MARKED = re.compile(r"^[ \t]*(>)[^\n]*(?:\n(?:[ \t]*\n)*[ \t]*>[^\n]*)*", re.M)
_LINE = re.compile(r"([^\n]*)(?:\n|\Z)")
# How much quotequail sees, which tries some forty patterns on each line and reads what looks like a header again from each
# line on. No introduction is as wide, and below so many lines the layout of the rules finds most of them, too.
_WIDTH, _HEIGHT = 500, 1_000  # code points, lines

_PARAGRAPH = re.compile(r".+?(?:\n\s*\n|\Z)", re.S)
_DISCLAIMER = re.compile(
    r"(?=.*\bthis (?:e-?mail|message|communication|transmission)\b)"
    r"(?=.*\b(?:confidential|privileged|intended (?:recipient|addressee|only|solely)))",
    re.I | re.S,
)


def own_words(body: Tracked) -> Tracked:
    """`body` without what it quotes or forwards, without legal disclaimers, and without an OpenPGP signature."""
    if head := _SIGNED_HEAD.match(body.text):
        tail = _SIGNED_TAIL.search(body.text)
        body = body.cut(head.end(), tail.start() if tail else len(body.text))
    body = joined(body.cut(begin, end) for begin, end in _but_marked(body.text))
    own = joined(body.cut(begin, end) for begin, end in _own(body.text))
    if _ENCRYPTED.search(own.text):
        raise UnreadableError("is encrypted")
    return joined(own.cut(begin, end) for begin, end in _but_disclaimers(own.text))


def _but_disclaimers(text: str) -> Iterator[tuple[int, int]]:
    """All but the paragraphs that a mail server or a template puts under every mail."""
    for paragraph in _PARAGRAPH.finditer(text):
        if paragraph.start() == 0 or not _DISCLAIMER.match(paragraph.group()):
            yield paragraph.span()


def _but_marked(text: str) -> Iterator[tuple[int, int]]:
    """All but the lines that are marked as quoted, of which the first mark of each row is kept."""
    place = 0
    for row in _MARKED.finditer(_plain(text)):
        yield place, row.end(1)
        place = row.start() + len(row.group().rstrip())
    yield place, len(text)


def _own(text: str) -> Iterator[tuple[int, int]]:
    """What stands above and below a message that is introduced, be it marked or not."""
    plain = _plain(text)
    places = list(_seen(plain))
    seen = "".join(plain[place] for place in places)
    found = quotequail.unwrap(seen)
    if found is None or found["type"] == "quote":
        yield 0, len(text)
        return
    if top := found.get("text_top"):
        line_end = plain.index("\n", places[seen.index(top) + len(top)])
        yield 0, len(plain[:line_end].rstrip())
    if bottom := found.get("text_bottom"):
        yield places[len(seen[: seen.rindex(bottom)].rstrip())], len(text)


def _seen(plain: str) -> Iterator[int]:
    """The places of the code points that quotequail is to see."""
    for line in islice(_LINE.finditer(plain), _HEIGHT):
        yield from range(line.start(), min(line.end(1), line.start() + _WIDTH))
        yield from range(line.end(1), line.end())


def _plain(text: str) -> str:
    """The same length, with one kind of line end."""
    return text.replace("\r\n", " \n").replace("\r", "\n")
