"""One call: its context, its caller, its deadline, and the figures that log, metrics and trace tell of it."""

import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc
from opentelemetry.trace import Tracer

from apology_rules import Review
from apology_service.metrics import Metrics

if TYPE_CHECKING:
    CallContext: TypeAlias = grpc.aio.ServicerContext[Any, Any]
else:
    CallContext = grpc.aio.ServicerContext

SERVICE = "apology.v1.ApologyReviewService"


@dataclass(slots=True)
class CallFigures:
    """What may be told of a call and its drafts: how much, never what."""

    metrics: Metrics
    tracer: Tracer
    drafts: int = 0
    characters: int = 0
    findings: int = 0
    caller: str = ""  # the name of a token or of a certificate
    reason: str = ""  # of a refusal or failure

    def told(self) -> dict[str, str | int]:
        """For a log line, or for a span."""
        named = {"caller": self.caller, "reason": self.reason}
        figures = {"drafts": self.drafts, "characters": self.characters, "findings": self.findings}
        return {**figures, **{key: value for key, value in named.items() if value}}


_figures: ContextVar[CallFigures | None] = ContextVar("call_figures", default=None)


def begin_figures(metrics: Metrics, tracer: Tracer) -> CallFigures:
    """Starts the figures of the call that this task serves; the functions below add to them."""
    figures = CallFigures(metrics, tracer)
    _figures.set(figures)
    return figures


def count_draft(review: Review, *, characters: int, seconds: float) -> None:
    """Adds a draft that was reviewed in `seconds`."""
    if (figures := _figures.get()) is None:
        return
    verdict, rules = review.verdict.name, [finding.rule_id for finding in review.findings]
    figures.drafts += 1
    figures.characters += characters
    figures.findings += len(rules)
    figures.metrics.draft(characters=characters, verdict=verdict, rules=rules, seconds=seconds)
    _span(figures.tracer, "review", seconds, {"characters": characters, "verdict": verdict, "findings": len(rules)})


def count_wait(seconds: float) -> None:
    """Adds the time that a draft waited for its turn."""
    if (figures := _figures.get()) is not None:
        figures.metrics.wait(seconds)
        _span(figures.tracer, "wait", seconds, {})


def note_reason(reason: str) -> None:
    """Says why the call is refused, or has failed."""
    if (figures := _figures.get()) is not None:
        figures.reason = reason


_caller: ContextVar[str] = ContextVar("caller", default="")


def set_caller(*, name: str, address: str) -> None:
    """Says who makes the call that this task serves: by name, or else by network address, which no log tells."""
    if (figures := _figures.get()) is not None:
        figures.caller = name
    _caller.set(name or address)


def caller() -> str:
    """Who makes the call that this task serves; what quotas count by."""
    return _caller.get()


def deadline_of(context: CallContext, max_seconds: float) -> float:
    """When the answer is due, on the clock of `time.monotonic`: the caller's deadline or the server's, if sooner."""
    remaining: float | None = context.time_remaining()  # None without a deadline, whatever the stubs say
    return time.monotonic() + (max_seconds if remaining is None else min(remaining, max_seconds))


def _span(tracer: Tracer, name: str, seconds: float, told: Mapping[str, str | int]) -> None:
    """A span of the past: nothing has to be carried through the work itself."""
    end = time.time_ns()
    attributes = {f"apology_review.{key}": value for key, value in told.items()}
    tracer.start_span(name, start_time=end - round(seconds * 1e9), attributes=attributes).end(end)
