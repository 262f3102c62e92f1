"""The gate's side of its custodian, the process that hears the relay out when the gate has died."""

import contextlib
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

from apology_client.gate import custodian

_PATIENCE_SECONDS = 5.0  # with a custodian that takes no message
_LOG = logging.getLogger(__name__)


class Custody:
    """Mails that a custodian takes over when this process dies, and notes in `directory`, an open one.

    No mail waits for the custodian, and one that dies is replaced. Raises OSError where the first cannot be started.
    """

    def __init__(self, directory: int) -> None:
        self._directory = directory
        self._held: dict[str, socket.socket] = {}
        self._turn = threading.Lock()
        self._start()

    def close(self) -> None:
        self._inbox.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)

    @contextlib.contextmanager
    def of(self, digest: str, relay: socket.socket) -> Iterator[None]:
        """While it lasts, the mail is in custody."""
        with self._turn:
            self._held[digest] = relay
            self._tell(digest, relay)
        try:
            yield
        finally:
            with self._turn:
                del self._held[digest]
                self._tell(digest)

    def _start(self) -> None:
        self._inbox, theirs = socket.socketpair()
        self._inbox.settimeout(_PATIENCE_SECONDS)
        with theirs:
            inherited = theirs.fileno(), self._directory
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", custodian.__file__, *map(str, inherited)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # whoever waits for the end of the gate's output should not wait for it
                cwd="/",
                pass_fds=inherited,
                start_new_session=True,  # away from the terminal's signals
            )

    def _tell(self, digest: str, relay: socket.socket | None = None) -> None:
        try:
            self._send(digest, relay)
        except OSError:
            self._replace()

    def _send(self, digest: str, relay: socket.socket | None) -> None:
        if relay is None:
            self._inbox.send(digest.encode())
        else:
            socket.send_fds(self._inbox, [digest.encode()], [relay.fileno()])

    def _replace(self) -> None:
        self._process.kill()
        self._process.wait()
        self._inbox.close()
        try:
            self._start()
            for digest, relay in self._held.items():
                self._send(digest, relay)
        except OSError as error:
            _LOG.warning("the custodian has died, and mails go on without one: %s", error.strerror)
        else:
            _LOG.warning("the custodian has died, and another one has taken its place")
