"""Takes an address: `host:port`, or `unix:/path` guarded by a lock.

gRPC removes whatever socket lies at its path, both when it begins to listen and when it ends. Two servers would rob
each other of it; so a server holds a lock beside the socket for as long as it lives.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

UNIX = "unix:"
_MAX_PORT = 65_535
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.05


class AddressError(Exception):
    """The server cannot listen there; the message says why."""


def is_local(address: str) -> bool:
    """Whether only this machine can reach it."""
    host = address.rpartition(":")[0].strip("[]")
    try:
        return address.startswith(UNIX) or host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def check_form(address: str) -> None:
    """Raises AddressError for what is no address at all."""
    host, _, port = address.rpartition(":")
    known_port = port.isdecimal() and int(port) <= _MAX_PORT  # gRPC takes a larger one modulo 65536
    known = address != UNIX if address.startswith(UNIX) else host and known_port
    if not known:
        raise AddressError(f"cannot listen on {address}: an address is host:port, [host]:port or unix:/path")


@contextmanager
def listening(address: str, bind: Callable[[str], int]) -> Iterator[str]:
    """Calls `bind` on `address`, and tells where the server listens: the port 0 has become a real one."""
    check_form(address)
    if address.startswith(UNIX):
        with _locked(Path(address.removeprefix(UNIX)), address):
            umask = os.umask(0o177)  # the socket is its owner's alone, from its first moment
            try:
                _bind(address, bind)
            finally:
                os.umask(umask)
            yield address
    else:
        yield f"{address.rpartition(':')[0]}:{_bind(address, bind)}"


def _bind(address: str, bind: Callable[[str], int]) -> int:
    try:
        return bind(address)
    except RuntimeError as error:
        raise AddressError(f"cannot listen on {address}: {_why_not(address)}") from error


def _why_not(address: str) -> str:
    """What the system says to the same wish; gRPC keeps it to itself."""
    try:
        if address.startswith(UNIX):
            with socket.socket(socket.AF_UNIX) as probe:
                probe.bind(address.removeprefix(UNIX))
        else:
            host, _, port = address.rpartition(":")
            family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host.strip("[]"), int(port)))
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return "the address was refused"


@contextmanager
def _locked(path: Path, address: str) -> Iterator[None]:
    try:
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise AddressError(f"cannot listen on {address}: {(error.strerror or '').lower()}") from error
    try:
        _take(lock, path, address)
        yield
    finally:
        os.close(lock)


def _take(lock: int, path: Path, address: str) -> None:
    """Waits for a server that is leaving; not for one that answers."""
    import fcntl  # not on Windows, which has TCP

    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if _answers(path) or time.monotonic() >= until:
                raise AddressError(f"cannot listen on {address}: another server holds it") from error
        time.sleep(_PAUSE_SECONDS)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
