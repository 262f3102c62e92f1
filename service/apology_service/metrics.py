"""What the server counts, for Prometheus.

Calls go by the names of OpenTelemetry's conventions for RPC. Labels hold names of ours (methods, codes, reasons,
verdicts, rules), and never a word that came with a request.
"""

import platform
from collections.abc import Callable, Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
)

from apology_rules import Versions

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30)
_CHARACTERS = (100, 300, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000)


class Metrics:
    """One set a server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self._calls = Histogram(
            "rpc_server_call_duration_seconds",
            "Calls of the service, by how they ended; error_type is the reason that the caller was told.",
            ("rpc_system_name", "rpc_method", "rpc_response_status_code", "error_type"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._waits = Histogram(
            "apology_review_queue_wait_seconds", "How long drafts waited.", buckets=_SECONDS, registry=registry
        )
        self._reviews = Histogram(
            "apology_review_draft_duration_seconds",
            "From a draft's arrival to its review, waiting included.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._characters = Histogram(
            "apology_review_draft_characters", "Size of drafts.", buckets=_CHARACTERS, registry=registry
        )
        self._verdicts = Counter("apology_review_drafts", "Drafts reviewed.", ("verdict",), registry=registry)
        self._findings = Counter("apology_review_findings", "Findings told.", ("rule",), registry=registry)

    def call(self, *, method: str, code: str, reason: str, seconds: float) -> None:
        """Counts a call that has ended; `method` is `package.Service/Method`."""
        error = "" if code == "OK" else reason or code
        self._calls.labels("grpc", method, code, error).observe(seconds)

    def wait(self, seconds: float) -> None:
        self._waits.observe(seconds)

    def draft(self, *, characters: int, verdict: str, rules: Iterable[str], seconds: float) -> None:
        self._reviews.observe(seconds)
        self._characters.observe(characters)
        self._verdicts.labels(verdict).inc()
        for rule in rules:
            self._findings.labels(rule).inc()

    def build(self, versions: Versions) -> None:
        """Tells what runs here."""
        told = {"version": versions.package, "rules": versions.rules, "pipeline": versions.pipeline}
        Info("apology_review_build", "What runs here.", registry=self.registry).info(
            {**told, "python": platform.python_version()}
        )

    def gauge(self, name: str, about: str, value: Callable[[], float]) -> None:
        """Tells a value that is looked up whenever it is asked for."""
        Gauge(f"apology_review_{name}", about, registry=self.registry).set_function(value)
