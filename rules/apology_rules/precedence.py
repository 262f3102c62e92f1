"""Which finding stands where several point at the same words.

The same words carry one label of each family (codebook, ground rule 8). Within a family the catalogue's order decides:
blame goes before hedging, except that an agentless failure and a defence of intent yield to a hedge over the same verb.
"""

from collections.abc import Iterable

from apology_rules.catalogue import RULES
from apology_rules.hits import Hit
from apology_rules.review import Category

_FAMILIES = {
    Category.BLAME_SHIFTING: 0,
    Category.INSINCERE_HEDGING: 0,
    Category.MINIMISING: 1,
    Category.PREMATURE_SELLING: 1,
    Category.OVERLONG_DRAMA: 2,
}
_ORDER = {rule.id: place for place, rule in enumerate(RULES)}


def settle(hits: Iterable[Hit]) -> list[Hit]:
    """The hits that stand: those with words in the order of the draft, then those of the whole draft."""
    standing: list[Hit] = []
    for hit in sorted(hits, key=lambda h: _ORDER[h.rule.id]):
        if not any(_same_words(hit, other) for other in standing):
            standing.append(hit)
    return sorted(standing, key=lambda h: (h.mark.begin is None, h.mark.begin or 0, h.mark.end or 0, _ORDER[h.rule.id]))


def _same_words(hit: Hit, other: Hit) -> bool:
    family = _FAMILIES.get(hit.rule.category) if hit.rule.category else None
    if family is None or other.rule.category is None or family != _FAMILIES.get(other.rule.category):
        return False
    a, b = hit.mark, other.mark
    if a.begin is None or a.end is None or b.begin is None or b.end is None:
        return False
    return a.begin < b.end and b.begin < a.end
