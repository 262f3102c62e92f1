"""Prints the catalogue as Markdown: `python -m apology_rules > rules/RULES.md`."""

import sys
from collections.abc import Iterator
from itertools import groupby

from apology_rules.catalogue import QUESTIONS, RULES
from apology_rules.review import Category
from apology_rules.rule import Rule

_ORDER = list(Category)


def markdown() -> str:
    """The whole catalogue, by category."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The rules"
    yield ""
    yield "Generated from the catalogue (`make docs`). In the examples, **bold** words are the ones that a rule points at;"
    yield "an example without bold words lacks something as a whole. `confidence` is the share of a rule's marks that the"
    yield "annotators of labelled drafts confirmed when grammar alone saw them; with the trained reader each finding has"
    yield "its own."
    ordered = sorted(RULES, key=lambda rule: (_ORDER.index(_category(rule)), rule.id))
    for category, rules in groupby(ordered, key=_category):
        yield from ("", f"## {category.value.capitalize()}")
        for rule in rules:
            yield from _rule(rule)
    yield from ("", "## Questions to the writer", "", "Never flaws, never part of the score.")
    for rule in QUESTIONS:
        yield from _rule(rule)


def _category(rule: Rule) -> Category:
    assert rule.category is not None
    return rule.category


def _rule(rule: Rule) -> Iterator[str]:
    yield from ("", f"### {rule.name}", "")
    facts = f"`{rule.id}` · {rule.severity.name.lower()}"
    if rule.points:
        facts += f" · {rule.points} points" + (f" ({rule.weak_points} when it is vague)" if rule.weak_points else "")
        facts += f" · confidence {rule.confidence:.2f}"
    vague = f" When it is vague: {rule.weak_message}" if rule.weak_message else ""
    yield from (facts, "", f"**{rule.message}** {rule.why}{vague}", "", f"*{rule.reference}*", "")
    yield from (f"- Flagged: {_shown(text)}" for text in rule.bad)
    yield from (f"- Fine: {_shown(text)}" for text in rule.good)
    yield from (
        f"- Parameter `{p.name}`: {p.description}; {p.default} by default, {p.minimum} to {p.maximum}"
        for p in rule.parameters
    )


def _shown(text: str) -> str:
    return " ".join(text.split()).replace("[[[", "**[").replace("]]]", "]**").replace("[[", "**").replace("]]", "**")


if __name__ == "__main__":
    sys.stdout.write(markdown())
