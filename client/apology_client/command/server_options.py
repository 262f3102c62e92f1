"""The options that name a server and what to show it, and those that name an address."""

import functools
import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from apology_client.base import ClientBase
from apology_client.channel import SERVER_VARIABLE
from apology_client.command.connection import Server
from apology_client.command.sections import Option
from apology_client.credentials import (
    CA_VARIABLE,
    CERTIFICATE_VARIABLE,
    KEY_VARIABLE,
    TOKEN_FILE_VARIABLE,
    TOKEN_VARIABLE,
    from_variables,
)

T = TypeVar("T")
_VARIABLES = {
    "ca": CA_VARIABLE,
    "client_certificate": CERTIFICATE_VARIABLE,
    "client_key": KEY_VARIABLE,
    "token_file": TOKEN_FILE_VARIABLE,
}
_server = functools.partial(click.option, cls=Option, section="Which server, and how to reach it")
_ADDRESS = "HOST:PORT, https://HOST:PORT or unix:/PATH of a server. Default: $APOLOGY_REVIEW_SERVER"
_CREDENTIALS = (
    _server(
        "--ca", type=click.Path(), metavar="FILE", help="Authorities to trust, in PEM. Default: $APOLOGY_REVIEW_CA."
    ),
    _server(
        "--client-certificate",
        type=click.Path(),
        metavar="FILE",
        help="What to show a server that asks who calls. Default: $APOLOGY_REVIEW_CLIENT_CERTIFICATE.",
    ),
    _server("--client-key", type=click.Path(), metavar="FILE", help="Its key. Default: $APOLOGY_REVIEW_CLIENT_KEY."),
    _server(
        "--token-file",
        type=click.Path(),
        metavar="FILE",
        help="Holds the bearer token. Default: $APOLOGY_REVIEW_TOKEN_FILE, or the token in $APOLOGY_REVIEW_TOKEN.",
    ),
)


def server_options(command: Callable[..., T]) -> Callable[..., T]:
    """The options that name a server; the command is given them as one, `server`, or None for one of its own."""
    return _with_server(command, f"{_ADDRESS}, else one of your own that stays warm.")


def named_server_options(command: Callable[..., T]) -> Callable[..., T]:
    """The same for a command that does not start a server of its own."""

    @functools.wraps(command)
    def run(*arguments: Any, server: Server | None, **given: Any) -> T:
        if server is None:
            raise click.UsageError(f"Name the reviewer: --server HOST:PORT, or {SERVER_VARIABLE}.")
        return command(*arguments, server=server, **given)

    return _with_server(run, f"{_ADDRESS}.")


def _with_server(command: Callable[..., T], about: str) -> Callable[..., T]:
    @functools.wraps(command)
    def run(*arguments: Any, **given: Any) -> T:
        flags = {option: given.pop(option) for option in _VARIABLES}
        return command(*arguments, server=_named(given.pop("server"), flags), **given)

    for option in reversed((_server("--server", metavar="ADDRESS", help=about), *_CREDENTIALS)):
        run = option(run)
    return run


def _named(address: str | None, flags: dict[str, str | None]) -> Server | None:
    """Checked before anything is read. Our own server needs no credentials: it knows its user by the socket."""
    address = address or os.environ.get(SERVER_VARIABLE) or None
    given = {variable: value for option, variable in _VARIABLES.items() if (value := flags[option])}
    if address is None:
        if given:
            raise click.UsageError("credentials are for a server that you name, with --server")
        return None
    environment = {**os.environ, **given}
    if TOKEN_FILE_VARIABLE in given:
        environment.pop(TOKEN_VARIABLE, None)
    try:
        credentials, token = from_variables(environment)
        ClientBase(address, credentials=credentials, token=token)  # refuses what no client takes
        known = bool(token or environment.get(CERTIFICATE_VARIABLE))
        return Server(address, credentials, token, known)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def endpoint(_context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, int]:
    """A host and a port to listen on or to connect to."""
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 0xFFFF:
        raise click.BadParameter(f"{value!r} is not of the form {parameter.metavar}")
    return host.strip("[]") or "127.0.0.1", int(port)
