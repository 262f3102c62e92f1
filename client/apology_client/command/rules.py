"""`apology-review rules` and `apology-review explain`: the catalogue, as the server has it."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import groupby

import click

from apology_client.catalogue import Rule
from apology_client.command import output
from apology_client.command.connection import Connection, Server
from apology_client.command.layout import clean, fill
from apology_client.command.paint import Paint, paint
from apology_client.command.sections import Command
from apology_client.command.server_options import server_options
from apology_client.enums import Category, Severity

_GUILTY = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_LINE = re.compile(r"\S.*")
_NARROW = 24  # columns beside the ids, of which less read badly
_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_color = click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)


@click.command(cls=Command, short_help="List the rules.")
@_form
@_color
@server_options
def rules(form: str, color: str, server: Server | None) -> None:
    """List the rules; `apology-review explain RULE` tells more of one.

    With --format json this is ListRulesResponse in proto3 JSON.
    """
    found = _catalogue(server)
    if form == "json":
        from apology_client.proto_json import to_dict

        output.json({"rules": [to_dict(rule.wire) for rule in found]}, 2)
        return
    pen, columns = paint(color), output.columns()
    widest = max((len(rule.id) for rule in found), default=0)
    for category, members in groupby(found, key=lambda rule: rule.category):
        output.line(pen.bold(_title(category)))
        for rule in members:
            first = f"  {rule.id:<{widest}}  "
            if columns - len(first) < _NARROW:
                output.line(first.rstrip())
                first = "    "
            for line in fill(f"{rule.severity.words}: {rule.message}", columns, first=first, rest=" " * len(first)):
                output.line(line)
        output.line("")


@click.command(cls=Command, short_help="Say what a rule looks for, and why.")
@click.argument("rule_id", metavar="RULE")
@_form
@_color
@server_options
def explain(rule_id: str, form: str, color: str, server: Server | None) -> None:
    """Say what a rule looks for, why it matters, where that comes from, and show it on examples.

    RULE is an id, such as a review names under each finding; `apology-review rules` lists them.

    \b
    Example:
      apology-review explain blame-shifting.victim
    """
    found = {rule.id: rule for rule in _catalogue(server)}
    rule = found.get(rule_id.strip().lower())
    if rule is None:
        raise click.UsageError(f"There is no rule {rule_id!r}.{_meant(rule_id, list(found))}")
    if form == "json":
        from apology_client.proto_json import to_dict

        output.json(to_dict(rule.wire), 2)
        return
    for line in _explanation(rule, paint(color), output.columns()):
        output.line(line)


def _catalogue(server: Server | None) -> tuple[Rule, ...]:
    with Connection(server) as connection:
        return connection.client.rules()


def _meant(rule_id: str, ids: list[str]) -> str:
    """Ids that are spelt alike, or that contain the word."""
    near = get_close_matches(rule_id.lower(), ids, n=3, cutoff=0.6)
    near += [known for known in ids if rule_id.lower() in known and known not in near][:5]
    return f" Did you mean {' or '.join(near)}?" if near else " `apology-review rules` lists them."


def _explanation(rule: Rule, pen: Paint, columns: int) -> Iterator[str]:
    yield pen.bold(f"{clean(rule.name)} ({rule.id})")
    yield f"{_title(rule.category)}, {rule.severity.words}" if rule.severity else _title(rule.category)
    yield ""
    yield from fill(rule.message, columns)
    yield ""
    yield from fill(f"Why: {rule.why}", columns)
    if rule.reference:
        yield from fill(f"Source: {rule.reference}", columns)
    for title, examples in (("Flagged, for the words in brackets", rule.bad), ("Fine", rule.good)):
        if examples:
            yield from ("", pen.bold(title))
            for example in examples:
                yield _marked("\n".join(fill(example, columns, first="  - ", rest="    ")), pen)
    if rule.parameters:
        yield from ("", pen.bold("What can be set"))
        for p in rule.parameters:
            about = f"--parameter {rule.id}:{p.name}={p.default}  {p.description} ({p.minimum} to {p.maximum})"
            yield from fill(about, columns, first="  - ", rest="    ")


def _marked(lines: str, pen: Paint) -> str:
    """With single brackets, and painted; what is guilty may go on in the next line."""
    return _GUILTY.sub(
        lambda found: _LINE.sub(lambda words: pen.word(words[0], Severity.MODERATE), f"[{found[1]}]"), lines
    )


def _title(category: Category) -> str:
    return "Questions to the writer" if category == Category.UNSPECIFIED else category.words.capitalize()
