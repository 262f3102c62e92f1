"""Puts the service on an address: interceptors, health, reflection, limits, and a stop that loses no call."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import grpc
from opentelemetry.trace import NoOpTracer, Tracer

from apology.v1 import review_pb2_grpc as pb_grpc
from apology_service.addresses import listening
from apology_service.analysis import Analyst
from apology_service.assist import Assistant
from apology_service.certificates import Certificate, certificate_of, server_credentials
from apology_service.fresh import Fresh
from apology_service.health import Health
from apology_service.interceptors import chain
from apology_service.interceptors.access import Access
from apology_service.interceptors.admission import Traffic
from apology_service.interceptors.observation import Observation
from apology_service.metrics import Metrics
from apology_service.probes import answering
from apology_service.reflection import add_reflection
from apology_service.servicer import ApologyReviewServicer
from apology_service.settings import Settings
from apology_service.tokens import hashes_of

_log = logging.getLogger(__name__)
_MIN_PING_MS = 30_000
_METADATA_BYTES = (8 * 1024, 16 * 1024)
_STREAMS_PER_CONNECTION = 100
_LOOK_SECONDS = 1.0
_LACKING_SECONDS = 5.0
"""How long there may be no worker before health says no: longer than it takes to replace what has died."""
_NO_TRACES = NoOpTracer()


@dataclass(frozen=True, slots=True)
class Probes:
    """Where the server tells of itself: gRPC health alone, and HTTP; empty where it does not."""

    health: str
    metrics: str


class Server:
    """A server that listens. It is ready, and says so by its health, after `warm_up`."""

    def __init__(
        self,
        address: str,
        probes: Probes,
        server: grpc.aio.Server,
        servicer: ApologyReviewServicer,
        analyst: Analyst,
        health: Health,
        traffic: Traffic,
        metrics: Metrics,
    ) -> None:
        self.address = address
        self.probes = probes
        self._server = server
        self._servicer = servicer
        self._analyst = analyst
        self._health = health
        self._traffic = traffic
        self._metrics = metrics
        self._attending: asyncio.Task[None] | None = None

    async def warm_up(self) -> None:
        await self._analyst.start()
        self._metrics.build(await self._analyst.versions())
        self._health.set_serving(True)
        self._attending = asyncio.ensure_future(self._attend())

    async def drain(self, *, lame_duck_seconds: float, grace_seconds: float) -> None:
        """Stops without losing a call.

        Health says no at once; callers who look at it get `lame_duck_seconds` to go elsewhere and are served meanwhile;
        then no call is taken any more, those under way get `grace_seconds`, and who watches a draft is sent elsewhere.
        """
        self.forget_workers()
        self._health.set_serving(False)
        await asyncio.sleep(lame_duck_seconds)
        self._health.close()
        self._servicer.end_watches()
        await self._server.stop(grace_seconds)

    def forget_workers(self) -> None:
        """Lets health say what it is told, whether there are workers or not."""
        if self._attending is not None:
            self._attending.cancel()

    async def _attend(self) -> None:
        """Sends callers elsewhere while nobody is here who reviews, and has them back as soon as somebody is."""
        there = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._analyst.workers:
                there = time.monotonic()
            serving = time.monotonic() - there < _LACKING_SECONDS
            if serving != self._health.serving:
                _log.log(logging.INFO if serving else logging.ERROR, "workers again" if serving else "no workers")
                self._health.set_serving(serving)

    async def quiet_for(self, seconds: float) -> None:
        """Returns when there was no call for `seconds`, counted from now at the earliest."""
        left = seconds
        while left > 0:
            await asyncio.sleep(left)
            left = seconds - self._traffic.quiet_seconds()


@asynccontextmanager
async def create_server(
    settings: Settings, analyst: Analyst, assistant: Assistant | None = None, *, tracer: Tracer = _NO_TRACES
) -> AsyncIterator[Server]:
    """A listening server, which is stopped at the end.

    AddressError when an address cannot be had, SettingsError when certificates or tokens are of no use.
    """
    traffic, health, metrics = Traffic(), Health(), Metrics()
    certificate = certificate_of(settings.security)
    access = Access(allowed_clients=settings.security.allowed_clients, hashes=hashes_of(settings.security))
    observation = Observation(metrics, tracer)
    interceptors = chain(settings, traffic, observation, access)
    server = grpc.aio.server(interceptors=interceptors, options=_options(settings))
    servicer = ApologyReviewServicer(analyst, settings.limits, assistant)
    pb_grpc.add_ApologyReviewServiceServicer_to_server(servicer, server)
    health.add_to(server)
    if settings.reflection:
        add_reflection(server)
    metrics.gauge("calls_under_way", "Calls that run or wait.", lambda: traffic.calls.under_way)
    metrics.gauge("workers", "Workers that there are, busy or idle.", lambda: analyst.workers)
    metrics.gauge("idle_workers", "Workers that have nothing to do.", lambda: analyst.idle)
    metrics.gauge("ready", "1 when calls are welcome.", lambda: health.serving)
    if certificate:
        about = "When the certificate expires, in seconds since 1970."
        metrics.gauge("certificate_expiry_timestamp_seconds", about, lambda: certificate.value.expires.timestamp())
    async with AsyncExitStack() as stack:
        probes = await stack.enter_async_context(_probes(settings, health, metrics))
        address = stack.enter_context(listening(settings.address, partial(_bind, server, settings, certificate)))
        await server.start()
        serving = Server(address, probes, server, servicer, analyst, health, traffic, metrics)
        try:
            yield serving
        finally:
            serving.forget_workers()
            health.close()
            await server.stop(0)
            observation.tell_refusals()
            await analyst.stop()
            if assistant is not None:
                await assistant.close()


@asynccontextmanager
async def _probes(settings: Settings, health: Health, metrics: Metrics) -> AsyncIterator[Probes]:
    """What tells of the server in plain text, to whoever asks; it outlives the service."""
    told, over_grpc, over_http = settings.telemetry, "", ""
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    health.add_to(server)
    with ExitStack() as stack:
        if told.metrics_address:
            ready = partial(getattr, health, "serving")
            over_http = stack.enter_context(answering(told.metrics_address, metrics.registry, ready))
        if told.health_address:
            over_grpc = stack.enter_context(listening(told.health_address, server.add_insecure_port))
            await server.start()
        try:
            yield Probes(health=over_grpc, metrics=over_http)
        finally:
            await server.stop(0)


def _bind(server: grpc.aio.Server, settings: Settings, certificate: Fresh[Certificate] | None, address: str) -> int:
    if certificate is None:
        return server.add_insecure_port(address)
    ask_callers = bool(settings.security.tls_client_ca)
    return server.add_secure_port(address, server_credentials(certificate, ask_callers=ask_callers))


def _options(settings: Settings) -> list[tuple[str, int]]:
    soft, hard = _METADATA_BYTES
    options = [
        ("grpc.so_reuseport", 0),  # else a second server on the port would get half of the connections
        ("grpc.max_receive_message_length", settings.limits.max_request_bytes),
        ("grpc.max_metadata_size", soft),
        ("grpc.absolute_max_metadata_size", hard),
        ("grpc.max_concurrent_streams", _STREAMS_PER_CONNECTION),
        ("grpc.http2.min_ping_interval_without_data_ms", _MIN_PING_MS),
    ]
    if settings.connection_age_seconds:
        options += [
            ("grpc.max_connection_age_ms", round(settings.connection_age_seconds * 1000)),
            ("grpc.max_connection_age_grace_ms", round(settings.limits.max_call_seconds * 1000)),
        ]
    return options
