"""Nobody takes responsibility: the responsibility that the recipient would miss."""

from apology_rules.review import Category, ComponentKind
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import missing

RULE = Rule(
    id="missing-responsibility",
    name="Nobody takes responsibility",
    category=Category.MISSING_RESPONSIBILITY,
    severity=Severity.CRITICAL,
    points=18,
    weak_points=7,
    message="Say that you did it: I or we, and the act.",
    weak_message="Name the act that you take responsibility for: I or we, and what was done.",
    why=("Ownership carries an apology in every model of it; regret without it reads as sympathy from a bystander."),
    reference="Pace et al. 2010; Lee & Chung 2012; Lewicki et al. 2016 rank it first.",
    confidence=0.6,
    find=missing(ComponentKind.RESPONSIBILITY),
    bad=("We are sorry about your booking. A refund is on its way to your card today.",),
    good=(
        "We are sorry. We sold your seat twice.",
        "I'm sorry about the cake. My fault, I set the oven too high.",
    ),
)
