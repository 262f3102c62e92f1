"""The supervisor: hands each draft to a free worker, and replaces workers that die, run on or have served long enough."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine

from apology_rules import Context, Draft, Options, Review, Versions
from apology_service.analysis import DeadlinePassedError, Reviewing, Session
from apology_service.calls import count_wait
from apology_service.incidents import RemoteError, anatomy
from apology_service.workers.messages import Failed, Job, Late, Reviewed
from apology_service.workers.nursery import Nursery
from apology_service.workers.worker import Answer, Lost, Worker

_log = logging.getLogger(__name__)
_ATTEMPTS = 2
_LINGER_SECONDS = 1.0
"""What a worker gets to finish a job that nobody waits for any more: to kill it would cost more than to let it."""
_BACKOFF_SECONDS = (0.0, 0.1, 0.5, 2.0, 5.0)
"""Waits before a worker is replaced, by how often in a row that has failed."""


class DraftCrashedError(Exception):
    """Two workers died over the same draft; a third one is not risked."""


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
        self._turns: deque[asyncio.Future[Worker]] = deque()
        self._chores: set[asyncio.Task[None]] = set()
        self._stopped = False

    async def start(self) -> None:
        await self._nursery.versions()
        await asyncio.gather(*(self._hire() for _ in range(self.parallelism)))

    async def versions(self) -> Versions:
        return await self._nursery.versions()

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review:
        """The review. Raises DeadlinePassedError, DraftCrashedError, or RemoteError for what the reviewer raised."""
        try:
            async with asyncio.timeout_at(deadline) as scope:
                answer = await self._answer(Job(draft, context, options, deadline), session or Session())
        except TimeoutError:
            if scope.expired():
                raise DeadlinePassedError from None
            raise
        match answer:
            case Reviewed(review):
                return review
            case Failed(told):
                raise RemoteError(told)
            case Late():
                raise DeadlinePassedError
            case Lost():
                raise DraftCrashedError

    async def stop(self) -> None:
        self._stopped = True
        for chore in self._chores:
            chore.cancel()
        for worker in self._workers:
            worker.kill()
            worker.abandon()
        self._nursery.kill()

    async def _answer(self, job: Job, session: Session) -> Answer:
        """The answer of a worker; a second one is asked when the first dies over the job."""
        crashes = 0
        while True:
            began = time.monotonic()
            session.place = worker = await self._free_worker(session.place)
            count_wait(time.monotonic() - began)
            session.in_hand = True
            try:
                answer = await self._ask(worker, job)
            finally:
                session.in_hand = False
            if not isinstance(answer, Lost):
                return answer
            crashes += answer.begun
            if crashes == _ATTEMPTS:
                return answer

    async def _ask(self, worker: Worker, job: Job) -> Answer:
        """Frees the worker, or, when the caller has left, sees to it that it does not run on for long."""
        answering = worker.ask(job)
        try:
            return await asyncio.shield(answering)
        finally:
            if answering.done():
                self._free(worker)
            else:
                self._do(self._see_off(worker, answering))

    async def _see_off(self, worker: Worker, answering: "asyncio.Future[Answer]") -> None:
        await asyncio.wait((answering,), timeout=_LINGER_SECONDS)
        if answering.done():
            self._free(worker)
        else:
            worker.kill()

    async def _free_worker(self, preferred: object) -> Worker:
        """The preferred worker if it is idle, else the one that became so last: it has the freshest things in its cache."""
        if self._idle:
            return self._idle.pop(next((k for k, worker in enumerate(self._idle) if worker is preferred), -1))
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._free(turn.result())
            raise

    def _free(self, worker: Worker) -> None:
        """Gives the worker to who has waited longest."""
        if worker.lost:
            return
        if worker.drafts >= self._drafts_per_worker:
            worker.dismiss()
            return
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(worker)
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
