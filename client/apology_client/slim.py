"""Large mails without the weight that nobody reads: the bodies of attached files in base64 stay at home.

A server takes about a megabyte, and a photograph is more than that. `Slim.restore` moves the offsets of the answer back to
the whole message.
"""

import io
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from google.protobuf.message import Message

from apology.v1 import review_pb2

_LEAST = 4096  # bytes; what is smaller is not worth a cut
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_FILE = re.compile(
    rb"^content-type[ \t]*:(?!\s*(?:text/|multipart/|message/|application/(?:x-)?pkcs7-mime))", re.I | re.M
)
_TEXT = re.compile(rb"^content-type[ \t]*:\s*text/", re.I | re.M)
_ATTACHED = re.compile(rb"^content-disposition[ \t]*:\s*attachment\b", re.I | re.M)
_BASE64 = re.compile(rb"^content-transfer-encoding[ \t]*:\s*base64\b", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Slim:
    """`message` without those bodies. `starts` are places in it after which `shifts` bytes were left out so far."""

    message: bytes
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

    def restore(self, review: review_pb2.Review) -> review_pb2.Review:
        """A copy of a review of `message` whose places count in the whole one."""
        copy = review_pb2.Review()
        copy.CopyFrom(review)
        self._shift(copy)
        return copy

    def _shift(self, part: Message) -> None:
        if isinstance(part, review_pb2.SourceSpan):
            part.message_begin = self._whole(part.message_begin)
            part.message_end = self._whole(part.message_end)
            return
        for field, value in part.ListFields():
            if field.message_type is not None:
                for inner in value if field.is_repeated else (value,):
                    self._shift(inner)

    def _whole(self, place: int) -> int:
        return place + self.shifts[bisect_right(self.starts, place)]


def slim(message: bytes) -> Slim:
    """`message` itself when there is little to cut."""
    slimmed = slim_lines(io.BytesIO(message), len(message))
    assert slimmed is not None
    return slimmed


def slim_lines(lines: Iterable[bytes], most: int) -> Slim | None:
    """The same for a message in lines, long ones also in pieces; None when more than `most` bytes would be left.

    No more of it is held than what is left in the end.
    """
    cut = _Cut()
    line_begins = True
    for line in lines:
        cut.take(line, line_begins)
        if cut.length > most:
            return None
        line_begins = line.endswith(b"\n")
    cut.end_file()
    return Slim(b"".join(cut.kept), tuple(cut.starts), tuple(cut.shifts)) if cut.length <= most else None


class _Cut:
    """Where slimming has come to: in the head of a part, in the body of an attached file, or in another body."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.length = 0
        self.starts: list[int] = []
        self.shifts = [0]
        self._head: bytearray | None = bytearray()  # its fields so far; None in a body
        self._file: list[bytes] | None = None  # the lines of its body, until there are enough of them to leave them out
        self._file_bytes = 0

    def take(self, line: bytes, line_begins: bool) -> None:
        if line_begins and line.startswith(b"--"):  # base64 has no hyphen
            self.end_file()
            self._head = bytearray()
            self._keep(line)
        elif self._file is not None:
            self._file_bytes += len(line)
            if self._file_bytes < _LEAST:
                self._file.append(line)
            else:
                self._file.clear()
        else:
            self._keep(line)
            if self._head is not None:
                self._read_head(self._head, line, line_begins)

    def end_file(self) -> None:
        for line in self._file or ():
            self._keep(line)
        if self._file_bytes >= _LEAST:
            self.starts.append(self.length)
            self.shifts.append(self.shifts[-1] + self._file_bytes)
        self._file, self._file_bytes = None, 0

    def _read_head(self, head: bytearray, line: bytes, line_begins: bool) -> None:
        if not line_begins or _FIELD.match(line) or (head and line[:1] in b" \t"):
            head += line
            return
        if not line.strip(b"\r\n") and _stays_at_home(head):
            self._file = []
        self._head = None

    def _keep(self, line: bytes) -> None:
        self.kept.append(line)
        self.length += len(line)


def _stays_at_home(head: bytes | bytearray) -> bool:
    """Whether a part with these fields is a file in base64 that no server reads; an attached text is one too."""
    unread = _FILE.search(head) or (_TEXT.search(head) and _ATTACHED.search(head))
    return bool(unread and _BASE64.search(head))
