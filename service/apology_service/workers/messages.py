"""What the server, the nursery and the workers tell each other: pickled values, each with its length before it.

The sockets lead only to processes that the server itself has started. A draft and its review, which go both ways with
every call, are packed with msgspec: pickle takes five times as long for their many small values.
"""

import pickle
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import msgspec

from apology_rules import Context, Draft, Options, Review, Versions
from apology_service.analysis import Reviewing
from apology_service.incidents import Anatomy
from apology_service.mail import ReadDraft, Unread

_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Setup:
    """To the nursery: how to load a reviewer, and how much to log."""

    load: Callable[[], Reviewing]
    log_level: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """From the nursery: it can fork."""

    versions: Versions


@dataclass(frozen=True, slots=True)
class NotLoaded:
    """From the nursery, before it ends."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Ready:
    """From a worker, first of all."""

    pid: int


@dataclass(frozen=True, slots=True)
class ReviewJob:
    """To a worker. `deadline` is on the clock of `time.monotonic`, which all processes of a machine share."""

    draft: Draft
    context: Context
    options: Options
    deadline: float

    def __reduce__(self) -> tuple[Any, ...]:
        return _review_job, (_encode((self.draft, self.context, self.options)), self.deadline)


@dataclass(frozen=True, slots=True)
class ReadJob:
    """To a worker."""

    given: Unread
    deadline: float


Job = ReviewJob | ReadJob


@dataclass(frozen=True, slots=True)
class Begun:
    """From a worker: it has the job; should it die now, the draft may be why."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """From a worker."""

    review: Review

    def __reduce__(self) -> tuple[Any, ...]:
        return _reviewed, (_encode(self.review),)


@dataclass(frozen=True, slots=True)
class Read:
    """From a worker."""

    read: ReadDraft


@dataclass(frozen=True, slots=True)
class Unreadable:
    """From a worker: the message cannot be read, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """From a worker: the work raised an error, whose text may quote the draft and stays there."""

    anatomy: Anatomy


@dataclass(frozen=True, slots=True)
class Late:
    """From a worker: the deadline had passed, and the job was not begun."""


_encode = msgspec.msgpack.Encoder().encode
_decode_job = msgspec.msgpack.Decoder(tuple[Draft, Context, Options]).decode
_decode_review = msgspec.msgpack.Decoder(Review).decode


def _review_job(given: bytes, deadline: float) -> ReviewJob:
    return ReviewJob(*_decode_job(given), deadline)


def _reviewed(review: bytes) -> Reviewed:
    return Reviewed(_decode_review(review))


def packed(message: object) -> bytes:
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def send(connection: socket.socket, message: object) -> None:
    connection.sendall(packed(message))


def receive(stream: BinaryIO) -> object:
    """The next message; EOFError when the other side has closed."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    return pickle.loads(stream.read(_LENGTH.unpack(head)[0]))


class Inbox:
    """Puts messages together from what comes in, piece by piece."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def take(self, data: bytes) -> Iterator[object]:
        """The messages that `data` completes."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._buffer)[0]
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            yield pickle.loads(body)
