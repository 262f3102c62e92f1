"""It happens to everyone."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _normalises(reading: Reading, clause: Clause) -> bool:
    return reading.has("normalise", clause) and not (clause.quoted or clause.negated or clause.future)


RULE = Rule(
    id="minimising.normalise",
    name="Calls it normal",
    category=Category.MINIMISING,
    severity=Severity.MODERATE,
    points=6,
    message="Leave out that it happens elsewhere; it happened to them.",
    why="What is normal needs no apology: the comparison takes it back.",
    reference="Benoit & Drew 1997 on minimisation; Benoit 1995 on differentiation.",
    confidence=0.4,
    find=clauses(_normalises),
    bad=(
        "We are sorry about the delay, [[but these things happen]].",
        "I apologise for the error. [[Every airline has days like this]].",
    ),
    good=(
        "We are sorry. This should never happen to anyone who trusts us with a child.",
        "I am sorry. It happened on Tuesday, and I noticed it on Friday.",
    ),
)
