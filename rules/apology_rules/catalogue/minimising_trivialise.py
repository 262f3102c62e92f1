"""The failure or the harm is made small."""

from apology_rules.reading import Reading
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _belittles(reading: Reading, clause: Clause) -> bool:
    if clause.quoted or clause.future or (clause.doer is Agent.SECOND and "notice" not in clause.lemmas):
        return False
    return reading.has("belittle", clause) and not _denied(clause)


def _denied(clause: Clause) -> bool:
    """ "It was no small thing" owns the size."""
    return "no" in clause.words and bool(clause.words & {"small", "minor", "little"})


RULE = Rule(
    id="minimising.trivialise",
    name="Plays it down",
    category=Category.MINIMISING,
    severity=Severity.MODERATE,
    points=6,
    message="Say how large it was for them, without just, only, slight or minor.",
    why="The harmed decide how large it was; a smaller size from the sender denies the harm.",
    reference="Benoit & Drew 1997, Communication Reports 10(2): minimisation ranks among the worst strategies.",
    confidence=0.35,
    find=clauses(_belittles),
    bad=(
        "We are sorry about the delay, though [[it was a minor hiccup]].",
        "I'm sorry I was late. [[It's not the end of the world]].",
        "Sorry about the bill. [[It was just a small mistake]].",
    ),
    good=(
        "We are sorry. It was no small mistake to send your file to a stranger.",
        "I have just refunded the small charge. We are sorry that we took it twice.",
    ),
)
