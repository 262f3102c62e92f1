"""Where drafts are reviewed: off the event loop, behind a seam that hides how."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Protocol, TypeVar

from apology_rules import Context, Draft, Options, Review, Versions
from apology_service.mail import ReadDraft, Unread, read

_T = TypeVar("_T")
_NO_TURNS: AbstractAsyncContextManager[object] = nullcontext()
TIDY_SECONDS = 60.0
WARM_UP = Draft(text="I am sorry that I was late on Monday. I will be on time from now on.")
RARER = Draft(text="Es tut uns sehr leid, dass Ihre Lieferung zu spät gekommen ist.")
"""Loads what only some drafts need: telling languages apart."""


class DeadlinePassedError(Exception):
    """The review was not done in time."""


class Session:
    """Drafts of one caller that belong together: the versions of one, or HTML that is read and then reviewed.

    `place` is the analyst's note of where the last one was: the next may resemble it. `at_rest` is set while none is
    being worked at. `ahead` says that the next one goes before other callers': it has waited for its turn already.
    Whatever waits or is worked at holds `turns`, by which several sessions may share fewer turns than they are.
    """

    def __init__(self, turns: AbstractAsyncContextManager[object] = _NO_TURNS) -> None:
        self.turns = turns
        self.place: object = None
        self.at_rest = asyncio.Event()
        self.at_rest.set()
        self.ahead = False


class Analyst(Protocol):
    """Reviews drafts for the servicer. Cancelling a call, or letting its deadline pass, frees its place.

    Deadlines are on the clock of `time.monotonic`; DeadlinePassedError is raised for what is not done by then.
    """

    @property
    def parallelism(self) -> int:
        """How many reviews can run at once."""

    @property
    def workers(self) -> int:
        """How many there are that review, busy or idle; 0 while those that were lost are being replaced."""

    @property
    def idle(self) -> int:
        """How many of them have nothing to do."""

    async def start(self) -> None:
        """Loads what a review needs, and returns when the next one will be answered at full speed."""

    async def versions(self) -> Versions:
        """What reviews are made by; waits only for the first start."""

    async def read(self, given: Unread, *, deadline: float, session: Session | None = None) -> ReadDraft:
        """The draft in HTML or in a message. UnreadableError when it is broken."""

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review: ...

    async def stop(self) -> None: ...


class Reviewing(Protocol):
    """What the analyst needs of `apology_rules.Reviewer`."""

    @property
    def versions(self) -> Versions: ...

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review: ...

    def forget_old(self) -> None:
        """Drops what it keeps in memory for longer than it may. Called every `TIDY_SECONDS` or so."""


class ThreadAnalyst:
    """Reviews drafts one after another in a thread of its own."""

    parallelism = workers = 1

    def __init__(self, load: Callable[[], Reviewing]) -> None:
        self._load = load
        self._reviewer: Reviewing | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analyst")
        self._tidying: asyncio.Task[None] | None = None
        self._newest: Future[Any] | None = None

    @property
    def idle(self) -> int:
        return int(self._newest is None or self._newest.done())

    async def start(self) -> None:
        await self._run(lambda: self._loaded().review(WARM_UP))
        self._tidying = asyncio.ensure_future(self._tidy())

    async def versions(self) -> Versions:
        if self._reviewer is not None:
            return self._reviewer.versions
        return (await self._run(self._loaded)).versions

    async def read(self, given: Unread, *, deadline: float, session: Session | None = None) -> ReadDraft:
        return await self._by(deadline, session or Session(), lambda: read(given))

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review:
        work = lambda: self._loaded().review(draft, context=context, options=options)  # noqa: E731
        return await self._by(deadline, session or Session(), work)

    async def stop(self) -> None:
        if self._tidying is not None:
            self._tidying.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            await self._run(lambda: self._loaded().forget_old())

    def _loaded(self) -> Reviewing:
        """The reviewer; only ever called in the thread, so that it is loaded once."""
        if self._reviewer is None:
            self._reviewer = self._load()
        return self._reviewer

    async def _by(self, deadline: float, session: Session, work: Callable[[], _T]) -> _T:
        def unless_late() -> _T:
            if time.monotonic() >= deadline:
                raise DeadlinePassedError
            return work()

        try:
            async with asyncio.timeout_at(deadline) as scope, session.turns:
                return await self._run(unless_late)
        except TimeoutError:
            if scope.expired():
                raise DeadlinePassedError from None
            raise

    async def _run(self, work: Callable[[], _T]) -> _T:
        """Cancelled before its turn, `work` never runs."""
        self._newest = running = self._thread.submit(work)
        return await asyncio.wrap_future(running)
