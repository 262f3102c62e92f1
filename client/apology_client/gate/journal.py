"""Mails that the relay has taken while their senders have not been told.

When a gate dies in between, or the sender has hung up, the sender brings the same mail again, and it must not be passed
on twice. An entry is an empty file: its name is the mail's digest, its time that of the relay's word. So the directory is
the whole state, and holds no text.

Two locks tell who is at work there: the one on the file `lock` is the gate's alone; that on the directory is shared with
its custodian, which may outlive it.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import re
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from apology_client.gate.custodian import ANSWER_SECONDS, answer, write_entry
from apology_client.gate.custody import Custody
from apology_client.gate.mail import Mail

_KEPT_SECONDS = 5 * 24 * 3600.0  # as long as Postfix tries
_NAME = re.compile(r"[0-9a-f]{64}")
_TRACE = re.compile(rb"Received[ \t]*:(?:[^\r\n]|\r?\n[ \t])*\r?\n", re.I)
_IDENTITY = re.compile(rb"^(?:Message-ID|Date)[ \t]*:", re.I | re.M)
_LOG = logging.getLogger(__name__)


class Journal:
    """The entries in `directory`, which one gate has for itself.

    Waits for the custodian of a gate that died. Raises OSError where the directory cannot be made or written to, and
    BlockingIOError where another gate has it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._turns = WeakValueDictionary[str, asyncio.Lock]()
        with contextlib.ExitStack() as opened:
            self._directory = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
            opened.callback(os.close, self._directory)
            lock = os.open("lock", os.O_WRONLY | os.O_CREAT, 0o600, dir_fd=self._directory)
            opened.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._wait_for_custodian()
            write_entry(self._directory, "0" * 64)
            self.forget("0" * 64)
            self.forget_old()
            self._custody = opened.enter_context(contextlib.closing(Custody(self._directory)))
            self._opened = opened.pop_all()

    def close(self) -> None:
        self._opened.close()

    def turn(self, digest: str) -> asyncio.Lock:
        """Mails with the same digest are concluded one after the other, and held through, from `holds` to `forget`.

        So an entry that is there at the beginning of a turn belongs to a try whose sender was never told.
        """
        return self._turns.setdefault(digest, asyncio.Lock())

    def holds(self, digest: str) -> bool:
        """Whether the relay took this mail from a try that was never answered."""
        return self._age(digest) < _KEPT_SECONDS

    @contextlib.contextmanager
    def noting(self, digest: str, relay: socket.socket) -> Iterator[None]:
        """Within, the last dot goes to the relay; in the end its answer has come, can still be read, and a yes is noted.

        Should the gate die on the way, its custodian goes it to the end.
        """
        with self._custody.of(digest, relay):
            yield
            if answer(relay).startswith(b"2"):
                self.record(digest)

    def record(self, digest: str) -> None:
        """Durable when it returns. A failure is only logged: the relay has the mail, and the sender is still there."""
        try:
            write_entry(self._directory, digest)
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

    def _wait_for_custodian(self) -> None:
        try:
            fcntl.flock(self._directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _LOG.warning(
                "waiting, for at most %d s: a gate has died, and the relay has yet to say whether it takes the last mails",
                ANSWER_SECONDS,
            )
            fcntl.flock(self._directory, fcntl.LOCK_EX)


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
