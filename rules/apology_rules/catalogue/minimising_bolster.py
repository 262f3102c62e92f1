"""Praise of the sender stands where the failure should stand."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.failures import ranks
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _praises_self(reading: Reading, clause: Clause) -> bool:
    if (
        clause.quoted
        or clause.conditional
        or (clause.negated and "never" not in clause.words)
        or clause.doer is Agent.SECOND
    ):
        return False
    own = clause.doer is Agent.FIRST or bool(clause.words & {"our", "we", "us", "my", "i"})
    return own and reading.has("bolster", clause) and not reading.in_apology(clause) and not ranks(clause)


RULE = Rule(
    id="minimising.bolster",
    name="Praises yourself",
    category=Category.MINIMISING,
    severity=Severity.MODERATE,
    points=6,
    message="Take the praise out; the letter is about what went wrong.",
    why="Bolstering beside an apology ranks among the least effective strategies: it weighs the harm against your merits.",
    reference="Benoit & Drew 1997, Communication Reports 10(2).",
    confidence=0.5,
    find=clauses(_praises_self),
    bad=(
        "We are sorry about your room. [[We pride ourselves on the highest standards]].",
        "I apologise for the breach. [[We have been an award-winning firm for over thirty years]].",
    ),
    good=(
        "We are sorry. Your award was announced under the wrong name.",
        "We are sorry. That is the worst loss in our thirty years of business.",
        "We are sorry. We are not proud of how long this took.",
    ),
)
