"""Where drafts are reviewed: off the event loop, behind a seam that hides how."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from apology_rules import Context, Draft, Options, Review, Versions

_T = TypeVar("_T")
TIDY_SECONDS = 60.0
WARM_UP = Draft(text="I am sorry that I was late on Monday. I will be on time from now on.")
RARER = Draft(text="Es tut uns sehr leid, dass Ihre Lieferung zu spät gekommen ist.")
"""Loads what only some drafts need: telling languages apart."""


class DeadlinePassedError(Exception):
    """The review was not done in time."""


class Session:
    """Drafts that follow one another and resemble each other: they are best reviewed in one place.

    `place` is the analyst's note of where; `in_hand` says whether a draft of the session is being worked at just now.
    """

    def __init__(self) -> None:
        self.place: object = None
        self.in_hand = False


class Analyst(Protocol):
    """Reviews drafts for the servicer. Cancelling a call, or letting its deadline pass, frees its place."""

    @property
    def parallelism(self) -> int:
        """How many reviews can run at once."""

    async def start(self) -> None:
        """Loads what a review needs, and returns when the next one will be answered at full speed."""

    async def versions(self) -> Versions: ...

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review:
        """The review, or DeadlinePassedError. `deadline` is on the clock of `time.monotonic`."""

    async def stop(self) -> None: ...


class InTurn:
    """The analyst as one batch may use it: never queueing more than it could run at once.

    Whoever waits for something else meanwhile, such as a language model, holds no turn.
    """

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst
        self._turns = asyncio.Semaphore(analyst.parallelism)
        self.parallelism = analyst.parallelism

    async def start(self) -> None:
        await self._analyst.start()

    async def versions(self) -> Versions:
        return await self._analyst.versions()

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review:
        async with self._turns:
            return await self._analyst.review(draft, context, options, deadline=deadline, session=session)

    async def stop(self) -> None:
        await self._analyst.stop()


class InSession:
    """The analyst as one who sends version after version of a draft may use it."""

    def __init__(self, analyst: Analyst, session: Session) -> None:
        self._analyst = analyst
        self._session = session
        self.parallelism = analyst.parallelism

    async def start(self) -> None:
        await self._analyst.start()

    async def versions(self) -> Versions:
        return await self._analyst.versions()

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review:
        return await self._analyst.review(draft, context, options, deadline=deadline, session=session or self._session)

    async def stop(self) -> None:
        await self._analyst.stop()


class Reviewing(Protocol):
    """What the analyst needs of `apology_rules.Reviewer`."""

    @property
    def versions(self) -> Versions: ...

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review: ...

    def forget_old(self) -> None:
        """Drops what it keeps in memory for longer than it may. Called every `TIDY_SECONDS` or so."""


class ThreadAnalyst:
    """Reviews drafts one after another in a thread of its own."""

    parallelism = 1

    def __init__(self, load: Callable[[], Reviewing]) -> None:
        self._load = load
        self._reviewer: Reviewing | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analyst")
        self._tidying: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._run(lambda: self._loaded().review(WARM_UP))
        self._tidying = asyncio.ensure_future(self._tidy())

    async def versions(self) -> Versions:
        if self._reviewer is not None:
            return self._reviewer.versions
        return (await self._run(self._loaded)).versions

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review:
        def work() -> Review:
            if time.monotonic() >= deadline:
                raise DeadlinePassedError
            return self._loaded().review(draft, context=context, options=options)

        try:
            async with asyncio.timeout_at(deadline) as scope:
                return await self._run(work)
        except TimeoutError:
            if scope.expired():
                raise DeadlinePassedError from None
            raise

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

    async def _run(self, work: Callable[[], _T]) -> _T:
        """Cancelled before its turn, `work` never runs."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
