"""Good intentions stand where ownership should stand."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _defends(reading: Reading, clause: Clause) -> bool:
    return reading.has("intent", clause) and not clause.conditional and not reading.owned_near(clause, radius=1)


RULE = Rule(
    id="blame-shifting.intent-defence",
    name="Pleads good intentions",
    category=Category.BLAME_SHIFTING,
    severity=Severity.MODERATE,
    points=4,
    message="Say what you did before, or instead of, what you meant.",
    why="What was meant does not change what happened; without ownership beside it, it asks for acquittal.",
    reference="Benoit 1995, Accounts, Excuses, and Apologies: evasion of responsibility by good intentions.",
    confidence=0.7,
    find=clauses(_defends),
    bad=(
        "I'm sorry you were upset. [[I never meant to cause trouble]].",
        "We regret the reaction to the post. [[It was not our intention to offend]].",
    ),
    good=(
        "I didn't mean to hurt you, but I did hurt you, and I am sorry.",
        "I am sorry. I broke your trust, and I never meant to.",
    ),
)
