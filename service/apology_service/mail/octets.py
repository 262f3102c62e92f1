"""From the bytes of a MIME part to its text: transfer encoding, then charset, each byte remembering where it stood.

The standard library decodes both, and forgets the places; tests hold that the bytes are the same as its own.
"""

import base64
import codecs
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from apology_service.mail.faults import UnreadableError
from apology_service.mail.tracked import Tracked

_QUOTED = re.compile(rb"=(?:([0-9A-Fa-f]{2})|[ \t]*\r?\n|[ \t]*\Z)")
_DIGIT = re.compile(rb"[A-Za-z0-9+/]")
_STRAY = re.compile(rb"[^A-Za-z0-9+/=\s]")
_WHOLE_LINES = re.compile(rb"(?:[A-Za-z0-9+/]*[ \t]*\r?\n)*(?P<padded>[A-Za-z0-9+/]+={1,2}[ \t]*\r?\n)?")
_BLANK_LINE = re.compile(rb"[A-Za-z0-9+/][ \t]*\r?\n(?:[ \t]*\r?\n)+\Z")
_COMMENT = re.compile(r"\([^()]*\)")
_PLAIN = frozenset(
    {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "us-ascii", "utf8", "utf-8"}
)  # and what is meant as these
# What mail says and what it means: the wider set of which the named one is a part (WHATWG encoding standard).
_WIDER = {
    "ascii": "ascii",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}


@dataclass(frozen=True, slots=True)
class Octets:
    """Decoded bytes, and for each the range of bytes of the message that it was made from."""

    data: bytes
    begins: Sequence[int]
    ends: Sequence[int]


def decoded(message: bytes, begin: int, end: int, encoding: str) -> Octets:
    """The bytes `[begin, end)` of `message`, without their transfer encoding."""
    encoding = _COMMENT.sub("", encoding).strip().lower()
    if encoding in _PLAIN:
        return Octets(message[begin:end], range(begin, end), range(begin + 1, end + 1))
    if encoding == "quoted-printable":
        return _quoted_printable(message, begin, end)
    if encoding == "base64":
        return _base64(message, begin, end)
    raise UnreadableError("has a text in a transfer encoding that is unknown")


def _quoted_printable(message: bytes, begin: int, end: int) -> Octets:
    data = bytearray()
    begins: list[int] = []
    ends: list[int] = []
    place = begin
    for found in _QUOTED.finditer(message, begin, end):
        data += message[place : found.start()]
        begins.extend(range(place, found.start()))
        ends.extend(range(place + 1, found.start() + 1))
        place = found.end()
        if found[1]:
            data.append(int(found[1], 16))
            begins.append(found.start())
            ends.append(found.end())
    data += message[place:end]
    begins.extend(range(place, end))
    ends.extend(range(place + 1, end + 1))
    return Octets(bytes(data), begins, ends)


def _base64(message: bytes, begin: int, end: int) -> Octets:
    end = _footer(message, begin, end)
    if _STRAY.search(message, begin, end):
        raise UnreadableError("has a text in broken base64")
    places = [found.start() for found in _DIGIT.finditer(message, begin, end)]
    padding = message.find(b"=", begin, end)
    if len(places) % 4 == 1 or (0 <= padding < (places[-1] if places else 0)):
        raise UnreadableError("has a text in broken base64")
    digits = bytes(message[place] for place in places)
    data = base64.b64decode(digits + b"=" * (-len(digits) % 4))
    groups = [
        index // 3 * 4 for index in range(len(data))
    ]  # four digits make three bytes, and nothing less can be decoded
    return Octets(data, [places[g] for g in groups], [places[min(g + 3, len(places) - 1)] + 1 for g in groups])


def _footer(message: bytes, begin: int, end: int) -> int:
    """Where plain text begins that a mailing list has put below the base64: after padding, or after a blank line."""
    lines = _WHOLE_LINES.match(message, begin, end)
    assert lines is not None  # as it matches nothing, too
    whole = lines["padded"] or (
        _BLANK_LINE.search(message, begin, lines.end()) and not len(_DIGIT.findall(message, begin, lines.end())) % 4
    )
    return lines.end() if whole and _STRAY.search(message, lines.end(), end) else end


def characters(octets: Octets, charset: str) -> Tracked:
    """The text that the bytes are in `charset`, or in UTF-8 where nobody knows that charset and they could be."""
    try:
        codec = _codec(charset)
        text = octets.data.decode(codec.name)
        text.encode()  # fails for half a character, which some codecs let through
        if len(text) != len(octets.data):
            return _stepwise(octets, codec)
    except (LookupError, ValueError) as error:
        if charset.lower() == "us-ascii" and isinstance(error, UnicodeDecodeError):
            return _eight_bits_after_all(octets)
        if not isinstance(error, UnicodeError) and _seems_utf8(octets.data):
            return characters(octets, "utf-8")
        fault = "is not in the charset it claims" if isinstance(error, UnicodeError) else "is in an unknown charset"
        raise UnreadableError(f"has a text that {fault}") from None
    return Tracked(text, octets.begins, octets.ends)


def _codec(charset: str) -> codecs.CodecInfo:
    """What decodes `charset`, or what is meant by it. Raises LookupError or ValueError where nobody knows."""
    try:
        codec = codecs.lookup(charset)
    except LookupError:
        codec = codecs.lookup(charset.replace("-", ""))  # "cp-1252"
    return codecs.lookup(_WIDER.get(codec.name, codec.name))


def _seems_utf8(data: bytes) -> bool:
    """ASCII included, but for wide characters, every other byte of which is nought."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _eight_bits_after_all(octets: Octets) -> Tracked:
    """Old programs claim ASCII, or nothing, and send UTF-8, or else Windows-1252: mail programs show it as that, too."""
    for charset in ("utf-8", "cp1252"):
        with suppress(UnicodeDecodeError):
            octets.data.decode(charset)
            return characters(octets, charset)
    raise UnreadableError("has a text that does not say its charset")


def _stepwise(octets: Octets, codec: codecs.CodecInfo) -> Tracked:
    """Byte by byte, as codecs with states and wide characters give no other way to see which bytes made which."""
    decoder = codec.incrementaldecoder()
    text: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    first, last = 0, len(octets.data) - 1
    for index, byte in enumerate(octets.data):
        made = decoder.decode(bytes((byte,)), final=index == last)
        text.extend(made)
        begins.extend([octets.begins[first]] * len(made))
        ends.extend([octets.ends[index]] * len(made))
        first = index + 1 if made else first
    return Tracked("".join(text), begins, ends)
