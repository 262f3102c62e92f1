"""A server of the command's own: started on a Unix socket when it is first needed, and left warm for the next time.

Its socket is named after everything that decides its answers (the version, the interpreter, the settings, the files of
the packages), so that after an upgrade nobody talks to an old server: that one leaves by itself when it has been idle.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from apology_client.command import health, processes
from apology_client.command.place import Place, here, require_service
from apology_client.errors import ServerUnavailableError, SetupError, reason_of

IDLE_SECONDS = 900
_START_SECONDS = 90.0
_PATIENCE = 1.0  # seconds after which a person wants to know what goes on
_SILENCE = 10.0  # seconds without a word after which a server that should be warm is taken for dead
_POLL = 0.03

Say = Callable[[str], None]


def ensure(say: Say, warn: Say) -> str:
    """The target of a server that is ready. One is started if there is none; of several commands, one starts it.

    `say` is for a person who waits, `warn` for whoever looks into what is wrong. ServerUnavailableError says why there is
    none; it is a SetupError when another try would end like this one.
    """
    try:
        place = here()
        if (found := health.look(place)) is not health.State.SERVING:
            if found is health.State.SILENT:
                warn(f"The reviewer does not answer; if it stays silent for {_SILENCE:.0f} seconds it is replaced ...")
            require_service()
            with _locked(place, say):
                _ensure(place, say)
    except OSError as error:  # such as a disk that is full
        why = ": ".join(filter(None, (error.filename, reason_of(error))))
        elsewhere = "XDG_RUNTIME_DIR names another directory for it, --server a server that runs"
        raise SetupError(f"the reviewer cannot be started: {why}; {elsewhere}") from error
    return place.target


def _ensure(place: Place, say: Say) -> None:
    if health.look(place) is health.State.SERVING:
        return
    if (found := _half_started(place)) is not None:
        with suppress(ServerUnavailableError):  # it was not half started: it was leaving, or is frozen
            _wait(place, found, say, silence=_SILENCE)
            return
    _wait(place, _start(place), say)


def stop() -> int:
    """End every warm server in the directory of this user, whatever its version and settings; how many there were."""
    found = [pid for pid in map(_owner, here().directory.glob("*.pid")) if pid]
    for pid in found:
        processes.send(pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while any(map(processes.alive, found)) and time.monotonic() < deadline:
        time.sleep(_POLL)
    for pid in filter(processes.alive, found):
        processes.send(pid, signal.SIGKILL)
    with here().lock.open("w") as lock:
        if _taken(lock):  # else a command is starting a server, whose files would look like those of one that is gone
            _tidy(here().directory)
    return len(found)


@contextmanager
def _locked(place: Place, say: Say) -> Iterator[None]:
    """Hold the lock that lets one command at a time start the server. The kernel frees it with the process."""
    begun = time.monotonic()
    with place.lock.open("w") as lock:
        while not _taken(lock):
            if time.monotonic() - begun > _PATIENCE:
                say("Waiting for the reviewer that another command is starting ...")
            time.sleep(_POLL)
        yield


def _taken(lock: TextIO) -> bool:
    """Whether nobody else holds the lock, and we do now, until it is closed."""
    import fcntl  # which Windows lacks; `here` has said so by now

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start(place: Place) -> int:
    _tidy(place.directory)
    command = [sys.executable, "-m", "apology_service", "--address", place.target]
    command += ["--idle-exit", str(IDLE_SECONDS)]
    with place.log.open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=place.directory,
            env=place.environment(),
            start_new_session=True,  # Ctrl-C in the terminal is for the command, not for the server
        )
    process.returncode = 0  # it outlives us on purpose: no ResourceWarning
    try:
        place.pid.write_text(f"{process.pid}\n")
    except OSError:
        processes.send(process.pid, signal.SIGKILL)  # nobody could find it again
        raise
    return process.pid


def _tidy(directory: Path) -> None:
    """Remove what servers that are gone left behind: a socket, if they were killed, and their logs."""
    for file in directory.glob("*.pid"):
        if _owner(file) is None:
            for rest in directory.glob(f"{file.stem}.*"):
                rest.unlink(missing_ok=True)


def _wait(place: Place, pid: int, say: Say, *, silence: float = _START_SECONDS) -> None:
    """Wait until it is ready, and end it if it does not get so, or takes calls for `silence` seconds without a word."""
    begun = heard = time.monotonic()
    try:
        while (found := health.look(place)) is not health.State.SERVING:
            now = time.monotonic()
            heard = heard if found is health.State.SILENT else now
            if ended := processes.ended(pid):
                kind = SetupError if ended.of_itself else ServerUnavailableError
                raise kind(f"the reviewer did not start ({ended}){_last_words(place)}")
            if now - begun > _START_SECONDS or now - heard > silence:
                late = f"the reviewer is not ready after {now - begun:.0f} seconds"
                raise ServerUnavailableError(f"{late}{_last_words(place)}")
            if now - begun > _PATIENCE and found is not health.State.SILENT:  # of silence has been warned
                say("Starting the reviewer; it stays warm for the next time ...")
            time.sleep(_POLL)
    except BaseException:
        processes.send(pid, signal.SIGKILL)  # nothing half-started stays behind, not after Ctrl-C either
        raise


def _half_started(place: Place) -> int | None:
    """A server that lives and does not serve: its starter was killed while it waited, it is leaving, or it is frozen."""
    return _owner(place.pid)


def _owner(file: Path) -> int | None:
    """The process whose id is in there, if it lives. Its command line proves that the id was not reused."""
    try:
        pid = int(file.read_text())
    except (OSError, ValueError):
        return None
    return pid if str(file.with_suffix(".sock")) in processes.command_line(pid) else None


def _last_words(place: Place) -> str:
    """The end of its log, which is JSON lines once logging is on; where to look when it is empty or out of reach."""
    try:
        lines = place.log.read_text(errors="replace").split("\n")
    except OSError:  # somebody has tidied it away
        lines = []
    last = next((line for line in reversed(lines) if line.strip()), "")
    try:
        line = json.loads(last)
        last = ": ".join(filter(None, (line.get("event"), line.get("error"))))
    except (ValueError, AttributeError):
        pass  # not yet JSON
    return f": {last}; its log is {place.log}" if last else "; `apology-review serve` shows one start"
