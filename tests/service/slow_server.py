"""A server process whose reviewer can be held up and made to fail: slow_server.py ADDRESS GATE.

A draft that begins with "gated" waits until the file GATE exists; one that begins with "SECRET" fails, quoting itself.
"""

import asyncio
import hashlib
import sys
import time
from pathlib import Path

from apology_rules import Context, Draft, Options, Review, Verdict, Versions
from apology_service import logs
from apology_service.analysis import ThreadAnalyst
from apology_service.process import run
from apology_service.settings import Settings


class Slow:
    versions = Versions(package="0", rules="0", pipeline="0")

    def __init__(self, gate: Path) -> None:
        self._gate = gate

    def forget_old(self) -> None: ...

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review:
        if draft.text.startswith("SECRET"):
            raise ValueError(f"cannot parse {draft.text!r}")
        if draft.text.startswith("gated"):
            print("reviewing", file=sys.stderr, flush=True)
            while not self._gate.exists():
                time.sleep(0.01)
        digest = hashlib.sha256(draft.text.encode()).hexdigest()
        return Review(verdict=Verdict.READY, versions=self.versions, text_sha256=digest)


if __name__ == "__main__":
    address, gate = sys.argv[1:]
    logs.configure("DEBUG")
    settings = Settings(address=address, lame_duck_seconds=0.0, grace_seconds=60.0)
    asyncio.run(run(settings, ThreadAnalyst(lambda: Slow(Path(gate)))))
