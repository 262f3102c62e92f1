"""`apology-review policy`: the rules of a house, tested before they are used."""

import click

from apology_client.command import output
from apology_client.command.connection import Connection, Server
from apology_client.command.options import server_options
from apology_client.errors import PolicyError
from apology_client.policy import Policy
from apology_client.policy_file import READY_MADE, load_policy, ready_made


@click.group(short_help="Test and show policies.")
def policy() -> None:
    """A policy is a TOML file that says what a house wants: severities, phrases, and what to do without an answer."""


@policy.command(name="check", short_help="Test a policy file.")
@click.argument("file", metavar="FILE")
@server_options
def check_policy(file: str, server: Server | None) -> None:
    """Test a policy: its keys and values, its phrase rules on their own examples, and its rule ids against the server."""
    found = load_policy(file)
    with Connection(server) as connection:
        known = {
            rule.id: {p.name: (p.minimum, p.maximum) for p in rule.parameters} for rule in connection.client.rules()
        }
    for fault in _faults(found, known):
        raise PolicyError(f"{file}: {fault}")
    count = len(found.phrases)
    output.line(f"{file} is fine: {count} phrase rule{'s' * (count != 1)}, all examples read as marked.")


@policy.command(short_help="Print a ready-made policy.")
@click.argument("name", type=click.Choice(READY_MADE))
def show(name: str) -> None:
    """Print a ready-made policy with its comments, as a start for your own."""
    click.echo(ready_made(name), nl=False)


def _faults(policy: Policy, known: dict[str, dict[str, tuple[int, int]]]) -> list[str]:
    """What the server does not know of the rules that the policy names."""
    families = {rule.partition(".")[0] for rule in known}
    faults = [f"there is no rule {rule}" for rule in policy.disabled_rules if rule not in known]
    faults += [
        f"there is no rule and no family {rule}" for rule in policy.severities if rule not in {*known, *families}
    ]
    faults += [f"the phrase rule {rule.id} has the id of a rule" for rule in policy.phrases if rule.id in known]
    for rule, values in policy.rule_parameters.items():
        for name, value in values.items():
            low, high = known.get(rule, {}).get(name, (1, 0))
            if not low <= value <= high:
                faults.append(f"the rule {rule} takes no {name} = {value}")
    return faults
