"""Bearer tokens. The server keeps a file of their hashes, one `NAME sha256:HEX` a line; `#` begins a comment.

A token is 256 random bits, which no guessing finds; so one round of SHA-256 protects it as well as any slower hash.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from apology_service.fresh import Fresh, read
from apology_service.settings import Security, SettingsError

_SETTING = "token_hashes"
_PREFIX = "apology_"  # lets scanners of repositories and logs know a lost one
_NAME = re.compile(r"[A-Za-z0-9._@/-]{1,64}")
_HASH = re.compile(r"sha256:([0-9a-f]{64})")

Hashes = Mapping[bytes, str]
"""Whose each hash is."""


def hashes_of(security: Security) -> Fresh[Hashes] | None:
    """The hashes in the file that the settings name, read anew when it changes; SettingsError when it is of no use."""
    path = security.token_hashes
    return Fresh([path], lambda: _parse(read(path, _SETTING), path)) if path else None


def owner(hashes: Hashes, token: bytes) -> str | None:
    """Whose token it is. The time that takes tells nothing about how near a wrong one came."""
    digest, found = hashlib.sha256(token).digest(), None
    for known, name in hashes.items():
        if hmac.compare_digest(known, digest):
            found = name
    return found


def new_token(name: str) -> tuple[str, str]:
    """A token for `name`, and its line for the file."""
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{name!r} is no name for a token: 1 to 64 of A-Z a-z 0-9 . _ @ / -")
    token = _PREFIX + secrets.token_urlsafe(32)
    return token, f"{name} sha256:{hashlib.sha256(token.encode()).hexdigest()}"


def append(path: str, line: str) -> None:
    """Adds `line` to the file, which is made for its owner alone if there is none."""
    file = Path(path)
    try:
        whole = not file.exists() or file.read_bytes().endswith(b"\n") or not file.stat().st_size
        with open(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="utf-8") as out:
            out.write(line + "\n" if whole else f"\n{line}\n")
    except OSError as error:
        raise SettingsError(f"{_SETTING}: cannot write {path}: {(error.strerror or '').lower()}") from error


def _parse(data: bytes, path: str) -> Hashes:
    found: dict[bytes, str] = {}
    for number, line in enumerate(data.decode("utf-8-sig", errors="replace").splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        digest = _HASH.fullmatch(words[1]) if len(words) == 2 and _NAME.fullmatch(words[0]) else None
        if digest is None:  # the line is not repeated: it may hold a token that somebody put there by mistake
            raise SettingsError(f"{_SETTING}: {path}, line {number}, is not of the form NAME sha256:64-HEX-DIGITS")
        found[bytes.fromhex(digest[1])] = words[0]
    if not found:
        raise SettingsError(f"{_SETTING}: {path} holds no token; make one with --new-token NAME")
    return found
