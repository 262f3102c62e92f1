import json

import pytest
from google.protobuf import json_format

from apology.v1 import review_pb2 as pb
from tests.client.helpers import RULES, Run


def test_the_rules_are_listed_by_family(run: Run) -> None:
    out = run("rules").out
    assert "Insincere hedging\n  insincere-hedging.conditional  major: Say what you did." in out
    assert "Missing regret\n  missing-regret" in out


def test_on_a_narrow_terminal_the_rules_stand_above_what_they_say(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apology_client.command.output.columns", lambda: 30)
    assert "Insincere hedging\n  insincere-hedging.conditional\n    major: Say what you did.\n" in run("rules").out


def test_the_rules_as_json_are_those_of_the_contract(run: Run) -> None:
    found = json_format.ParseDict(json.loads(run("rules", "--format", "json").out), pb.ListRulesResponse())
    assert list(found.rules) == list(RULES)


def test_a_rule_is_explained_with_its_source_and_examples(run: Run) -> None:
    out = run("explain", "insincere-hedging.conditional").out
    assert "Why: A condition doubts the harm." in out
    assert "Source: Lazare 2004" in out
    assert "- I am [sorry if] you were hurt." in out
    assert "- I am sorry. Ring me if you have questions." in out
    assert "--parameter insincere-hedging.conditional:reach=5" in out


def test_guilty_words_are_marked_over_the_end_of_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apology_client.command.output.columns", lambda: 20)
    assert "  - I am [sorry\n    if] you were" in run("explain", "insincere-hedging.conditional").out
    painted = run("explain", "insincere-hedging.conditional", "--color", "always").out
    assert "[sorry\x1b[0m\n    \x1b[33m\x1b[4mif]\x1b[0m you" in painted


def test_a_mistyped_rule_gets_a_suggestion(run: Run) -> None:
    ran = run("explain", "missing-regrets")
    assert ran.code == 2
    assert "Did you mean missing-regret?" in ran.err
    assert "Did you mean insincere-hedging.conditional?" in run("explain", "hedging").err
    assert "lists them" in run("explain", "xyz").err


def test_one_rule_as_json(run: Run) -> None:
    assert json.loads(run("explain", "missing-regret", "--format", "json").out)["id"] == "missing-regret"
