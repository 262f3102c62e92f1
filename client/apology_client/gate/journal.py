"""Mails that the relay has taken while their senders have not been told.

When a gate dies in between, or the sender has hung up, the sender brings the same mail again, and it must not be passed
on twice. An entry is an empty file: its name is the mail's digest, its time that of the relay's word. So the directory is
the whole state, and holds no text.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from apology_client.gate.mail import Mail

_KEPT_SECONDS = 5 * 24 * 3600.0  # as long as Postfix tries
_NAME = re.compile(r"[0-9a-f]{64}")
_TRACE = re.compile(rb"Received[ \t]*:(?:[^\r\n]|\r?\n[ \t])*\r?\n", re.I)
_IDENTITY = re.compile(rb"^(?:Message-ID|Date)[ \t]*:", re.I | re.M)
_LOG = logging.getLogger(__name__)


class Journal:
    """The entries in `directory`, which one gate has for itself.

    Raises OSError where it cannot be made or written to, and BlockingIOError where another gate has it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        self._turns = WeakValueDictionary[str, asyncio.Lock]()
        try:
            fcntl.flock(self._directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._write("0" * 64)
            self.forget("0" * 64)
            self.forget_old()
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        os.close(self._directory)

    def turn(self, digest: str) -> asyncio.Lock:
        """Mails with the same digest are concluded one after the other, and held through, from `holds` to `forget`.

        So an entry that is there at the beginning of a turn belongs to a try whose sender was never told.
        """
        return self._turns.setdefault(digest, asyncio.Lock())

    def holds(self, digest: str) -> bool:
        """Whether the relay took this mail from a try that was never answered."""
        return self._age(digest) < _KEPT_SECONDS

    def record(self, digest: str) -> None:
        """Durable when it returns. A failure is only logged: the relay has the mail, and the sender is still there."""
        try:
            self._write(digest)
        except OSError as error:
            _LOG.warning("the journal cannot be written: %s", error.strerror)

    def forget(self, digest: str) -> None:
        """Also where there is no such entry."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(digest, dir_fd=self._directory)

    def forget_old(self) -> None:
        for name in os.listdir(self._directory):
            if _NAME.fullmatch(name) and self._age(name) >= _KEPT_SECONDS:
                self.forget(name)

    def _age(self, name: str) -> float:
        """In seconds; endless where there is none."""
        try:
            return time.time() - os.stat(name, dir_fd=self._directory).st_mtime
        except FileNotFoundError:
            return float("inf")

    def _write(self, name: str) -> None:
        entry = os.open(name, os.O_WRONLY | os.O_CREAT, 0o600, dir_fd=self._directory)
        try:
            os.utime(entry)  # a forgotten one may still lie there
            os.fsync(entry)
        finally:
            os.close(entry)
        os.fsync(self._directory)  # the name


def digest_of(mail: Mail, sender: str, recipients: Sequence[str]) -> str | None:
    """What tells this mail from all others: SHA-256 of envelope and content.

    None for a mail with neither Message-ID nor Date: two such may well be meant as two. The first Received field is left
    out, as a server that stands before the gate writes it anew for each try.
    """
    head = mail.head()
    if not _IDENTITY.search(head):
        return None
    envelope = "\0".join((sender, *sorted(recipients), ""))
    digest = hashlib.sha256(envelope.encode("utf-8", "surrogateescape") + b"\0")
    trace = _TRACE.match(head)
    for block in mail.blocks(trace.end() if trace else 0):
        digest.update(block)
    return digest.hexdigest()
