"""The third and later apology for the same wrong."""

from collections.abc import Iterator
from itertools import groupby

from apology_rules.reading import Mark, Reading
from apology_rules.reading.apologies import Apology, Force
from apology_rules.review import Category
from apology_rules.rule import Parameter, Rule
from apology_rules.severity import Severity


def _find(reading: Reading, *, apologies: int = 3) -> Iterator[Mark]:
    heads = [a for a in reading.real_apologies if a.force is Force.APOLOGY and reading.in_body(a.clause)]
    by_sentence = [(number, list(here)) for number, here in groupby(heads, key=lambda a: a.clause.sentence)]
    said: set[tuple[str, ...]] = set()
    for place, (number, here) in enumerate(by_sentence, start=1):
        words = _words(reading, number)
        if place >= apologies and (words in said or all(_says_nothing_new(a) for a in here)):
            yield reading.mark(here[0].clause)
        said.add(words)


def _words(reading: Reading, number: int) -> tuple[str, ...]:
    """The words of a sentence, to tell one that is there already."""
    sentence = reading.sentences[number]
    return tuple(t.lower_ for t in reading.doc[sentence.first : sentence.last] if t.is_alpha or t.like_num)


def _says_nothing_new(apology: Apology) -> bool:
    """A separate wrong gets its separate apology."""
    return apology.complement is None and (apology.object is None or apology.object.pos_ in {"PRON", "DET", "NOUN"})


RULE = Rule(
    id="overlong-drama.rehash",
    name="Apologises again for the same",
    category=Category.OVERLONG_DRAMA,
    severity=Severity.MODERATE,
    points=3,
    message="Apologise once, where it belongs, and use the space for what you will do.",
    why="Repeated apologies for one wrong lowered trust in the largest field experiment there is.",
    reference="Halperin et al. 2022, Economic Journal 132(641):273-298; the limit of three is judgement.",
    confidence=0.85,
    find=_find,
    parameters=(
        Parameter(
            name="apologies",
            description="the apology from which on it is a repetition",
            default=3,
            minimum=2,
            maximum=20,
        ),
    ),
    bad=(
        "I am sorry I missed the meeting. I apologise for the trouble. I forgot the time. [[I am so sorry]].",
        "I am sorry about the mug I broke. I am sorry about the mug I broke. [[I am sorry about the mug I broke]].",
    ),
    good=(
        "I am sorry I missed the meeting. I apologise for the trouble it made.",
        "I am sorry I lost the key. I am sorry I did not say so. I am sorry that you had to wait outside.",
    ),
)
