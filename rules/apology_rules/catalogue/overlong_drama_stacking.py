"""Three or more intensifiers or emotion words in one clause, or words and exclamation marks tripled."""

import re
from collections.abc import Iterator

from apology_rules.draft import Channel
from apology_rules.reading import Mark, Reading, lexicon
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.review import Category
from apology_rules.rule import Parameter, Rule
from apology_rules.severity import Severity

_FEELINGS = lexicon.ALARM_WORDS | {
    "sorry",
    "sad",
    "embarrassed",
    "disgusted",
    "guilty",
    "ashamed",
    "awful",
    "terrible",
    "dreadful",
}
_SHOUT = re.compile(r"!{3,}")
_GRAVE = 4


def _find(reading: Reading, *, words: int = 3) -> Iterator[Mark]:
    least = 2 * words if reading.gravity >= _GRAVE else words
    reached = 0
    for clause in reading.body_clauses:
        if clause.last > reached and (_stacked(clause, least) or _shouted(reading, clause)):
            reached = clause.last
            yield reading.mark(clause)


def _stacked(clause: Clause, least: int) -> bool:
    intensifiers = [t.lower_ for t in clause.own if t.lower_ in lexicon.INTENSIFIERS and t.pos_ in {"ADV", "INTJ"}]
    feelings = [t.lower_ for t in clause.own if t.lower_ in _FEELINGS]
    if clause.doer is Agent.SECOND:
        return False  # strong words about their harm are empathy
    return len(intensifiers) >= least or len(feelings) >= least or len(intensifiers) + len(feelings) > least


def _shouted(reading: Reading, clause: Clause) -> bool:
    here = reading.sentences[clause.sentence]
    emotional = bool(clause.lemmas & {"sorry", "forgive", "apologise", "apologize", "please"})
    return (
        emotional and reading.channel is not Channel.CHAT and bool(_SHOUT.search(reading.text[here.begin : here.end]))
    )


RULE = Rule(
    id="overlong-drama.stacking",
    name="Piles up feelings",
    category=Category.OVERLONG_DRAMA,
    severity=Severity.MODERATE,
    points=4,
    message="Keep one of these words.",
    why="One intensifier helps; a pile of them weakens each.",
    reference="Georgiadou 2023, PRR 49(4):102356 found that intensification helps; the limit of three is judgement.",
    confidence=0.85,
    find=_find,
    parameters=(
        Parameter(
            name="words", description="words in one clause from which on it is a pile", default=3, minimum=2, maximum=20
        ),
    ),
    bad=(
        "[[We are ashamed, mortified and heartbroken]]. We apologise for the delay.",
        "[[I am so very, truly, deeply sorry that I forgot to call]].",
    ),
    good=(
        "I am truly sorry that I forgot to call.",
        "We are very sorry. You were frightened, humiliated and alone because we forgot you.",
    ),
)
