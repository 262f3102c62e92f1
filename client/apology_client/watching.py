"""A draft that is being written, as both clients watch it: the newest version goes out, and answers for it come in.

A stream that breaks because its server leaves, or a proxy finds it idle, is opened again as soon as there is a version to
send: the newest.
"""

import asyncio
import threading
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from apology.v1 import review_pb2
from apology_client import answers, core, requests
from apology_client.draft import Context, Draft, Options
from apology_client.errors import ApologyReviewError, ServerUnavailableError, from_status
from apology_client.review import Review

D = TypeVar("D", bound=str | Draft)
_PAUSES = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0)
"""Seconds before a stream is opened again, by how often in a row that has failed."""


@dataclass(frozen=True, slots=True)
class Version(Generic[D]):
    """A version of the draft, as the caller has it and as it is sent."""

    draft: D
    message: review_pb2.WatchDraftRequest

    def result(self, response: review_pb2.WatchDraftResponse) -> Review | ApologyReviewError:
        if response.HasField("status"):
            return from_status(response.status)
        try:
            return answers.review(core.checked(self.message.request, response))
        except ApologyReviewError as error:
            return error


class Watch(Generic[D]):
    """The newest version, and whether it was answered."""

    def __init__(self, context: Context | None, options: Options | None) -> None:
        self._context, self._options = context, options
        self._version: Version[D] | None = None
        self._revision = 0
        self._failures = 0
        self.ended = False
        self.error: BaseException | None = None

    def set(self, draft: D) -> None:
        """Takes `draft` for the newest version. Raises InvalidRequestError for one that cannot be sent."""
        request = requests.review_request(draft, self._context, self._options)
        self._revision += 1
        self._version = Version(draft, review_pb2.WatchDraftRequest(revision=self._revision, request=request))

    def end(self, error: BaseException | None = None) -> None:
        """There is no version to come; `error` is why, if something went wrong."""
        self.ended, self.error = True, error

    def newer(self, revision: int) -> review_pb2.WatchDraftRequest | None:
        """The newest version, unless it was answered or is not newer than `revision`."""
        version = self._version
        return version.message if version is not None and version.message.revision > revision else None

    def answered(self, response: review_pb2.WatchDraftResponse) -> tuple[D, Review | ApologyReviewError] | None:
        """The draft and its result; None for a version that is the newest no more."""
        self._failures = 0
        version = self._version
        if version is None or version.message.revision != response.revision:
            return None
        self._version = None
        return version.draft, version.result(response)

    @property
    def over(self) -> bool:
        return self.ended and self._version is None

    def pause(self, error: ApologyReviewError) -> float:
        """Seconds after which to open a broken stream again; raises `error` when that is no use."""
        if not isinstance(error, ServerUnavailableError) or self._failures == len(_PAUSES):
            raise error
        self._failures += 1
        return _PAUSES[self._failures - 1]


def cut_short() -> ApologyReviewError:
    """For a stream that ended well, yet too early."""
    return ServerUnavailableError("the server ended the stream before its last answer")


class ThreadFeed(Generic[D]):
    """Reads versions in a thread of its own, so that one which is slow to come holds nothing up."""

    def __init__(self, watch: Watch[D], drafts: Iterable[D]) -> None:
        self._watch, self._drafts = watch, drafts
        self._changed = threading.Condition()
        self._streams = 0
        threading.Thread(target=self._read, name="apology-review-watch", daemon=True).start()

    def due(self) -> bool:
        """Waits for a version that has no answer yet; False when there is none, and none to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._watch.ended or self._watch.newer(0))
            return self._watch.newer(0) is not None

    def messages(self) -> Iterator[review_pb2.WatchDraftRequest]:
        """What one stream sends; the one before it sends no more."""
        with self._changed:
            self._streams += 1
            self._changed.notify_all()
            mine, sent = self._streams, 0
        while True:
            with self._changed:
                while mine == self._streams and not self._watch.ended and not self._watch.newer(sent):
                    self._changed.wait()
                message = self._watch.newer(sent)
            if mine != self._streams or message is None:
                return
            sent = message.revision
            yield message

    def answered(self, response: review_pb2.WatchDraftResponse) -> tuple[D, Review | ApologyReviewError] | None:
        with self._changed:
            return self._watch.answered(response)

    def close(self) -> None:
        with self._changed:
            self._streams = -1
            self._changed.notify_all()

    def _read(self) -> None:
        error: BaseException | None = None
        try:
            for draft in self._drafts:
                with self._changed:
                    if self._streams < 0:
                        return
                    self._watch.set(draft)
                    self._changed.notify_all()
        except BaseException as raised:
            error = raised
        with self._changed:
            self._watch.end(error)
            self._changed.notify_all()


class TaskFeed(Generic[D]):
    """The same under asyncio."""

    def __init__(self, watch: Watch[D], drafts: AsyncIterable[D]) -> None:
        self._watch, self._drafts = watch, drafts
        self._changed = asyncio.Event()
        self._reading = asyncio.ensure_future(self._read())

    async def due(self) -> bool:
        """Waits for a version that has no answer yet; False when there is none, and none to come."""
        while not self._watch.ended and not self._watch.newer(0):
            self._changed.clear()
            await self._changed.wait()
        return self._watch.newer(0) is not None

    async def messages(self) -> AsyncIterator[review_pb2.WatchDraftRequest]:
        """What one stream sends, until it is cancelled."""
        sent = 0
        while True:
            while not self._watch.ended and not self._watch.newer(sent):
                self._changed.clear()
                await self._changed.wait()
            message = self._watch.newer(sent)
            if message is None:
                return
            sent = message.revision
            yield message

    def close(self) -> None:
        self._reading.cancel()

    async def _read(self) -> None:
        error: BaseException | None = None
        try:
            async for draft in self._drafts:
                self._watch.set(draft)
                self._changed.set()
        except Exception as raised:
            error = raised
        self._watch.end(error)
        self._changed.set()
