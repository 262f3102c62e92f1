"""The command `apology-review`. Nothing is loaded here that takes time: Ctrl-C is heard first."""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

INTERRUPTED = 130  # 128 + SIGINT, as shells expect


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code."""
    with _ending_at_ctrl_c():
        from apology_client.command.cli import run
    sys.exit(run(arguments))


@contextmanager
def _ending_at_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C end the process at once while modules load, which would tell of it in tracebacks."""
    heard = signal.getsignal(signal.SIGINT)
    ours = heard is signal.default_int_handler  # else whoever started us ignores it, or hears it already
    if not ours or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)
