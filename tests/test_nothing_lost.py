"""What the bundled client sees while workers are killed and servers leave: nothing."""

import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import grpc
import pytest

from apology_client import Client, Review, ServerError

ROOT = Path(__file__).parents[1]
SERVER = (sys.executable, "-m", "tests.service.troubled_server")
SECONDS = 60.0
Launch = Callable[[], "Running"]


class Running:
    """A server process."""

    def __init__(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("APOLOGY_REVIEW_")}
        self.process = subprocess.Popen(
            [*SERVER, "127.0.0.1:0"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr
        self.address = self.process.stderr.readline().split()[-1]

    def ready(self) -> str:
        """Its address, once it serves."""
        with grpc.insecure_channel(self.address) as channel:
            health: Any = channel.unary_unary("/grpc.health.v1.Health/Check")
            while health(b"", timeout=SECONDS, wait_for_ready=True) != b"\x08\x01":  # SERVING
                time.sleep(0.02)
        return self.address

    def leave(self) -> tuple[int, str]:
        """Its exit status, and what it has said."""
        self.process.terminate()
        return self.left()

    def left(self) -> tuple[int, str]:
        """The same of one that has been told to leave: a second signal may find it at its last breath."""
        _, said = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, said


@pytest.fixture
def launch() -> Iterator[Launch]:
    started: list[Running] = []

    def start() -> Running:
        started.append(Running())
        return started[-1]

    yield start
    for running in started:
        running.process.kill()
        running.process.communicate()


def traffic(client: Client, calls: int, seen: Callable[[int, Review], None]) -> None:
    """Calls from four threads; the first error is raised."""
    numbers = count()

    def call(_: int) -> None:
        seen(next(numbers), client.review("nap 5", timeout=SECONDS))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(calls)))


def test_killed_workers_are_not_noticed(launch: Launch) -> None:
    killed: set[int] = set()

    def kill(number: int, review: Review) -> None:
        pid = int(review.versions.pipeline)
        if number % 20 == 0:
            killed.add(pid)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # busy with another call by now, or idle
        if number == 100:
            os.kill(parent_of(int(client.review("work", timeout=SECONDS).versions.pipeline)), signal.SIGKILL)

    with Client(f"dns:///{launch().ready()}") as client:
        traffic(client, 300, kill)
    assert len(killed) > 10


def test_a_draft_that_kills_fails_alone(launch: Launch, tmp_path: Path) -> None:
    running = launch()
    with Client(f"dns:///{running.ready()}") as client, ThreadPoolExecutor(1) as other:
        poison = other.submit(client.review, f"die {tmp_path / 'lives'}", timeout=SECONDS)
        traffic(client, 100, lambda number, review: None)
        with pytest.raises(ServerError) as failed:
            poison.result()
    assert failed.value.code == "INTERNAL"
    assert len((tmp_path / "lives").read_text().split()) == 2
    status, said = running.leave()
    assert status == 0
    assert failed.value.incident in said
    assert str(tmp_path) not in said


def test_a_server_that_leaves_is_not_noticed_beside_another(launch: Launch) -> None:
    running = {each.process.pid: each for each in (launch(), launch())}
    left: list[tuple[int, str]] = []
    drafts: queue.Queue[str | None] = queue.Queue()
    with Client("ipv4:" + ",".join(each.ready() for each in running.values())) as client:
        watched = client.watch(iter(drafts.get, None))
        drafts.put("first")
        _, review = next(watched)
        assert isinstance(review, Review)
        leaving = running.pop(server_of(review))

        def leave(number: int, review: Review) -> None:
            if number == 50:
                leaving.process.send_signal(signal.SIGTERM)
            if number == 300:
                left.append(leaving.left())

        traffic(client, 500, leave)
        assert [status for status, _ in left] == [0]
        drafts.put("second")
        draft, review = next(watched)
        assert isinstance(review, Review)
        assert draft == "second"
        assert server_of(review) in running
        drafts.put(None)
        assert list(watched) == []


def server_of(review: Review) -> int:
    """The server process: the parent of the parent of the worker."""
    return parent_of(parent_of(int(review.versions.pipeline)))


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
