"""Bargains: what the recipient is to get only if they buy, sign up or praise. It is a sale, and no remedy yet."""

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.parsed import ParsedDraft

_BUYING = frozenset({"renew", "subscribe", "upgrade", "preorder", "pre-order"})
_BUYING_MORE = frozenset("order buy book purchase shop stay dine bring place".split())
_MORE = frozenset("another next more new extra further future friend friends".split())
_JOINING = frozenset({"sign", "join", "follow", "like", "download"})
_SAYING, _PRAISE = frozenset({"leave", "give", "write", "drop", "post"}), frozenset({"review", "star", "rating"})
_CONDITIONS = frozenset({"if", "once", "when", "as", "provided", "providing", "after"})
_GRANTED = frozenset({"free", "half", "half-price", "refund", "discount", "off"})
_BEFORE = frozenset({"already", "rather", "booked", "agreed"})


def strikes_a_bargain(reading: ParsedDraft, number: int) -> bool:
    """Whether the sentence gives something only for a purchase, a signature or praise: "renew, and we'll replace it"."""
    clauses = reading.clauses_of(number)
    return any(_demands(c) and any(_grants(other) for other in clauses if other is not c) for c in clauses)


def _demands(clause: Clause) -> bool:
    """Whether it asks the recipient to buy: an order ("renew for a year") or a condition ("once you have renewed").

    What they have bought already is none: "if you ordered before noon".
    """
    had = any(c.dep_ == "aux" and c.lemma_ == "have" for c in clause.root.children)
    past = clause.root.tag_ == "VBD" or (had and clause.mark not in {"once", "when", "after"})
    if not _buys(clause) or clause.quoted or clause.negated or past or clause.words & _BEFORE:
        return False
    ordered = clause.root.tag_ in {"VB", "VBP"} and clause.subject is None and clause.dependency in _MAIN
    conditional = clause.doer is Agent.SECOND and (clause.mark in _CONDITIONS or clause.dependency == "advcl")
    return ordered or conditional


_MAIN = frozenset({"ROOT", "conj", "ccomp", "parataxis"})


def _buys(clause: Clause) -> bool:
    verb, lemma = clause.root, clause.root.lemma_.lower()
    if lemma in _BUYING:
        return True
    objects = [c for c in verb.rights if c.dep_ in {"dobj", "npadvmod"}]
    if lemma == "spend":  # "spend £50 with us", not "spend money on a taxi"
        return any(c.dep_ == "prep" and c.lower_ == "with" and _ours(c) for c in verb.rights)
    if lemma == "refer":
        return bool(objects)
    if lemma in _JOINING:  # "sign up for our app", "follow us"
        up = lemma != "sign" or any(c.lower_ == "up" for c in verb.rights)
        held = [
            c for c in verb.rights if c.dep_ in {"dobj", "prep"} and (c.dep_ == "dobj" or c.lower_ in {"for", "to"})
        ]
        return up and "again" not in clause.words and any(_ours(c) for c in held)
    if lemma in _SAYING:
        return bool(clause.lemmas & _PRAISE)
    more = any(t.lower_ in _MORE for c in objects for t in c.subtree)
    return lemma in _BUYING_MORE and (more or (lemma in {"order", "buy", "book"} and "again" in clause.words))


def _ours(token: Token) -> bool:
    """ "With us", "for our app": not "follow our staff to the gate"."""
    own = any(t.lower_ in {"us", "our"} for t in token.subtree)
    return own and not any(t.lemma_.lower() in lexicon.OWN_UNITS for t in token.subtree)


def _grants(clause: Clause) -> bool:
    """ "We'll replace it", "you get it back", "the next one is free", "it is on us"."""
    promised = clause.doer is Agent.FIRST and bool(clause.modals & {"will", "'ll", "can"})
    got = clause.doer is Agent.SECOND and clause.root.lemma_ in {"get", "receive", "save"}
    free = clause.root.lemma_ == "be" and (bool(clause.words & _GRANTED) or {"on", "us"} <= clause.words)
    return promised or got or free
