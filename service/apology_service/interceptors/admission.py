"""Bounds the calls of the service that run or wait; health and reflection are always let in."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Never

from apology_service.calls import SERVICE, CallContext
from apology_service.faults import Refusal, overloaded
from apology_service.interceptors.handlers import Handler, Layer, rebuild, surrounded

_OURS = f"/{SERVICE}/"
_RETRY_MS = 200


class Traffic:
    """The calls of the service and the drafts watched: how many are under way, and for how long there were none."""

    def __init__(self) -> None:
        self.calls = _Count()
        self.watches = _Count()
        self._quiet_since = time.monotonic()

    def quiet_seconds(self) -> float:
        return 0.0 if self.calls.under_way or self.watches.under_way else time.monotonic() - self._quiet_since

    @contextmanager
    def one(self, count: "_Count") -> Iterator[None]:
        """Counts one more of `calls` or `watches` while it runs."""
        count.under_way += 1
        try:
            yield
        finally:
            count.under_way -= 1
            self._quiet_since = time.monotonic()


class _Count:
    def __init__(self) -> None:
        self.under_way = 0


class Admission(Layer):
    """Refuses at once, and tells when to come back, what would have to wait too long."""

    def __init__(self, traffic: Traffic, max_calls: int, max_watches: int) -> None:
        self._traffic = traffic
        self._max_calls = max_calls
        self._max_watches = max_watches
        self._refusal = Refusal.of(overloaded(_RETRY_MS), pushback_ms=_RETRY_MS)

    def is_full(self, handler: Handler, method: str) -> bool:
        """Whether a call of `method` would be refused now."""
        count, limit = self._places(handler)
        return count.under_way >= limit and method.startswith(_OURS)

    async def refuse(self, _request: Any, context: CallContext) -> Never:
        await self._refusal.send(context)

    def wrap(self, handler: Handler, method: str) -> Handler:
        if not method.startswith(_OURS):
            return handler
        count, limit = self._places(handler)

        @asynccontextmanager
        async def admitted(context: CallContext) -> AsyncIterator[None]:
            if count.under_way >= limit:  # it was not yet when the call came
                await self._refusal.send(context)
            with self._traffic.one(count):
                yield

        return rebuild(handler, surrounded(admitted))

    def _places(self, handler: Handler) -> "tuple[_Count, int]":
        """An open stream costs next to nothing, and of its reviews at most one waits: it takes no call's place."""
        if handler.request_streaming:
            return self._traffic.watches, self._max_watches
        return self._traffic.calls, self._max_calls
