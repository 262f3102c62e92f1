"""Nobody sees what it meant: the empathy that the recipient would miss."""

from apology_rules.review import Category, ComponentKind
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import missing

RULE = Rule(
    id="missing-empathy",
    name="Nobody sees what it meant",
    category=Category.MISSING_EMPATHY,
    severity=Severity.MAJOR,
    points=8,
    weak_points=3,
    message="Say what it cost them: the time, the money, the plan, the trust.",
    weak_message="Put what it cost this person in place of the formula.",
    why=(
        "Empathy for this person's loss is the strongest part of a written apology in one study; a "
        "formula about frustration is not it."
    ),
    reference="Roschk & Kaiser 2013, Marketing Letters 24(3):293-309; Min et al. 2015.",
    confidence=0.6,
    find=missing(ComponentKind.EMPATHY),
    bad=("We are sorry that we cancelled the course. We had booked the room twice. Your fee was refunded today.",),
    good=(
        "We are sorry that we cancelled the course. You had taken the day off and travelled for two hours.",
        "I'm sorry. You waited an hour in the rain because I forgot you.",
    ),
)
