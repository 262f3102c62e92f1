"""Tells the operator of an unexpected error without its text, which may quote a draft."""

import logging
import secrets
from collections.abc import Mapping
from types import TracebackType

_log = logging.getLogger(__name__)
_FRAMES = 5

Anatomy = Mapping[str, object]
"""What may be told of an error: types and places."""


class RemoteError(Exception):
    """An error in another process, of which nothing but its anatomy left that process."""

    def __init__(self, told: Anatomy) -> None:
        super().__init__(told)
        self.told = told


def report(error: BaseException, *, method: str) -> str:
    """Logs type and code location of `error` under a fresh incident id, and returns the id."""
    incident = secrets.token_hex(6)
    _log.error("unexpected error", extra={"fields": {"incident": incident, "method": method, **anatomy(error)}})
    return incident


def anatomy(error: BaseException) -> Anatomy:
    """The type of `error`, those of its causes, and its innermost frames: nothing that could hold a text."""
    if isinstance(error, RemoteError):
        return error.told
    told: dict[str, object] = {"error": _name(error), "at": _frames(error.__traceback__)}
    cause = error.__cause__ or error.__context__
    if cause is not None:
        told["cause"] = _name(cause)
    return told


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _frames(traceback: TracebackType | None) -> list[str]:
    frames: list[str] = []
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        frames.append(f"{module}.{traceback.tb_frame.f_code.co_name}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return frames[-_FRAMES:]
