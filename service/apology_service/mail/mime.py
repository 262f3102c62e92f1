"""The parts of a message, each with the bytes where it stands.

Python's `email` reads the headers. It keeps no offsets, so the boundaries are looked for here; tests hold that both see
the same tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value

from apology_service.mail.faults import UnreadableError

MAX_DEPTH = 20
MAX_PARTS = 500
_MARK = b"\xef\xbb\xbf"  # of byte order, with which editors of Windows begin files
_ENVELOPE = re.compile(rb"From [^\r\n]*\r?\n")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_HEAD_END = re.compile(rb"(?:\A|\r?\n)\r?\n")


@dataclass(frozen=True, slots=True)
class MimePart:
    """A part: its header fields, and its body, which is the bytes `[begin, end)` of the message.

    `section` numbers it as IMAP does (RFC 3501, section 6.4.5); empty for the multipart that is the message itself.
    """

    section: str
    head: "Message[str, str]"
    begin: int
    end: int

    @property
    def kind(self) -> str:
        """Such as `text/plain`, which is also what stands for a kind that cannot be told (RFC 2045, section 5.2)."""
        kind = self.head.get_content_type().split()[0]  # some programs forget the semicolon before the charset
        return kind if "/" in kind else "text/plain"

    @property
    def multiple(self) -> bool:
        return self.kind.startswith("multipart/")

    @property
    def encoding(self) -> str:
        return str(self.head.get("Content-Transfer-Encoding", ""))

    @property
    def attached(self) -> bool:
        """Whether it is marked as a file that goes along, not as something to be read in the mail."""
        return (self.head.get_content_disposition() or "").split()[:1] == ["attachment"]

    @property
    def named(self) -> bool:
        """Whether it has the name of a file, which some programs also give to what they show as the mail."""
        return bool(self.parameter("filename", field="Content-Disposition") or self.parameter("name"))

    def parameter(self, name: str, *, field: str = "Content-Type") -> str:
        """A parameter of a header field, decoded, or empty. Raises UnreadableError for parameters that cannot be sorted."""
        try:
            value = self.head.get_param(name, "", field)
            return collapse_rfc2231_value(value) if isinstance(value, tuple) else str(value)
        except (TypeError, ValueError, LookupError):  # the standard library's ways to stumble over them (RFC 2231)
            raise UnreadableError("has a header field whose parameters cannot be read") from None


def message_head(message: bytes) -> tuple[int, int, int]:
    """Where the header begins and ends, and where the body begins. Raises UnreadableError for what is no message."""
    begin = len(_MARK) if message.startswith(_MARK) else 0
    if envelope := _ENVELOPE.match(message, begin):  # of a mailbox file
        begin = envelope.end()
    if not _FIELD.match(message, begin):
        raise UnreadableError("does not begin with a header")
    return begin, *_head(message, begin, len(message))


def top_part(message: bytes) -> MimePart:
    """The message itself as a part."""
    begin, end, body = message_head(message)
    head = _fields(message[begin:end])
    part = MimePart("", head, body, len(message))
    return part if part.multiple else replace(part, section="1")


def children(message: bytes, part: MimePart) -> list[MimePart]:
    """The parts of a multipart, or an UnreadableError when it is broken."""
    if part.section.count(".") + 1 >= MAX_DEPTH:
        raise UnreadableError(f"nests more than {MAX_DEPTH} parts")
    ranges = list(_between_boundaries(message, part))
    if len(ranges) > MAX_PARTS:
        raise UnreadableError(f"has more than {MAX_PARTS} parts")
    default = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
    found = []
    for number, (begin, end) in enumerate(ranges, start=1):
        head_end, body = _head(message, begin, end)
        head = _fields(message[begin:head_end])
        head.set_default_type(default)
        found.append(MimePart(f"{part.section}.{number}".lstrip("."), head, body, end))
    return found


def _between_boundaries(message: bytes, part: MimePart) -> Iterator[tuple[int, int]]:
    boundary = part.parameter("boundary").rstrip()
    if not boundary:
        raise UnreadableError(f"has a multipart ({part.section or 'the message itself'}) that names no boundary")
    mark = re.compile(
        rb"(?:^|\r?\n)--" + re.escape(boundary.encode("latin-1", "replace")) + rb"(--)?[ \t]*(?=\r?\n|\Z)", re.M
    )
    begin = None
    for found in mark.finditer(message, part.begin, part.end):
        if begin is not None:
            yield min(begin, found.start()), found.start()
        if found[1]:
            return
        begin = _line_end(message, found.end())
    raise UnreadableError(f"breaks off: a multipart ({part.section or 'the message itself'}) is never closed")


def _line_end(message: bytes, place: int) -> int:
    if message.startswith(b"\r\n", place):
        return place + 2
    return place + message.startswith(b"\n", place)


def _head(message: bytes, begin: int, end: int) -> tuple[int, int]:
    """Where the header of a part ends and where its body begins."""
    if message.startswith((b"\n", b"\r\n"), begin) or begin == end:
        return begin, _line_end(message, begin)
    found = _HEAD_END.search(message, begin, end)
    return (found.start(), found.end()) if found else (end, end)


def _fields(head: bytes) -> "Message[str, str]":
    return BytesHeaderParser().parsebytes(head)
