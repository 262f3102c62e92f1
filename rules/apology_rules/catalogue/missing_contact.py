"""Nobody can be reached: the contact that the recipient would miss."""

from apology_rules.review import Category, ComponentKind
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import missing

RULE = Rule(
    id="missing-contact",
    name="Nobody can be reached",
    category=Category.MISSING_CONTACT,
    severity=Severity.MINOR,
    points=3,
    weak_points=1,
    message="Give a name and a line that a person answers, or say when you will call.",
    weak_message="Give a name and a line that a person answers beside the form or the queue.",
    why="People who are passed to a form feel put off; a voice shows that you stay until it is solved.",
    reference="Davidow 2003, JSR 5:225-250; Einwiller & Steilen 2015.",
    confidence=0.6,
    find=missing(ComponentKind.CONTACT),
    bad=(
        "Dear customer, we are sorry that we lost your order. We forgot to scan it. The refund of your payment was sent today.",
    ),
    good=(
        "Dear customer, we are sorry that we lost your order. Call me on 01632 960123 and ask for Priya.",
        "Dear customer, we are sorry that we lost your order. Just reply to this email and I will read it.",
    ),
)
