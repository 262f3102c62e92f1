"""The options about the case and the review that commands share, and what they mean for a request."""

import functools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from apology_client.command.sections import Option
from apology_client.draft import Context, Facts, Options, Party
from apology_client.enums import AssistMode, Channel, IncidentPhase, Relation, Sensitivity, Severity, WireEnum
from apology_client.policy import Policy
from apology_client.policy_file import READY_MADE, load_policy

T = TypeVar("T")
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


def _policy(_context: click.Context, _parameter: click.Parameter, name: str | None) -> Policy | None:
    return None if name is None else load_policy(name)


def _moment(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> datetime | None:
    """Without a zone it is the time of this machine."""
    try:
        return value and value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter("that year is out of range") from None


_DAY = timedelta(days=1)  # a date without a time is its first moment, and may still follow all others of that day
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])

_case = functools.partial(
    click.option, cls=Option, section="The case; relation, channel and gravity are inferred if not given"
)
_review = functools.partial(click.option, cls=Option, section="How to review")

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
    _review(
        "--allow",
        multiple=True,
        metavar="PHRASE",
        help="Never flag words within this phrase: all of a finding must lie in it. Repeatable.",
    ),
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
policy_option = click.option(
    "--policy",
    type=click.Path(),
    metavar="NAME|FILE",
    callback=_policy,
    help="What a house wants: a TOML file, or one of " + ", ".join(READY_MADE) + ".",
)


def review_options(command: Callable[..., T]) -> Callable[..., T]:
    """The options about the case and about how to review; the command is given them as `context` and `options`."""

    @functools.wraps(command)
    def run(*arguments: Any, **given: Any) -> T:
        return command(*arguments, context=_context_of(given), options=_options_of(given), **given)

    for option in reversed((*_CONTEXT, *_OPTIONS)):
        run = option(run)
    return run


def _context_of(given: dict[str, Any]) -> Context:
    """Takes its options out of what was given; UsageError for times that cannot follow each other."""
    take = given.pop
    for earlier, later in (("happened", "discovered"), ("happened", "sent"), ("discovered", "sent")):
        if given[earlier] and given[later] and given[earlier] - given[later] >= _DAY:
            raise click.UsageError(f"--{later} is before --{earlier}.")
    return Context(
        relation=take("relation") or "unspecified",
        channel=take("channel") or "unspecified",
        gravity=take("gravity") or 0,
        phase=take("phase") or "unspecified",
        happened_at=take("happened"),
        discovered_at=take("discovered"),
        sent_at=take("sent"),
        sender=Party(name=take("sender_name"), role=take("sender_role")),
        recipient=Party(name=take("recipient_name"), role=take("recipient_role")),
        facts=take("facts"),
    )


def _options_of(given: dict[str, Any]) -> Options:
    """Takes its options out of what was given."""
    take = given.pop
    return Options(
        disabled_rules=take("disable"),
        allowed_phrases=take("allow"),
        rule_parameters=take("parameters"),
        assist=take("assist") or "unspecified",
        include_rewrite=take("rewrite"),
        sensitivity=take("sensitivity") or "unspecified",
    )
