"""The supervisor: hands each draft to a free worker, and replaces workers that die, run on or have served long enough."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from apology_rules import Context, Draft, Options, Review, Versions
from apology_service.analysis import DeadlinePassedError, Reviewing, Session
from apology_service.calls import count_wait
from apology_service.incidents import RemoteError, anatomy
from apology_service.mail import ReadDraft, Unread, UnreadableError
from apology_service.workers.messages import Failed, Job, Late, Read, ReadJob, Reviewed, ReviewJob, Unreadable
from apology_service.workers.nursery import Nursery
from apology_service.workers.worker import Answer, Lost, Worker

_log = logging.getLogger(__name__)
_ATTEMPTS = 2
"""Workers that a job may have in hand: when the second one dies too, the job is likely why."""
_LINGER_SECONDS = 1.0
"""What a worker gets to finish a job that nobody waits for any more: to kill it would cost more than to let it."""
_BACKOFF_SECONDS = (0.0, 0.1, 0.5, 2.0, 5.0)
"""Waits before a worker is replaced, by how often in a row that has failed."""


class DraftCrashedError(Exception):
    """Workers died over the same draft; another one is not risked."""


_Begun = tuple[Worker, "asyncio.Future[Answer]"]


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """A job that waits for a worker, unlike any other."""

    job: Job
    session: Session
    begun: "asyncio.Future[_Begun]"


class WorkerAnalyst:
    """Reviews as many drafts at once as there are workers. Drafts wait their turn, first come, first served.

    A worker is replaced after `drafts_per_worker` drafts, since the vocabulary of a pipeline grows with every new word.
    """

    def __init__(self, load: Callable[[], Reviewing], *, workers: int, drafts_per_worker: int) -> None:
        self.parallelism = workers
        self._drafts_per_worker = drafts_per_worker
        self._nursery = Nursery(load)
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._turns: deque[_Turn] = deque()
        self._chores: set[asyncio.Task[None]] = set()
        self._stopped = False

    @property
    def workers(self) -> int:
        return len(self._workers)

    @property
    def idle(self) -> int:
        return len(self._idle)

    async def start(self) -> None:
        await self._nursery.versions()
        await asyncio.gather(*(self._hire() for _ in range(self.parallelism)))

    async def versions(self) -> Versions:
        return await self._nursery.versions()

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review:
        """The review. Raises DraftCrashedError too, and RemoteError for what the reviewer raised."""
        answer = await self._done(ReviewJob(draft, context, options, deadline), session or Session())
        assert isinstance(answer, Reviewed)
        return answer.review

    async def read(self, given: Unread, *, deadline: float, session: Session | None = None) -> ReadDraft:
        """The draft. Raises DraftCrashedError and RemoteError, too."""
        session = session or Session()
        answer = await self._done(ReadJob(given, deadline), session)
        if isinstance(answer, Unreadable):
            raise UnreadableError(answer.why)
        assert isinstance(answer, Read)
        session.ahead = True
        return answer.read

    async def stop(self) -> None:
        self._stopped = True
        for chore in self._chores:
            chore.cancel()
        for worker in self._workers:
            worker.kill()
            worker.abandon()
        self._nursery.kill()

    async def _done(self, job: Job, session: Session) -> Reviewed | Read | Unreadable:
        try:
            async with asyncio.timeout_at(job.deadline) as scope, session.turns:
                answer = await self._answer(job, session)
        except TimeoutError:
            if scope.expired():
                raise DeadlinePassedError from None
            raise
        match answer:
            case Failed(told):
                raise RemoteError(told)
            case Late():
                raise DeadlinePassedError
            case Lost():
                raise DraftCrashedError
        return answer

    async def _answer(self, job: Job, session: Session) -> Answer:
        """The answer of a worker; a second one is asked when the first dies over the job.

        A worker that is gone before it has begun may have been dead when it was asked. But no more than all of them can
        have been: after that the job is why, and one that cannot even be received would kill workers without end.
        """
        crashes, corpses = 0, 0
        while True:
            answer = await self._attempt(job, session)
            if not isinstance(answer, Lost):
                return answer
            crashes, corpses = crashes + answer.begun, corpses + (not answer.begun)
            if crashes == _ATTEMPTS or corpses > self.parallelism:
                return answer

    async def _attempt(self, job: Job, session: Session) -> Answer:
        """When the caller leaves, sees to it that the worker does not run on for long."""
        came = time.monotonic()
        worker, answering = await self._begun(job, session)
        count_wait(time.monotonic() - came)
        try:
            return await asyncio.shield(answering)
        finally:
            session.at_rest.set()
            if not answering.done():
                self._do(_see_off(worker, answering))

    async def _begun(self, job: Job, session: Session) -> _Begun:
        """The job in the hands of a worker: of the one that had the session's last job, if it is idle.

        Else of the one that became idle last, which has the freshest things in its cache; or of the next to be free.
        """
        if self._idle:
            place = next((k for k, worker in enumerate(self._idle) if worker is session.place), -1)
            return self._hand(self._idle.pop(place), job, session)
        turn = _Turn(job, session, asyncio.get_running_loop().create_future())
        (self._turns.appendleft if session.ahead else self._turns.append)(turn)
        try:
            return await turn.begun
        except asyncio.CancelledError:
            if turn.begun.done() and not turn.begun.cancelled():
                session.at_rest.set()
                self._do(_see_off(*turn.begun.result()))
            elif turn in self._turns:  # without workers, nobody would ever come to it and drop it
                self._turns.remove(turn)
            raise

    def _hand(self, worker: Worker, job: Job, session: Session) -> _Begun:
        """Gives the worker a job. Its next one follows the answer at once: it does not idle while we serve that."""
        session.place, session.ahead = worker, False
        session.at_rest.clear()
        answering = worker.ask(job)
        answering.add_done_callback(lambda _: self._free(worker))
        return worker, answering

    def _free(self, worker: Worker) -> None:
        """Gives the worker to who has waited longest."""
        if worker.lost:
            return
        if worker.drafts >= self._drafts_per_worker:
            worker.dismiss()
            return
        while self._turns:
            turn = self._turns.popleft()
            if not turn.begun.done():
                turn.begun.set_result(self._hand(worker, turn.job, turn.session))
                return
        self._idle.append(worker)

    async def _hire(self) -> None:
        worker = await self._nursery.fork(self._lost)
        self._workers.add(worker)
        self._free(worker)

    def _lost(self, worker: Worker) -> None:
        if worker not in self._workers:
            return
        self._workers.remove(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        if not self._stopped:
            if not worker.dismissed:
                _log.warning("worker lost", extra={"fields": {"pid": worker.pid, "drafts": worker.drafts}})
            self._do(self._replace())

    async def _replace(self) -> None:
        failures = 0
        while True:
            await asyncio.sleep(_BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)])
            try:
                return await self._hire()
            except Exception as error:
                failures += 1
                _log.error("no worker", extra={"fields": {"failures": failures, **anatomy(error)}})

    def _do(self, chore: Coroutine[None, None, None]) -> None:
        """Runs `chore` in the background; the loop itself would not keep it alive."""
        task = asyncio.ensure_future(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


async def _see_off(worker: Worker, answering: "asyncio.Future[Answer]") -> None:
    await asyncio.wait((answering,), timeout=_LINGER_SECONDS)
    if not answering.done():
        worker.kill()
