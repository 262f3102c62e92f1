"""Real gate processes between a sender and a relay that a test has in its hand, byte for byte."""

import contextlib
import functools
import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

# The command itself, in a process that stops itself (SIGSTOP) at one place on the way of a mail.
STOPS = """
import contextlib, os, signal, threading
from apology_client.command import main
from apology_client.gate.custody import Custody
from apology_client.gate.journal import Journal

record, of = Journal.record, Custody.of

def stop():
    os.kill(os.getpid(), signal.SIGSTOP)
    threading.Event().wait()  # a signal to the whole process need not stop this thread at once

def before_the_entry(self, digest):
    stop()

def after_the_entry(self, digest):
    record(self, digest)
    stop()

@contextlib.contextmanager
def before_the_last_dot(self, digest, relay):
    with of(self, digest, relay):
        yield stop()

{patched}
main()
"""
STOPS_BEFORE_THE_LAST_DOT = STOPS.format(patched="Custody.of = before_the_last_dot")
STOPS_BEFORE_THE_ENTRY = STOPS.format(patched="Journal.record = before_the_entry")
STOPS_AFTER_THE_ENTRY = STOPS.format(patched="Journal.record = after_the_entry")


@dataclass
class HeldRelay:
    """Answers to every mail what `say` says, hangs up for `None`, and keeps the digests of those that it has taken."""

    say: Callable[[], str | None] = lambda: "250 2.0.0 queued"
    blurts: bytes = b""  # before it asks what to say
    taken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def think(self, reply: str | None = "250 2.0.0 queued") -> tuple[threading.Semaphore, threading.Event]:
        """The first counts the mails it thinks about from now on, the second lets it answer them."""
        asked, answer = threading.Semaphore(0), threading.Event()

        def hold() -> str | None:
            asked.release()
            assert answer.wait(60)
            return reply

        self.say = hold
        return asked, answer

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(ConnectionError), connection, connection.makefile("rb") as lines:  # a gate is killed
            connection.sendall(b"220 relay\r\n")
            for line in lines:
                reply = "250 OK"
                if line.upper().startswith(b"DATA"):
                    connection.sendall(b"354 go on\r\n")
                    digest = hashlib.sha256()
                    for text in iter(lines.readline, b".\r\n"):
                        if not text:
                            return
                        digest.update(text)
                    connection.sendall(self.blurts)
                    reply = self.say() or ""
                    if not reply:
                        return
                    if reply.startswith("250"):
                        self.taken.append(digest.hexdigest())
                connection.sendall(reply.encode() + b"\r\n")


@dataclass
class GateProcess:
    """A gate of its own; with `program` in the place of the command."""

    relay: HeldRelay
    reviewer: str
    options: tuple[str, ...] = ()
    program: str = ""

    def __post_init__(self) -> None:
        run = ["-c", self.program] if self.program else ["-m", "apology_client"]
        ends = ["--listen", "127.0.0.1:0", "--relay", f"127.0.0.1:{self.relay.port}", "--server", self.reviewer]
        self.process = subprocess.Popen([sys.executable, *run, "gate", *ends, *self.options], stderr=subprocess.PIPE)

    @functools.cached_property
    def port(self) -> int:
        """Waits until the gate listens."""
        said = ""
        for line in iter(self.line, ""):
            if found := re.search(r"listening on 127\.0\.0\.1:(\d+)", line):
                return int(found[1])
            said += line
        raise AssertionError(said)

    @property
    def children(self) -> list[int]:
        """The ids of its processes, which Linux tells."""
        fields = [stat.read_text().rpartition(")") for stat in Path("/proc").glob("[0-9]*/stat")]
        return [int(own.split()[0]) for own, _, rest in fields if rest.split()[1] == str(self.process.pid)]

    def line(self) -> str:
        """The next that it says."""
        assert self.process.stderr is not None
        return self.process.stderr.readline().decode()

    def wait_until_it_stops_itself(self) -> None:
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)

    def kill(self) -> str:
        """What it has logged."""
        self.process.send_signal(signal.SIGKILL)
        return self._end()

    def stop(self) -> str:
        self.process.terminate()
        return self._end()

    def _end(self) -> str:
        _, errors = self.process.communicate()
        return errors.decode()


def peak_memory(process: int) -> int:
    """In bytes, of its own and of what it has mapped."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) << 10


class Conversation:
    """A sender who says what a test tells it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._lines = self._socket.makefile("rb")
        self.reply()

    def reply(self) -> str:
        """All lines of one; empty when the other side has hung up."""
        lines = []
        try:
            for line in iter(self._lines.readline, b""):
                lines.append(line.decode().rstrip())
                if line[3:4] != b"-":
                    break
        except ConnectionResetError:
            return ""
        return "\n".join(lines)

    def say(self, *commands: str) -> list[str]:
        """The replies to commands, each said after the reply to the one before."""
        replies = []
        for command in commands:
            self.bring([command.encode() + b"\r\n"])
            replies.append(self.reply())
        return replies

    def bring(self, blocks: Iterable[bytes]) -> None:
        for block in blocks:
            self._socket.sendall(block)

    def begin(self, *more: str) -> None:
        """Up to the word that the data may come."""
        assert self.say("EHLO a.example", "MAIL FROM:<jo@a.example>", "RCPT TO:<sam@b.example>", *more, "DATA")[
            -1
        ].startswith("354")

    def send(self, mail: bytes) -> str:
        """The reply to a mail in the form that follows DATA, without its end."""
        self.begin()
        self.bring([mail, b".\r\n"])
        return self.reply()

    def hang_up(self) -> None:
        self._lines.close()
        self._socket.close()
