"""A draft that is being written: of all versions that come, the newest is reviewed, one at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from apology.v1 import review_pb2 as pb
from apology_service.analysis import Session

Reviewing = Callable[[pb.WatchDraftRequest, Session], Awaitable[pb.WatchDraftResponse]]


class Newest:
    """The newest of the versions that come, however fast they come, until the caller or `end` ends them."""

    def __init__(self, requests: AsyncIterator[pb.WatchDraftRequest]) -> None:
        self._request: pb.WatchDraftRequest | None = None
        self._ended = False
        self._changed = asyncio.Event()
        self._reading = asyncio.ensure_future(self._read(requests))

    async def take(self) -> pb.WatchDraftRequest | None:
        """The newest version that was not taken yet; None at the end. Raises what reading them raised."""
        await self.arrival()
        if self._request is None and self._reading.done():
            self._reading.result()
        request, self._request = self._request, None
        return request

    async def arrival(self) -> None:
        """Returns when there is a version to take, or no more to come."""
        while self._request is None and not self._ended:
            self._changed.clear()
            await self._changed.wait()

    @property
    def waiting(self) -> bool:
        return self._request is not None

    def end(self) -> None:
        self._ended = True
        self._changed.set()

    def close(self) -> None:
        self._reading.cancel()

    async def _read(self, requests: AsyncIterator[pb.WatchDraftRequest]) -> None:
        try:
            async for request in requests:
                self._request = request
                self._changed.set()
        finally:
            self.end()


async def answers(newest: Newest, review: Reviewing) -> AsyncIterator[pb.WatchDraftResponse]:
    """The answer for each version that was still the newest when it came.

    A superseded version is dropped: while it waits for its turn, or for a language model. One in the hands of a worker is
    let finish there, since the next version does best with the same worker, and since a fast writer must not occupy more
    than one.
    """
    session = Session()
    while (request := await newest.take()) is not None:
        reviewing = asyncio.ensure_future(review(request, session))
        superseded = asyncio.ensure_future(_superseded(newest, session))
        try:
            await asyncio.wait((reviewing, superseded), return_when=asyncio.FIRST_COMPLETED)
            if newest.waiting:
                reviewing.cancel()
            await asyncio.wait((reviewing,))
        finally:
            reviewing.cancel()
            superseded.cancel()
        if not newest.waiting:
            yield reviewing.result()


async def _superseded(newest: Newest, session: Session) -> None:
    """Returns when another version waits, or none will come, and no worker has the one before in its hands."""
    await newest.arrival()
    await session.at_rest.wait()
