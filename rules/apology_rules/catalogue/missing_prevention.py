"""Nothing changes: the prevention that the recipient would miss."""

from apology_rules.review import Category, ComponentKind
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import missing

RULE = Rule(
    id="missing-prevention",
    name="Nothing changes",
    category=Category.MISSING_PREVENTION,
    severity=Severity.MODERATE,
    points=5,
    weak_points=2,
    message="Say what you have changed, or will change by when, so that it does not happen again.",
    weak_message="Name what you change, and from when; a promise alone is not believed.",
    why=("A mechanism with a date can be believed; a bare never again is a promise that the next lapse breaks."),
    reference="Schweitzer et al. 2006; Hornsey et al. 2024; Halperin et al. 2022 on promises that backfire.",
    confidence=0.6,
    find=missing(ComponentKind.PREVENTION),
    bad=("We are sorry that we charged you twice. We ran the job twice. Both charges were refunded today.",),
    good=(
        "We are sorry that we charged you twice. From now on the script stops when a charge is already there.",
        "We are sorry we charged you twice. We no longer run the job by hand.",
    ),
)
