"""Pleas for forgiveness or reassurance put the burden on the harmed."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _begs(reading: Reading, clause: Clause) -> bool:
    return reading.has("begging", clause) and not clause.quoted and clause.doer is not Agent.OTHER


RULE = Rule(
    id="overlong-drama.begging",
    name="Begs to be forgiven",
    category=Category.OVERLONG_DRAMA,
    severity=Severity.MODERATE,
    points=5,
    message="Leave forgiveness to them: one plain request at most, and none with a deadline.",
    why="The request for forgiveness is the component that an apology can best do without, and pressed it becomes a demand.",
    reference="Lewicki et al. 2016, Negotiation & Conflict Management Research 9(2).",
    confidence=0.65,
    find=clauses(_begs),
    bad=(
        "I'm so sorry. [[I'm begging you to give me another chance]].",
        "I am sorry about the party. [[Please don't hate me]].",
    ),
    good=(
        "I am sorry I lost it. Please forgive me.",
        "We are sorry. We do not ask you to forgive us.",
    ),
)
