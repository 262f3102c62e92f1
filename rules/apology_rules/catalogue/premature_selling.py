"""An invitation to buy, come back, follow, refer or review, inside the apology."""

from collections.abc import Iterator
from dataclasses import replace

from apology_rules.reading import Mark, Reading
from apology_rules.reading.acts import Strength
from apology_rules.reading.bargains import strikes_a_bargain
from apology_rules.reading.clauses import Clause
from apology_rules.reading.layout import Role
from apology_rules.review import Category, ComponentKind
from apology_rules.rule import Rule
from apology_rules.severity import Severity

_SURE = 0.93
_PLACES = frozenset({Role.BODY, Role.FOOTER, Role.SIGNATURE})
_REPAIR = frozenset({"refund", "replace", "free", "waive", "cancel", "credit", "compensation", "reimburse"})


def _find(reading: Reading) -> Iterator[Mark]:
    if not reading.public:
        return
    bargains = [s for s in reading.sentences if s.role in _PLACES and strikes_a_bargain(reading, s.number)]
    for sentence in bargains:
        yield replace(reading.mark_tokens(sentence.first, sentence.last), confidence=_SURE)
    struck = {sentence.number for sentence in bargains}
    reached = 0
    for clause in reading.clauses:
        if clause.sentence in struck or clause.last <= reached:
            continue
        if _placed(reading, clause) and _invites(reading, clause) and _sells(clause):
            reached = clause.last
            yield reading.mark(clause)


def _placed(reading: Reading, clause: Clause) -> bool:
    return reading.sentences[clause.sentence].role in _PLACES and not clause.quoted


def _invites(reading: Reading, clause: Clause) -> bool:
    """A plain "we hope to see you again" is a courtesy where something was put right."""
    repaired = reading.components[ComponentKind.REMEDY].strength is Strength.FULL
    return reading.has("sell", clause) or (reading.has("come_back", clause) and not repaired)


def _sells(clause: Clause) -> bool:
    """What repairs without a purchase is no sale, and what is past or refused neither."""
    return not clause.lemmas & _REPAIR and not clause.past and not clause.negated


RULE = Rule(
    id="premature-selling",
    name="Sells too early",
    category=Category.PREMATURE_SELLING,
    severity=Severity.MINOR,
    points=4,
    message="Take the offer out; win them back after you have put it right.",
    why="A sale inside an apology shows what the letter is for. A practice rule: no study of it was found.",
    reference="Practice of customer recovery; no experiment known.",
    confidence=0.55,
    find=_find,
    bad=(
        "Dear customer, we are sorry that your order was late. [[Use code SORRY10 for 10% off your next order]].",
        "Dear guest, we are sorry about the noise. [[Follow us for our latest offers]].",
        "Dear guest, we lost your shirts and are sorry. [[As long as you renew, we will pay for them]].",
    ),
    good=(
        "Dear customer, we are sorry that your order was late. We have refunded it in full, and the next delivery is free.",
        "Dear guest, we lost your shirts and are sorry. Bring us the receipt and we will pay for them.",
        "Dear guest, we are sorry about the noise. We honoured the discount that you had been promised.",
    ),
)
