"""Colour, or none: every mark and sign also stands without it."""

import os
import sys

import click

from apology_client.command import output
from apology_client.enums import Severity, Verdict

_BY_SEVERITY = {Severity.CRITICAL: "red", Severity.MAJOR: "red", Severity.MODERATE: "yellow"}
_BY_VERDICT = {
    Verdict.READY: "green",
    Verdict.REVISE: "yellow",
    Verdict.DO_NOT_SEND: "red",
    Verdict.NOT_REVIEWED: "red",
}
_SIGNS = {"✓": ("+", "green"), "~": ("~", "yellow"), "✗": ("x", "red"), "·": (".", None)}
"""What stands for a sign where only ASCII can be shown, and its colour."""


class Paint:
    """Paints when `on`; `symbols` says whether the output can show more than ASCII."""

    def __init__(self, *, on: bool, symbols: bool) -> None:
        self._on, self._symbols = on, symbols

    def bold(self, text: str) -> str:
        return click.style(text, bold=True) if self._on else text

    def faint(self, text: str) -> str:
        return click.style(text, dim=True) if self._on else text

    def word(self, text: str, severity: Severity | None) -> str:
        if not self._on or severity is None:
            return text
        return click.style(text, fg=_BY_SEVERITY.get(severity, "cyan"), underline=True)

    def verdict(self, text: str, verdict: Verdict) -> str:
        return click.style(text, fg=_BY_VERDICT.get(verdict), bold=True) if self._on else text

    def sign(self, symbol: str) -> str:
        plain, colour = _SIGNS.get(symbol, (symbol, None))
        sign = symbol if self._symbols else plain
        return click.style(sign, fg=colour) if self._on else sign


def paint(choice: str) -> Paint:
    """What suits standard output: `auto` colours on a terminal that takes it, unless NO_COLOR says no."""
    on = choice == "always"
    if choice == "auto":
        on = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paint(on=on, symbols=output.shows("".join(_SIGNS)))
