"""The failure or the harm is put in doubt, though it is known."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.failures import fails
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses

_HARM = frozenset(
    "cause upset offend hurt affect inconvenience disappoint access lose expose miss wrong fail delay confuse fall "
    "slip be occur happen make receive give issue error problem mistake distress concern".split()
)


def _over_failure(reading: Reading, clause: Clause) -> bool:
    """Whether the clause, or one that hangs on it, tells of a failure."""
    return any(clause.first <= c.root.i < clause.last and fails(c) for c in reading.clauses_of(clause.sentence))


def _doubts(reading: Reading, clause: Clause) -> bool:
    if clause.conditional or (clause.doer is Agent.SECOND and clause.epistemic):
        return False
    if "notice" in clause.lemmas:  # "as you may have noticed" opens a letter, and doubts nothing
        return False
    if clause.modals & {"may", "might"} and "have" in clause.lemmas and clause.lemmas & _HARM:
        return True
    return reading.has("evidential", clause) and (
        _over_failure(reading, clause) or (bool(clause.lemmas & _HARM) and clause.doer is not Agent.FIRST)
    )


RULE = Rule(
    id="insincere-hedging.doubt",
    name="Doubts what happened",
    category=Category.INSINCERE_HEDGING,
    severity=Severity.MAJOR,
    points=7,
    message="State what you know as fact; say plainly what you do not know yet, and when you will.",
    why='A failure that "may have" happened is a failure that the sender has not admitted.',
    reference="Kampf 2009 on blurring the offence; Lazare 2004 on doubting the damage.",
    confidence=0.75,
    find=clauses(_doubts),
    bad=(
        "We apologise. [[Mistakes may have been made in the handling of the claim]].",
        "We are sorry. [[It appears that there was a problem with the order]].",
    ),
    good=(
        "We are sorry. The refund may take three days to show.",
        "We lost the file and we are sorry. We do not yet know how many pages; by noon we will.",
        "You may keep the first parcel. We are sorry that we sent the wrong one.",
    ),
)
