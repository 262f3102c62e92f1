"""What can be known of a process by its id, whoever started it."""

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended; `code` as `Popen.returncode` has it, and None for what is not known of somebody else's child."""

    code: int | None = None

    @property
    def of_itself(self) -> bool:
        """Whether it gave up, rather than being stopped or killed."""
        return self.code is not None and self.code > 0

    def __str__(self) -> str:
        if self.code is None:
            return "it is gone"
        if self.code >= 0:
            return f"exit code {self.code}" + (", as after `apology-review stop`" if self.code == 0 else "")
        name = (signal.strsignal(-self.code) or "unknown").lower()
        return f"signal {-self.code}, {name}" + (", as where memory runs out" if -self.code == signal.SIGKILL else "")


def command_line(pid: int) -> str:
    """Its words, with a space between each two; empty when there is no such process."""
    process = Path("/proc") / str(pid) / "cmdline"
    if Path("/proc/self").exists():
        try:
            return process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout


def alive(pid: int) -> bool:
    return ended(pid) is None


def ended(pid: int) -> Ending | None:
    """How that process ended, as far as it can be known; None while it lives."""
    with suppress(ChildProcessError):  # somebody else's child, or one that we have asked for before
        found, status = os.waitpid(pid, os.WNOHANG)  # a child of ours would look alive until it is asked for
        return Ending(os.waitstatus_to_exitcode(status)) if found else None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return Ending()
    return None


def send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
