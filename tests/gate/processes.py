"""Real gate processes between a sender and a relay that a test has in its hand, byte for byte."""

import contextlib
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

# The command itself, in a process that stops itself (SIGSTOP) right before or after the journal is written.
STOPS = """
import os, signal, threading
from apology_client.command import main
from apology_client.gate import Journal

record = Journal.record

def stopping(self, digest):
    {first}
    {then}

def stop(self, digest):
    os.kill(os.getpid(), signal.SIGSTOP)
    threading.Event().wait()  # a signal to the whole process need not stop this thread at once

Journal.record = stopping
main()
"""
STOPS_AFTER = STOPS.format(first="record(self, digest)", then="stop(self, digest)")
STOPS_BEFORE = STOPS.format(first="stop(self, digest)", then="record(self, digest)")


@dataclass
class HeldRelay:
    """Takes every mail, keeps its digest, and says so when `say` lets it; `None` from `say` hangs up instead."""

    say: Callable[[], str | None] = lambda: "250 2.0.0 queued"
    taken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

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
                    reply = self.say() or ""
                    if not reply:
                        return
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
        assert self.process.stderr is not None
        said = self.process.stderr.readline().decode()
        found = re.search(r"listening on 127\.0\.0\.1:(\d+)", said)
        assert found, said
        self.port = int(found[1])

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

    def peak_memory(self) -> int:
        """In bytes, of its own and of what it has mapped."""
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found
        return int(found[1]) << 10

    def _end(self) -> str:
        _, errors = self.process.communicate()
        return errors.decode()


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
