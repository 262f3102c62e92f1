"""It could have been worse."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _compares(reading: Reading, clause: Clause) -> bool:
    return reading.has("worse", clause) and not clause.quoted and not clause.conditional


RULE = Rule(
    id="minimising.worse-case",
    name="Points at something worse",
    category=Category.MINIMISING,
    severity=Severity.MODERATE,
    points=6,
    message="Measure it by what they had to bear, not by what they were spared.",
    why="Relief belongs to the sender; to the harmed it says that they complain too much.",
    reference="Benoit & Drew 1997 on minimisation.",
    confidence=0.4,
    find=clauses(_compares),
    bad=(
        "I'm sorry about the fall. [[It could have been worse]].",
        "We apologise for the leak. [[Nobody was hurt]].",
    ),
    good=(
        "We are sorry. You were hurt, and it was our step that broke.",
        "I am sorry. I made it worse when I did not call.",
    ),
)
