"""Hits: where the trained reader's word is taken, and where not."""

import pytest

from apology_rules import Category, Draft, Reviewer
from apology_rules.hits import in_heading
from apology_rules.reading import Mark
from tests.rules.conftest import Readings


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("Statement by the Head of School", True),
        ("Notice regarding last week's outage", True),
        ("Update on Thursday's data issue", True),
        ("Update your records on Thursday", False),
        ("Sorry about last week's outage", False),
        ("We lost a letter", False),
        ("Our courier, once more.", False),
        ("Our courier once more", False),
    ],
)
def test_a_heading_stands_over_others_and_has_neither_verb_nor_stop(
    words: str, heading: bool, reading_of: Readings
) -> None:
    below = "" if words == "Our courier once more" else "\n\nA letter was sent to all parents."
    text = f"We are sorry.\n\n{words}{below}"
    begin = text.index(words)
    assert in_heading(reading_of(text), Mark(begin=begin, end=begin + len(words))) is heading


FAIR = "Dear all,\n\nI'm sorry the summer fair was called off. {}.\n\nHelen"


def test_joined_clauses_that_blame_in_different_ways_are_flaws_apart(reviewer: Reviewer) -> None:
    words = ("The council sent its inspector without a word", "a trainee in my office had lost the permit")
    review = reviewer.review(Draft(text=FAIR.format(", and ".join(words))))
    blame = [f for f in review.findings if f.category is Category.BLAME_SHIFTING and f.span]
    assert tuple(f.span.text for f in blame if f.span) == words
    assert len({f.rule_id for f in blame}) == 2


def test_joined_clauses_that_blame_in_one_way_are_one_flaw(reviewer: Reviewer) -> None:
    words = "Snow had fallen all week, and the heating gave up on the very day"
    review = reviewer.review(Draft(text=FAIR.format(words)))
    blame = [f for f in review.findings if f.category is Category.BLAME_SHIFTING and f.span]
    assert [f.span.text for f in blame if f.span] == [words]


@pytest.mark.parametrize(
    ("text", "flawed"),
    [
        ("I'm sorry. We lost 300 files, which is the biggest loss we have ever had.", False),
        ("I'm sorry I was late. It is the worst thing I have ever done to anybody.", True),
        ("We sent the parcel a day late and are sorry. This is the greatest disaster in human history.", True),
    ],
)
def test_how_a_failure_compares_with_others_is_no_drama(text: str, flawed: bool, reviewer: Reviewer) -> None:
    findings = reviewer.review(Draft(text=text)).findings
    assert any(f.category is Category.OVERLONG_DRAMA for f in findings) is flawed


@pytest.mark.parametrize(
    ("text", "hedged"),
    [
        ("We repaired your boiler badly, and I'm sorry we fell short of what we promised you.", False),
        ("I'm sorry about my remark. It was spiteful and I meant it.", False),
        ("I'm sorry you took my remark like that. It was spiteful and I meant it.", True),
    ],
)
def test_an_apology_for_a_definite_thing_is_seldom_half_of_one(text: str, hedged: bool, reviewer: Reviewer) -> None:
    findings = reviewer.review(Draft(text=text)).findings
    assert any(f.category is Category.INSINCERE_HEDGING for f in findings) is hedged


@pytest.mark.parametrize("heading", ["Notice regarding last week's outage", "Update on Thursday's data issue"])
def test_a_heading_holds_no_flaw_and_shows_no_component(heading: str, reviewer: Reviewer) -> None:
    text = f"{heading}\n\nOn Thursday the files were lost. We are sorry for the inconvenience."
    review = reviewer.review(Draft(text=text))
    shown = [span for component in review.components for span in component.evidence]
    flawed = [finding.span for finding in review.findings if finding.span is not None]
    assert flawed
    assert all(span.begin > len(heading) for span in (*shown, *flawed))
