"""The options that `check` and `batch` share, and what they mean for a request."""

import functools
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
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
from apology_client.draft import Context, Facts, Options, Party
from apology_client.enums import AssistMode, Channel, IncidentPhase, Relation, Sensitivity, Severity, WireEnum
from apology_client.policy import Policy
from apology_client.policy_file import READY_MADE, load_policy

T = TypeVar("T")
_VARIABLES = {
    "ca": CA_VARIABLE,
    "client_certificate": CERTIFICATE_VARIABLE,
    "client_key": KEY_VARIABLE,
    "token_file": TOKEN_FILE_VARIABLE,
}
SEVERITIES = [severity.words for severity in Severity if severity > Severity.INFORMATION]

_NUMBER = re.compile(r"-?[0-9]{1,9}")  # the contract has 32 bits for it
_FACTS = tuple(name for name in Facts.__dataclass_fields__)


def _words(kind: type[WireEnum]) -> click.Choice[str]:
    return click.Choice([member.value for member in kind if member.value != "unspecified"], case_sensitive=False)


def _pairs(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    for name, equals, _ in pairs:
        if not equals:
            raise click.BadParameter(f"{name!r} lacks its value: write {parameter.metavar}")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _facts(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Facts:
    pairs = _pairs(context, parameter, values)
    for name in pairs:
        if name not in _FACTS:
            raise click.BadParameter(f"{name!r} is none of {', '.join(_FACTS)}")
    return Facts(**pairs)


def _parameters(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for path, value in _pairs(context, parameter, values).items():
        rule, colon, name = path.rpartition(":")
        if not colon or not _NUMBER.fullmatch(value):
            raise click.BadParameter(f"{path}={value} is not of the form {parameter.metavar}")
        found.setdefault(rule, {})[name] = int(value)
    return found


def endpoint(_context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, int]:
    """A host and a port to listen on or to connect to."""
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 0xFFFF:
        raise click.BadParameter(f"{value!r} is not of the form {parameter.metavar}")
    return host.strip("[]") or "127.0.0.1", int(port)


def _policy(_context: click.Context, _parameter: click.Parameter, name: str | None) -> Policy | None:
    return None if name is None else load_policy(name)


def _moment(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> datetime | None:
    """Without a zone it is the time of this machine."""
    try:
        return value and value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter("that year is out of range") from None


_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])

_case = functools.partial(click.option, cls=Option, section="The case, inferred from the draft where it is not given")
_review = functools.partial(click.option, cls=Option, section="How to review")
_server = functools.partial(click.option, cls=Option, section="Which server, and how to reach it")

_CONTEXT = (
    _case("--relation", type=_words(Relation), help="What binds sender and recipient."),
    _case("--channel", type=_words(Channel), help="How the draft will travel."),
    _case(
        "--gravity",
        type=click.IntRange(1, 4),
        help="1 a trifle, 2 an inconvenience, 3 serious, 4 grave.",
    ),
    _case("--phase", type=_words(IncidentPhase), help="How far the handling of the incident has come."),
    _case("--happened", type=_MOMENT, callback=_moment, metavar="DATE", help="When it went wrong, such as 2027-05-12."),
    _case("--discovered", type=_MOMENT, callback=_moment, metavar="DATE", help="When you found out."),
    _case("--sent", type=_MOMENT, callback=_moment, metavar="DATE", help="When you will send the draft."),
    _case("--sender-name", default="", metavar="NAME", help="Who signs."),
    _case("--sender-role", default="", metavar="ROLE", help="Such as 'Head of Operations'."),
    _case("--recipient-name", default="", metavar="NAME", help="Who was failed."),
    _case("--recipient-role", default="", metavar="ROLE", help="Such as 'tenant'."),
    _case(
        "--fact",
        "facts",
        multiple=True,
        callback=_facts,
        metavar="NAME=WORDS",
        help=f"What you know; NAME is one of {', '.join(_FACTS)}. Repeatable.",
    ),
)
_OPTIONS = (
    _review("--disable", multiple=True, metavar="RULE", help="Leave this rule out. Repeatable."),
    _review("--allow", multiple=True, metavar="PHRASE", help="Never flag this phrase. Repeatable."),
    _review(
        "--parameter",
        "parameters",
        multiple=True,
        callback=_parameters,
        metavar="RULE:NAME=NUMBER",
        help="Set a number of a rule, which `apology-review explain RULE` names. Repeatable.",
    ),
    _review("--sensitivity", type=_words(Sensitivity), help="How readily to speak up where it is unsure."),
    _review(
        "--assist",
        type=_words(AssistMode),
        help="Whether the server may show the draft to its language model. Default: off.",
    ),
    _review("--rewrite", is_flag=True, help="Ask for suggestions and for a rewrite of the whole draft."),
)
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
policy_option = click.option(
    "--policy",
    type=click.Path(),
    metavar="NAME|FILE",
    callback=_policy,
    help="What a house wants: a TOML file, or one of " + ", ".join(READY_MADE) + ".",
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


def review_options(command: Callable[..., T]) -> Callable[..., T]:
    command = server_options(command)
    for option in reversed((*_CONTEXT, *_OPTIONS)):
        command = option(command)
    return command


def context_of(given: dict[str, Any]) -> Context:
    return Context(
        relation=given["relation"] or "unspecified",
        channel=given["channel"] or "unspecified",
        gravity=given["gravity"] or 0,
        phase=given["phase"] or "unspecified",
        happened_at=given["happened"],
        discovered_at=given["discovered"],
        sent_at=given["sent"],
        sender=Party(name=given["sender_name"], role=given["sender_role"]),
        recipient=Party(name=given["recipient_name"], role=given["recipient_role"]),
        facts=given["facts"],
    )


def options_of(given: dict[str, Any]) -> Options:
    return Options(
        disabled_rules=given["disable"],
        allowed_phrases=given["allow"],
        rule_parameters=given["parameters"],
        assist=given["assist"] or "unspecified",
        include_rewrite=given["rewrite"],
        sensitivity=given["sensitivity"] or "unspecified",
    )
