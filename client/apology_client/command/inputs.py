"""Drafts as they lie in files: read as bytes, decoded as UTF-8, otherwise untouched.

Line ends stay as they are. A byte order mark stays too, as the first character: so offsets hold in the file as most
programs read it, and the hash is that of the file.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from apology_client.errors import InvalidRequestError

_MOST = 16 << 20  # bytes; a server takes far less, and /dev/zero has no end


@dataclass(frozen=True, slots=True)
class Source:
    """A draft and what to call it, or why it could not be read."""

    name: str
    text: str = ""
    error: InvalidRequestError | None = None


def sources(files: Iterable[str], texts: Iterable[str]) -> Iterator[Source]:
    for number, text in enumerate(texts, start=1):
        yield Source(name="--text" if number == 1 else f"--text ({number})", text=text)
    for path in files:
        yield _read(path)


def _read(path: str) -> Source:
    name = "standard input" if path == "-" else click.format_filename(path)
    try:
        with sys.stdin.buffer if path == "-" else Path(path).open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        return Source(
            name, error=InvalidRequestError(f"cannot be read: {(error.strerror or 'no reason given').lower()}")
        )
    if len(data) > _MOST:
        return Source(name, error=InvalidRequestError(f"is larger than {_MOST >> 20} MiB"))
    try:
        return Source(name, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        utf16 = "; it looks like UTF-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
        message = f"is not UTF-8: byte {error.start} cannot be decoded{utf16}. Save it as UTF-8 and try again"
        return Source(name, error=InvalidRequestError(message))
