import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NoOpTracer, Tracer

from apology_rules import Reviewer
from apology_service.analysis import Analyst, ThreadAnalyst
from apology_service.logs import JsonFormatter
from apology_service.server import create_server
from apology_service.settings import Limits, Settings
from tests.service.helpers import Served

Serve = Callable[..., Awaitable[Served]]


@pytest.fixture(scope="session")
def reviewer() -> Reviewer:
    return Reviewer()


@pytest.fixture
async def serve(reviewer: Reviewer) -> AsyncIterator[Serve]:
    """Starts servers on free ports; `ready=False` leaves one cold."""
    async with AsyncExitStack() as stack:

        async def start(
            analyst: Analyst | None = None,
            *,
            ready: bool = True,
            limits: Limits | None = None,
            tracer: Tracer | None = None,
            **settings: Any,
        ) -> Served:
            chosen = Settings(**{"address": "127.0.0.1:0", "limits": limits or Limits(), **settings})
            chosen_analyst = analyst or ThreadAnalyst(lambda: reviewer)
            server = await stack.enter_async_context(
                create_server(chosen, chosen_analyst, tracer=tracer or NoOpTracer())
            )
            if ready:
                await server.warm_up()
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(server.address))
            return Served(server, channel)

        yield start


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, as the server process would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, own = logging.getLogger(), logging.getLogger("apology_service")
    root.addHandler(handler)
    own.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    own.setLevel(logging.NOTSET)


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(spans: InMemorySpanExporter) -> Iterator[Tracer]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    yield provider.get_tracer("test")
    provider.shutdown()
