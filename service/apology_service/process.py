"""The life of a server process: listen, warm up, serve, leave when told or when idle."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict
from typing import Any

from apology_rules import PipelineNotFoundError
from apology_service import assist, logs, probes
from apology_service.addresses import UNIX, check_form
from apology_service.analysis import Analyst, Reviewing
from apology_service.assist import Assistant
from apology_service.certificates import certificate_of
from apology_service.exposure import missing_guards
from apology_service.incidents import anatomy
from apology_service.server import Server, create_server
from apology_service.settings import Settings
from apology_service.tokens import hashes_of
from apology_service.tracing import exporting
from apology_service.workers.nursery import NurseryLostError

_log = logging.getLogger(__name__)
_END_SECONDS = 1.0


class StartError(Exception):
    """What reviews cannot be loaded; the message says why."""


class _Leave:
    """What signals ask for: to leave, and without mercy when asked again.

    Only SIGTERM may come from an orchestrator that still sends calls for a while, if it ever sent any; a keyboard or idleness
    does not.
    """

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.asked_again = asyncio.Event()
        self.by_terminate = False
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ask, number)

    def _ask(self, number: signal.Signals) -> None:
        (self.asked_again if self.asked.is_set() else self.asked).set()
        self.by_terminate |= number == signal.SIGTERM


async def run(settings: Settings, analyst: Analyst, assistant: Assistant | None = None) -> None:
    """Serves until told to leave. Raises AddressError, SettingsError or StartError."""
    without = missing_guards(settings)
    asyncio.get_running_loop().set_exception_handler(logs.lost_error)
    leave = _Leave()
    async with AsyncExitStack() as stack:
        tracer = stack.enter_context(exporting(settings.telemetry.traces))
        server = await stack.enter_async_context(create_server(settings, analyst, assistant, tracer=tracer))
        print(f"apology-review-server listening on {server.address}", file=sys.stderr, flush=True)
        if without:
            _log.warning(f"other machines can reach this server without {without}")
        for warning in assist.warnings(settings.assist):
            _log.warning(warning)
        if was_ready := await _before(leave.asked, _warm_up(server)):
            _log.info("ready", extra={"fields": {"address": server.address, **asdict(server.probes)}})
            await _before(leave.asked, _idle(server, settings))
        _log.info("leaving", extra={"fields": {"asked": leave.asked.is_set()}})
        still_sent = was_ready and leave.by_terminate and not settings.address.startswith(UNIX)
        lame_duck = settings.lame_duck_seconds if still_sent else 0
        drain = server.drain(lame_duck_seconds=lame_duck, grace_seconds=settings.grace_seconds)
        await _before(leave.asked_again, drain)
    await _ended()
    _log.info("left")


def check(settings: Settings, load: Callable[[], Reviewing]) -> None:
    """Tries of a start all that needs neither a port nor the network. Raises what `run` raises."""
    missing_guards(settings)
    told = settings.telemetry
    for address in filter(None, (settings.address, told.health_address)):
        check_form(address)
    if told.metrics_address:
        probes.check_address(told.metrics_address)
    certificate_of(settings.security)
    hashes_of(settings.security)
    with exporting(told.traces), _loading():
        load()


async def _warm_up(server: Server) -> None:
    with _loading():
        await server.warm_up()


@contextmanager
def _loading() -> Iterator[None]:
    try:
        yield
    except (PipelineNotFoundError, NurseryLostError) as error:
        raise StartError(str(error)) from error
    except Exception as error:
        _log.error("the reviewer cannot be loaded", extra={"fields": anatomy(error)})
        raise StartError(f"the reviewer cannot be loaded: {anatomy(error)['error']}") from error


async def _idle(server: Server, settings: Settings) -> None:
    """Returns when the server has been idle for too long; never, unless that is set."""
    if settings.idle_exit_seconds:
        await server.quiet_for(settings.idle_exit_seconds)
    else:
        await asyncio.Event().wait()


async def _before(event: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Whether `work` was done before `event` came; else it is cancelled. Its error is raised."""
    doing, coming = asyncio.ensure_future(work), asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait((doing, coming), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            doing.result()
        return doing.done()
    finally:
        for task in (doing, coming):
            task.cancel()


async def _ended() -> None:
    """Lets the calls that were cut off come to their end: gRPC prints a traceback for each that the loop cancels."""
    if calls := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(calls, timeout=_END_SECONDS)
