"""The sender's own suffering takes the place of the recipient's."""

from apology_rules.reading import Reading, lexicon
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _suffers(reading: Reading, clause: Clause) -> bool:
    if clause.conditional:
        return False
    if (
        clause.doer is Agent.FIRST
        and clause.root.lemma_.lower() in lexicon.BODY_VERBS - {"suffer"}
        and not _planned(clause)
    ):
        return True
    if reading.has("sleepless", clause) and clause.doer is not Agent.SECOND:
        return True
    alarmed = clause.words & (
        lexicon.ALARM_WORDS
        - {"sick", "broken", "crushed", "empty", "numb", "beside", "desperate", "ruined", "destroyed"}
    )
    return clause.doer is Agent.FIRST and bool(alarmed) and "ashamed" not in alarmed


def _planned(clause: Clause) -> bool:
    return clause.future or bool(clause.modals)


RULE = Rule(
    id="overlong-drama.self-focus",
    name="Tells your own suffering",
    category=Category.OVERLONG_DRAMA,
    severity=Severity.MODERATE,
    points=5,
    message="Cut your own distress and say what it meant for them.",
    why="An apology about the sender's pain asks the harmed to console; victim-focused apologies are received better.",
    reference="Berndsen et al. 2015, Group Processes & Intergroup Relations 18(5):726-739.",
    confidence=0.4,
    find=clauses(_suffers),
    bad=(
        "I'm sorry I forgot your birthday. [[I can't stop crying]].",
        "We are sorry. [[I have cried all week over this]].",
        "I apologise for the leak. [[I have not slept for three nights]].",
    ),
    good=(
        "I am sorry. You did not sleep for three nights because of our alarm.",
        "I am ashamed of how long your letters lay unanswered, and I am sorry.",
    ),
)
