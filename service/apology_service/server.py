"""Puts the service on an address: interceptors, health, reflection, limits, and a stop that loses no call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import grpc

from apology.v1 import review_pb2_grpc as pb_grpc
from apology_service.addresses import listening
from apology_service.analysis import Analyst
from apology_service.assist import Assistant
from apology_service.health import Health
from apology_service.interceptors import chain
from apology_service.interceptors.admission import Traffic
from apology_service.reflection import add_reflection
from apology_service.servicer import ApologyReviewServicer
from apology_service.settings import Settings

_MIN_PING_MS = 30_000
_METADATA_BYTES = (8 * 1024, 16 * 1024)
_STREAMS_PER_CONNECTION = 100


class Server:
    """A server that listens. It is ready, and says so by its health, after `warm_up`."""

    def __init__(
        self, address: str, server: grpc.aio.Server, analyst: Analyst, health: Health, traffic: Traffic
    ) -> None:
        self.address = address
        self._server = server
        self._analyst = analyst
        self._health = health
        self._traffic = traffic

    async def warm_up(self) -> None:
        await self._analyst.start()
        self._health.set_serving(True)

    async def drain(self, *, lame_duck_seconds: float, grace_seconds: float) -> None:
        """Stops without losing a call.

        Health says no at once; callers who look at it get `lame_duck_seconds` to go elsewhere and are served meanwhile;
        then no call is taken any more, and those under way get `grace_seconds`.
        """
        self._health.set_serving(False)
        await asyncio.sleep(lame_duck_seconds)
        self._health.close()
        await self._server.stop(grace_seconds)

    async def quiet_for(self, seconds: float) -> None:
        """Returns when there was no call for `seconds`, counted from now at the earliest."""
        left = seconds
        while left > 0:
            await asyncio.sleep(left)
            left = seconds - self._traffic.quiet_seconds()


@asynccontextmanager
async def create_server(
    settings: Settings, analyst: Analyst, assistant: Assistant | None = None
) -> AsyncIterator[Server]:
    """A listening server, which is stopped at the end; AddressError when the address cannot be had."""
    traffic, health = Traffic(), Health()
    server = grpc.aio.server(
        interceptors=chain(traffic, max_concurrent_calls=settings.max_concurrent_calls), options=_options(settings)
    )
    servicer = ApologyReviewServicer(analyst, settings.limits, assistant)
    pb_grpc.add_ApologyReviewServiceServicer_to_server(servicer, server)
    health.add_to(server)
    if settings.reflection:
        add_reflection(server)
    with ExitStack() as stack:
        address = stack.enter_context(listening(settings.address, server.add_insecure_port))
        await server.start()
        try:
            yield Server(address, server, analyst, health, traffic)
        finally:
            health.close()
            await server.stop(0)
            await analyst.stop()
            if assistant is not None:
                await assistant.close()


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
