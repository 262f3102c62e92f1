"""A replaying model, a review service that may ask it, and one reviewer for all."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest

from apology_rules import Reviewer
from apology_service import assist
from apology_service.analysis import Analyst, ThreadAnalyst
from apology_service.server import create_server
from apology_service.settings import AssistSettings, Limits, Settings
from tests.assist.model_server import ModelServer, model_server
from tests.service.helpers import Served

ServeWithModel = Callable[..., Awaitable[Served]]


@pytest.fixture(scope="session")
def reviewer() -> Reviewer:
    return Reviewer()


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with model_server() as served:
        yield served


@pytest.fixture
async def serve(reviewer: Reviewer, model: ModelServer) -> AsyncIterator[ServeWithModel]:
    """Starts servers that may ask the replaying model; keywords are settings of the assist."""
    async with AsyncExitStack() as stack:

        async def start(
            *, analyst: Analyst | None = None, limits: Limits | None = None, key: str = "", **given: Any
        ) -> Served:
            settings = Settings(
                address="127.0.0.1:0",
                limits=limits or Limits(),
                assist=AssistSettings(**{"base_url": model.url, "model": "replay", "retries": 0, **given}),
            )
            environment = {"APOLOGY_REVIEW_ASSIST_API_KEY": key} if key else {}
            assistant = assist.load(settings.assist, environment)
            server = await stack.enter_async_context(
                create_server(settings, analyst or ThreadAnalyst(lambda: reviewer), assistant)
            )
            await server.warm_up()
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(server.address))
            return Served(server, channel)

        yield start
