"""The command's line to a server: one that was named, or its own, which is started again when it goes away."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

import click
import grpc

from apology_client import core
from apology_client.client import Client
from apology_client.errors import ServerUnavailableError

T = TypeVar("T")
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was named, whom to trust for it, and what to show it; `known` says that it sees who calls."""

    target: str
    credentials: grpc.ChannelCredentials | None
    token: str = field(repr=False)
    known: bool = False


class Connection:
    """A context manager; `client` is ready for calls inside it."""

    def __init__(self, server: Server | None, *, quiet: bool = False, seconds: float | None = None) -> None:
        """`seconds` bounds every call; without it calls get as long as the server gives them."""
        self._server, self._said, self._seconds = server, quiet or not sys.stderr.isatty(), seconds
        self._open = ExitStack()
        self._target, self._gone = server.target if server else self._own(), False
        credentials, token = (server.credentials, server.token) if server else (None, "")
        client = Client(self._target, timeout=seconds or _SECONDS, credentials=credentials, token=token)
        self.client = self._open.enter_context(client)

    def exchange(self, jobs: Iterable[tuple[T, core.Ask]]) -> Iterator[tuple[T, core.Answer]]:
        """As `Client.exchange`; what our own server left unanswered when it went away is asked once more."""
        tagged = (((tag, ask), ask) for tag, ask in jobs)
        for (tag, ask), answer in self.client.exchange(tagged, timeout=self._seconds):
            lost = isinstance(answer, ServerUnavailableError) and not self._server and not self._gone
            yield tag, self._again(ask) if lost else answer

    def _again(self, ask: core.Ask) -> core.Answer:
        """A server that does not come back is not asked a third time, or every line would wait for it."""
        try:
            self._follow(self._own())
            ((_, answer),) = self.client.exchange([(None, ask)], timeout=self._seconds)
        except ServerUnavailableError as error:
            self._gone = True
            return error
        return answer

    def _follow(self, target: str) -> None:
        """The new server has a new name if it was upgraded in the meantime."""
        if target != self._target:
            self._target = target
            self.client = self._open.enter_context(Client(target, timeout=self._seconds or _SECONDS))

    def _own(self) -> str:
        from apology_client.command import own_server  # not needed to talk to a server elsewhere

        return own_server.ensure(self._say)

    def _say(self, what: str) -> None:
        """Once is enough, and only to a person."""
        if not self._said:
            self._said = True
            click.echo(what, err=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
