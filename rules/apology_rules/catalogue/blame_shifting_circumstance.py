"""Weather, demand, systems, policy or orders are made the cause, and nobody takes it back."""

from collections.abc import Iterator

from spacy.tokens import Token

from apology_rules.reading import Mark, Reading, lexicon
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.failures import fails
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity

_LEADS = frozenset("due owing because given thanks following amid amidst".split())


def _find(reading: Reading) -> Iterator[Mark]:
    reached = 0
    for clause in reading.body_clauses:
        if clause.first < reached or clause.conditional or clause.future or _owned_cause(reading, clause):
            continue
        mark = _adjunct(reading, clause) or _whole(reading, clause)
        if mark is not None:
            reached = clause.last
            yield mark


def _owned_cause(reading: Reading, clause: Clause) -> bool:
    """Whether the sender owns it here, next, or as the reason behind the circumstance."""
    reasons = (
        c
        for c in reading.clauses_of(clause.sentence)
        if c.dependency == "advcl" and c.mark in {"because", "since", "as", "after"}
    )
    return reading.owned_next(clause) or any(c.doer is Agent.FIRST for c in reasons)


def _adjunct(reading: Reading, clause: Clause) -> Mark | None:
    """ "due to the unprecedented volume": the adjunct alone is marked."""
    for token in clause.own:
        if token.lower_ in _LEADS and token.dep_ in {"prep", "pcomp", "amod", "advmod", "acomp", "prt"}:
            nouns = [t for t in token.subtree if t.dep_ == "pobj"]
            if any(_circumstance(noun) for noun in nouns) and not _owned(nouns):
                last = max(t.i for t in token.subtree) + 1
                return reading.mark_tokens(token.i, last)
    return None


def _circumstance(noun: Token) -> bool:
    return noun.lemma_.lower() in lexicon.CIRCUMSTANCES


def _owned(nouns: list[Token]) -> bool:
    return any(t.lower_ in lexicon.FIRST_PRONOUNS for noun in nouns for t in noun.subtree)


def _whole(reading: Reading, clause: Clause) -> Mark | None:
    if reading.has("helpless", clause) and not clause.negated:
        return reading.mark(clause)
    doer = clause.subject.lemma_.lower() if clause.subject is not None else ""
    blames = clause.doer is Agent.THING and doer in lexicon.CIRCUMSTANCES and fails(clause)
    return reading.mark(clause) if blames else None


RULE = Rule(
    id="blame-shifting.circumstance",
    name="Blames circumstances",
    category=Category.BLAME_SHIFTING,
    severity=Severity.MAJOR,
    points=8,
    message="Say what you did or failed to do about the circumstance; it explains, it does not excuse.",
    why="A cause outside the sender, left alone, says that nobody will do it differently next time.",
    reference="Lee, Peterson & Tiedens 2004; Frontiers in Human Neuroscience 2019: internal, controllable causes work best.",
    confidence=0.35,
    find=_find,
    bad=(
        "We are sorry that your order is late, [[due to unprecedented demand]].",
        "We apologise. [[This was beyond our control]].",
        "I am sorry about the invoice. [[The system failed to apply your discount]].",
    ),
    good=(
        "We are sorry. It was the snow, and we had no plan for it, which was our mistake.",
        "We are sorry. The old server failed because we put off replacing it.",
    ),
)
