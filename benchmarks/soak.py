"""Whether a server grows: its memory over many calls.

    python benchmarks/soak.py [--calls 20000] [--workers 2]

A worker fills its caches and learns the words of the drafts; from then on it should stay as it is.
"""

import argparse
import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path

from servers import Memory, RunningServer, running
from tables import Table, figure

_DRAFTS = Path(__file__).resolve().parent.parent / "tests" / "accuracy" / "drafts.jsonl"
_STEPS = 8
_AT_ONCE = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    print(asyncio.run(_soak(args.calls, args.workers)).plain())


async def _soak(calls: int, workers: int) -> Table:
    drafts = [json.loads(line)["text"] for line in _DRAFTS.read_text(encoding="utf-8").splitlines()]
    rows = []
    async with running(workers, cached=True) as server:
        for step in range(_STEPS + 1):
            memory = await _memory(server, workers)
            rows.append([f"{step * calls // _STEPS:,}", *(figure(each.own, 1) for each in memory)])
            print("  ".join(rows[-1]), file=sys.stderr, flush=True)
            if step < _STEPS:
                await _calls(server, drafts, step * calls // _STEPS, (step + 1) * calls // _STEPS)
        heads = ["calls", *(each.role for each in memory)]
    return Table(title="Megabytes of its own", heads=heads, rows=rows)


async def _memory(server: RunningServer, workers: int) -> list[Memory]:
    """Once all workers are there: one that has read its number of drafts is replaced."""
    while True:
        with suppress(OSError):
            memory = server.memory()
            if [each.role for each in memory].count("worker") == workers:
                return memory
        await asyncio.sleep(0.1)


async def _calls(server: RunningServer, drafts: list[str], begin: int, end: int) -> None:
    """Each draft is a little different every time it comes, as drafts are."""
    numbers = iter(range(begin, end))

    async def caller() -> None:
        for number in numbers:
            await server.review(f"{drafts[number % len(drafts)]}\n\nReference {number}.")

    await asyncio.gather(*(caller() for _ in range(_AT_ONCE)))


if __name__ == "__main__":
    main()
