"""Nothing is put right: the remedy that the recipient would miss."""

from apology_rules.review import Category, ComponentKind
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import missing

RULE = Rule(
    id="absent-remedy",
    name="Nothing is put right",
    category=Category.ABSENT_REMEDY,
    severity=Severity.CRITICAL,
    points=18,
    weak_points=7,
    message="Say what you do for them, and by when.",
    weak_message="Say what exactly you do for them, and by when.",
    why="Words without amends can be worse than silence; a fix that matches the harm counts more than money.",
    reference="Halperin et al. 2022, Economic Journal 132(641):273-298; Zechmeister et al. 2004.",
    confidence=0.6,
    find=missing(ComponentKind.REMEDY),
    bad=("We are sorry that we sent the wrong size. We picked from the wrong shelf.",),
    good=(
        "We are sorry that we sent the wrong size. The right one was posted this morning.",
        "I'm sorry I scratched your car. I am paying for the repair on Monday.",
    ),
)
