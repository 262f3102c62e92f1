"""The server's hold on one worker."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from apology_service.workers.messages import (
    Begun,
    Failed,
    Inbox,
    Job,
    Late,
    Read,
    Ready,
    Reviewed,
    Unreadable,
    packed,
)


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker is gone; `begun` says whether it had the job in hand."""

    begun: bool


Answer = Reviewed | Read | Unreadable | Failed | Late | Lost


class Worker(asyncio.Protocol):
    """A connection to a worker process, which does one job at a time. Its death is noticed at once, idle or not.

    `ready` comes true when the worker can take a job, false when it died before. `drafts` counts its jobs.
    """

    def __init__(self, on_lost: Callable[["Worker"], None]) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[bool] = loop.create_future()
        self.pid = 0
        self.drafts = 0
        self.lost = False
        self.dismissed = False
        self._on_lost = on_lost
        self._inbox = Inbox()
        self._begun = False
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def ask(self, job: Job) -> "asyncio.Future[Answer]":
        """The answer to come. One job at a time."""
        assert self._answer is None, "a worker does one job at a time"
        answer = self._answer = asyncio.get_running_loop().create_future()
        self.drafts += 1
        self._begun = False
        if self.lost or self._transport is None:
            self._settle(Lost(begun=False))
        else:
            self._transport.write(packed(job))
        return answer

    def dismiss(self) -> None:
        """Lets an idle worker go: it leaves when its socket closes."""
        self.dismissed = True
        self.abandon()

    def kill(self) -> None:
        if not self.lost and self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def abandon(self) -> None:
        """Closes the socket, whatever comes of the process."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for message in self._inbox.take(data):
            if isinstance(message, Ready):
                self.pid = message.pid
                self.ready.set_result(True)
            elif isinstance(message, Begun):
                self._begun = True
            elif isinstance(message, Reviewed | Read | Unreadable | Failed | Late):
                self._settle(message)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if not self.ready.done():
            self.ready.set_result(False)
        self._settle(Lost(self._begun))
        self._on_lost(self)

    def _settle(self, answer: Answer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)
        self._answer = None
