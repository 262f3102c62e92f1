"""A number or a share is given as a comfort."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses

_AFFECTED = frozenset(
    "affect impact customer user account people guest passenger order record individual member patient case number "
    "subset minority percentage percent % household family booking minute hour pound".split()
)


def _downscales(reading: Reading, clause: Clause) -> bool:
    if clause.future or clause.conditional or clause.doer in {Agent.FIRST, Agent.SECOND}:
        return False
    return reading.has("downscale", clause) and bool(clause.lemmas & _AFFECTED)


RULE = Rule(
    id="minimising.downscale",
    name="Comforts with a small number",
    category=Category.MINIMISING,
    severity=Severity.MODERATE,
    points=6,
    message="Give the number without only, just, small or limited.",
    why="For the one who was hit it is one of one; a small share as a comfort tells them that they do not count.",
    reference="Benoit & Drew 1997; Lazare 2004 on minimising the offence.",
    confidence=0.6,
    find=clauses(_downscales),
    bad=(
        "We are sorry about the leak. [[Only 0.3% of customers were affected]].",
        "We apologise for the outage, [[which affected a small number of users]].",
    ),
    good=(
        "We are sorry. 1,240 customers were charged twice, and you are one of them.",
        "We are sorry about the leak. We have just told all 60 people whose names were in it.",
    ),
)
