"""What is told of every call, in log, metrics and trace: how long, how much, how it ended; never a word of it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
from opentelemetry import context as tracing
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from apology_service.calls import SERVICE, CallContext, CallFigures, begin_figures
from apology_service.faults import Reason
from apology_service.interceptors.handlers import Handler, Layer, rebuild, surrounded
from apology_service.interceptors.refusals import Refusals
from apology_service.metrics import Metrics

_log = logging.getLogger(__name__)
_FAULTS = {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
"""Codes that OpenTelemetry's conventions for gRPC count as errors of the server."""


class Observation(Layer):
    """Calls of the service are measured, traced, and logged at INFO; those of probes and tools logged at DEBUG.

    Refusals for load and quota are logged in sums: see `tell_refusals`.
    """

    def __init__(self, metrics: Metrics, tracer: trace.Tracer) -> None:
        self._metrics = metrics
        self._tracer = tracer
        self._refusals = Refusals()

    def tell_refusals(self) -> None:
        """Logs those that are not logged yet, as happens every second by itself."""
        self._refusals.tell()

    def wrap(self, handler: Handler, method: str) -> Handler:
        ours = method.startswith(f"/{SERVICE}/")
        level = logging.INFO if ours else logging.DEBUG

        @asynccontextmanager
        async def observed(context: CallContext) -> AsyncIterator[None]:
            figures, began, code = begin_figures(self._metrics, self._tracer), time.perf_counter(), "OK"
            span = self._span(context, method) if ours else trace.INVALID_SPAN
            try:
                yield
            except (asyncio.CancelledError, GeneratorExit):  # the latter when a stream is dropped between two answers
                code = "CANCELLED"
                raise
            except grpc.aio.AbortError:
                code = context.code().name
                raise
            except Exception:
                code, figures.reason = "INTERNAL", Reason.INTERNAL_ERROR  # as the firewall will say
                raise
            finally:
                seconds = time.perf_counter() - began
                if code == "RESOURCE_EXHAUSTED" and not figures.drafts:  # a watched draft may have had answers
                    self._refusals.add(method=method, code=code, reason=figures.reason, caller=figures.caller)
                elif _log.isEnabledFor(level):
                    told = {"method": method, "code": code, "ms": round(seconds * 1000, 1), **figures.told()}
                    _log.log(level, "call", extra={"fields": told})
                if ours:
                    self._metrics.call(
                        method=method.removeprefix("/"), code=code, reason=figures.reason, seconds=seconds
                    )
                    _end(span, code, figures)

        return rebuild(handler, surrounded(observed))

    def _span(self, context: CallContext, method: str) -> trace.Span:
        """A span of the caller's trace, if they sent one. It is current until the task of the call ends.

        Of what they sent, only `traceparent` is read, which has no room for text.
        """
        if isinstance(self._tracer, trace.NoOpTracer):
            return trace.INVALID_SPAN
        sent = {key: value for key, value in context.invocation_metadata() or () if key == "traceparent"}
        parent = TraceContextTextMapPropagator().extract(sent, context=tracing.Context())
        name = method.removeprefix("/")
        attributes = {"rpc.system.name": "grpc", "rpc.method": name}
        span = self._tracer.start_span(name, parent, trace.SpanKind.SERVER, attributes)
        tracing.attach(trace.set_span_in_context(span))
        return span


def _end(span: trace.Span, code: str, figures: CallFigures) -> None:
    """Without `record_exception`: an exception's text may quote the draft."""
    if not span.is_recording():
        return
    span.set_attribute("rpc.response.status_code", code)
    for key, value in figures.told().items():
        span.set_attribute(f"apology_review.{key}", value)
    if code != "OK":
        span.set_attribute("error.type", figures.reason or code)
    if code in _FAULTS:
        span.set_status(trace.StatusCode.ERROR)
    span.end()
