"""The lines that a batch writes: to standard output, or to a file, where a later run can go on."""

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import click

from apology_client.command import output
from apology_client.command.lines import Line
from apology_client.errors import reason_of


class Results:
    """A context manager. What a file holds stays in it until there is something to put in its place."""

    def __init__(self, target: str) -> None:
        """`target` is the path of a file, or - for standard output. Raises ClickException when it cannot be written."""
        self._path = None if target == "-" else Path(target)
        self._file: BinaryIO = sys.stdout.buffer
        self._end: int | None = None  # how much of an old file stays, until the rest of it is cut off
        if self._path:
            try:
                self._file = self._path.open("ab")
            except OSError as error:
                raise self._broken(error) from None
            self._end = 0 if stat.S_ISREG(os.fstat(self._file.fileno()).st_mode) else None

    def is_same(self, source: BinaryIO) -> bool:
        """Whether what is written would overwrite `source`."""
        try:
            return self._path is not None and os.path.sameopenfile(source.fileno(), self._file.fileno())
        except OSError:  # it is no file of the system's
            return False

    def kept(self, lines: Iterator[Line]) -> Iterator[tuple[Line, dict[str, Any]]]:
        """What an earlier run has written, each with its line, which is taken from `lines`. New ones go behind it.

        Raises UsageError when the two do not belong together.
        """
        if self._path is None or self._end is None:
            raise click.UsageError("--resume needs the file in which the results are: name it with --output.")
        with self._path.open("rb") as written:
            for number, data in enumerate(written, start=1):
                if not data.endswith(b"\n"):
                    return  # the earlier run was killed while it wrote this
                line, row = next(lines, None), _row(data)
                if line is None or not _belongs(row, line):
                    what = f"Line {number} of {self._path} is no result of this input"
                    raise click.UsageError(f"{what}: take another --output, or leave out --resume to begin anew.")
                self._end += len(data)
                yield line, row

    def write(self, row: dict[str, Any]) -> None:
        try:
            self.settle()
            self._file.write(output.dump(row))
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._broken(error) from None

    def settle(self) -> None:
        """Leave nothing in the file but what was kept of it, and what is written from now on."""
        if self._end is not None:
            self._file.truncate(self._end)
            self._end = None

    def _broken(self, error: OSError) -> click.ClickException:
        return click.ClickException(f"{self._path or 'standard output'} cannot be written: {reason_of(error)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path:
            with suppress(OSError):  # what could not be written has been told
                self._file.close()


def _row(data: bytes) -> dict[str, Any]:
    """Empty for what no batch has written."""
    try:
        row = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    ours = isinstance(row, dict) and any(isinstance(row.get(key), dict) for key in ("review", "error"))
    return row if ours else {}


def _belongs(row: dict[str, Any], line: Line) -> bool:
    return bool(row) and row.get("id") == line.id and row.get("line", line.number) == line.number
