"""The server's hold on the nursery."""

import asyncio
import logging
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import IO

from apology_rules import Versions
from apology_service.analysis import Reviewing
from apology_service.workers.messages import Inbox, Loaded, NotLoaded, Setup
from apology_service.workers.worker import Worker

_CODE = "import sys; sys.path[:] = sys.argv[2:]; from apology_service.workers.child import main; main(int(sys.argv[1]))"
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
_LOAD_SECONDS = 300.0
"""What loading gets: a slow disk may take a minute, and only what hangs takes longer than this."""
_READY_SECONDS = 20.0
"""What a fork gets until its worker says that it is ready, which takes some milliseconds."""
_RECEIVE_BYTES = 65_536


class NurseryLostError(Exception):
    """The nursery died or hung, or a worker that it forked did not get ready."""

    def __init__(self) -> None:
        super().__init__(
            "the process that loads the reviewer, or one that it forked, ended or hung before it was ready"
        )


class Nursery:
    """A process with a loaded reviewer, which forks workers. When it dies or hangs, the next call starts another."""

    def __init__(self, load: Callable[[], Reviewing]) -> None:
        self._load = load
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._versions: Versions | None = None
        self._starting = asyncio.Lock()

    async def versions(self) -> Versions:
        """What the reviewer is made of that was loaded last. Raises what loading it raised."""
        if self._versions is None:
            await self._live()
            assert self._versions is not None
        return self._versions

    async def _live(self) -> None:
        """Starts the process unless it runs and has loaded."""
        async with self._starting:
            if self._versions is None or self._process is None or self._process.poll() is not None:
                self.kill()
                self._versions = await self._start()

    async def fork(self, on_lost: Callable[[Worker], None]) -> Worker:
        """A worker that is ready; `on_lost` is told when it is gone. Raises NurseryLostError."""
        await self._live()
        assert self._control is not None
        asked, loop = self._process, asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with theirs:
            ours.setblocking(False)
            try:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise NurseryLostError from error
        _, worker = await loop.create_connection(lambda: Worker(on_lost), sock=ours)
        try:
            async with asyncio.timeout(_READY_SECONDS):
                if await worker.ready:
                    return worker
        except TimeoutError:
            worker.abandon()
            if self._process is asked:  # else somebody who waited as long has replaced it
                self.kill()
        except asyncio.CancelledError:
            worker.abandon()
            raise
        raise NurseryLostError

    def kill(self) -> None:
        """Ends the process, not the workers that it has forked."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None

    async def _start(self) -> Versions:
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        with theirs:
            self._process = _launch(theirs.fileno())
        level = logging.getLevelName(logging.getLogger(__name__).getEffectiveLevel())
        _give(self._process.stdin, pickle.dumps(Setup(self._load, level)))
        try:
            async with asyncio.timeout(_LOAD_SECONDS):
                told = await self._told(self._control)
        except TimeoutError:
            self.kill()
            raise NurseryLostError from None
        if isinstance(told, Loaded):
            return told.versions
        raise told.error if isinstance(told, NotLoaded) else NurseryLostError

    async def _told(self, control: socket.socket) -> object:
        """Its first message; None when it ended without a word."""
        inbox, loop = Inbox(), asyncio.get_running_loop()
        while data := await loop.sock_recv(control, _RECEIVE_BYTES):
            for message in inbox.take(data):
                return message
        return None


def _launch(descriptor: int) -> "subprocess.Popen[bytes]":
    """Starts the process by vfork and exec, so that gRPC, which runs here, is not forked."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _CODE, str(descriptor), *sys.path],
        stdin=subprocess.PIPE,
        pass_fds=[descriptor],
        env=dict.fromkeys(_THREADS, "1") | os.environ,  # a thread would not survive the forks
    )


def _give(stdin: IO[bytes] | None, setup: bytes) -> None:
    """Writes less than a pipe holds, hence never waits."""
    assert stdin is not None
    try:
        with stdin:
            stdin.write(setup)
    except BrokenPipeError:
        pass  # it died; the control socket will tell
