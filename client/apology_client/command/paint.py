"""Colour, or none: every mark and sign also stands without it."""

import os
import sys

import click

from apology_client.enums import ComponentState, Severity, Verdict

_BY_SEVERITY = {Severity.CRITICAL: "red", Severity.MAJOR: "red", Severity.MODERATE: "yellow"}
_BY_VERDICT = {
    Verdict.READY: "green",
    Verdict.REVISE: "yellow",
    Verdict.DO_NOT_SEND: "red",
    Verdict.NOT_REVIEWED: "red",
}
_SIGNS = {
    ComponentState.PRESENT: ("✓", "+", "green"),
    ComponentState.WEAK: ("~", "~", "yellow"),
    ComponentState.ABSENT: ("✗", "x", "red"),
    ComponentState.NOT_EXPECTED: ("·", ".", None),
}


def wanted(choice: str) -> bool:
    """Whether to colour: `auto` means on a terminal that takes it, unless NO_COLOR says no."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


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

    def sign(self, state: ComponentState) -> str:
        symbol, plain, colour = _SIGNS.get(state, ("?", "?", None))
        sign = symbol if self._symbols else plain
        return click.style(sign, fg=colour) if self._on else sign
