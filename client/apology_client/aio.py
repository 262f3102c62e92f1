"""The client that awaits. What it does is in `apology_client.core`; here is how."""

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from functools import cached_property
from types import TracebackType
from typing import Self, TypeVar

import grpc
from google.protobuf.message import Message

from apology.v1 import review_pb2_grpc
from apology_client import answers, channel, core, health
from apology_client.base import ClientBase
from apology_client.catalogue import Capabilities, Rule
from apology_client.credentials import Metadata
from apology_client.draft import Context, Draft, Options
from apology_client.errors import AccessDeniedError, ApologyReviewError, from_rpc
from apology_client.review import Review
from apology_client.watching import TaskFeed, Watch, cut_short

T = TypeVar("T")
D = TypeVar("D", bound=str | Draft)


class AsyncClient(ClientBase):
    """A client for asyncio. It belongs to one event loop, that of its first call: another loop needs a client of its own.

    async with AsyncClient("localhost:50051") as client:
        review = await client.review("I am sorry if you were upset.")
    """

    async def review(
        self,
        draft: str | Draft,
        *,
        context: Context | None = None,
        options: Options | None = None,
        timeout: float | None = None,
    ) -> Review:
        """The critique of one draft, within `timeout` seconds, retries included; else within those of the client.

        Raises one of the errors of `apology_client.errors`. A draft that cannot be judged is no error: it has a verdict.
        """
        return await self._run(core.review(draft, context, options), timeout)

    async def review_many(
        self,
        drafts: Iterable[str | Draft],
        *,
        context: Context | None = None,
        options: Options | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[Review | ApologyReviewError]:
        """One result a draft, in order, with several batches under way. An error is a result: it is not raised.

        `timeout` bounds each batch, in seconds; without it a batch gets as long as the server gives a call.
        """
        async for _, answer in self.exchange(core.jobs(drafts, context, options), timeout=timeout):
            yield answer if isinstance(answer, ApologyReviewError) else answers.review(answer)

    async def watch(
        self, drafts: AsyncIterable[D], *, context: Context | None = None, options: Options | None = None
    ) -> AsyncIterator[tuple[D, Review | ApologyReviewError]]:
        """Reviews a draft while it is being written: `drafts` are its versions, as they come.

        Of all versions the newest is reviewed, and comes back with its review; one that was superseded meanwhile never
        does. What the server finds wrong with one version is its result, and is not raised; InvalidRequestError is, for one
        that cannot be sent. Ends after the last version.
        """
        watch = Watch[D](context, options)
        feed = TaskFeed(watch, drafts)
        try:
            while await feed.due():
                call = self._stub.WatchDraft(feed.messages())
                try:
                    async for response in call:
                        if (found := watch.answered(response)) is not None:
                            yield found
                    error = cut_short()
                except grpc.RpcError as broken:
                    error = from_rpc(broken, self._target)
                finally:
                    call.cancel()
                if not watch.over:
                    await asyncio.sleep(watch.pause(error))
        finally:
            feed.close()
        if watch.error is not None:
            raise watch.error

    async def rules(self, *, timeout: float | None = None) -> tuple[Rule, ...]:
        """The catalogue: what this server looks for."""
        return await self._run(core.rules(), timeout)

    async def capabilities(self, *, timeout: float | None = None) -> Capabilities:
        """The versions, limits and abilities of this server."""
        return await self._run(core.capabilities(), timeout)

    async def call(self, method: str, request: Message, *, timeout: float | None = None, token: str = "") -> Message:
        """The response to one call of the contract, as it is: for gateways. `token` speaks in the place of the client's.

        AccessDeniedError when that is no token, or would travel in the open.
        """
        try:
            shown = self._shown(token) if token else self._metadata
        except ValueError as error:
            raise AccessDeniedError(str(error), code="UNAUTHENTICATED") from None
        response: Message = await self._run(core.call(method, request), timeout, shown)
        return response

    async def is_ready(self, *, timeout: float | None = None) -> bool:
        """Whether the server is there and says that it serves."""
        check: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(health.METHOD)
        try:
            return await check(b"", timeout=self._seconds(timeout)) == health.SERVING
        except grpc.RpcError:
            return False

    async def exchange(
        self, jobs: Iterable[tuple[T, core.Ask]], *, timeout: float | None = None
    ) -> AsyncIterator[tuple[T, core.Answer]]:
        """`review_many` for a caller with requests of its own: each comes back with its tag. Takes jobs as it goes."""
        self._seconds(timeout)  # before anything is sent
        self._limits = limits = self._limits or (await self.capabilities()).limits
        seconds = core.batch_timeout(limits, timeout)
        under_way: deque[asyncio.Task[list[tuple[T, core.Answer]]]] = deque()
        try:
            for bundle in core.bundles(jobs, limits):
                under_way.append(asyncio.create_task(self._run(bundle.exchange(timeout), seconds)))
                if len(under_way) > core.IN_FLIGHT:
                    for pair in await under_way.popleft():
                        yield pair
            while under_way:
                for pair in await under_way.popleft():
                    yield pair
        finally:
            for task in under_way:
                task.cancel()

    async def _run(self, steps: core.Steps[T], timeout: float | None, shown: Metadata | None = None) -> T:
        metadata = self._metadata if shown is None else shown
        seconds = self._seconds(timeout)
        step = core.advance(steps)
        while not isinstance(step, core.Done):
            step = core.advance(steps, await self._take(step, seconds, metadata))
        return step.result

    async def _take(self, step: core.Call | core.Pause, seconds: float, metadata: Metadata) -> object:
        if isinstance(step, core.Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            call = getattr(self._stub, step.method)
            answer: object = await call(step.request, timeout=seconds, metadata=metadata)
        except grpc.RpcError as error:
            return from_rpc(error, self._target)
        return answer

    @cached_property
    def _channel(self) -> grpc.aio.Channel:
        """Made at the first call: a channel belongs to the event loop that runs when it is made."""
        options = channel.options(self._target)
        if self._credentials:
            return grpc.aio.secure_channel(self._target, self._credentials, options)
        return grpc.aio.insecure_channel(self._target, options)

    @cached_property
    def _stub(self) -> "review_pb2_grpc.ApologyReviewServiceAsyncStub":  # a name that only the .pyi has
        return review_pb2_grpc.ApologyReviewServiceStub(self._channel)

    async def close(self) -> None:
        """No call may follow."""
        await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
