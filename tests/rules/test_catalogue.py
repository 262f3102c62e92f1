"""The catalogue as a whole: complete, in one spelling, documented, with sources."""

import pkgutil
import re
from pathlib import Path

import pytest

from apology_rules import RULES, Category, Rule, catalogue
from apology_rules.__main__ import markdown
from apology_rules.catalogue import QUESTIONS

ALL = (*RULES, *QUESTIONS)
each_rule = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)

SUBTYPES = {
    "blame-shifting": "victim scapegoat third-party circumstance shared intent-defence agent-omission",
    "insincere-hedging": "conditional reaction doubt blurred-object blurred-victim grudging",
    "overlong-drama": "self-focus self-vilify begging hyperbole stacking rehash",
    "minimising": "trivialise downscale normalise worse-case bolster silver-lining",
}


def test_every_file_of_the_catalogue_is_listed_and_named_after_its_rule() -> None:
    files = {module.name for module in pkgutil.iter_modules(catalogue.__path__)}
    assert files == {re.sub(r"[-.]", "_", rule.id) for rule in ALL}


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in ALL}) == len(ALL)


def test_every_subtype_of_the_taxonomy_has_its_rule() -> None:
    ids = {rule.id for rule in RULES}
    assert {f"{family}.{name}" for family, names in SUBTYPES.items() for name in names.split()} <= ids


def test_every_category_has_a_rule() -> None:
    assert {rule.category for rule in RULES} == set(Category)


@each_rule
def test_a_rule_tells_what_to_do_why_and_whence(rule: Rule) -> None:
    assert rule.message.endswith((".", "?"))
    assert rule.why.endswith(".")
    assert rule.reference


@each_rule
def test_a_rule_has_examples_that_are_flagged_and_some_that_come_near(rule: Rule) -> None:
    assert rule.bad
    assert rule.good


@each_rule
def test_the_default_of_a_parameter_lies_in_its_range(rule: Rule) -> None:
    assert all(p.minimum <= p.default <= p.maximum for p in rule.parameters)


def test_the_page_of_the_rules_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "rules" / "RULES.md"
    assert page.read_text(encoding="utf-8") == markdown(), "run `make docs`"
