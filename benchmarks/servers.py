"""Server processes to measure: started on a Unix socket, asked in many ways, weighed."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from apology.v1 import review_pb2 as pb
from apology.v1 import review_pb2_grpc as pb_grpc
from apology_service.cores import available_cores

_HEALTH = "/grpc.health.v1.Health/Check"
_SERVING = b"\x08\x01"
_START_SECONDS = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")
_BARE = Path(__file__).with_name("bare.py")


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of a process: its share of all that is shared, and what is its own."""

    role: str
    proportional: float
    own: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Seconds of our cores that were used so far: by the server's front, by its workers, by this process, by anybody."""

    when: float
    front: float
    workers: float
    caller: float
    everybody: float

    def since(self, earlier: "Used") -> "Shares":
        spent = self.when - earlier.when
        front, workers = (self.front - earlier.front) / spent, (self.workers - earlier.workers) / spent
        caller = (self.caller - earlier.caller) / spent
        others = (self.everybody - earlier.everybody) / spent - front - workers
        return Shares(front=front, workers=workers, caller=caller, left=available_cores() - others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Cores used by front, workers and caller, and those that all but the server left to it."""

    front: float
    workers: float
    caller: float
    left: float


class RunningServer:
    """A server that is ready, and one channel to it; two, where calls that block are made, too."""

    def __init__(self, process: "subprocess.Popen[bytes]", channel: grpc.aio.Channel, blocking: grpc.Channel) -> None:
        self.process = process
        self._blocking = pb_grpc.ApologyReviewServiceStub(blocking)
        self._stub = pb_grpc.ApologyReviewServiceStub(channel)
        self._health: Any = channel.unary_unary(_HEALTH)

    async def answer(self, text: str) -> bytes:
        """A review as it is sent."""
        return (await self._stub.ReviewDraft(_request(text))).SerializeToString()

    async def review(self, text: str, *, timeout: float = 60.0) -> float:
        """Seconds that a review takes. Raises AioRpcError."""
        request = _request(text)
        begin = time.perf_counter()
        await self._stub.ReviewDraft(request, timeout=timeout)
        return time.perf_counter() - begin

    def review_blocking(self, text: str, *, timeout: float = 60.0) -> float:
        """The same, of a call that blocks this thread."""
        request = _request(text)
        begin = time.perf_counter()
        self._blocking.ReviewDraft(request, timeout=timeout)
        return time.perf_counter() - begin

    async def is_serving(self) -> bool:
        answer: bytes = await self._health(b"", timeout=_START_SECONDS, wait_for_ready=True)
        return answer == _SERVING

    def used(self) -> Used:
        front = self.process.pid
        behind = [pid for nursery in _children(front) for pid in (nursery, *_children(nursery))]
        return Used(
            when=time.perf_counter(),
            front=_seconds(front),
            workers=sum(map(_seconds, behind)),
            caller=time.process_time(),
            everybody=_seconds_of_our_cores(),
        )

    def memory(self) -> list[Memory]:
        """Of the server's process, the nursery and the workers.

        Raises OSError if a worker ends meanwhile, as one does that is replaced.
        """
        front = self.process.pid
        found = [_memory("front", front)]
        for nursery in _children(front):
            found.append(_memory("nursery", nursery))
            found += [_memory("worker", worker) for worker in _children(nursery)]
        return found


@asynccontextmanager
async def running(workers: int, *, cached: bool = False) -> AsyncIterator[RunningServer]:
    """A server that is ready; unless `cached`, it meets every draft as if for the first time."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("APOLOGY_REVIEW_")}
    environment |= {} if cached else {"APOLOGY_REVIEW_CACHE_CHARACTERS": "0"}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        address = f"unix:{folder}/socket"
        command = [sys.executable, "-m", "apology_service", "--address", address, "--workers", str(workers)]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            options = [("grpc.max_reconnect_backoff_ms", 200)]
            async with grpc.aio.insecure_channel(address, options) as channel:
                server = RunningServer(process, channel, stack.enter_context(grpc.insecure_channel(address, options)))
                async with asyncio.timeout(_START_SECONDS):
                    while not await server.is_serving():
                        await asyncio.sleep(0.02)
                yield server
        finally:
            process.terminate()
            process.wait()


@contextmanager
def bare(answer: bytes) -> Iterator[Callable[[str], float]]:
    """Seconds that a call takes whose server does nothing but send `answer`: gRPC alone, between the same two processes."""
    with tempfile.TemporaryDirectory() as folder:
        address, file = f"unix:{folder}/socket", Path(folder, "answer")
        file.write_bytes(answer)
        with subprocess.Popen([sys.executable, str(_BARE), address, str(file)]) as process:
            try:
                with grpc.insecure_channel(address, [("grpc.max_reconnect_backoff_ms", 200)]) as channel:
                    stub = pb_grpc.ApologyReviewServiceStub(channel)
                    stub.ReviewDraft(_request(""), wait_for_ready=True, timeout=_START_SECONDS)

                    def call(text: str) -> float:
                        request = _request(text)
                        begin = time.perf_counter()
                        stub.ReviewDraft(request)
                        return time.perf_counter() - begin

                    yield call
            finally:
                process.terminate()


def _request(text: str) -> pb.ReviewDraftRequest:
    return pb.ReviewDraftRequest(draft=pb.Draft(text=text), offset_encoding=pb.OFFSET_ENCODING_UTF32)


def _children(pid: int) -> Iterator[int]:
    """Its child processes that have not ended."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            if Path(f"/proc/{child}/stat").read_text().rsplit(") ", 1)[1][0] != "Z":
                yield child


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _seconds_of_our_cores() -> float:
    """What anybody has used of the cores that this process may use; what a host took away counts as used."""
    ours = {f"cpu{core}" for core in os.sched_getaffinity(0)}
    lines = (line.split() for line in Path("/proc/stat").read_text(encoding="ascii").splitlines())
    spent = (map(int, line[1:9]) for line in lines if line[0] in ours)
    return sum(sum(each) - each[3] - each[4] for each in map(tuple, spent)) / _TICKS


def _memory(role: str, pid: int) -> Memory:
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    kilobytes = {line[0]: int(line[1]) for line in lines}
    own = kilobytes["Private_Dirty:"] + kilobytes["Private_Clean:"]
    return Memory(role, kilobytes["Pss:"] / 1024, own / 1024)
