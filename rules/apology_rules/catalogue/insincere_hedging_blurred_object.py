"""The apology is for something without a name: "any inconvenience", "the situation"."""

from apology_rules.reading import Reading
from apology_rules.reading.apologies import Apology
from apology_rules.reading.hedges import any_object, blurred_object
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import apologies


def _nameless(reading: Reading, apology: Apology) -> bool:
    if any_object(apology):
        return True
    return blurred_object(apology) and not reading.failures


RULE = Rule(
    id="insincere-hedging.blurred-object",
    name="Apologises for something nameless",
    category=Category.INSINCERE_HEDGING,
    severity=Severity.MAJOR,
    points=5,
    message="Name what went wrong where you apologise for it.",
    why='A concrete object shows that you listened; "any inconvenience" shows a template.',
    reference="Packard & Berger 2021, J. Consumer Research 47:787-806; Lazare 2004 on vague acknowledgement.",
    confidence=0.85,
    find=apologies(_nameless),
    bad=(
        "[[We apologise for any inconvenience]].",
        "[[We are sorry for the situation]] and thank you for your patience.",
        "[[I apologise for whatever I did]].",
    ),
    good=(
        "We are sorry for the inconvenience of driving back on a Friday night.",
        "We cancelled your flight at the gate. We are sorry for the inconvenience.",
        "I apologise for the delay of nine days in sending your refund.",
    ),
)
