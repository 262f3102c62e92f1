"""One call: its context, its deadline, and the figures that its log line tells."""

import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc

if TYPE_CHECKING:
    CallContext: TypeAlias = grpc.aio.ServicerContext[Any, Any]
else:
    CallContext = grpc.aio.ServicerContext

SERVICE = "apology.v1.ApologyReviewService"


@dataclass(slots=True)
class CallFigures:
    """What a call's log line may tell of its drafts: how much, never what."""

    drafts: int = 0
    characters: int = 0
    findings: int = 0
    caller: str = ""  # the name of a token or of a certificate; empty when nobody has to say who they are


_figures: ContextVar[CallFigures] = ContextVar("call_figures")


def begin_figures() -> CallFigures:
    """Starts the figures of the call that this task serves."""
    figures = CallFigures()
    _figures.set(figures)
    return figures


def count_draft(*, characters: int, findings: int) -> None:
    """Adds a reviewed draft to the figures of the call that this task serves."""
    figures = _figures.get(CallFigures())
    figures.drafts += 1
    figures.characters += characters
    figures.findings += findings


_caller: ContextVar[str] = ContextVar("caller", default="")


def set_caller(*, name: str, address: str) -> None:
    """Says who makes the call that this task serves: by name, or else by network address, which no log tells."""
    _figures.get(CallFigures()).caller = name
    _caller.set(name or address)


def caller() -> str:
    """Who makes the call that this task serves; what quotas count by."""
    return _caller.get()


def deadline_of(context: CallContext, max_seconds: float) -> float:
    """When the answer is due, on the clock of `time.monotonic`: the caller's deadline or the server's, if sooner."""
    remaining: float | None = context.time_remaining()  # None without a deadline, whatever the stubs say
    return time.monotonic() + (max_seconds if remaining is None else min(remaining, max_seconds))
