"""A supplier, a courier, the press or the critics are made the cause, and nobody takes it back."""

from apology_rules.reading import Reading, lexicon
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.reading.failures import fails
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _blames(reading: Reading, clause: Clause) -> bool:
    if clause.conditional or clause.future or reading.owned_next(clause):
        return False
    if reading.has("critics", clause) and not clause.negated:
        return True
    if clause.doer is Agent.FIRST or not clause.past:
        return False
    return (fails(clause) or _let_down(clause) or clause.root.lemma_.lower() == "be") and _names_a_party(clause)


def _names_a_party(clause: Clause) -> bool:
    places = [clause.subject] if clause.voice is Voice.ACTIVE else []
    places += [
        p
        for t in clause.own
        if t.dep_ in {"agent", "prep"} and t.lower_ in {"by", "with", "at", "from"}
        for p in t.children
        if p.dep_ == "pobj"
    ]
    places += [t for t in clause.own if t.dep_ == "attr"]
    for token in places:
        if token is None:
            continue
        phrase = {token.lemma_.lower()} | {
            c.lemma_.lower() for c in token.children if c.dep_ in {"compound", "amod", "poss"}
        }
        if phrase & lexicon.STRANGERS or {"third", "party"} <= phrase:
            return True
    return False


def _let_down(clause: Clause) -> bool:
    return "let" in clause.lemmas and "down" in clause.words


RULE = Rule(
    id="blame-shifting.third-party",
    name="Blames somebody else",
    category=Category.BLAME_SHIFTING,
    severity=Severity.MAJOR,
    points=10,
    message="Keep the cause if it is true, and say in the same breath that it was yours to get right.",
    why="They dealt with you. A supplier as the culprit lowers trust unless you own having chosen and checked it.",
    reference="Kapeš et al. 2022, Tourism & Hospitality Management 28(1):1-27; Bradley & Sparks 2009.",
    confidence=0.3,
    find=clauses(_blames),
    bad=(
        "We are sorry for the delay. [[Our courier lost the parcel]].",
        "We apologise. [[It was the supplier who sent the wrong part]].",
        "I am sorry that you read it this way. [[The press took my words out of context]].",
    ),
    good=(
        "We are sorry. Our courier lost the parcel, but getting it to you is our job and we failed.",
        "Our supplier sent the wrong part. We should have checked it. We are sorry.",
        "I am sorry I broke the vase. The courier will bring the new one on Friday.",
    ),
)
