"""The promise ledger: every commitment of the draft, who is to keep it, and by when."""

from collections.abc import Callable, Iterator

from spacy.tokens import Token

from apology_rules.reading import Mark, Reading, lexicon
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.review import Promise, PromiseOwner, Span

_NO_DEED = frozenset(
    {
        "be",
        "understand",
        "appreciate",
        "agree",
        "know",
        "see",
        "find",
        "have",
        "want",
        "like",
        "remain",
        "never",
        "think",
        "forget",
        "notice",
    }
)

_FAILING = lexicon.FAILURE_VERBS | {"let"}


def promises(reading: Reading, span: Callable[[Mark], Span | None]) -> Iterator[Promise]:
    """Every commitment in the body, in the order of the text; `span` maps marks to the draft as received."""
    for clause in reading.body_clauses:
        if _commits(clause):
            words = span(reading.mark(clause))
            if words is not None:
                yield Promise(
                    span=words,
                    owner=_owner(clause),
                    owner_span=_owner_span(reading, clause, span),
                    due_span=_due(reading, clause, span),
                )


def _commits(clause: Clause) -> bool:
    if clause.conditional or clause.negated or not (clause.future or _under_way(clause)):
        return False
    if clause.doer is Agent.SECOND or (clause.root.lemma_.lower() in _NO_DEED and clause.voice is Voice.ACTIVE):
        return False
    return clause.doer in {Agent.FIRST, Agent.OTHER} or clause.voice is Voice.PASSIVE


def _under_way(clause: Clause) -> bool:
    """ "I'm sending it on Friday": a present progressive with a time."""
    auxiliaries = {child.lower_ for child in clause.root.children if child.dep_ == "aux"}
    present = bool(auxiliaries & {"am", "'m", "are", "'re", "is", "'s"}) and "been" not in auxiliaries
    deed = clause.root.tag_ == "VBG" and clause.root.lemma_.lower() not in _FAILING
    return present and deed and clause.doer is Agent.FIRST and bool(clause.words & lexicon.TIME_WORDS)


def _owner(clause: Clause) -> PromiseOwner:
    if clause.doer is Agent.FIRST and clause.subject is not None:
        return PromiseOwner.SENDER if clause.subject.lower_ in {"i", "im"} else PromiseOwner.ORGANISATION
    return PromiseOwner.OTHER if clause.doer is Agent.OTHER else PromiseOwner.NOBODY


def _owner_span(reading: Reading, clause: Clause, span: Callable[[Mark], Span | None]) -> Span | None:
    if clause.doer not in {Agent.FIRST, Agent.OTHER} or clause.subject is None or clause.voice is Voice.PASSIVE:
        return None
    words = list(clause.subject.subtree)
    return span(reading.mark_tokens(words[0].i, words[-1].i + 1))


def _due(reading: Reading, clause: Clause, span: Callable[[Mark], Span | None]) -> Span | None:
    for token in clause.own:
        if token.lower_ in lexicon.TIME_WORDS and token.dep_ not in {"nsubj", "nsubjpass"}:
            top = _phrase_top(token, clause)
            words = [t for t in top.subtree if t.i >= top.left_edge.i]
            return span(reading.mark_tokens(words[0].i, words[-1].i + 1))
    return None


def _phrase_top(token: Token, clause: Clause) -> Token:
    while (
        token.head.i != clause.root.i
        and token.head.i != token.i
        and token.head.pos_ in {"NOUN", "PROPN", "ADP", "NUM"}
        and token.head.dep_ != "prt"
    ):
        token = token.head
    return token
