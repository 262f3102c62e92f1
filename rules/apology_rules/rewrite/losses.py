"""What a mend takes from the draft: the mirror of the fact guard, which sees what a mend adds.

It orders the ways to mend a flaw, so that one that takes a date, a name, a cause, a remedy, a promise or the telling of
what went wrong is tried only when none that keeps them holds.
"""

import re
from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent
from apology_rules.review import Category, Finding, FindingSource
from apology_rules.rewrite.case import Case
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.flaws import FLAWS, NEEDLESS, Flaw
from apology_rules.rewrite.words import OWN_PART, PLACEHOLDER

_TOLD = ("explanation", "remedy", "prevention", "contact", "empathy", "responsibility")
_LIKELY = 0.5
_SURE, _SURE_ALONE = 0.45, 0.5
"""From which confidence a finding is taken for one: with the parse behind it, and by the trained reader alone."""

_CERTAIN, _CERTAIN_ALONE = 0.6, 0.7
"""From which confidence it is a flaw whatever it says, likewise."""

_COMPANY = 3
"""What stands beside words that surely go is mostly more of them, and weighs so many times less."""

_FACT = 4
"""What one fact weighs against plain words."""

_STATEMENT = 4
"""What the verb of a clause weighs that stands beside the flawed words."""

FREE = 3
"""A mend that loses no more than this loses no fact."""

_BEARABLE = {Category.OVERLONG_DRAMA: 30, Category.PREMATURE_SELLING: 30, Category.MINIMISING: 20}
_BEARABLE_OF_OTHERS = 12
"""A mend that loses more than this is not offered. Displays of feeling and offers seldom tell anything."""

_PLAIN = 2
"""So many plain words of the flaw weigh nothing."""

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_STEM = 4
_CONTENT = frozenset({"NOUN", "VERB", "PROPN", "NUM", "ADJ"})
_TIMES = frozenset(
    "today tonight tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday january february march april "
    "june july august september october november december noon midnight morning afternoon evening week weekend".split()
)


def loss(case: Case, edits: Sequence[Edit]) -> int:
    """How much the edits take of what the draft tells; 0 for nothing that anybody would miss.

    Flawed words that are to go whatever they say weigh nothing, where it is sure that they are flawed, save what they tell
    of the failure, its cause and its cure.
    """
    gone = list(_gone(case, edits))
    if not gone:
        return 0
    places = {t.i for t in gone}
    within = ((case.begin, case.end), *case.flawed)
    others = [place for place in case.doomed if place != (case.begin, case.end)]
    away = (*within, *others) if sent_away(case) else tuple(others)
    empty = (*away, *within) if _blames(case) or _hedges(case) else away
    nameless = (*away, *within) if _hedges(case) else away
    told = (t for t in gone if (not _in(t, nameless) or _counts(case, t)) and _names_a_fact(t))
    facts = sum(not case.reading.says_outside(t.lower_, places) for t in told)
    if _hedges(case) and not _names_again(case, edits):
        named = {t.lemma_.lower() for t in gone if _in(t, within) and _names_something(t)}
        facts += sum(not case.reading.says_lemma_outside(lemma, places) for lemma in named)
    words = sum(t.pos_ in _CONTENT for t in gone if _in(t, within) and not _in(t, empty))
    free = (*within, *others, *_conditions(case))
    heads = _heads(case)
    beside = sum(_STATEMENT if t.i in heads else 1 for t in gone if t.pos_ in _CONTENT and not _in(t, free))
    if not _sure(case):  # it may be no flaw at all
        words += sum(_STATEMENT for t in gone if t.i in heads and _in(t, within))
    asked = any(gap in e.new for e in edits for gap in _ASKED)
    if _certain(case):
        beside //= _COMPANY
        facts = 0 if case.finding.category is Category.OVERLONG_DRAMA else facts
    return _FACT * (facts + _told(case, places, asked=asked)) + max(0, words - _PLAIN) + beside


def bearable(finding: Finding) -> int:
    """How much a mend of the finding may lose."""
    if FLAWS[finding.rule_id] is Flaw.HALF:
        return FREE  # what half an apology names is mostly all that says what it is for
    if finding.category is Category.MINIMISING and finding.confidence < _SURE:
        return _BEARABLE_OF_OTHERS  # it may be no flaw, but news
    if finding.category is Category.BLAME_SHIFTING and finding.confidence < _SURE:
        return FREE + _FACT  # likewise
    return _BEARABLE.get(finding.category, _BEARABLE_OF_OTHERS)


def askable(finding: Finding, new: str) -> int:
    """How much words may lose for `new` ones that ask the writer for something: nobody is asked for what the draft told."""
    flaw = FLAWS[finding.rule_id]
    if flaw is Flaw.HALF or (flaw is Flaw.CAUSE and OWN_PART in new):
        return FREE + _FACT
    return bearable(finding) if flaw in NEEDLESS else FREE


_ASKED = ("[the cause]", OWN_PART)
"""Where the cause is asked for anew, the one that went was an excuse."""


def _heads(case: Case) -> frozenset[int]:
    return frozenset(c.root.i for c in case.reading.body_clauses)


def _counts(case: Case, token: Token) -> bool:
    """Whether it is a number in words that play something down: it tells how much it was."""
    number = any(c.isdigit() for c in token.text) or (token.like_num and token.lower_ != "one")
    return case.finding.category is Category.MINIMISING and number


def _conditions(case: Case) -> Iterator[tuple[int, int]]:
    """What else makes half an apology, beside the words: its condition, a sigh, its own verb."""
    if case.flaw in {Flaw.HALF, Flaw.REPETITION}:
        for apology in case.reading.real_apologies:
            yield apology.head.idx, apology.head.idx + len(apology.head)
        for first, end in case.reading.ranges("grudging"):
            yield case.reading.doc[first].idx, case.reading.doc[end - 1].idx + 1
        for clause in case.reading.body_clauses:
            if clause.conditional and clause.own:
                last = case.reading.doc[clause.last - 1]
                yield case.reading.doc[clause.first].idx, last.idx + len(last)


def _names_something(token: Token) -> bool:
    """Whether it is the name of a thing, a person or a number, and none that any half apology could be about."""
    named = token.pos_ in {"NOUN", "PROPN", "NUM"} and token.tag_ not in {"WP", "WP$"} and token.is_alpha
    return named and not {token.lemma_.lower(), token.lower_} & _ANYTHING


_THEM = frozenset(
    "customer customers user users staff residents individuals people members pupils parents patients guests anyone anybody "
    "nobody who those participants passengers tenants buyers recipients".split()
)

_ANYTHING = (
    lexicon.VAGUE_OBJECTS
    | lexicon.FEELING_NOUNS
    | _THEM
    | frozenset(
        "anything apologies apology bit distress extent harm hurt kind negativity one pain part person regret remorse "
        "news shade sort tad touch way".split()
    )
)


def _names_again(case: Case, edits: Sequence[Edit]) -> bool:
    """Whether new words say again what the old ones name: "for my joke" in the place of "if my joke crossed a line"."""
    said = {w.lower()[:_STEM] for e in edits for w in _WORD.findall(PLACEHOLDER.sub(" ", e.new))}
    words = (t for e in edits for t in _words(case, e.begin, e.end))
    return any(_names_something(t) and t.lower_[:_STEM] in said for t in words)


def _in(token: Token, places: Sequence[tuple[int, int]]) -> bool:
    return any(begin <= token.idx < end for begin, end in places)


def _blames(case: Case) -> bool:
    """Whether the words surely blame somebody or something, and may go where they tell no fact."""
    finding = case.finding
    tells = case.flaw is Flaw.NOBODY and case.informs
    return finding.category is Category.BLAME_SHIFTING and not tells and _sure(case)


def sent_away(case: Case) -> bool:
    """Whether the flawed words are surely such as have no place in an apology, whatever they say."""
    if case.flaw is Flaw.CHARGE:
        charged = any(t.lower_ in lexicon.SECOND_PRONOUNS | _THEM or t.tag_ == "VB" for t in case.tokens)
        told_so = any(t.lower_ in _TELLING_OFF or t.dep_ == "neg" for t in case.tokens)
        seen = FindingSource.GRAMMAR in case.finding.sources or case.finding.confidence >= _CLEAR
        return _sure(case) and charged and (told_so or seen)
    return (case.flaw in NEEDLESS or case.flaw is Flaw.PLEA) and _sure(case)


def unsure(case: Case) -> bool:
    """Whether words that would go may be no flaw, so that the least should go first."""
    return sent_away(case) and not _certain(case)


def _certain(case: Case) -> bool:
    both = FindingSource.GRAMMAR in case.finding.sources and FindingSource.READER in case.finding.sources
    return sent_away(case) and case.finding.confidence >= (_CERTAIN if both else _CERTAIN_ALONE)


def _hedges(case: Case) -> bool:
    """Whether the words surely are half an apology, which tells nothing but that."""
    return case.flaw is Flaw.HALF and _sure(case)


def _sure(case: Case) -> bool:
    least = _SURE if FindingSource.GRAMMAR in case.finding.sources else _SURE_ALONE
    return case.finding.confidence >= least


_CLEAR = 0.8
_TELLING_OFF = frozenset(
    "should must need best better if please own remind reminded advise advised could why who ask asked".split()
)


def _gone(case: Case, edits: Sequence[Edit]) -> Iterator[Token]:
    """The tokens that the edits take out and do not say again."""
    said = {w.lower()[:_STEM] for e in edits for w in _WORD.findall(PLACEHOLDER.sub(" ", e.new))}
    for edit in edits:
        for token in _words(case, edit.begin, edit.end):
            if token.lower_[:_STEM] not in said:
                yield token


def _words(case: Case, begin: int, end: int) -> list[Token]:
    span = case.reading.doc.char_span(begin, end, alignment_mode="contract") if begin < end else None
    return [t for t in span if not t.is_space and not t.is_punct] if span is not None else []


def _names_a_fact(token: Token) -> bool:
    digit = any(c.isdigit() for c in token.text) or (token.like_num and token.lower_ != "one")
    name = token.pos_ == "PROPN" and token.text[:1].isupper()
    return digit or name or token.lower_ in _TIMES


def _told(case: Case, places: set[int], *, asked: bool) -> int:
    """How often the words that go tell the failure, its cause, its cure, or promise something."""
    roots = [c for c in case.reading.body_clauses if c.root.i in places]
    told = [c for c in roots if c.root.idx in case.failures and not c.conditional]
    if case.flaw is Flaw.CHARGE:
        told = [c for c in told if c.doer is not Agent.SECOND]  # that is the charge itself
    elif case.finding.category is Category.MINIMISING:
        told = [c for c in told if c.past or c.root.idx < case.begin or c.root.idx >= case.end]
    elif _certain(case):
        told = [c for c in told if not case.begin <= c.root.idx < case.end]
    failures = {c.root.idx for c in told}
    done = [c for c in roots if c.doer is not Agent.SECOND and c.actual and not c.negated] if _blames(case) else []
    done = [c for c in done if c not in told]
    spans = [(begin, end) for begin, end in case.promised if _within(case, begin, end, places)]
    flaw_itself = {"explanation"} if asked or _certain(case) else set()
    flaw_itself |= {"remedy"} if case.finding.category is Category.PREMATURE_SELLING and _certain(case) else set()
    flaw_itself |= {"responsibility", "empathy"} if _hedges(case) else set()
    kinds = [kind for kind in _TOLD if kind not in flaw_itself]
    return len(failures) + len(spans) + len(done) + sum(_component(case, places, kind) for kind in kinds)


def _component(case: Case, places: set[int], kind: str) -> bool:
    """Whether the words that go are, by the trained reader or by grammar, such as show the component."""
    shown = any(known.value == kind and _within(case, begin, end, places) for known, begin, end in case.evidence)
    notes = case.reading.notes
    if shown or notes is None:
        return shown
    for clause in case.reading.body_clauses:
        if clause.root.i in places:
            own = [t for t in clause.own if t.i in places]
            begin, end = own[0].idx if own else 0, own[-1].idx + len(own[-1]) if own else 0
            if own and notes.probability(f"{kind}.present", begin, end) >= _LIKELY:
                return True
    return False


def _within(case: Case, begin: int, end: int, places: set[int]) -> bool:
    """Whether most words of `[begin, end)` go."""
    words = _words(case, begin, end)
    return bool(words) and sum(t.i in places for t in words) * 2 >= len(words)
