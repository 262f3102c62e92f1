"""What one caller may use up, so that none takes all: a number of calls at a time, and a pace in drafts."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from apology.v1 import review_pb2 as pb
from apology_service.calls import SERVICE, CallContext, caller
from apology_service.faults import abort, quota_exceeded
from apology_service.interceptors.handlers import Handler, Layer, rebuild, receiving, surrounded

_RETRY_MS = 1000
_SOON_MS = 2000
_NEVER = -1  # gRPC's word for: do not retry by yourself
_MOST_ACCOUNTS = 10_000


class Share(Layer):
    """Bounds the calls that one caller has running or waiting."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: Counter[str] = Counter()

    def wrap(self, handler: Handler, method: str) -> Handler:
        ours = self._most and method.startswith(f"/{SERVICE}/")
        return rebuild(handler, surrounded(self._counted)) if ours else handler

    @asynccontextmanager
    async def _counted(self, context: CallContext) -> AsyncIterator[None]:
        name = caller()
        if self._under_way[name] >= self._most:
            status = quota_exceeded("calls_under_way", f"{self._most} calls at a time", _RETRY_MS)
            await abort(context, status, pushback_ms=_RETRY_MS)
        self._under_way[name] += 1
        try:
            yield
        finally:
            self._under_way[name] -= 1
            self._under_way += Counter()  # drops those who have none left


class Pace(Layer):
    """Bounds the drafts that one caller sends. Goes inside the parse guard: a batch counts by its drafts."""

    def __init__(self, per_minute: float, at_once: int) -> None:
        self._limit = f"{per_minute:g} drafts a minute, {at_once} at once"
        self._accounts = Accounts(per_minute / 60, at_once) if per_minute else None

    def wrap(self, handler: Handler, method: str) -> Handler:
        ours = self._accounts and method.startswith(f"/{SERVICE}/")
        return rebuild(handler, receiving(self._paced, streaming=handler.request_streaming)) if ours else handler

    async def _paced(self, request: Any, context: CallContext) -> Any:
        assert self._accounts
        wait = self._accounts.spend(caller(), _drafts(request), now=time.monotonic())
        if wait:
            milliseconds = max(1, round(wait * 1000))
            status = quota_exceeded("drafts_per_minute", self._limit, milliseconds)
            await abort(context, status, pushback_ms=milliseconds if milliseconds <= _SOON_MS else _NEVER)
        return request


class Accounts:
    """What each caller has left: `at_once` to begin with, and `per_second` more as it is used up.

    A batch larger than `at_once` is let in when all of that is there, and leaves the account in debt.
    """

    def __init__(self, per_second: float, at_once: int) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._accounts: dict[str, tuple[float, float]] = {}  # what was left, and when

    def spend(self, name: str, drafts: int, *, now: float) -> float:
        """Seconds to wait; 0 when the drafts may come now, and then they count. Who sends none has no debt to pay first."""
        if not drafts:
            return 0.0
        left, wanted = self._left(name, now), min(drafts, self._at_once)
        if left < wanted:
            return (wanted - left) / self._per_second
        if name not in self._accounts and len(self._accounts) >= _MOST_ACCOUNTS:
            self._forget(now)
        self._accounts[name] = (left - drafts, now)
        return 0.0

    def _left(self, name: str, now: float) -> float:
        left, since = self._accounts.get(name, (self._at_once, now))
        return min(self._at_once, left + (now - since) * self._per_second)

    def _forget(self, now: float) -> None:
        """Drops half of the accounts, those with most left: most of them are full again, and an account anew costs little."""
        emptiest = sorted(self._accounts, key=lambda name: self._left(name, now))[: _MOST_ACCOUNTS // 2]
        self._accounts = {name: self._accounts[name] for name in emptiest}


def _drafts(request: Any) -> int:
    if isinstance(request, pb.BatchReviewDraftsRequest):
        return len(request.requests)
    return 0 if isinstance(request, pb.ListRulesRequest | pb.GetCapabilitiesRequest) else 1
