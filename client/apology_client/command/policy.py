"""`apology-review policy`: the rules of a house, tested before they are used."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import click

from apology_client.command import output
from apology_client.command.check import CLEAN, FAILED
from apology_client.command.connection import Connection, Server
from apology_client.command.layout import clean
from apology_client.command.sections import Command
from apology_client.command.server_options import server_options
from apology_client.policy import Policy
from apology_client.policy_file import READY_MADE, examine, ready_made


@click.group(short_help="Test and show policies.")
def policy() -> None:
    """A policy is a TOML file that says what a house wants: severities, phrases, and what to do without an answer.

    check, sendmail, gate and http take one with --policy.

    \b
    Examples:
      apology-review policy show support > ours.toml
      apology-review policy check ours.toml
      apology-review check --policy ours.toml draft.txt
    """


@policy.command(cls=Command, name="check", short_help="Test a policy file.")
@click.argument("file", metavar="FILE", type=click.Path())
@server_options
def check_policy(file: str, server: Server | None) -> int:
    """Test a policy: its keys and values, its phrase rules on their own examples, and its rule ids against the server.

    Exit codes: 0 it is fine, 2 it is not.
    """
    found, wrong = examine(file)
    for fault in wrong:
        output.complain(fault)
    with Connection(server) as connection:
        known = {
            rule.id: {p.name: (p.minimum, p.maximum) for p in rule.parameters} for rule in connection.client.rules()
        }
    faults = [*_faults(found, known)]
    for fault in faults:
        output.complain(f"{file}: {fault}")
    if wrong or faults:
        return FAILED
    count = len(found.phrases)
    tested = f": {count} phrase rule{'s' * (count != 1)}, all examples read as marked" if count else ""
    output.line(f"{clean(file)} is fine{tested}.")
    return CLEAN


@policy.command(short_help="Print a ready-made policy.")
@click.argument("name", type=click.Choice(READY_MADE))
def show(name: str) -> None:
    """Print a ready-made policy with its comments, as a start for your own."""
    click.echo(ready_made(name), nl=False)


def _faults(policy: Policy, known: dict[str, dict[str, tuple[int, int]]]) -> Iterator[str]:
    """What the server does not know of the rules that the policy names."""
    families = {rule.partition(".")[0] for rule in known}
    for rule in policy.disabled_rules:
        if rule not in known:
            yield f"disabled_rules: there is no rule {rule}{_meant(rule, known)}"
    for rule in policy.severities:
        if rule not in {*known, *families}:
            yield f"severities: there is no rule and no family {rule}{_meant(rule, {*known, *families})}"
    for phrase in policy.phrases:
        if phrase.id in known:
            yield f"phrase: {phrase.id} is the id of a rule that the server has"
    for rule, values in policy.rule_parameters.items():
        for name, value in values.items():
            if rule not in known:
                yield f"parameters: there is no rule {rule}{_meant(rule, known)}"
            elif name not in known[rule]:
                yield f"parameters: {rule} has no {name}; it has {', '.join(known[rule]) or 'none'}"
            elif not known[rule][name][0] <= value <= known[rule][name][1]:
                yield f"parameters: {name} of {rule} is {value}, and goes from {known[rule][name][0]} to {known[rule][name][1]}"


def _meant(rule: str, known: Iterable[str]) -> str:
    near = get_close_matches(rule, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else "; `apology-review rules` lists them"
