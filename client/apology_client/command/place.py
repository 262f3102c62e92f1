"""Where the command's own server lives: its socket, its lock, its log, and what they are named after."""

import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from apology_client.channel import SERVER_VARIABLE
from apology_client.credentials import VARIABLES
from apology_client.version import __version__

_PREFIX = "APOLOGY_REVIEW_"
_CONFIG = "APOLOGY_REVIEW_CONFIG"
_SERVICE = ("spacy", "textstat", "py3langid", "grpc_health", "grpc_reflection")  # what the extra [service] brings
_OURS = ("apology", "apology_rules", "apology_service")
_CLIENTS_OWN = {SERVER_VARIABLE, *VARIABLES}  # of no concern to a server, least of all a token
_LONGEST = 100  # a socket's path has at most 104 to 108 bytes


@dataclass(frozen=True, slots=True)
class Place:
    """A directory that only this user can enter, and a name in it."""

    directory: Path
    name: str

    @property
    def socket(self) -> Path:
        return self.directory / f"{self.name}.sock"

    @property
    def lock(self) -> Path:
        """One for all names: what is locked is the directory."""
        return self.directory / "lock"

    @property
    def log(self) -> Path:
        return self.directory / f"{self.name}.log"

    @property
    def pid(self) -> Path:
        return self.directory / f"{self.name}.pid"

    @property
    def target(self) -> str:
        return f"unix:{self.socket}"

    def environment(self) -> dict[str, str]:
        """That of the server: it works in another directory, so that the path of its settings must be whole.

        It serves one user: there is no balancer to wait for, and without workers it starts sooner and stays smaller.
        """
        config = os.environ.get(_CONFIG)
        own = {name: value for name, value in os.environ.items() if name not in _CLIENTS_OWN}
        whole = {_CONFIG: str(Path(config).absolute())} if config else {}
        return {f"{_PREFIX}LAME_DUCK_SECONDS": "0", f"{_PREFIX}WORKERS": "0", **own, **whole}


def here() -> Place:
    if not hasattr(os, "getuid"):
        raise click.ClickException(
            "This system has no Unix sockets: run `apology-review serve` and name it with --server localhost:50051."
        )
    name = f"{__version__}-{_digest()}"
    for base in (_runtime_directory(), Path("/tmp") / f"apology-review-{os.getuid()}"):
        if len(os.fsencode(base / name)) < _LONGEST:
            break
    return Place(_private(base), name)


def require_service() -> None:
    """Say how to get the server when it is not installed. Its code always is; what it needs may not be."""
    missing = [name for name in _SERVICE if find_spec(name) is None]
    if missing:
        raise click.ClickException(
            "The reviewer itself is not installed here, only its client. Either add it:\n\n"
            f"    {sys.executable} -m pip install 'apology-review[service]'\n\n"
            f"(in a checkout: make), or name a server that runs elsewhere, with --server HOST:PORT or in {SERVER_VARIABLE}."
        )


def _runtime_directory() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime) / "apology-review"
    import tempfile

    return Path(tempfile.gettempdir()) / f"apology-review-{os.getuid()}"


def _private(directory: Path) -> Path:
    """`directory`, made if need be, and refused if anybody else could have put a socket there."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise click.ClickException(
            f"{directory} is not a directory for you alone: remove it, or name one in XDG_RUNTIME_DIR."
        )
    return directory


def _digest() -> str:
    """Of everything that decides the server's answers, cheaply: 100 files are looked at, none is read."""
    digest = hashlib.sha256()
    for word in (sys.prefix, sys.version, *_settings(), *_files()):
        digest.update(word.encode(errors="surrogateescape") + b"\0")
    return digest.hexdigest()[:12]


def _settings() -> Iterator[str]:
    for name, value in sorted(os.environ.items()):
        if name.startswith(_PREFIX) and name not in _CLIENTS_OWN:
            yield f"{name}={value}"
    if config := os.environ.get(_CONFIG):
        yield from _stamp(Path(config).absolute())


def _files() -> Iterator[str]:
    for name in (*_SERVICE, *_OURS):
        spec = find_spec(name)
        if spec and spec.origin:
            inside = name in _OURS
            yield from _tree(Path(spec.origin).parent) if inside else _stamp(Path(spec.origin))


def _tree(directory: Path) -> Iterator[str]:
    with os.scandir(directory) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _tree(Path(entry.path))
            elif entry.is_file():
                yield from _stamp(Path(entry.path))


def _stamp(path: Path) -> Iterator[str]:
    try:
        found = path.stat()
    except OSError:
        return
    yield f"{path} {found.st_mtime_ns} {found.st_size}"
