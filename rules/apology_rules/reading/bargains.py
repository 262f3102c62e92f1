"""Bargains: what the recipient is to get only if they buy, sign up or praise. It is a sale, and no remedy yet."""

from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.parsed import ParsedDraft

_BUYING = frozenset({"renew", "subscribe", "spend", "upgrade", "refer", "preorder", "pre-order"})
_BUYING_MORE = frozenset("order buy book purchase rebook shop stay visit come dine bring place".split())
_MORE = frozenset("again another next more new extra further future usual full friend friends".split())
_JOINING = frozenset({"sign", "join", "follow", "like", "download", "register"})
_SAYING, _PRAISE = frozenset({"leave", "give", "write", "drop", "post"}), frozenset({"review", "star", "rating"})
_CONDITIONS = frozenset({"if", "once", "when", "as", "provided", "providing", "after"})
_GRANTED = frozenset({"free", "half", "half-price", "refund", "discount", "off"})


def strikes_a_bargain(reading: ParsedDraft, number: int) -> bool:
    """Whether the sentence gives something only for a purchase, a signature or praise: "renew, and we'll replace it"."""
    clauses = reading.clauses_of(number)
    return any(_demands(c) and any(_grants(other) for other in clauses if other is not c) for c in clauses)


def _demands(clause: Clause) -> bool:
    """Whether it asks the recipient to buy: an order ("renew for a year") or a condition ("once you have renewed").

    What they have bought already is none: "if you ordered before noon".
    """
    if not _buys(clause) or clause.quoted or clause.negated or clause.root.tag_ == "VBD":
        return False
    ordered = clause.root.tag_ in {"VB", "VBP"} and clause.subject is None and clause.dependency in _MAIN
    conditional = clause.doer is Agent.SECOND and (clause.mark in _CONDITIONS or clause.dependency == "advcl")
    return ordered or conditional


_MAIN = frozenset({"ROOT", "conj", "ccomp", "parataxis"})


def _buys(clause: Clause) -> bool:
    lemma = clause.root.lemma_.lower()
    joins = lemma in _JOINING and bool(clause.words & {"our", "us"}) and "again" not in clause.words
    praises = lemma in _SAYING and bool(clause.lemmas & _PRAISE)
    return lemma in _BUYING or joins or praises or (lemma in _BUYING_MORE and bool(clause.words & _MORE))


def _grants(clause: Clause) -> bool:
    """ "We'll replace it", "you get it back", "the next one is free", "it is on us"."""
    promised = clause.doer is Agent.FIRST and bool(clause.modals & {"will", "'ll", "can"})
    got = clause.doer is Agent.SECOND and clause.root.lemma_ in {"get", "receive", "save"}
    free = clause.root.lemma_ == "be" and (bool(clause.words & _GRANTED) or {"on", "us"} <= clause.words)
    return promised or got or free
