"""The mails in `mails/`, with what is expected of each in `mails/expected.toml`."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAILS = Path(__file__).with_name("mails")


@dataclass(frozen=True)
class Expected:
    """`flagged` are words that findings must cover, `section` is where, `absent` words are not the sender's own."""

    verdict: str
    reason: str = ""
    flagged: Sequence[str] = ()
    section: str = ""
    absent: Sequence[str] = ()


EXPECTED = {
    name: Expected(**row) for name, row in tomllib.loads((MAILS / "expected.toml").read_text(encoding="utf-8")).items()
}


def mail(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()
