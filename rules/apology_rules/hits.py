"""Hits: flaws in the words of a draft as grammar sees them, as the trained reader sees them, and as both do.

The rules over the grammar name a flaw and bound its words; the trained reader says how likely words carry a flaw of a
family. Where the reader takes part, a rule's mark stands only if both together make it likely, and a stretch that the
reader alone is sure of is told under the rule of its likeliest subtype.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apology_rules.catalogue import RULES
from apology_rules.options import Options, Sensitivity
from apology_rules.reader import Notes
from apology_rules.reading import Mark, Reading
from apology_rules.reading.acts import Strength, could_have, holds_against, owns
from apology_rules.reading.clauses import Agent, Voice
from apology_rules.reading.failures import ranks
from apology_rules.reading.hedges import definite
from apology_rules.reading.layout import Role
from apology_rules.reading.odds import log_odds, probability
from apology_rules.review import Category, ComponentKind, FindingSource
from apology_rules.rule import Rule

_RULE, _READER, _SOUND, _BIAS = 0.57, 0.96, -0.2, 1.6
"""Weights of a rule's own log odds, of the reader's, and of the draft's soundness in the confidence of a rule's mark.

By logistic regression on labelled drafts that the reader was trained without, a quarter unit taken off: in drafts of
other writers fewer are confirmed. A draft is sound that has what an apology needs (`_soundness`): flaws are rare there.
"""

_READER_ALONE, _SOUND_ALONE, _BIAS_ALONE = 0.94, -0.14, 0.3
"""The same for a stretch that only the reader sees."""

_LACKS, _BIAS_LACKS = 0.82, -0.2
"""The same for the reader's doubt that a component is there in full: alone it is a little too sure."""

_VETO = 0.05
"""The least probability by which the reader speaks against a mark: a sure construction outweighs it."""

_OWNED_BESIDE = -1.2
"""Log odds by which ownership beside it speaks against blame: with it, what others did is an explanation.

So does the codebook define it. Of the findings with ownership in the same sentence or one next to it a third was confirmed,
of the others two thirds. Blame on the recipient or on one person stays blame.
"""

_TAKEN_BACK = -4.0
"""The same where this or one of the next two sentences says in so many words whose fault it is: by the codebook, no blame."""

_DEFINITE = -1.5
"""Log odds by which it speaks against half an apology that it is for a definite thing: few such are held for one."""

_NO_CHARGE = -2.0
"""The same against a charge in what could have befallen the recipient, or been theirs."""

_STAYS_BLAME = frozenset({"blame_shifting.victim", "blame_shifting.scapegoat"})

LEAST: Mapping[Sensitivity, float] = {Sensitivity.QUIET: 0.53, Sensitivity.BALANCED: 0.3, Sensitivity.THOROUGH: 0.16}
"""The confidence from which on a flaw is told."""

_HEAD_START = 3.0
"""Log odds by which another subtype must be likelier before a mark is told under its rule."""

COMPONENTS: Mapping[Category | None, ComponentKind] = {
    Category.MISSING_RESPONSIBILITY: ComponentKind.RESPONSIBILITY,
    Category.MISSING_REGRET: ComponentKind.REGRET,
    Category.MISSING_EXPLANATION: ComponentKind.EXPLANATION,
    Category.ABSENT_REMEDY: ComponentKind.REMEDY,
    Category.MISSING_EMPATHY: ComponentKind.EMPATHY,
    Category.MISSING_PREVENTION: ComponentKind.PREVENTION,
    Category.MISSING_CONTACT: ComponentKind.CONTACT,
}
"""The component whose lack each category of whole-draft flaws tells."""

_FEWEST_WORDS = 3
_TOLD_APART = frozenset({"blame_shifting", "minimising"})
_CARRIES = 0.4
"""The least probability by which a clause carries a flaw of its own."""

_OF_SENTENCES = frozenset({"blame_shifting", "insincere_hedging"})
"""Families of flaws that no heading has: it blames nobody and apologises for nothing. A sigh may stand in a line alone."""

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl"})
_PROSE = frozenset({Role.SUBJECT, Role.BODY, Role.FOOTER})

_LEAN = 1.5
_BLAMED: Mapping[Agent, tuple[str, ...]] = {
    Agent.SECOND: ("blame_shifting.victim",),
    Agent.OTHER: ("blame_shifting.third_party", "blame_shifting.scapegoat"),
    Agent.THING: ("blame_shifting.circumstance", "blame_shifting.agent_omission"),
    Agent.NOBODY: ("blame_shifting.agent_omission", "blame_shifting.circumstance"),
}
"""The subtypes of blame that the doer of a clause speaks for, by log odds of `_LEAN`."""

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
            if not any(hit.mark.overlaps(other.mark) and _family(hit.rule) == _family(other.rule) for other in seen):
                yield hit


def _by_grammar(reading: Reading, options: Options) -> Iterator[Hit]:
    for rule in RULES:
        if rule.id in options.disabled_rules:
            continue
        for mark in rule.find(reading, **options.rule_parameters.get(rule.id, {})):
            hit = _missing(rule, mark, reading) if rule.category in COMPONENTS else _weighed(rule, mark, reading)
            if rule.category in COMPONENTS or hit.confidence >= LEAST[options.sensitivity]:
                yield hit


def _missing(rule: Rule, mark: Mark, reading: Reading) -> Hit:
    """What the whole draft lacks; the reader is as sure of it as it doubts that the component is there in full."""
    kind = COMPONENTS[rule.category]
    if reading.notes is None:
        return Hit(rule=rule, mark=mark, confidence=rule.confidence, sources=(FindingSource.GRAMMAR,))
    _, _, present = reading.notes.components[kind.value]
    by_grammar = reading.components[kind].by_grammar is not Strength.FULL
    sources = (FindingSource.GRAMMAR, FindingSource.READER) if by_grammar else (FindingSource.READER,)
    odds = _LACKS * log_odds(1 - present) + _BIAS_LACKS
    return Hit(rule=rule, mark=mark, confidence=probability(odds), sources=sources)


def _weighed(rule: Rule, mark: Mark, reading: Reading) -> Hit:
    notes = reading.notes
    prior = rule.confidence if mark.confidence is None else mark.confidence
    if notes is None or mark.begin is None or mark.end is None or _family(rule) not in _FAMILIES:
        return Hit(rule=rule, mark=mark, confidence=prior, sources=(FindingSource.GRAMMAR,))
    noted = notes.probability(_family(rule), mark.begin, mark.end)
    if not noted:  # words that only repeat are not shown to the reader
        return Hit(rule=rule, mark=mark, confidence=prior, sources=(FindingSource.GRAMMAR,))
    odds = _RULE * log_odds(prior) + _READER * log_odds(max(_VETO, noted)) + _SOUND * _soundness(notes) + _BIAS
    odds += _owned_beside(rule, mark, reading)
    both = (
        (FindingSource.GRAMMAR, FindingSource.READER)
        if noted >= notes.cuts[_family(rule)][0]
        else (FindingSource.GRAMMAR,)
    )
    return Hit(rule=rule, mark=mark, confidence=probability(odds), sources=both)


def _by_reader(reading: Reading, notes: Notes, options: Options) -> Iterator[Hit]:
    for family in _FAMILIES:
        if family == "premature_selling" and not reading.public:
            continue  # friends and colleagues sell nothing
        rules = [rule for rule in RULES if _family(rule) == family]
        for begin, end, _ in notes.spans(family):
            stretches = (_by_act(reading, notes, rules, mark) for mark in _by_sentence(reading, begin, end))
            for mark in itertools.chain.from_iterable(stretches):
                if family in _OF_SENTENCES and in_heading(reading, mark):
                    continue
                if family == "blame_shifting" and _named_as_doers(reading, mark):
                    continue
                rule = _likeliest(rules, notes, mark, _suggested(reading, mark))
                if rule.label in _SIZES and _ranks_failure(reading, mark):
                    continue
                noted = notes.probability(family, mark.begin or 0, mark.end or 0)
                odds = _READER_ALONE * log_odds(noted) + _SOUND_ALONE * _soundness(notes) + _BIAS_ALONE
                odds += (
                    _owned_beside(rule, mark, reading) + _in_full(rule, mark, reading) + _befell(rule, mark, reading)
                )
                if rule.id not in options.disabled_rules and probability(odds) >= LEAST[options.sensitivity]:
                    yield Hit(rule=rule, mark=mark, confidence=probability(odds), sources=(FindingSource.READER,))


def _owned_beside(rule: Rule, mark: Mark, reading: Reading) -> float:
    """How much it speaks against a flaw that the sender owns in the same breath what is put on others or on nobody."""
    if _family(rule) != "blame_shifting" or rule.label in _STAYS_BLAME:
        return 0.0
    begin = mark.begin or 0
    here = [sentence.number for sentence in reading.sentences if sentence.begin <= begin < sentence.end]
    if any({number, number + 1, number + 2} & reading.blamed_on_self for number in here):
        return _TAKEN_BACK
    owned = any(abs(number - other) <= 1 for number in here for other in reading.owned_sentences)
    return _OWNED_BESIDE if owned else 0.0


def _in_full(rule: Rule, mark: Mark, reading: Reading) -> float:
    """How much it speaks against half an apology that it is for something definite and leaves nothing open."""
    if _family(rule) != "insincere_hedging" or rule.label == "insincere_hedging.doubt":
        return 0.0
    begin, end = mark.begin or 0, mark.end or 0
    heads = [a for a in reading.real_apologies if begin <= a.head.idx < end]
    return _DEFINITE if heads and all(definite(reading, a) for a in heads) else 0.0


def _ranks_failure(reading: Reading, mark: Mark) -> bool:
    """Whether the words say how bad the failure is beside others: by the codebook, a superlative that is a fact is no drama."""
    begin, end = mark.begin or 0, mark.end or 0
    return any(ranks(c) for c in reading.body_clauses if begin <= c.root.idx < end)


_SIZES = frozenset({"overlong_drama.hyperbole", "minimising.bolster"})


def _befell(rule: Rule, mark: Mark, reading: Reading) -> float:
    """How much it speaks against a charge that the words tell what could have been theirs: "you could have lost your arm"."""
    inside = [c for c in reading.body_clauses if (mark.begin or 0) <= c.root.idx < (mark.end or 0)]
    told = any(could_have(c) for c in inside) and not any(holds_against(reading, c) for c in inside)
    return _NO_CHARGE if rule.label == "blame_shifting.victim" and told else 0.0


def _named_as_doers(reading: Reading, mark: Mark) -> bool:
    """Whether the words name the sender as the doer of the failure, if last: "your order was lost by us"."""
    begin, end = mark.begin or 0, mark.end or 0
    inside = [c for c in reading.body_clauses if begin <= c.root.idx < end]
    return any(c.voice is Voice.PASSIVE and owns(reading, c) is Strength.FULL for c in inside)


def in_heading(reading: Reading, mark: Mark) -> bool:
    """Whether the words stand in a heading: it says what the text is about."""
    place = mark.begin or 0
    sentence = next((s for s in reading.sentences if s.begin <= place < s.end), None)
    return sentence is not None and sentence.number in reading.headings


def _soundness(notes: Notes) -> float:
    """How many of the seven components the reader expects to be there in full."""
    return sum(present for _, _, present in notes.components.values())


def _by_sentence(reading: Reading, begin: int, end: int) -> Iterator[Mark]:
    """The words of a stretch, sentence by sentence, widened or narrowed to the clause that fits them best.

    A scrap of a sentence, and what is not the sender's own prose, falls away.
    """
    for sentence in reading.sentences:
        first, last = max(begin, sentence.begin), min(end, sentence.end)
        if sentence.role in _PROSE and (last - first) * 2 >= min(end - begin, sentence.end - sentence.begin):
            whole = reading.mark_words(first, last)
            fitting = [mark for c in reading.clauses_of(sentence.number) if _fits(mark := reading.mark(c), whole)]
            best = min(fitting, key=lambda mark: abs(_length(mark) - _length(whole)), default=whole)
            if len(reading.text[best.begin : best.end].split()) >= _FEWEST_WORDS:
                yield best


def _by_act(reading: Reading, notes: Notes, rules: Sequence[Rule], mark: Mark) -> Sequence[Mark]:
    """The words of a sentence, apart where joined clauses that could each stand alone are flaws of different kinds.

    By the codebook, adjacent clauses make one flaw only where they do the same; a display of feeling and an offer are one
    however long.
    """
    parts = _joined_clauses(reading, mark) if _family(rules[0]) in _TOLD_APART else (mark,)
    if len(parts) < 2 or any(len(reading.text[p.begin : p.end].split()) < _FEWEST_WORDS for p in parts):
        return (mark,)
    family = _family(rules[0])
    carry = all(notes.probability(family, p.begin or 0, p.end or 0) >= _CARRIES for p in parts)
    kinds = {_likeliest(rules, notes, p, _suggested(reading, p)).id for p in parts}
    return parts if carry and len(kinds) == len(parts) else (mark,)


def _joined_clauses(reading: Reading, mark: Mark) -> Sequence[Mark]:
    """The clauses of a mark that an "and" or a comma joins, each with a subject of its own."""
    begin, end = mark.begin or 0, mark.end or 0
    inside = [c for c in reading.body_clauses if begin <= c.root.idx < end]
    joined = [c for c in inside if c.dependency == "conj" and c.root.head.pos_ in {"VERB", "AUX"}]
    joined = [c for c in joined if begin <= c.root.head.idx and any(t.dep_ in _SUBJECTS for t in c.root.lefts)]
    marks = []
    for first in sorted(c.root.left_edge.i for c in joined):
        last = first
        while last and (reading.doc[last - 1].dep_ == "cc" or not reading.doc[last - 1].is_alpha):
            last -= 1
        close = reading.doc[last].idx
        if close <= begin:
            return (mark,)
        marks.append(reading.mark_words(begin, close))
        begin = reading.doc[first].idx
    return (*marks, reading.mark_words(begin, end))


def _fits(clause: Mark, words: Mark) -> bool:
    """Whether a clause covers most of the words and is not much longer."""
    if clause.begin is None or clause.end is None or words.begin is None or words.end is None:
        return False
    covered = min(clause.end, words.end) - max(clause.begin, words.begin)
    return covered >= 0.6 * _length(words) and _length(clause) <= 2.5 * _length(words)


def _length(mark: Mark) -> int:
    return (mark.end or 0) - (mark.begin or 0)


def _likeliest(rules: Sequence[Rule], notes: Notes, mark: Mark, head_starts: Mapping[str, float]) -> Rule:
    """The rule of the likeliest subtype; what grammar suggests has a head start in log odds."""

    def likely(rule: Rule) -> float:
        odds = log_odds(notes.probability(rule.label, mark.begin or 0, mark.end or 0))
        return odds + head_starts.get(rule.label, 0.0)

    return max(rules, key=likely)


def _suggested(reading: Reading, mark: Mark) -> Mapping[str, float]:
    """The subtypes of blame that go with whoever acts in these words."""
    begin, end = mark.begin or 0, mark.end or 0
    doers = {c.doer for c in reading.body_clauses if begin <= c.root.idx < end}
    return {label: _LEAN for doer in doers for label in _BLAMED.get(doer, ())}


def _family(rule: Rule) -> str:
    return rule.label.split(".")[0]
