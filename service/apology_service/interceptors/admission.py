"""Bounds the calls of the service that run or wait; health and reflection are always let in."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from apology_service.calls import SERVICE, CallContext
from apology_service.faults import abort, overloaded
from apology_service.interceptors.handlers import Handler, Interceptor, rebuild, surrounded

_RETRY_MS = 200


class Traffic:
    """The calls of the service: how many are under way, and for how long there was none."""

    def __init__(self) -> None:
        self.under_way = 0
        self._quiet_since = time.monotonic()

    def quiet_seconds(self) -> float:
        return 0.0 if self.under_way else time.monotonic() - self._quiet_since

    @contextmanager
    def call(self) -> Iterator[None]:
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
            self._quiet_since = time.monotonic()


class Admission(Interceptor):
    """Refuses at once, and tells when to come back, what would have to wait too long."""

    def __init__(self, traffic: Traffic, limit: int) -> None:
        self._traffic = traffic
        self._limit = limit

    def wrap(self, handler: Handler, method: str) -> Handler:
        return rebuild(handler, surrounded(self._admitted)) if method.startswith(f"/{SERVICE}/") else handler

    @asynccontextmanager
    async def _admitted(self, context: CallContext) -> AsyncIterator[None]:
        if self._traffic.under_way >= self._limit:
            await abort(context, overloaded(_RETRY_MS), pushback_ms=_RETRY_MS)
        with self._traffic.call():
            yield
