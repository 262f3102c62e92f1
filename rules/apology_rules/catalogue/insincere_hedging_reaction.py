"""The apology is for what the recipient feels or perceives, not for what was done."""

from apology_rules.reading import Reading
from apology_rules.reading.apologies import Apology
from apology_rules.reading.hedges import about_feeling
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import apologies


def _for_a_feeling(_: Reading, apology: Apology) -> bool:
    return about_feeling(apology)


RULE = Rule(
    id="insincere-hedging.reaction",
    name="Apologises for their reaction",
    category=Category.INSINCERE_HEDGING,
    severity=Severity.MAJOR,
    points=8,
    message="Apologise for what you did, and say then what it did to them.",
    why="It makes the recipient's feeling the trouble. Where the wrongdoer's agency is left out, apologies are judged worse.",
    reference="Discourse Processes 57(1):66-80 (agency assignment); Parliamentary & Health Service Ombudsman 2012.",
    confidence=0.9,
    find=apologies(_for_a_feeling),
    bad=(
        "[[I'm sorry you feel that way]].",
        "[[We are sorry that you were disappointed with your stay]].",
        "[[We apologise for how our message was received]].",
    ),
    good=(
        "I'm sorry you had to queue because we were short-staffed.",
        "We are sorry that we hurt you.",
        "I know that you felt left alone. I am sorry that I did not come.",
    ),
)
