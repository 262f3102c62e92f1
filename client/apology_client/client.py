"""The client that blocks. What it does is in `apology_client.core`; here is how."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

import grpc

from apology.v1 import review_pb2_grpc
from apology_client import answers, channel, core
from apology_client.base import ClientBase
from apology_client.catalogue import Capabilities, Rule
from apology_client.draft import Context, Draft, Options
from apology_client.errors import ApologyReviewError, from_rpc
from apology_client.review import Review
from apology_client.watching import ThreadFeed, Watch, cut_short

T = TypeVar("T")
D = TypeVar("D", bound=str | Draft)


class Client(ClientBase):
    """A blocking client, for any number of threads.

    with Client("localhost:50051") as client:
        review = client.review("I am sorry if you were upset.")
    """

    def __init__(
        self,
        target: str,
        *,
        timeout: float = 5.0,
        credentials: grpc.ChannelCredentials | None = None,
        token: str = "",
    ) -> None:
        super().__init__(target, timeout=timeout, credentials=credentials, token=token)
        options = channel.options(self._target)
        self._channel = (
            grpc.secure_channel(self._target, self._credentials, options)
            if self._credentials
            else grpc.insecure_channel(self._target, options)
        )
        self._stub = review_pb2_grpc.ApologyReviewServiceStub(self._channel)

    def review(
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
        return self._run(core.review(draft, context, options), timeout)

    def review_many(
        self,
        drafts: Iterable[str | Draft],
        *,
        context: Context | None = None,
        options: Options | None = None,
        timeout: float | None = None,
    ) -> Iterator[Review | ApologyReviewError]:
        """One result a draft, in order, with several batches under way. An error is a result: it is not raised.

        `timeout` bounds each batch, in seconds; without it a batch gets as long as the server gives a call.
        """
        for _, answer in self.exchange(core.jobs(drafts, context, options), timeout=timeout):
            yield answer if isinstance(answer, ApologyReviewError) else answers.review(answer)

    def watch(
        self, drafts: Iterable[D], *, context: Context | None = None, options: Options | None = None
    ) -> Iterator[tuple[D, Review | ApologyReviewError]]:
        """Reviews a draft while it is being written: `drafts` are its versions, as they come.

        Of all versions the newest is reviewed, and comes back with its review; one that was superseded meanwhile never
        does. What the server finds wrong with one version is its result, and is not raised; InvalidRequestError is, for one
        that cannot be sent. Ends after the last version.
        """
        watch = Watch[D](context, options)
        feed = ThreadFeed(watch, drafts)
        try:
            while feed.due():
                call = self._stub.WatchDraft(feed.messages())
                try:
                    for response in call:
                        if (found := feed.answered(response)) is not None:
                            yield found
                    error = cut_short()
                except grpc.RpcError as broken:
                    error = from_rpc(broken, self._target)
                finally:
                    call.cancel()
                if not watch.over:
                    time.sleep(watch.pause(error))
        finally:
            feed.close()
        if watch.error is not None:
            raise watch.error

    def rules(self, *, timeout: float | None = None) -> tuple[Rule, ...]:
        """The catalogue: what this server looks for."""
        return self._run(core.rules(), timeout)

    def capabilities(self, *, timeout: float | None = None) -> Capabilities:
        """The versions, limits and abilities of this server."""
        return self._run(core.capabilities(), timeout)

    def exchange(
        self, jobs: Iterable[tuple[T, core.Ask]], *, timeout: float | None = None
    ) -> Iterator[tuple[T, core.Answer]]:
        """`review_many` for a caller with requests of its own: each comes back with its tag. Takes jobs as it goes."""
        self._seconds(timeout)  # before anything is sent
        self._limits = limits = self._limits or self.capabilities().limits
        seconds = core.batch_timeout(limits, timeout)
        under_way: deque[Future[list[tuple[T, core.Answer]]]] = deque()
        pool = ThreadPoolExecutor(core.IN_FLIGHT, thread_name_prefix="apology-review")
        try:
            for bundle in core.bundles(jobs, limits):
                under_way.append(pool.submit(self._run, bundle.exchange(timeout), seconds))
                if len(under_way) > core.IN_FLIGHT:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, steps: core.Steps[T], timeout: float | None) -> T:
        seconds = self._seconds(timeout)
        step = core.advance(steps)
        while not isinstance(step, core.Done):
            step = core.advance(steps, self._take(step, seconds))
        return step.result

    def _take(self, step: core.Call | core.Pause, seconds: float) -> object:
        if isinstance(step, core.Pause):
            time.sleep(step.seconds)
            return None
        try:
            call = getattr(self._stub, step.method)
            answer: object = call(step.request, timeout=seconds, metadata=self._metadata)
        except grpc.RpcError as error:
            return from_rpc(error, self._target)
        return answer

    def close(self) -> None:
        """No call may follow."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
