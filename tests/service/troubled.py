"""A reviewer that does to its process what a draft tells it to; as a script, a server of it: troubled.py ADDRESS WORKERS.

A draft is an order and its arguments. The answer names the process that made it (`process_of`).
"""

import asyncio
import hashlib
import os
import signal
import sys
import time
from pathlib import Path

from apology_rules import Context, Draft, Options, Review, Verdict, Versions
from apology_service import logs
from apology_service.process import run
from apology_service.settings import Limits, Settings
from apology_service.workers.pool import WorkerAnalyst


class Troubled:
    versions = Versions(package="0", rules="0", pipeline="0")

    def forget_old(self) -> None: ...

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review:
        order, *arguments = draft.text.split()
        getattr(self, f"_{order}", lambda *_: None)(*arguments)
        digest = hashlib.sha256(draft.text.encode()).hexdigest()
        made_by = Versions(package="0", rules="0", pipeline=str(os.getpid()))
        return Review(verdict=Verdict.READY, versions=made_by, text_sha256=digest)

    def _wait(self, begun: str, gate: str) -> None:
        """Says in the file `begun` who waits, until the file `gate` is there."""
        Path(begun).write_text(str(os.getpid()), encoding="ascii")
        while not Path(gate).exists():
            time.sleep(0.005)

    def _die(self, lives: str) -> None:
        """Adds a line to the file `lives`, and is killed."""
        with Path(lives).open("a", encoding="ascii") as file:
            file.write(f"{os.getpid()}\n")
        os.kill(os.getpid(), signal.SIGKILL)

    def _fail(self, *words: str) -> None:
        raise ValueError(f"cannot parse {words}")

    def _nap(self, milliseconds: str) -> None:
        time.sleep(int(milliseconds) / 1000)


def process_of(review: Review) -> int:
    return int(review.versions.pipeline)


if __name__ == "__main__":
    address, workers = sys.argv[1:]
    logs.configure("DEBUG")
    settings = Settings(address=address, lame_duck_seconds=1.0, limits=Limits(max_call_seconds=60.0))
    asyncio.run(run(settings, WorkerAnalyst(Troubled, workers=int(workers), drafts_per_worker=100)))
