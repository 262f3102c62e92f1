"""grpc.health.v1, with `List`, and with watchers that a stopping server can end.

The servicer that comes with grpcio says SERVING from the start, lacks `List`, and holds up a graceful stop for as long
as anybody watches.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]

from apology_service.calls import SERVICE, CallContext

_STATUS = health_pb2.HealthCheckResponse
_MOST_WATCHES = 1_000


class Health:
    """Whether the service is ready, under its name and under the empty one; not before `set_serving(True)`."""

    def __init__(self) -> None:
        self._statuses = dict.fromkeys(("", SERVICE), _STATUS.NOT_SERVING)
        self._changed = asyncio.Event()
        self._closed = False
        self._watches = 0

    def add_to(self, server: grpc.aio.Server) -> None:
        health_pb2_grpc.add_HealthServicer_to_server(self, server)

    @property
    def serving(self) -> bool:
        return bool(self._statuses[SERVICE] == _STATUS.SERVING)

    def set_serving(self, serving: bool) -> None:
        self._change(_STATUS.SERVING if serving else _STATUS.NOT_SERVING)

    def close(self) -> None:
        """Says NOT_SERVING and ends every watch."""
        self._closed = True
        self._change(_STATUS.NOT_SERVING)

    async def Check(self, request: Any, context: CallContext) -> Any:
        if request.service not in self._statuses:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return _STATUS(status=self._statuses[request.service])

    async def List(self, request: Any, context: CallContext) -> Any:
        statuses = {name: _STATUS(status=status) for name, status in self._statuses.items()}
        return health_pb2.HealthListResponse(statuses=statuses)

    async def Watch(self, request: Any, context: CallContext) -> AsyncIterator[Any]:
        """Anybody may watch, so that there is a bound.

        Beyond it the answer is UNIMPLEMENTED, which the protocol has for servers without `Watch`: a client then calls
        without looking at health, and any other code would keep it from calling at all.
        """
        if self._watches >= _MOST_WATCHES:
            await context.abort(grpc.StatusCode.UNIMPLEMENTED, "too many watch; use Check")
        self._watches += 1
        try:
            told = None
            while True:
                changed, status = self._changed, self._statuses.get(request.service, _STATUS.SERVICE_UNKNOWN)
                if status != told:
                    yield _STATUS(status=status)
                    told = status
                if self._closed:
                    return
                await changed.wait()
        finally:
            self._watches -= 1

    def _change(self, status: int) -> None:
        self._statuses = dict.fromkeys(self._statuses, status)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
