"""Every rule's own examples: the marked words are found, to the character, and what comes near stays silent."""

import re

import pytest

from apology_rules import RULES, Rule
from apology_rules.catalogue import QUESTIONS
from tests.rules.conftest import Readings

_MARKED = re.compile(r"\[\[(.+?)\]\](?!\])", re.S)

_BAD = [pytest.param(rule, bad, id=f"{rule.id}-{n}") for rule in (*RULES, *QUESTIONS) for n, bad in enumerate(rule.bad)]
_GOOD = [pytest.param(rule, g, id=f"{rule.id}-{n}") for rule in (*RULES, *QUESTIONS) for n, g in enumerate(rule.good)]


@pytest.mark.parametrize(("rule", "bad"), _BAD)
def test_a_bad_example_is_flagged_at_the_marked_words(rule: Rule, bad: str, reading_of: Readings) -> None:
    text = _MARKED.sub(r"\1", bad)
    marks = list(rule.find(reading_of(text)))
    assert [text[m.begin : m.end] for m in marks if m.begin is not None] == _MARKED.findall(bad)
    assert marks


@pytest.mark.parametrize(("rule", "good"), _GOOD)
def test_a_good_example_stays_silent(rule: Rule, good: str, reading_of: Readings) -> None:
    marks = list(rule.find(reading_of(good)))
    assert [good[m.begin : m.end] for m in marks] == []
