"""How an opinion of a language model moves the flaws that stand: it adds and doubts, and takes nothing away."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from apology_rules.catalogue import RULES
from apology_rules.hits import COMPONENTS, LEAST, Hit
from apology_rules.opinion import Opinion
from apology_rules.options import Options
from apology_rules.precedence import same_words
from apology_rules.reading import Mark, Reading
from apology_rules.reading.layout import Role
from apology_rules.review import Category, ComponentState, FindingSource
from apology_rules.spans import DraftSpans

CERTAIN = 0.6
"""The confidence from which on a flaw is certain, so that a language model's doubt does not count."""

_DOUBT = 0.75
"""What is left of the confidence in a borderline flaw that the model doubts."""

_ALONE = 0.5
"""The confidence in a flaw that the model alone sees. Nobody has measured the model that an operator chose."""

_MOST = 8
"""At most this many flaws that nobody else sees."""

_FEWEST_WORDS, _MOST_WORDS = 2, 60
_OWN = frozenset({Role.SUBJECT, Role.BODY, Role.FOOTER})
_IN_WORDS = {rule.id: rule for rule in RULES if rule.category not in {*COMPONENTS, Category.PLACEHOLDER_LEFT}}
_ORDER = {rule.id: place for place, rule in enumerate(RULES)}


def weighed(
    standing: Sequence[Hit], opinion: Opinion, reading: Reading, spans: DraftSpans, options: Options
) -> list[Hit]:
    """Every hit that stands, with the model's word on it, and the flaws that the model adds, in the order of the draft."""
    told = [*_words_on(standing, opinion, spans)]
    for hit in _seen(opinion, reading, spans, options):
        same = next((place for place, other in enumerate(told) if same_words(hit, other)), None)
        if same is None:
            told.append(hit)
        elif told[same].rule.category is hit.rule.category:
            told[same] = _agreed(told[same])
    first = [h for h in told if h.sources != (FindingSource.MODEL,)]
    alone = [h for h in told if h.sources == (FindingSource.MODEL,)][:_MOST]
    return sorted(
        [*first, *alone], key=lambda h: (h.mark.begin is None, h.mark.begin or 0, h.mark.end or 0, _ORDER[h.rule.id])
    )


def _words_on(standing: Sequence[Hit], opinion: Opinion, spans: DraftSpans) -> Iterator[Hit]:
    disputed = {(f.rule_id, f.span) for place, f in enumerate(opinion.first.findings) if place in opinion.disputed}
    for hit in standing:
        kind = COMPONENTS.get(hit.rule.category)
        state = opinion.components.get(kind) if kind is not None else None
        doubted = (hit.rule.id, spans.span(hit.mark)) in disputed or state is ComponentState.PRESENT
        if doubted and round(hit.confidence, 2) < CERTAIN:
            yield replace(hit, confidence=hit.confidence * _DOUBT)
        else:
            yield _agreed(hit) if state in {ComponentState.ABSENT, ComponentState.WEAK} else hit


def _agreed(hit: Hit) -> Hit:
    """The model saw it as well. That makes it no surer: its word was asked for with the flaw in front of it."""
    return replace(hit, sources=tuple(dict.fromkeys((*hit.sources, FindingSource.MODEL))))


def _seen(opinion: Opinion, reading: Reading, spans: DraftSpans, options: Options) -> Iterator[Hit]:
    for flaw in opinion.flaws if LEAST[options.sensitivity] <= _ALONE else ():
        rule = _IN_WORDS.get(flaw.rule_id)
        if rule is None or rule.id in options.disabled_rules:
            continue
        if rule.category is Category.PREMATURE_SELLING and not reading.public:
            continue  # friends and colleagues sell nothing
        mark = spans.mark(flaw.span, reading)
        if mark is not None and _quotable(mark, reading):
            yield Hit(rule=rule, mark=mark, confidence=_ALONE, sources=(FindingSource.MODEL,))


def _quotable(mark: Mark, reading: Reading) -> bool:
    """Whether these are some of the sender's own words, and not half of the draft."""
    begin, end = mark.begin or 0, mark.end or 0
    words = reading.text[begin:end].split()
    roles = {reading.role_at(begin), *(line.role for line in reading.lines if begin < line.begin < end)}
    return _FEWEST_WORDS <= len(words) <= _MOST_WORDS and roles <= _OWN
