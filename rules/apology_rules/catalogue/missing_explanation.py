"""Nobody explains: the explanation that the recipient would miss."""

from apology_rules.review import Category, ComponentKind
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import missing

RULE = Rule(
    id="missing-explanation",
    name="Nobody explains",
    category=Category.MISSING_EXPLANATION,
    severity=Severity.MAJOR,
    points=10,
    weak_points=6,
    message="Say why it happened: the event, the decision or the omission, in one honest sentence.",
    weak_message="Put the event, the decision or the omission in place of the label.",
    why=(
        "A specific, owned cause shows that you know what to mend; a label such as technical issues "
        "shows that you do not."
    ),
    reference="Shaw et al. 2003, JAP 88(3):444-458; Bradley & Sparks 2009.",
    confidence=0.6,
    find=missing(ComponentKind.EXPLANATION),
    bad=("We are sorry that your parcel is late. It was our mistake. We have sent a new one today.",),
    good=(
        "We are sorry that your parcel is late. We packed it on Monday and forgot to hand it to the driver.",
        "I'm sorry. I missed the train because I overslept.",
    ),
)
