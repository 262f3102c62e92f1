"""What the server adds to a review, and what it does with many of them at once.

    python benchmarks/serving.py [TABLE ...] [--seconds 10] [--markdown]

Tables: overhead, scaling, overload, edits, length, memory, start; all of them without a name. What is compared is measured
in turns, so that a busy machine slows both alike. Goals: gRPC adds 3 ms at the median, to a call that blocks; two workers
do 1.7 times the work of one through one channel; at five times its capacity a server still does 90 % of it, and stays
healthy; a further worker costs 60 MB of its own; a warm `check` takes half a second.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import grpc
from servers import RunningServer, Shares, bare, running
from tables import Table, figure

from apology_rules import Draft, Reviewer
from apology_service.cores import available_cores

_PROJECT = Path(__file__).resolve().parent.parent
_DRAFTS = _PROJECT / "tests" / "accuracy" / "drafts.jsonl"
_EXAMPLE = _PROJECT / "examples" / "parcel-excuse.txt"
_LENGTHS = (100, 300, 1_000, 3_000, 10_000, 20_000)
_LOADS = (1, 2, 5)
_AT_ONCE = 8
_ROUNDS = 4
_FILLING_SECONDS = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(_TABLES))
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each load lasts")
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()
    if unknown := set(args.tables) - set(_TABLES):
        parser.error(f"there is no table {unknown.pop()!r}")
    drafts = [json.loads(line)["text"] for line in _DRAFTS.read_text(encoding="utf-8").splitlines()]
    for name in args.tables or _TABLES:
        table = asyncio.run(_TABLES[name](drafts, args.seconds))
        print(table.markdown() if args.markdown else table.plain(), end="\n\n", flush=True)


async def _overhead(drafts: Sequence[str], _seconds: float) -> Table:
    """The call beside the same review in this process: one that blocks, as the client's do, and one under asyncio.

    Then calls that gRPC answers by itself. Each comes after a review of its own, which leaves the caches of the processor as
    another program would.
    """
    reviewer = Reviewer()
    direct: list[float] = []
    added: dict[str, list[float]] = {"added, a call that blocks": [], "added, under asyncio": []}
    alone: list[float] = []
    async with running(1) as server:

        async def blocking(text: str) -> float:
            return server.review_blocking(text)

        for text in [*drafts[:5], *drafts]:
            for name, call in zip(added, (blocking, server.review), strict=True):
                begin = time.perf_counter()
                reviewer.review(Draft(text=text))
                direct.append(time.perf_counter() - begin)
                added[name].append(await call(text) - direct[-1])
        answer = await server.answer(drafts[0])
    with bare(answer) as call_alone:
        for text in [*drafts[:5], *drafts]:
            reviewer.review(Draft(text=text))
            alone.append(call_alone(text))
    measured = {"review in process": direct[10:], **{name: each[5:] for name, each in added.items()}}
    measured["gRPC alone"] = alone[5:]
    rows = [
        [name, *(figure(1000 * value, 1) for value in (median(seconds), quantiles(seconds, n=10)[-1]))]
        for name, seconds in measured.items()
    ]
    return Table(title="What gRPC and the worker add", heads=["", "median ms", "90 % below"], rows=rows)


async def _scaling(drafts: Sequence[str], seconds: float) -> Table:
    """One channel, eight calls at a time, in turns, each long enough for all drafts several times over."""
    async with running(1) as one, running(2) as two:
        rates = [(await _rate(one, drafts, seconds), await _rate(two, drafts, seconds)) for _ in range(_ROUNDS)]
    rows = [
        ["1 worker", figure(median(a for a, _ in rates), 1), "1.00"],
        ["2 workers", figure(median(b for _, b in rates), 1), figure(median(b / a for a, b in rates))],
    ]
    return Table(title=f"Reviews through one channel ({_cores()})", heads=["", "a second", "ratio"], rows=rows)


async def _rate(server: RunningServer, drafts: Sequence[str], seconds: float) -> float:
    """Reviews a second, with `_AT_ONCE` under way."""
    begin, done = time.perf_counter(), 0

    async def caller(number: int) -> None:
        nonlocal done
        while time.perf_counter() - begin < seconds:
            await server.review(drafts[(number + done) % len(drafts)])
            done += 1

    await asyncio.gather(*map(caller, range(_AT_ONCE)))
    return done / (time.perf_counter() - begin)


async def _overload(drafts: Sequence[str], seconds: float) -> Table:
    """Calls come at random, at a fixed rate, whatever becomes of those before them; nobody tries again.

    In turns with eight calls at a time, which is the capacity. Caller and strangers run on the same cores, and the caller
    works more when it calls more: the last column compares what was done for each second of a core that they left.
    """
    rows = []
    async with running(available_cores()) as server:
        await _rate(server, drafts, seconds / _ROUNDS)
        for load in _LOADS:
            rounds = [await _round(server, drafts, load, seconds / _ROUNDS) for _ in range(_ROUNDS)]
            answers = [each.answers for each in rounds]
            taken = [value for each in answers for value in each.taken]
            healthy = [value for each in answers for value in each.healthy]
            rows.append(
                [
                    f"{load} x",
                    figure(median(each.rate for each in answers), 1),
                    figure(1000 * median(taken), 0),
                    figure(1000 * quantiles(taken, n=100)[-1], 0),
                    str(sum(each.refused for each in answers)),
                    str(sum(each.failed for each in answers)),
                    f"{sum(healthy)} of {len(healthy)}",
                    figure(median(each.cores.workers for each in rounds)),
                    figure(median(each.cores.front for each in rounds)),
                    figure(median(each.cores.caller for each in rounds)),
                    figure(median(each.ratio for each in rounds)),
                    figure(median(each.ratio_of_what_was_left for each in rounds)),
                ]
            )
    heads = ["load", "calls a second", "median ms", "99 % below", "refused", "failed", "healthy"]
    heads += ["cores: workers", "front", "caller", "goodput / capacity", "of the cores left"]
    return Table(title=f"Under load ({_cores()}, shared with the caller)", heads=heads, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """Some seconds at capacity, then some under load, and what of the cores was used in each."""

    capacity: float
    capacity_cores: Shares
    answers: "_Answers"
    cores: Shares

    @property
    def ratio(self) -> float:
        return self.answers.goodput / self.capacity

    @property
    def ratio_of_what_was_left(self) -> float:
        return self.ratio * self.capacity_cores.left / self.cores.left


async def _round(server: RunningServer, drafts: Sequence[str], load: float, seconds: float) -> _Round:
    used = server.used()
    capacity = await _rate(server, drafts, seconds)
    capacity_cores = server.used().since(used)
    answers, cores = await _under(server, drafts, load * capacity, seconds)
    return _Round(capacity=capacity, capacity_cores=capacity_cores, answers=answers, cores=cores)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """What became of calls that came `rate` a second; `goodput` is that of the seconds in which they came steadily."""

    rate: float
    goodput: float
    taken: Sequence[float]
    refused: int
    failed: int
    healthy: Sequence[bool]


async def _under(server: RunningServer, drafts: Sequence[str], rate: float, seconds: float) -> tuple[_Answers, Shares]:
    """Calls for `seconds`, after some in which the queue fills; and what was used of the cores meanwhile."""
    taken: list[float] = []
    codes: list[grpc.StatusCode] = []
    healthy: list[bool] = []

    async def call(text: str) -> None:
        try:
            taken.append(await server.review(text))
        except grpc.aio.AioRpcError as error:
            codes.append(error.code())

    async def probe() -> None:
        while True:
            healthy.append(await server.is_serving())
            await asyncio.sleep(0.2)

    async def come(until: float) -> None:
        due = time.perf_counter()
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            calls.append(asyncio.ensure_future(call(chance.choice(drafts))))
            due += chance.expovariate(rate)

    chance, calls = random.Random(), list[asyncio.Future[None]]()
    probing = asyncio.ensure_future(probe())
    await come(time.perf_counter() + _FILLING_SECONDS)
    begin, used, before = time.perf_counter(), server.used(), len(taken)
    await come(begin + seconds)
    spent, cores, done = time.perf_counter() - begin, server.used().since(used), len(taken) - before
    await asyncio.gather(*calls)
    probing.cancel()
    refused = codes.count(grpc.StatusCode.RESOURCE_EXHAUSTED)
    failed = len(codes) - refused
    return _Answers(
        rate=rate, goodput=done / spent, taken=taken, refused=refused, failed=failed, healthy=healthy
    ), cores


async def _edits(drafts: Sequence[str], _seconds: float) -> Table:
    """A second review after a word was changed in one paragraph, beside a review of the same text from nothing."""
    long = "\n\n".join(drafts)
    sources = {"drafts of the tests": drafts, "3,000 characters": [long[k : k + 3000] for k in range(0, 12_000, 3000)]}
    rows = []
    for reader in (False, True):
        kept = Reviewer(trained_reader=reader, cache_characters=1_000_000)
        bare = Reviewer(trained_reader=reader)
        for source, texts in sources.items():
            ratios = [_edited(kept, bare, text) for text in texts]
            shown = "rules and reader" if reader else "rules alone"
            rows.append([f"{source}, {shown}", figure(median(ratios)), figure(min(ratios)), figure(max(ratios))])
    return Table(title="Review after one edit / full review", heads=["", "median", "least", "most"], rows=rows)


def _edited(kept: Reviewer, bare: Reviewer, text: str) -> float:
    kept.review(Draft(text=text))
    ratios = []
    for number in range(5):
        place = text.find(" ", len(text) // 2)
        draft = Draft(text=f"{text[:place]} indeed {number}{text[place:]}")
        begin = time.perf_counter()
        kept.review(draft)
        middle = time.perf_counter()
        bare.review(draft)
        ratios.append((middle - begin) / (time.perf_counter() - middle))
    return median(ratios)


async def _length(drafts: Sequence[str], _seconds: float) -> Table:
    long = "\n\n".join(drafts)
    rows = []
    async with running(1) as server:
        await server.review(long[:1000])
        for length in _LENGTHS:
            taken = 1000 * median([await server.review(long[:length]) for _ in range(5)])
            rows.append([f"{length:,}", figure(taken, 1), figure(1000 * taken / length, 1)])
    return Table(title="Calls by length", heads=["characters", "ms", "µs a character"], rows=rows)


async def _memory(drafts: Sequence[str], _seconds: float) -> Table:
    rows = []
    async with running(2, cached=True) as server:
        for when in ("fresh", "after 500 drafts"):
            rows += [[f"{m.role}, {when}", figure(m.proportional, 0), figure(m.own, 0)] for m in server.memory()]
            for number in range(0, 500, _AT_ONCE):
                await asyncio.gather(*(server.review(drafts[(number + k) % len(drafts)]) for k in range(_AT_ONCE)))
    async with running(0, cached=True) as server:
        rows += [[f"{m.role} without workers", figure(m.proportional, 0), figure(m.own, 0)] for m in server.memory()]
    return Table(title="Memory", heads=["process", "MB, its share", "MB of its own"], rows=rows)


async def _start(_drafts: Sequence[str], _seconds: float) -> Table:
    rows = []
    for workers in (0, 1, 2):
        cold, warm = zip(*(_checks(workers) for _ in range(3)), strict=True)
        ready = [await _until_ready(workers) for _ in range(3)]
        rows.append([str(workers), *(figure(median(values)) for values in (cold, warm, ready))])
    heads = ["workers", "cold check s", "warm check s", "server ready s"]
    return Table(title="Start", heads=heads, rows=rows)


async def _until_ready(workers: int) -> float:
    begin = time.perf_counter()
    async with running(workers):
        return time.perf_counter() - begin


def _checks(workers: int) -> tuple[float, float]:
    """Seconds of the first `apology-review check`, which starts its server, and of a later one."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_RUNTIME_DIR": folder, "APOLOGY_REVIEW_WORKERS": str(workers)}
        command = [sys.executable, "-m", "apology_client"]
        check = [*command, "check", "--fail-on", "never", str(_EXAMPLE)]
        seconds = []
        try:
            for _ in range(4):
                begin = time.perf_counter()
                subprocess.run(check, env=environment, stdout=subprocess.DEVNULL, check=True)
                seconds.append(time.perf_counter() - begin)
        finally:
            subprocess.run([*command, "stop"], env=environment, stdout=subprocess.DEVNULL, check=True)
    return seconds[0], median(seconds[1:])


def _cores() -> str:
    return f"{available_cores()} cores, {os.getloadavg()[0]:.1f} processes wanted them when the machine was asked"


_TABLES: dict[str, Callable[[Sequence[str], float], Coroutine[Any, Any, Table]]] = {
    "overhead": _overhead,
    "scaling": _scaling,
    "overload": _overload,
    "edits": _edits,
    "length": _length,
    "memory": _memory,
    "start": _start,
}

if __name__ == "__main__":
    main()
