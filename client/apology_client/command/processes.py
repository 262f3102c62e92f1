"""What can be known of a process by its id, whoever started it."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path


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
    return not ended(pid)


def ended(pid: int) -> str:
    """How that process ended, as far as it can be known; empty while it lives."""
    with suppress(ChildProcessError):  # somebody else's child, or one that we have asked for before
        found, status = os.waitpid(pid, os.WNOHANG)  # a child of ours would look alive until it is asked for
        return _ending(os.waitstatus_to_exitcode(status)) if found else ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "it is gone"
    return ""


def _ending(code: int) -> str:
    """In words, from what `Popen.returncode` holds."""
    if code >= 0:
        return f"exit code {code}" + (", as after `apology-review stop`" if code == 0 else "")
    name = (signal.strsignal(-code) or "unknown").lower()
    return f"signal {-code}, {name}" + (", as where memory runs out" if -code == signal.SIGKILL else "")


def send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
