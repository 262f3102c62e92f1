"""Which finding stands where several point at the same words.

The same words carry one label of each family (codebook, ground rule 8). Within a family the catalogue's order decides:
blame goes before hedging, except that an agentless failure and a defence of intent yield to a hedge over the same verb.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from apology_rules.catalogue import RULES
from apology_rules.hits import Hit
from apology_rules.reading.layout import BLANK_LINE
from apology_rules.review import Category

_FAMILIES = {
    Category.BLAME_SHIFTING: 0,
    Category.INSINCERE_HEDGING: 0,
    Category.MINIMISING: 1,
    Category.PREMATURE_SELLING: 1,
    Category.OVERLONG_DRAMA: 2,
}
_STRETCHES = frozenset({Category.OVERLONG_DRAMA, Category.PREMATURE_SELLING})
_WORD = re.compile(r"\w")
_ORDER = {rule.id: place for place, rule in enumerate(RULES)}


def settle(hits: Iterable[Hit], text: str) -> list[Hit]:
    """The hits that stand: those with words in the order of the draft, then those of the whole draft."""
    standing: list[Hit] = []
    of_family: dict[int, list[Hit]] = {}
    for hit in sorted(hits, key=lambda h: _ORDER[h.rule.id]):
        family = _family(hit)
        rivals = of_family.setdefault(family, []) if family is not None else []
        if not any(same_words(hit, other) for other in rivals):
            rivals.append(hit)
            standing.append(hit)
    ordered = sorted(
        standing, key=lambda h: (h.mark.begin is None, h.mark.begin or 0, h.mark.end or 0, _ORDER[h.rule.id])
    )
    return list(_joined(ordered, text))


def _joined(hits: Iterable[Hit], text: str) -> Iterator[Hit]:
    """Adjacent words that do the same make one finding (codebook, section 3); across paragraphs only what goes on and on."""
    last: Hit | None = None
    for hit in hits:
        if last is not None and _adjacent(last, hit, text):
            mark = replace(last.mark, end=max(last.mark.end or 0, hit.mark.end or 0))
            surer = max(last, hit, key=lambda h: h.confidence)
            last = replace(surer, mark=mark)
            continue
        if last is not None:
            yield last
        last = hit
    if last is not None:
        yield last


def _adjacent(hit: Hit, following: Hit, text: str) -> bool:
    alike = hit.rule is following.rule or hit.rule.category is following.rule.category is Category.OVERLONG_DRAMA
    if not alike or hit.mark.end is None or following.mark.begin is None:
        return False
    between = text[hit.mark.end : following.mark.begin]
    return not _WORD.search(between) and (hit.rule.category in _STRETCHES or not BLANK_LINE.search(between))


def _family(hit: Hit) -> int | None:
    return _FAMILIES.get(hit.rule.category) if hit.rule.category else None


def same_words(hit: Hit, other: Hit) -> bool:
    """Whether both are of one family and touch the same words."""
    family = _family(hit)
    if family is None or family != _family(other):
        return False
    a, b = hit.mark, other.mark
    if a.begin is None or a.end is None or b.begin is None or b.end is None:
        return False
    return a.begin < b.end and b.begin < a.end
