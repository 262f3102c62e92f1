"""The apology is given against the sender's will, or taken back by a joke."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _grudges(reading: Reading, clause: Clause) -> bool:
    if not reading.has("grudging", clause) or clause.quoted:
        return False
    near = range(clause.sentence - 1, clause.sentence + 2)
    return any(reading.apology_in(number) for number in near if 0 <= number < len(reading.sentences))


RULE = Rule(
    id="insincere-hedging.grudging",
    name="Apologises against your will",
    category=Category.INSINCERE_HEDGING,
    severity=Severity.MAJOR,
    points=7,
    message="Leave out that it is unwilling; if you cannot mean it yet, wait.",
    why="An apology that is plainly coerced is forgiven less often than no apology at all.",
    reference="Risen & Gilovich 2007, JPSP 92(3):418-433: onlookers rate coerced apologies lowest.",
    find=clauses(_grudges, confidence=0.7),
    bad=(
        "[[Fine, I'm sorry, I suppose]].",
        "[[If it makes you happy, I apologise]].",
    ),
    good=(
        "I'm sorry. I suppose you were already asleep when I rang, and that was my fault too.",
        "The room was fine, but we gave you the wrong key. We are sorry.",
    ),
)
