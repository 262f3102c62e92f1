"""Large mails without the weight that nobody reads: the bodies of attached files in base64 stay at home.

A server takes about a megabyte, and a photograph is more than that. `Slim.restore` moves the offsets of the answer back to
the whole message.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from google.protobuf.message import Message

from apology.v1 import review_pb2

_LEAST = 4096  # bytes; what is smaller is not worth a cut
_HEAD = re.compile(rb"(?:\A|^--[^\r\n]+\r?\n)((?:[!-9;-~]+[ \t]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+)\r?\n", re.M)
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
    kept: list[bytes] = []
    starts: list[int] = []
    shifts = [0]
    place = length = 0
    for head in _HEAD.finditer(message):
        begin = head.end()
        end = message.find(b"\n--", begin)  # base64 has no hyphen
        end = len(message) if end < 0 else end
        if begin < place or end - begin < _LEAST or not _stays_at_home(head[1]):
            continue
        kept.append(message[place:begin])
        length += begin - place
        starts.append(length)
        shifts.append(shifts[-1] + end - begin)
        place = end
    return Slim(b"".join((*kept, message[place:])), tuple(starts), tuple(shifts))


def _stays_at_home(head: bytes) -> bool:
    """Whether a part with these fields is a file in base64 that no server reads; an attached text is one too."""
    unread = _FILE.search(head) or (_TEXT.search(head) and _ATTACHED.search(head))
    return bool(unread and _BASE64.search(head))
