"""Mails that look like apologies and are none, and apologies that look like those: what a check that sees all makes of them."""

import json
from collections import Counter
from pathlib import Path

import pytest

from apology_rules import Draft, Options, Reviewer, Sensitivity, Verdict

ALIKE = Path(__file__).parent / "alike.jsonl"
EACH = 60


@pytest.fixture(scope="module", params=[Sensitivity.QUIET, Sensitivity.BALANCED], ids=lambda kind: kind.value)
def taken(request: pytest.FixtureRequest) -> tuple[Sensitivity, Counter[bool]]:
    """How many of those that are apologies, and of those that are none, are taken for one."""
    reviewer, options, counts = Reviewer(), Options(sensitivity=request.param), Counter[bool]()
    for line in ALIKE.read_text(encoding="utf-8").splitlines():
        mail = json.loads(line)
        verdict = reviewer.review(Draft(text=mail["text"]), options=options).verdict
        counts[mail["is_apology"]] += verdict is not Verdict.NOT_AN_APOLOGY
    return request.param, counts


def test_few_look_alikes_are_taken_for_apologies(taken: tuple[Sensitivity, Counter[bool]]) -> None:
    sensitivity, counts = taken
    assert counts[False] <= {Sensitivity.QUIET: 8, Sensitivity.BALANCED: 16}[sensitivity]


def test_few_apologies_are_taken_for_look_alikes(taken: tuple[Sensitivity, Counter[bool]]) -> None:
    sensitivity, counts = taken
    assert EACH - counts[True] <= {Sensitivity.QUIET: 7, Sensitivity.BALANCED: 3}[sensitivity]
