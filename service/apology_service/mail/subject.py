"""The subject of a message, decoded (RFC 2047), with the bytes that each character stands for."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from apology_service.mail.faults import UnreadableError
from apology_service.mail.mime import message_head
from apology_service.mail.octets import Octets, characters, decoded
from apology_service.mail.origin import Piece
from apology_service.mail.tracked import Tracked, joined

_SUBJECT = re.compile(rb"^subject[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", re.I | re.M)
_WORD = re.compile(rb"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?\s]*)\?=")
_SOMEBODY_ELSES = re.compile(r"\s*(?:re|aw|antw|sv|vs|fw|fwd|wg|tr|rv)\s*(?:\[\d+\])?\s*:", re.I)
SECTION = "HEADER"


def own_subject(message: bytes) -> Piece | None:
    """The subject, if the sender wrote it: that of a reply or of a forwarded message is somebody else's.

    One that cannot be decoded is none: it says nothing to its reader either, and the body below it can be judged.
    """
    begin, end, _ = message_head(message)
    found = _SUBJECT.search(message, begin, end)
    if found is None:
        return None
    try:
        content = joined(_stretches(message, found.start(1), found.end(1)))
    except UnreadableError:
        return None
    if not content.text.strip() or _SOMEBODY_ELSES.match(content.text):
        return None
    return Piece(SECTION, Tracked.whole(content.text), content)


def _stretches(message: bytes, begin: int, end: int) -> Iterator[Tracked]:
    """Encoded words and what stands between them; white space between two encoded words does not count."""
    place, row = begin, list[re.Match[bytes]]()
    for word in _WORD.finditer(message, begin, end):
        if not row or message[place : word.start()].strip():
            yield from _words(row)
            yield _plain(message, place, word.start())
            row = []
        row.append(word)
        place = word.end()
    yield from _words(row)
    yield _plain(message, place, end)


def _plain(message: bytes, begin: int, end: int) -> Tracked:
    places = [place for place in range(begin, end) if message[place] not in b"\r\n"]
    octets = Octets(bytes(message[p] for p in places), places, [p + 1 for p in places])
    return characters(octets, "us-ascii")


def _words(row: Sequence[re.Match[bytes]]) -> Iterator[Tracked]:
    """The text of encoded words in a row. Every character stands for whole words, which are the least that means anything.

    Those of one charset are decoded together, as many programs cut a long subject in the middle of a character.
    """
    for charset, words in groupby(row, key=lambda word: word[1].lower()):
        data, begins, ends = bytearray(), list[int](), list[int]()
        for word in words:
            octets = _octets(word)
            data += octets
            begins.extend([word.start()] * len(octets))
            ends.extend([word.end()] * len(octets))
        yield characters(Octets(bytes(data), begins, ends), charset.decode("ascii", "replace"))


def _octets(word: re.Match[bytes]) -> bytes:
    base64 = word[2] in b"Bb"
    source = word[3] if base64 else word[3].replace(b"_", b" ")
    return decoded(source, 0, len(source), "base64" if base64 else "quoted-printable").data
