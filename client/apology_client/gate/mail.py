"""One mail on its way through the gate."""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from apology_client.suppression import header_fields

IN_MEMORY = 1 << 20  # bytes of a mail; a longer one lies in a file
BLOCK = 1 << 16  # bytes that are read or written at a time


class Mail:
    """The bytes of one mail, without the dots that SMTP doubles.

    A large one lies in a file without a name, which is gone when it is closed or when the process dies.
    """

    def __init__(self) -> None:
        self._spool = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # __exit__ closes it
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # what a full disk did not take
            self._spool.close()

    def append(self, block: bytes) -> None:
        """Raises OSError when the disk is full."""
        self._spool.write(block)
        self.size += len(block)

    def head(self) -> bytes:
        """The header fields, each with its line end; none where they run on beyond the first megabyte."""
        self._spool.seek(0)
        found = header_fields(self._spool.read(IN_MEMORY))
        return found if len(found) < IN_MEMORY else b""

    def blocks(self, begin: int = 0) -> Iterator[bytes]:
        self._spool.seek(begin)
        while block := self._spool.read(BLOCK):
            yield block

    def lines(self) -> Iterator[bytes]:
        """Each ends with LF; one that is longer than a block comes in several pieces."""
        self._spool.seek(0)
        while line := self._spool.readline(BLOCK):
            yield line


def dots_doubled(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks of a mail as they follow DATA: a dot that begins a line is doubled, and nothing else is touched."""
    before = b"\r\n"
    for block in blocks:
        joined = before + block
        yield joined.replace(b"\r\n.", b"\r\n..")[len(before) :]
        before = joined[-2:]
