"""The apology holds only if somebody was harmed, though the failure is known."""

from collections.abc import Iterator

from apology_rules.reading import Mark, Reading
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity

_CHOICE = frozenset(
    "want prefer like need wish have contact call ring reply choose decide question help see notice receive let get "
    "come reach find change remain require repeat bother write".split()
)
_HARM = frozenset(
    "offend upset hurt cause feel inconvenience disappoint affect harm harmed wrong distress confuse embarrass fail "
    "bother come seem sound appear give offence offense offended inconvenienced disappointed anyone anybody".split()
)
_PROVISOS = frozenset({"supposing", "insofar"})
_LEADS = frozenset({"if", "should", "whether", "supposing", "insofar"})


def _find(reading: Reading) -> Iterator[Mark]:
    for apology in reading.real_apologies:
        condition = apology.condition or _in_sentence(reading, apology.clause)
        if condition is not None and _about_harm(condition):
            first = min(apology.clause.first, condition.first)
            yield reading.mark_tokens(first, max(apology.clause.last, condition.last))


def _in_sentence(reading: Reading, clause: Clause) -> Clause | None:
    return next((c for c in reading.clauses_of(clause.sentence) if c.conditional and c.mark in _LEADS), None)


def _about_harm(condition: Clause) -> bool:
    """Whether the condition doubts harm or failure; one of contact, choice or eligibility does not."""
    if condition.lemmas & _HARM or condition.words & _HARM:
        return True
    if condition.mark in _PROVISOS or (condition.mark == "should" and "have" in condition.words):
        return condition.root.lemma_.lower() not in _CHOICE
    return condition.doer in {Agent.FIRST, Agent.THING} and not condition.lemmas & _CHOICE and condition.past


RULE = Rule(
    id="insincere-hedging.conditional",
    name="Apologises only if",
    category=Category.INSINCERE_HEDGING,
    severity=Severity.MAJOR,
    points=4,
    message="Say that it happened and whom it hurt; drop the condition.",
    why="A condition says that the harm is not yet believed. Official guidance asks for unconditional apologies; "
    'the one direct experiment found little effect of "if" itself, so the weight is low.',
    reference="Parliamentary & Health Service Ombudsman 2012; Kampf 2009; Discourse Processes 57(1):66-80.",
    confidence=0.9,
    find=_find,
    bad=(
        "[[We apologise if anyone was offended by the post]].",
        "[[I'm sorry if I hurt you last night]].",
        "[[Should our tone have caused distress, we regret it]].",
        "[[Insofar as you were kept waiting, we apologise]].",
        "[[To the extent that your booking was among those lost, we apologise]].",
        "[[We apologise, should you have been waiting in]].",
    ),
    good=(
        "We are sorry that we lost your order. If you have questions, call me on 01632 960123.",
        "I am sorry I was late. If you prefer, I can come on Sunday instead.",
        "Some of you paid double in March, and we are sorry. If you are among them, we have sent the second payment back.",
    ),
)
