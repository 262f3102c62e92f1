"""The command's line to a server: one that was named, or its own, which is started again when it goes away."""

import os
import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self, TypeVar

import click

from apology_client import core
from apology_client.channel import SERVER_VARIABLE
from apology_client.client import Client
from apology_client.errors import ServerUnavailableError

T = TypeVar("T")


class Connection:
    """A context manager; `client` is ready for calls inside it."""

    def __init__(self, server: str | None, *, quiet: bool = False) -> None:
        self._server, self._said = server, quiet or not sys.stderr.isatty()
        self.client = Client(server or self._own(), timeout=30.0)

    def exchange(self, jobs: Iterable[tuple[T, core.Ask]]) -> Iterator[tuple[T, core.Answer]]:
        """As `Client.exchange`; what our own server left unanswered when it went away is asked once more."""
        tagged = (((tag, ask), ask) for tag, ask in jobs)
        for (tag, ask), answer in self.client.exchange(tagged):
            lost = isinstance(answer, ServerUnavailableError) and not self._server
            yield tag, self._again(ask) if lost else answer

    def _again(self, ask: core.Ask) -> core.Answer:
        self._own()
        ((_, answer),) = self.client.exchange([(None, ask)])
        return answer

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
        self.client.close()


def named_server(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Check the address of --server before anything is read."""
    from apology_client.channel import resolve

    value = value or os.environ.get(SERVER_VARIABLE) or None
    try:
        return value and resolve(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
