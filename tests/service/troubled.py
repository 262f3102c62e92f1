"""A reviewer that does to its process what a draft tells it to.

A draft is an order and its arguments. The answer names the process that made it (`process_of`).
"""

import hashlib
import os
import signal
import time
from pathlib import Path

from apology_rules import Context, Draft, Options, Review, Verdict, Versions


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
