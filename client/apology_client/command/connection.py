"""The command's line to a server: one that was named, or its own, which is started again when it goes away."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

import click
import grpc

from apology_client import core
from apology_client.client import Client
from apology_client.errors import ApologyReviewError, ServerError, ServerUnavailableError, SetupError

T = TypeVar("T")
_SECONDS = 30.0
_PAUSES = (0.5, 1.0, 2.0, 5.0)  # seconds between two looks for a server that went away


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was named, whom to trust for it, and what to show it; `known` says that it sees who calls."""

    target: str
    credentials: grpc.ChannelCredentials | None
    token: str = field(repr=False)
    known: bool = False


class Connection:
    """A context manager; `client` is ready for calls inside it."""

    def __init__(
        self, server: Server | None, *, quiet: bool = False, seconds: float | None = None, patience: float = 0.0
    ) -> None:
        """`seconds` bounds every call; without it calls get as long as the server gives them.

        A named server that goes away gets `patience` seconds to come back.
        """
        self._server, self._said, self._seconds = server, quiet or not sys.stderr.isatty(), seconds
        self._quiet = quiet
        self._patience = patience
        self._open = ExitStack()
        self._target, self._gone = server.target if server else self._own(), False
        credentials, token = (server.credentials, server.token) if server else (None, "")
        client = Client(self._target, timeout=seconds or _SECONDS, credentials=credentials, token=token)
        self.client = self._open.enter_context(client)

    def exchange(self, jobs: Iterable[tuple[T, core.Ask]]) -> Iterator[tuple[T, core.Answer]]:
        """As `Client.exchange`; what a server left unanswered when it went away is asked once more."""
        tagged = (((tag, ask), ask) for tag, ask in jobs)
        for (tag, ask), answer in self.client.exchange(tagged, timeout=self._seconds):
            if isinstance(answer, ServerUnavailableError) and not self._gone:
                answer = self._again(ask, answer)
            yield tag, answer

    def _again(self, ask: core.Ask, lost: ServerUnavailableError) -> core.Answer:
        """A server that does not come back is not asked a third time, or every line would wait for it."""
        answer = self._when_it_is_back(ask, lost) if self._server else self._of_another(ask)
        self._gone = isinstance(answer, ServerUnavailableError)
        return answer

    def _when_it_is_back(self, ask: core.Ask, lost: ServerUnavailableError) -> core.Answer:
        answer: core.Answer = lost
        pauses, end = iter(_PAUSES), time.monotonic() + self._patience
        while isinstance(answer, ServerUnavailableError) and (left := end - time.monotonic()) > 0:
            self._say("The server is away; waiting for it to come back ...")
            time.sleep(min(next(pauses, _PAUSES[-1]), left))
            answer = self._ask(ask)
        return answer

    def _of_another(self, ask: core.Ask) -> core.Answer:
        """From a new server of our own; one draft that ends that as well must not end the batch."""
        try:
            self._follow(self._own())
        except click.ClickException as error:
            return SetupError(error.message)
        except ServerUnavailableError as error:
            return error
        answer = self._ask(ask)
        if isinstance(answer, ServerUnavailableError):
            return ServerError("the server went away twice over this draft")
        return answer

    def _ask(self, ask: core.Ask) -> core.Answer:
        try:
            ((_, answer),) = self.client.exchange([(None, ask)], timeout=self._seconds)
        except ApologyReviewError as error:  # it could not tell its limits
            return error
        return answer

    def _follow(self, target: str) -> None:
        """The new server has a new name if it was upgraded in the meantime."""
        if target != self._target:
            self._target = target
            self.client = self._open.enter_context(Client(target, timeout=self._seconds or _SECONDS))

    def _own(self) -> str:
        from apology_client.command import own_server  # not needed to talk to a server elsewhere

        return own_server.ensure(self._say, self._warn)

    def _say(self, what: str) -> None:
        """Once is enough, and only to a person."""
        if not self._said:
            self._said = True
            click.echo(what, err=True)

    def _warn(self, what: str) -> None:
        """What is wrong goes into logs, too."""
        if not self._quiet:
            click.echo(what, err=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
