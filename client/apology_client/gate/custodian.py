"""The process that hears the relay out when a gate has died.

A mail is in custody while its last dot is with the relay and the answer is not known: before the dot goes, the gate sends
the mail's digest with a copy of the relay's socket, and the digest alone once the answer is there and a yes is noted. When
the gate's end of the socket pair closes, the gate is dead, and of the mails that are left nobody knows whether the relay
has them. Their answers are awaited here, and a yes is noted in the gate's place. The lock on the journal is inherited and
goes with the last process that has it, so no other gate looks before.

A yes stays in the socket until it is noted: gate and custodian only look (MSG_PEEK), and the system keeps it for the one
that lives longer. This works because the relay is spoken to in plain; the keys of TLS would die with the gate.

This file is run by its path in a bare interpreter, and imports nothing beyond the standard library, so that it stays small.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import threading
import time

DIGEST = 64  # bytes of a message: hexadecimal digits
LAST_DOT = b".\r\n"
ANSWER_SECONDS = 600  # as long as RFC 5321 lets a server think about a whole mail
_LONGEST = 1 << 16  # bytes of an answer
_PACE = 0.02  # seconds between two looks at an answer of which a part has come
_HANG_UP = getattr(select, "POLLRDHUP", 0)  # without it, one that leaves amid an answer is given all the time


def answer(connection: socket.socket) -> bytes:
    """The last line of the relay's answer, when it has come whole; it can still be read. Nothing of one cut short.

    Raises TimeoutError when the relay thinks for too long.
    """
    deadline = time.monotonic() + ANSWER_SECONDS
    arrival = select.poll()
    arrival.register(connection, select.POLLIN | _HANG_UP)
    while (left := deadline - time.monotonic()) > 0 and (events := arrival.poll(1000 * left)):
        so_far = connection.recv(_LONGEST, socket.MSG_PEEK)
        for line in so_far.splitlines(keepends=True):
            if line.endswith(b"\n") and line[3:4] != b"-":
                return line
        if not so_far or len(so_far) == _LONGEST or events[0][1] != select.POLLIN:
            return b""
        time.sleep(_PACE)
    raise TimeoutError


def write_entry(directory: int, name: str) -> None:
    """Durable when it returns."""
    entry = os.open(name, os.O_WRONLY | os.O_CREAT, 0o600, dir_fd=directory)
    try:
        os.utime(entry)  # a forgotten one may still lie there
        os.fsync(entry)
    finally:
        os.close(entry)
    os.fsync(directory)  # the name


def _held_at_death(inbox: socket.socket) -> dict[str, socket.socket]:
    """Returns when the gate is dead; the mails in custody by digest, each with its relay."""
    held: dict[str, socket.socket] = {}
    while True:
        message, descriptors, _, _ = socket.recv_fds(inbox, DIGEST, 1)  # one that is so short comes in one piece
        if not message:
            return held
        digest = message.decode()
        if descriptors:
            held[digest] = socket.socket(fileno=descriptors[0])
        elif digest in held:
            held.pop(digest).close()


def _conclude(digest: str, relay: socket.socket, directory: int) -> None:
    with contextlib.suppress(OSError), relay:
        relay.settimeout(ANSWER_SECONDS)
        relay.sendall(LAST_DOT)  # the gate may not have come to it; a second one is an unknown command, answered later
        if answer(relay).startswith(b"2"):
            write_entry(directory, digest)


def main() -> None:
    for stopping in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):  # meant for the gate, whose end is awaited
        signal.signal(stopping, signal.SIG_IGN)
    inbox, directory = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    held = _held_at_death(inbox)
    signal.alarm(ANSWER_SECONDS)  # ends the process, whatever hangs
    for digest, relay in held.items():
        threading.Thread(target=_conclude, args=(digest, relay, directory)).start()


if __name__ == "__main__":
    main()
