"""Generalities: what is said of everybody, or of every house of the trade, so that a failure looks normal."""

import re

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.parsed import ParsedDraft

_ALL = frozenset({"every", "all", "most"})
_EVERYBODY = frozenset({"everyone", "everybody"})
_HABIT = re.compile(
    r"\b(?:now and (?:then|again)|sometimes|occasionally|(?:from|at) (?:time to time|some (?:point|stage))|sooner or later|"
    r"one day|once in a while|every (?:now|so often)|(?:bad|off) days?|days? like)\b",
    re.I,
)
_CHANGED = frozenset({"now", "since", "from", "until", "without", "before", "unless"})
_FAILING = lexicon.FAILURE_VERBS - {"leave", "copy", "delete", "exclude", "reject", "refuse"} | {"snap", "burn", "slip"}


def says_it_happens_to_all(reading: ParsedDraft, clause: Clause) -> bool:
    """ "Every kitchen burns a loaf", "you weren't the only one": not "every van now carries a spare"."""
    if clause.quoted or clause.conditional:
        return False
    if (
        clause.doer is Agent.SECOND
        and clause.negated
        and clause.root.lemma_ == "be"
        and {"only", "one"} <= clause.words
    ):
        return not any(
            c.dep_ == "relcl" for t in clause.own for c in t.children
        )  # "the only one whom we charged twice"
    if clause.past or clause.future or not (_of_none(clause) if clause.negated else _of_all(reading, clause)):
        return False
    return clause.root.lemma_.lower() in _FAILING or _HABIT.search(_words(reading, clause)) is not None


def _of_all(reading: ParsedDraft, clause: Clause) -> bool:
    subject = clause.subject
    if subject is None or clause.doer in {Agent.FIRST, Agent.SECOND}:
        return False
    named = (c for c in subject.lefts if c.dep_ in _DETERMINERS and c.lower_ in _ALL)
    everybody = subject.lower_ in _EVERYBODY or any(reading.doc[c.i + 1].lower_ not in _THE for c in named)
    if not everybody or clause.root.tag_ not in {"VBZ", "VBP", "VB", "MD"}:
        return False
    return not _CHANGED & set(_HABIT.sub(" ", _words(reading, clause)).lower().split())


def _of_none(clause: Clause) -> bool:
    """ "Show me a bank that never errs", "what bank doesn't err?"."""
    subject = clause.subject
    if subject is None:
        return False
    asked = subject.lower_ == "who" or any(c.lower_ in {"what", "which"} for c in subject.lefts)
    if clause.dependency == "ROOT":
        return asked and clause.root.sent.text.rstrip().endswith("?")
    return clause.dependency == "relcl" and _sought_in_vain(clause.root.head)


def _sought_in_vain(noun: Token) -> bool:
    """ "There is no bank that", "show me a bank that"."""
    verb = noun.head
    if noun.lemma_.lower() in _NO_HOUSE:
        return False
    denied = any(c.lower_ == "no" for c in noun.lefts) or any(c.dep_ == "neg" for c in verb.children)
    there = verb.lemma_ == "be" and any(c.dep_ == "expl" for c in verb.children)
    return (there and denied) or (verb.lemma_.lower() in {"show", "find", "name"} and verb.tag_ == "VB")


_THE = frozenset({"the", "our", "my", "your", "these", "those"})
_NO_HOUSE = frozenset("time day date slot record way place reason night hour week word".split())


def _words(reading: ParsedDraft, clause: Clause) -> str:
    last = reading.doc[clause.last - 1]
    return reading.text[reading.doc[clause.first].idx : last.idx + len(last)]


_DETERMINERS = frozenset({"det", "predet", "amod"})
