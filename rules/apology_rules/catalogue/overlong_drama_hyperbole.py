"""Superlatives, catastrophes and impossible vows, out of proportion to what happened."""

from collections.abc import Iterator

from apology_rules.reading import Mark, Reading
from apology_rules.reading.failures import ranks
from apology_rules.review import Category
from apology_rules.rule import Parameter, Rule
from apology_rules.severity import Severity

_GRAVE = 4


def _find(reading: Reading, *, grave_phrases: int = 2) -> Iterator[Mark]:
    found = [c for c in reading.body_clauses if reading.has("vow", c) and not c.conditional and not ranks(c)]
    if reading.gravity >= _GRAVE and len(found) < grave_phrases:
        return
    reached = 0
    for clause in found:
        if clause.last > reached:
            reached = clause.last
            yield reading.mark(clause)


RULE = Rule(
    id="overlong-drama.hyperbole",
    name="Overstates",
    category=Category.OVERLONG_DRAMA,
    severity=Severity.MODERATE,
    points=4,
    message="Say it in the size it has.",
    why="Words too large for the wrong sound like theatre, and the reader stops believing the rest.",
    reference="Wohl et al. 2012, JPSP 102(2):306: displayed anguish can lower forgiveness.",
    confidence=0.65,
    find=_find,
    parameters=(
        Parameter(
            name="grave_phrases",
            description="how many such phrases a grave case (gravity 4) allows, less one",
            default=2,
            minimum=1,
            maximum=10,
        ),
    ),
    bad=(
        "I'm sorry I was late. [[I will never forgive myself for this]].",
        "We are sorry about the typo. [[Words cannot express our shame]].",
    ),
    good=(
        "I'm sorry. It was the third worst result of eleven, and I had promised the second best.",
        "We are sorry that we were forty minutes late.",
        "We are sorry. We lost 300 files, which is the biggest loss that we have ever had.",
    ),
)
