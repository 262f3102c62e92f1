"""Worker processes: they share the work, and whatever befalls one of them stays with it."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from apology_rules import Context, Draft, Options, Part, PipelineNotFoundError, Review, Reviewer
from apology_service.analysis import DeadlinePassedError, Session
from apology_service.incidents import RemoteError, anatomy
from apology_service.mail import Unread, UnreadableError, read
from apology_service.workers.messages import ReviewJob
from apology_service.workers.nursery import NurseryLostError
from apology_service.workers.pool import DraftCrashedError, WorkerAnalyst
from apology_service.workers.worker import Answer, Worker
from tests.service.helpers import FLAWED
from tests.service.troubled import Troubled, process_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class Team:
    """A running analyst with two workers, and short ways to give them orders."""

    def __init__(self, analyst: WorkerAnalyst) -> None:
        self.analyst = analyst

    async def do(self, *order: object, seconds: float = PATIENCE) -> int:
        """Has an order done, and tells which process did it."""
        return process_of(await self.review(" ".join(map(str, order)), seconds=seconds))

    async def review(self, text: str, *, seconds: float = PATIENCE) -> Review:
        return await self.analyst.review(Draft(text=text), Context(), Options(), deadline=time.monotonic() + seconds)

    async def both(self, folder: Path) -> set[int]:
        """The two processes, each found at work."""
        orders = [asyncio.ensure_future(self.do("wait", folder / f"both-{n}", folder / "end")) for n in range(2)]
        pids = {await written(folder / f"both-{n}") for n in range(2)}
        (folder / "end").touch()
        await asyncio.gather(*orders)
        (folder / "end").unlink()
        for n in range(2):
            (folder / f"both-{n}").unlink()
        return pids


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not done():
            await asyncio.sleep(0.005)


async def written(file: Path) -> int:
    """The process that has written its id there."""
    await until(lambda: file.exists() and file.read_text() != "")
    return int(file.read_text())


def lives(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def nursery_of(team: Team) -> int:
    """The process that forks the workers."""
    process = team.analyst._nursery._process
    assert process
    return process.pid


class Deadly(ReviewJob):
    """Ends whoever unpacks it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (1,)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def start() -> AsyncIterator[Callable[..., WorkerAnalyst]]:
    started: list[WorkerAnalyst] = []

    def start(load: Callable[[], Troubled | Reviewer] = Troubled, *, drafts_per_worker: int = 1000) -> WorkerAnalyst:
        started.append(WorkerAnalyst(load, workers=2, drafts_per_worker=drafts_per_worker))
        return started[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))  # where the workers find this reviewer
        yield start
    for analyst in started:
        await analyst.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def team(start: Callable[..., WorkerAnalyst]) -> Team:
    """One for all tests: what one of them does to it must not trouble the next."""
    analyst = start()
    await analyst.start()
    return Team(analyst)


async def test_a_worker_reviews_as_the_reviewer_does(start: Callable[..., WorkerAnalyst], reviewer: Reviewer) -> None:
    team = Team(start(Reviewer))
    await team.analyst.start()
    assert await team.analyst.versions() == reviewer.versions
    assert await team.review(FLAWED) == reviewer.review(Draft(text=FLAWED))


async def test_two_workers_do_two_drafts_at_once_and_a_third_waits_its_turn(team: Team, tmp_path: Path) -> None:
    first, second = (
        asyncio.ensure_future(team.do("wait", tmp_path / str(n), tmp_path / f"gate-{n}")) for n in range(2)
    )
    pids = {await written(tmp_path / str(n)) for n in range(2)}
    assert len(pids) == 2
    third = asyncio.ensure_future(team.do("work"))
    (tmp_path / "gate-0").touch()
    assert await third == await first
    (tmp_path / "gate-1").touch()
    assert {await first, await second} == pids


async def test_idle_workers_that_are_killed_are_replaced(team: Team, tmp_path: Path) -> None:
    before = await team.both(tmp_path)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert await team.do("work") not in before
    assert not before & await team.both(tmp_path)


async def test_a_draft_whose_worker_is_killed_is_done_by_another(team: Team, tmp_path: Path) -> None:
    order = asyncio.ensure_future(team.do("wait", tmp_path / "begun", tmp_path / "gate"))
    first = await written(tmp_path / "begun")
    (tmp_path / "begun").unlink()
    os.kill(first, signal.SIGKILL)
    second = await written(tmp_path / "begun")
    (tmp_path / "gate").touch()
    assert await order == second != first


async def test_a_draft_that_kills_takes_two_workers_with_it_and_no_third(team: Team, tmp_path: Path) -> None:
    with pytest.raises(DraftCrashedError):
        await team.do("die", tmp_path / "lives")
    dead = {int(line) for line in (tmp_path / "lives").read_text().split()}
    assert len(dead) == 2
    assert not dead & await team.both(tmp_path)


async def test_an_error_of_the_reviewer_costs_no_worker_and_comes_without_its_words(team: Team, tmp_path: Path) -> None:
    before = await team.both(tmp_path)
    with pytest.raises(RemoteError) as failed:
        await team.do("fail SECRET words")
    told = anatomy(failed.value)
    assert told["error"] == "ValueError"
    assert "tests.service.troubled._fail" in str(told["at"])
    assert "SECRET" not in f"{failed.value} {told}"
    assert await team.both(tmp_path) == before


async def test_work_that_runs_on_after_its_deadline_is_killed(team: Team, tmp_path: Path) -> None:
    with pytest.raises(DeadlinePassedError):
        await team.do("wait", tmp_path / "begun", tmp_path / "never", seconds=0.5)
    late = await written(tmp_path / "begun")
    await until(lambda: not lives(late))
    assert late not in await team.both(tmp_path)


async def test_a_draft_whose_deadline_passes_in_the_queue_is_never_begun(team: Team, tmp_path: Path) -> None:
    busy = [asyncio.ensure_future(team.do("wait", tmp_path / str(n), tmp_path / "gate")) for n in range(2)]
    for n in range(2):
        await written(tmp_path / str(n))
    with pytest.raises(DeadlinePassedError):
        await team.do("die", tmp_path / "lives", seconds=0.1)
    (tmp_path / "gate").touch()
    await asyncio.gather(*busy)
    assert len(await team.both(tmp_path)) == 2
    assert not (tmp_path / "lives").exists()


async def test_a_worker_whose_caller_has_left_finishes_and_goes_on(team: Team, tmp_path: Path) -> None:
    before = await team.both(tmp_path)
    order = asyncio.ensure_future(team.do("wait", tmp_path / "begun", tmp_path / "gate"))
    await written(tmp_path / "begun")
    order.cancel()
    (tmp_path / "gate").touch()
    assert await team.both(tmp_path) == before


async def test_a_worker_is_replaced_after_its_share_of_drafts(start: Callable[..., WorkerAnalyst]) -> None:
    team = Team(start(drafts_per_worker=3))
    await team.analyst.start()
    did = [await team.do("work") for _ in range(12)]
    assert max(map(did.count, did)) == 3
    await until(lambda: not any(lives(pid) for pid in set(did) if did.count(pid) == 3))


async def test_without_the_nursery_workers_go_on_and_a_dead_one_is_still_replaced(team: Team, tmp_path: Path) -> None:
    before = await team.both(tmp_path)
    parent = nursery_of(team)
    os.kill(parent, signal.SIGKILL)
    await until(lambda: not lives(parent))
    assert await team.both(tmp_path) == before
    os.kill(min(before), signal.SIGKILL)
    (kept,) = before & await team.both(tmp_path)
    assert kept == max(before)


async def test_a_nursery_that_hangs_is_replaced(team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apology_service.workers.nursery._READY_SECONDS", 2.0)
    before = await team.both(tmp_path)
    hung = nursery_of(team)
    os.kill(hung, signal.SIGSTOP)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert not before & await team.both(tmp_path)
    assert not lives(hung)


async def test_a_nursery_that_hangs_while_it_loads_is_given_up(
    start: Callable[..., WorkerAnalyst], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apology_service.workers.nursery._LOAD_SECONDS", 2.0)
    analyst = start(loads_for_ever)
    with pytest.raises(NurseryLostError, match="hung"):
        await analyst.start()
    assert analyst._nursery._process is None


async def test_it_is_known_how_many_workers_there_are_and_how_many_are_idle(team: Team, tmp_path: Path) -> None:
    await team.both(tmp_path)
    await until(lambda: (team.analyst.workers, team.analyst.idle) == (2, 2))
    order = asyncio.ensure_future(team.do("wait", tmp_path / "begun", tmp_path / "gate"))
    await written(tmp_path / "begun")
    assert (team.analyst.workers, team.analyst.idle) == (2, 1)
    (tmp_path / "gate").touch()
    await order


async def test_a_draft_that_is_given_up_in_the_queue_does_not_stay_there(team: Team, tmp_path: Path) -> None:
    busy = [asyncio.ensure_future(team.do("wait", tmp_path / str(n), tmp_path / "gate")) for n in range(2)]
    for n in range(2):
        await written(tmp_path / str(n))
    with pytest.raises(DeadlinePassedError):
        await team.do("work", seconds=0.1)
    left = asyncio.ensure_future(team.do("work"))
    await until(lambda: len(team.analyst._turns) == 1)
    left.cancel()
    await asyncio.wait((left,))
    assert not team.analyst._turns
    (tmp_path / "gate").touch()
    await asyncio.gather(*busy)


async def test_a_job_that_cannot_even_be_received_does_not_kill_workers_without_end(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Worker] = []
    ask = Worker.ask

    def counted(worker: Worker, job: ReviewJob) -> "asyncio.Future[Answer]":
        asked.append(worker)
        return ask(worker, job)

    monkeypatch.setattr(Worker, "ask", counted)
    deadly = Deadly(Draft(text=""), Context(), Options(), time.monotonic() + PATIENCE)
    with pytest.raises(DraftCrashedError):
        await team.analyst._done(deadly, Session())
    assert len(asked) == 3
    monkeypatch.undo()
    assert len(await team.both(tmp_path)) == 2


async def test_work_that_nobody_ends_ends_itself(team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Worker, "kill", lambda worker: None)  # as if the server were gone
    with pytest.raises(DeadlinePassedError):
        await team.do("wait", tmp_path / "begun", tmp_path / "never", seconds=0.5)
    late = await written(tmp_path / "begun")
    await until(lambda: not lives(late))
    assert late not in await team.both(tmp_path)


async def test_to_ask_for_versions_starts_no_nursery(team: Team) -> None:
    nursery = team.analyst._nursery._process
    assert nursery
    nursery.kill()
    nursery.wait()
    assert await team.analyst.versions() == Troubled.versions
    assert team.analyst._nursery._process is nursery


async def test_mails_are_read_by_workers(team: Team) -> None:
    soon = time.monotonic() + PATIENCE
    for given in (Unread("<p>We are <b>sorry</b>", "Late"), Unread(b"Subject: Late\r\n\r\nWe are sorry", "")):
        found = await team.analyst.read(given, deadline=soon)
        assert found.draft == read(given).draft == Draft(text="We are sorry", subject="Late")
        assert found.origin.place(Part.BODY, 7, 12) == read(given).origin.place(Part.BODY, 7, 12)
    with pytest.raises(UnreadableError, match="does not begin with a header"):
        await team.analyst.read(Unread(b"We are sorry", ""), deadline=soon)


async def test_a_mail_that_takes_too_long_to_read_is_given_up(team: Team, tmp_path: Path) -> None:
    before = await team.both(tmp_path)
    endless = Unread("<div>sorry" * 100_000, "")
    with pytest.raises(DeadlinePassedError):
        await team.analyst.read(endless, deadline=time.monotonic() + 0.1)
    (reads,) = team.analyst._workers - set(team.analyst._idle)
    await until(lambda: not lives(reads.pid))
    assert reads.pid in before
    assert reads.pid not in await team.both(tmp_path)


async def test_a_mail_that_was_read_does_not_wait_for_its_turn_again(team: Team, tmp_path: Path) -> None:
    session, later = Session(), time.monotonic() + PATIENCE
    mail = await team.analyst.read(Unread("<p>work", ""), deadline=later, session=session)
    busy = [asyncio.ensure_future(team.do("wait", tmp_path / str(n), tmp_path / "gate")) for n in range(2)]
    for n in range(2):
        await written(tmp_path / str(n))
    done: list[str] = []

    async def other() -> None:
        await team.do("nap", 1)
        done.append("other")

    async def read_before() -> None:
        await team.analyst.review(mail.draft, Context(), Options(), deadline=later, session=session)
        done.append("mail")

    waiting = [asyncio.ensure_future(work()) for work in (other, other, other, read_before)]
    await asyncio.sleep(0)
    (tmp_path / "gate").touch()
    await asyncio.gather(*busy, *waiting)
    assert done.index("mail") <= 1  # of two workers, the other may have been as fast


async def test_a_worker_that_was_given_a_draft_whose_caller_leaves_at_that_moment_is_not_lost(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await team.both(tmp_path)
    busy = [asyncio.ensure_future(team.do("wait", tmp_path / str(n), tmp_path / f"gate-{n}")) for n in range(2)]
    for n in range(2):
        await written(tmp_path / str(n))
    third = asyncio.ensure_future(team.do("work"))
    free = team.analyst._free

    def free_and_leave(worker: Worker) -> None:
        free(worker)
        third.cancel()  # it has its turn by now, and has not heard of it

    with monkeypatch.context() as patch:
        patch.setattr(team.analyst, "_free", free_and_leave)
        await asyncio.sleep(0)
        (tmp_path / "gate-0").touch()
        with pytest.raises(asyncio.CancelledError):
            await third
    (tmp_path / "gate-1").touch()
    await asyncio.gather(*busy)
    assert await team.both(tmp_path) == before


async def test_stopping_leaves_no_process_behind(start: Callable[..., WorkerAnalyst], tmp_path: Path) -> None:
    team = Team(start())
    await team.analyst.start()
    pids = await team.both(tmp_path)
    runaway = asyncio.ensure_future(team.do("wait", tmp_path / "begun", tmp_path / "never"))
    await written(tmp_path / "begun")
    await team.analyst.stop()
    await until(lambda: not any(map(lives, pids)))
    runaway.cancel()


async def test_a_pipeline_that_is_missing_is_told_to_the_server(start: Callable[..., WorkerAnalyst]) -> None:
    with pytest.raises(PipelineNotFoundError, match="no_such_model"):
        await start(no_pipeline).start()


def no_pipeline() -> Reviewer:
    return Reviewer("no_such_model")


def loads_for_ever() -> Troubled:
    time.sleep(600)
    return Troubled()
