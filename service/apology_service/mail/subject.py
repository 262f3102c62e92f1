"""The subject of a message, decoded (RFC 2047), with the bytes that each character stands for."""

import re
from collections.abc import Iterator

from apology_service.mail.mime import message_head
from apology_service.mail.octets import Octets, characters, decoded
from apology_service.mail.origin import Piece
from apology_service.mail.tracked import Tracked, joined

_SUBJECT = re.compile(rb"^subject[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", re.I | re.M)
_WORD = re.compile(rb"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?\s]*)\?=")
_SOMEBODY_ELSES = re.compile(r"\s*(?:re|aw|antw|sv|vs|fw|fwd|wg|tr|rv)\s*(?:\[\d+\])?\s*:", re.I)
SECTION = "HEADER"


def own_subject(message: bytes) -> Piece | None:
    """The subject, if the sender wrote it: that of a reply or of a forwarded message is somebody else's."""
    begin, end, _ = message_head(message)
    found = _SUBJECT.search(message, begin, end)
    if found is None:
        return None
    content = joined(_stretches(message, found.start(1), found.end(1)))
    if not content.text.strip() or _SOMEBODY_ELSES.match(content.text):
        return None
    return Piece(SECTION, Tracked.whole(content.text), content)


def _stretches(message: bytes, begin: int, end: int) -> Iterator[Tracked]:
    """Encoded words and what stands between them; white space between two encoded words does not count."""
    place, after_word = begin, False
    for word in _WORD.finditer(message, begin, end):
        if not (after_word and not message[place : word.start()].strip()):
            yield _plain(message, place, word.start())
        yield _word(word)
        place, after_word = word.end(), True
    yield _plain(message, place, end)


def _plain(message: bytes, begin: int, end: int) -> Tracked:
    places = [place for place in range(begin, end) if message[place] not in b"\r\n"]
    octets = Octets(bytes(message[p] for p in places), places, [p + 1 for p in places])
    return characters(octets, "us-ascii")


def _word(word: re.Match[bytes]) -> Tracked:
    """Every character stands for the whole encoded word, which is the least that means anything."""
    base64 = word[2] in b"Bb"
    source = word[3] if base64 else word[3].replace(b"_", b" ")
    octets = decoded(source, 0, len(source), "base64" if base64 else "quoted-printable")
    text = characters(octets, word[1].decode("ascii", "replace")).text
    return Tracked(text, [word.start()] * len(text), [word.end()] * len(text))
