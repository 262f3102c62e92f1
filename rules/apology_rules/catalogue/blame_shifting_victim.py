"""The recipient is made the cause: by omission, by what they "could have" done, by advice, by small print."""

from collections.abc import Iterator
from dataclasses import replace

from apology_rules.reading import Mark, Reading, lexicon
from apology_rules.reading.acts import could_have, holds_against
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity

_CERTAIN, _CHARGED, _SURE, _UNSURE = 0.93, 0.85, 0.6, 0.25
_FAILINGS = frozenset("fail forget neglect omit misread misunderstand misinterpret".split())
_OMISSIONS = frozenset(
    "fail forget neglect omit ignore overlook miss misread misunderstand misinterpret choose insist refuse decide "
    "enter type provide supply give select pick accept agree sign opt wait leave assume jump expect dismiss".split()
)
_HARDSHIPS = frozenset(
    "receive get deserve hear know sleep find see have feel be experience suffer want need ask understand can rely "
    "trust pay lose use think attend make go work buy come finish reach access eat".split()
)
_OWN_DOING = frozenset(
    "fault mistake error failure oversight negligence misunderstanding settings device responsibility choice side end".split()
)


def _find(reading: Reading) -> Iterator[Mark]:
    reached = 0
    for clause in reading.outermost_first:
        confidence = _blames(reading, clause) if clause.last > reached else 0.0
        if confidence:
            reached = clause.last
            yield replace(reading.mark(clause), confidence=confidence)


def _blames(reading: Reading, clause: Clause) -> float:
    """How surely the clause blames the recipient; 0 when it does not."""
    if reading.in_apology(clause) and not reading.has("counterfactual", clause):
        return 0.0
    if _opposed(clause) and any(a.clause.root == clause.root.head for a in reading.real_apologies):
        return _CERTAIN  # "I am sorry, but you ..."
    if holds_against(reading, clause):
        return _CHARGED
    if _counterfactual(reading, clause) or _opposed(clause) or _their_fault(clause):
        return _SURE
    return _UNSURE if _omission(clause) or _lesson(reading, clause) else 0.0


def _counterfactual(reading: Reading, clause: Clause) -> bool:
    if could_have(clause):  # what could have befallen them, or what they could have had
        return False
    if clause.negated and clause.lemmas & {"should"}:  # "you should not have had to" is empathy
        return False
    return _unreal(clause) or reading.has("counterfactual", clause) or reading.has("comparison", clause)


def _unreal(clause: Clause) -> bool:
    """ "Had you opened it", "if you had called": what they did not do. ("If you'd rather" is a choice.)"""
    perfect = any(t.dep_ == "aux" and t.lemma_ == "have" and t.lower_ in {"had", "'d"} for t in clause.root.children)
    hung = clause.mark in {"if", "only"} or (
        clause.subject is not None
        and any(t.dep_ == "aux" and t.lower_ == "had" and t.i < clause.subject.i for t in clause.root.children)
    )
    return clause.doer is Agent.SECOND and perfect and hung and clause.root.tag_ in {"VBN", "VBD"}


def _opposed(clause: Clause) -> bool:
    """ "But you gave us the wrong address"."""
    after_but = clause.root.dep_ == "conj" and any(child.lower_ == "but" for child in clause.root.head.children)
    active = clause.voice is Voice.ACTIVE  # "but you were not told" is no doing of theirs
    doing = clause.doer is Agent.SECOND and clause.past and active and not clause.conditional
    return doing and after_but and (clause.root.lemma_.lower() in _OMISSIONS or (clause.negated and not _hard(clause)))


def _omission(clause: Clause) -> bool:
    if clause.doer is not Agent.SECOND or not clause.past or clause.future or clause.conditional:
        return False
    return not _hard(clause) if clause.negated else clause.root.lemma_.lower() in _FAILINGS


def _hard(clause: Clause) -> bool:
    """ "You never got it": a hardship, no failing."""
    return clause.root.lemma_.lower() in _HARDSHIPS


def _lesson(reading: Reading, clause: Clause) -> bool:
    """Advice that leaves prevention to them, or terms that they "accepted"."""
    return reading.has("advice_to_them", clause) or (reading.has("terms", clause) and clause.doer is not Agent.FIRST)


def _their_fault(clause: Clause) -> bool:
    for token in clause.own:
        if token.lemma_.lower() in _OWN_DOING and any(
            c.lower_ in lexicon.SECOND_PRONOUNS for c in token.children if c.dep_ == "poss"
        ):
            return not clause.negated and clause.root.lemma_.lower() in {"be", "due", "lie", "cause", "result", "come"}
    return False


RULE = Rule(
    id="blame-shifting.victim",
    name="Blames the recipient",
    category=Category.BLAME_SHIFTING,
    severity=Severity.CRITICAL,
    points=16,
    message="Take out what they did or should have done, and say what you could have done.",
    why="A recipient who is told that it was their doing hears a defence, and the apology around it is lost.",
    reference="Benoit & Drew 1997 rank provocation among the least effective strategies; Schumann 2014 on victim blaming.",
    confidence=0.35,
    find=_find,
    bad=(
        "We are sorry about the missed delivery, [[but you never confirmed the address]].",
        "We apologise that the parcel went back. [[Had you answered the card we left]], it would be with you.",
        "I'm sorry the booking was lost. [[You should have checked the confirmation]].",
        "We are sorry your parcel is late. [[Next time please check the details]].",
        "Sorry about the charge. [[Everyone else managed to cancel in the app]].",
    ),
    good=(
        "We are sorry. You should not have had to wait in the rain.",
        "I'm sorry that you did not receive the parcel we promised for Friday.",
        "We lost your form, and as you rang at once we found it again. We are sorry.",
        "We overcharged you and we are sorry. This was not your fault.",
        "I am sorry, but you were not told of the closure, and that was our mistake.",
    ),
)
