"""Bounds the calls of the service that run or wait; health and reflection are always let in."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

from apology_service.calls import SERVICE, CallContext
from apology_service.faults import abort, overloaded
from apology_service.interceptors.handlers import Handler, Interceptor, rebuild, surrounded

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


class Admission(Interceptor):
    """Refuses at once, and tells when to come back, what would have to wait too long."""

    def __init__(self, traffic: Traffic, max_calls: int, max_watches: int) -> None:
        self._traffic = traffic
        self._max_calls = max_calls
        self._max_watches = max_watches

    def wrap(self, handler: Handler, method: str) -> Handler:
        if not method.startswith(f"/{SERVICE}/"):
            return handler
        return rebuild(handler, surrounded(self._watching if handler.request_streaming else self._calling))

    def _calling(self, context: CallContext) -> AbstractAsyncContextManager[None]:
        return self._admitted(context, self._traffic.calls, self._max_calls)

    def _watching(self, context: CallContext) -> AbstractAsyncContextManager[None]:
        """An open stream costs next to nothing, and of its reviews at most one waits: it takes no call's place."""
        return self._admitted(context, self._traffic.watches, self._max_watches)

    @asynccontextmanager
    async def _admitted(self, context: CallContext, count: _Count, limit: int) -> AsyncIterator[None]:
        if count.under_way >= limit:
            await abort(context, overloaded(_RETRY_MS), pushback_ms=_RETRY_MS)
        with self._traffic.one(count):
            yield
