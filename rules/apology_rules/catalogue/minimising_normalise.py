"""It happens to everyone."""

from collections.abc import Iterator
from dataclasses import replace

from apology_rules.reading import Mark, Reading
from apology_rules.reading.clauses import Clause
from apology_rules.reading.generalities import says_it_happens_to_all
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity

_SURE = 0.9


def _find(reading: Reading) -> Iterator[Mark]:
    reached = 0
    for clause in reading.outermost_first:
        if clause.last > reached and (confidence := _normalises(reading, clause)):
            reached = clause.last
            yield replace(reading.mark(clause), confidence=confidence)


def _normalises(reading: Reading, clause: Clause) -> float | None:
    """How surely the clause says that it is normal; None where it does not."""
    within = (c for c in reading.clauses_of(clause.sentence) if clause.first <= c.first and c.last <= clause.last)
    if any(says_it_happens_to_all(reading, c) for c in within):
        return _SURE
    named = reading.has("normalise", clause) and not (clause.quoted or clause.negated or clause.future)
    return _CONFIDENCE if named else None


_CONFIDENCE = 0.4


RULE = Rule(
    id="minimising.normalise",
    name="Calls it normal",
    category=Category.MINIMISING,
    severity=Severity.MODERATE,
    points=6,
    message="Leave out that it happens elsewhere; it happened to them.",
    why="What is normal needs no apology: the comparison takes it back.",
    reference="Benoit & Drew 1997 on minimisation; Benoit 1995 on differentiation.",
    confidence=_CONFIDENCE,
    find=_find,
    bad=(
        "We are sorry about the delay, [[but these things happen]].",
        "I apologise for the error. [[Every airline has days like this]].",
        "We are sorry that we sent the wrong tyres. [[Show me a depot that never errs]].",
    ),
    good=(
        "We are sorry. This should never happen to anyone who trusts us with a child.",
        "I am sorry. It happened on Tuesday, and I noticed it on Friday.",
        "We are sorry. From now on every van that leaves without a spare is called back.",
    ),
)
