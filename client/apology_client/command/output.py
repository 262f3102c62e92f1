"""What goes to standard output and standard error."""

import io
import json as standard_json
import os
import shutil
import sys
from typing import Any

import click

from apology_client.command.layout import clean
from apology_client.errors import ApologyReviewError


def complete() -> None:
    """Put nothing in the place of a standard stream that the caller has closed, as in `apology-review check - <&-`."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  # as long as the process lives


def tolerant() -> None:
    """Let an output that cannot show a character show its number in its place, so that no draft ends in a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def shows(symbols: str) -> bool:
    try:
        symbols.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def columns() -> int:
    """How wide a page on standard output should be: that of the terminal, as far as it reads well."""
    return max(30, min(shutil.get_terminal_size().columns, 100)) if sys.stdout.isatty() else 80


def line(text: str) -> None:
    sys.stdout.write(text + "\n")


def json(value: Any, indent: int | None = None) -> None:
    """JSON is UTF-8, whatever the terminal speaks."""
    sys.stdout.flush()
    sys.stdout.buffer.write(dump(value, indent))
    sys.stdout.buffer.flush()


def document(data: bytes) -> None:
    """A whole file."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def dump(value: Any, indent: int | None = None) -> bytes:
    """One value and a line end; half a surrogate pair in it, which UTF-8 cannot say, is escaped as JSON can."""
    return (standard_json.dumps(value, ensure_ascii=False, indent=indent) + "\n").encode(errors="backslashreplace")


def error(failure: ApologyReviewError) -> dict[str, Any]:
    """A failure as programs read it."""
    violations = [{"field": v.field, "description": v.description} for v in failure.violations]
    told = {"code": failure.code, "reason": failure.reason, "message": str(failure)}
    return told | ({"violations": violations} if violations else {})


def complain(text: str) -> None:
    sys.stdout.flush()
    click.echo(f"apology-review: {clean(text)}", err=True)
