"""The apology is given against the sender's will, or taken back by a joke."""

from collections.abc import Iterator

from apology_rules.reading import Mark, Reading, Sentence
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity

_SIGHS = frozenset({"fine", "ok", "okay", "alright", "whatever", "ugh"})
_RETORT_WORDS = 6


def _find(reading: Reading) -> Iterator[Mark]:
    for sentence in reading.body:
        if not _unwilling(reading, sentence):
            continue
        if reading.apology_in(sentence.number) or _retorts(reading, sentence):
            yield reading.mark_sentence(sentence.number)


def _unwilling(reading: Reading, sentence: Sentence) -> bool:
    words = [t.lower_ for t in reading.doc[sentence.first : sentence.last] if not t.is_space]
    sighs = len(words) > 2 and words[0] in _SIGHS and words[1] in {",", ".", "i", "so"}
    return sighs or reading.sentence_has("grudging", sentence.number)


def _retorts(reading: Reading, sentence: Sentence) -> bool:
    """A short sentence right after the apology that cancels it ("Happy now?")."""
    return (
        sentence.last - sentence.first <= _RETORT_WORDS
        and sentence.number > 0
        and reading.apology_in(sentence.number - 1)
    )


RULE = Rule(
    id="insincere-hedging.grudging",
    name="Apologises against your will",
    category=Category.INSINCERE_HEDGING,
    severity=Severity.MAJOR,
    points=7,
    message="Leave out that it is unwilling; if you cannot mean it yet, wait.",
    why="An apology that is plainly coerced is forgiven less often than no apology at all.",
    reference="Risen & Gilovich 2007, JPSP 92(3):418-433: onlookers rate coerced apologies lowest.",
    confidence=0.6,
    find=_find,
    bad=(
        "[[Fine, I'm sorry, I suppose]].",
        "[[If it makes you happy, I apologise]].",
    ),
    good=(
        "I'm sorry. I suppose you were already asleep when I rang, and that was my fault too.",
        "The room was fine, but we gave you the wrong key. We are sorry.",
    ),
)
