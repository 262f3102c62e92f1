"""Hits: flaws in the words of a draft as grammar sees them, as the trained reader sees them, and as both do.

The rules over the grammar name a flaw and bound its words; the trained reader says how likely words carry a flaw of a
family. Where the reader takes part, a rule's mark stands only if both together make it likely, and a stretch that the
reader alone is sure of is told under the rule of its likeliest subtype.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apology_rules.catalogue import RULES
from apology_rules.draft import Options, Sensitivity
from apology_rules.reader import Notes
from apology_rules.reading import Mark, Reading
from apology_rules.reading.layout import Role
from apology_rules.reading.odds import log_odds, probability
from apology_rules.review import FindingSource
from apology_rules.rule import Rule

_READER, _RULE, _BIAS = 0.8, 0.75, 1.55
"""Weights of both log odds in the confidence of a rule's mark, by logistic regression on labelled drafts."""

_LEAST: Mapping[Sensitivity, float] = {Sensitivity.QUIET: 0.6, Sensitivity.BALANCED: 0.3, Sensitivity.THOROUGH: 0.15}
"""The confidence from which on a mark is told."""

_READER_ALONE: Mapping[Sensitivity, float] = {
    Sensitivity.QUIET: 0.6,
    Sensitivity.BALANCED: 0.0,
    Sensitivity.THOROUGH: 0.0,
}
"""The least probability of a stretch that only the reader sees, beyond the reader's own cuts."""

_FAMILIES = ("blame_shifting", "insincere_hedging", "overlong_drama", "minimising", "premature_selling")
"""Families of flaws in words, as the trained reader labels them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule's mark, how sure we are of it, and who saw it."""

    rule: Rule
    mark: Mark
    confidence: float
    sources: tuple[FindingSource, ...]


def hits(reading: Reading, options: Options) -> Iterator[Hit]:
    """Every flaw of the draft under the rules that are not disabled."""
    seen = list(_by_grammar(reading, options))
    yield from seen
    if reading.notes is not None:
        for hit in _by_reader(reading, reading.notes, options):
            if not any(_overlap(hit.mark, other.mark) and _family(hit.rule) == _family(other.rule) for other in seen):
                yield hit


def _by_grammar(reading: Reading, options: Options) -> Iterator[Hit]:
    for rule in RULES:
        if rule.id in options.disabled_rules:
            continue
        for mark in rule.find(reading, **options.rule_parameters.get(rule.id, {})):
            hit = _weighed(rule, mark, reading.notes)
            if hit.confidence >= _LEAST[options.sensitivity]:
                yield hit


def _weighed(rule: Rule, mark: Mark, notes: Notes | None) -> Hit:
    if notes is None or mark.begin is None or mark.end is None or _family(rule) not in _FAMILIES:
        return Hit(rule=rule, mark=mark, confidence=rule.confidence, sources=(FindingSource.GRAMMAR,))
    noted = notes.probability(_family(rule), mark.begin, mark.end)
    confidence = probability(_READER * log_odds(noted) + _RULE * log_odds(rule.confidence) + _BIAS)
    both = (
        (FindingSource.GRAMMAR, FindingSource.READER)
        if noted >= notes.cuts[_family(rule)][0]
        else (FindingSource.GRAMMAR,)
    )
    return Hit(rule=rule, mark=mark, confidence=confidence, sources=both)


def _by_reader(reading: Reading, notes: Notes, options: Options) -> Iterator[Hit]:
    for family in _FAMILIES:
        rules = [rule for rule in RULES if _family(rule) == family]
        for begin, end, likely in notes.spans(family):
            rule = max(rules, key=lambda r: notes.probability(r.label, begin, end))
            mark = reading.mark_words(begin, end)
            if (
                rule.id in options.disabled_rules
                or likely < _READER_ALONE[options.sensitivity]
                or not _spoken(reading, mark)
            ):
                continue
            yield Hit(rule=rule, mark=mark, confidence=likely, sources=(FindingSource.READER,))


def _spoken(reading: Reading, mark: Mark) -> bool:
    """Whether the words are the sender's own prose, and not a greeting or a signature."""
    role = reading.role_at(mark.begin or 0)
    return role in {Role.BODY, Role.FOOTER, Role.SUBJECT}


def _family(rule: Rule) -> str:
    return rule.label.split(".")[0]


def _overlap(a: Mark, b: Mark) -> bool:
    if a.begin is None or a.end is None or b.begin is None or b.end is None:
        return False
    return a.begin < b.end and b.begin < a.end
