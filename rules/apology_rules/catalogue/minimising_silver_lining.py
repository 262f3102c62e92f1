"""The failure is presented as a gain."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _finds_good(reading: Reading, clause: Clause) -> bool:
    return reading.has("silver", clause) and not clause.quoted and not clause.conditional and not clause.negated


RULE = Rule(
    id="minimising.silver-lining",
    name="Finds a good side",
    category=Category.MINIMISING,
    severity=Severity.MODERATE,
    points=6,
    message="Leave the good side to them to find.",
    why="A good side that the sender finds is a discount on the harm.",
    reference="Benoit 1995, Accounts, Excuses, and Apologies: transcendence and bolstering.",
    confidence=0.5,
    find=clauses(_finds_good),
    bad=(
        "We are sorry that the trip was cut short. [[On the bright side, you got home early]].",
        "I'm sorry for the outage. [[It gave us an opportunity to become stronger]].",
    ),
    good=(
        "I am sorry. You missed the opportunity to say goodbye to him.",
        "We are sorry. There is nothing good about a lost wedding dress.",
    ),
)
