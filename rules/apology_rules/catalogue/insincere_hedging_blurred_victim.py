"""The harmed are "anyone" or "some", though the recipient is known."""

from apology_rules.reading import Reading
from apology_rules.reading.apologies import Apology
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import apologies

_INDEFINITE = frozenset({"anyone", "anybody", "whoever", "somebody", "someone", "certain", "some"})
_PEOPLE = frozenset(
    "people person customer member quarter individual guest user party viewer reader colleague fan folk one".split()
)


def _somebody(_: Reading, apology: Apology) -> bool:
    if apology.condition is not None:
        return False  # one flaw, one finding: the condition is told
    inside = [t for t in apology.head.sent if t.i > apology.head.i]
    for token in inside:
        if token.lower_ in {"anyone", "anybody", "whoever"} and token.dep_ in {
            "pobj",
            "nsubj",
            "nsubjpass",
            "dobj",
            "dative",
        }:
            return True
        if token.lower_ in _INDEFINITE and token.head.lemma_.lower() in _PEOPLE:
            return True
    return False


RULE = Rule(
    id="insincere-hedging.blurred-victim",
    name="Apologises to nobody in particular",
    category=Category.INSINCERE_HEDGING,
    severity=Severity.MAJOR,
    points=5,
    message="Address the people who were harmed, by name where you can.",
    why='An apology to "anyone who" questions whether there is a victim at all.',
    reference="Kampf 2009, J. Pragmatics 41(11):2257-2270, on questioning the offended.",
    confidence=0.7,
    find=apologies(_somebody),
    bad=(
        "[[I apologise to anyone who took offence at my remarks]].",
        "[[We are sorry that some people were upset]].",
    ),
    good=(
        "I apologise to Priya and her team, whom I talked over all morning.",
        "I am sorry. If anyone asks, tell them that it was my mistake.",
    ),
)
