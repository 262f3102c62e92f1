"""Nobody apologises: the regret that the recipient would miss."""

from apology_rules.review import Category, ComponentKind
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import missing

RULE = Rule(
    id="missing-regret",
    name="Nobody apologises",
    category=Category.MISSING_REGRET,
    severity=Severity.MAJOR,
    points=9,
    weak_points=4,
    message="Apologise in plain words: I am sorry that I, we apologise for.",
    weak_message="Apologise for what you did, in plain words, without if, any, or how they feel.",
    why="Acknowledging and thanking are no apology; the explicit form is what people listen for.",
    reference="Scher & Darley 1997; Pace et al. 2010.",
    confidence=0.6,
    find=missing(ComponentKind.REGRET),
    bad=(
        "We lost your file on Monday. That was our mistake. We regret the trouble to you. You had to fill in every form again.",
    ),
    good=(
        "We lost your file on Monday and we are sorry. That was our mistake.",
        "I owe you an apology. I lost your file, that was my fault.",
    ),
)
