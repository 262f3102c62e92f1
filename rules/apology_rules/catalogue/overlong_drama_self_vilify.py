"""Insults to oneself ask to be contradicted."""

from apology_rules.reading import Reading, lexicon
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _insults_self(_: Reading, clause: Clause) -> bool:
    if clause.doer is not Agent.FIRST or clause.conditional or clause.subject is None:
        return False
    if "deserve" in clause.lemmas and clause.negated:
        return True
    if clause.root.lemma_.lower() in {"hate", "loathe", "despise"} and clause.words & {"myself", "ourselves"}:
        return True
    likened = clause.root.lemma_.lower() == "feel" and "like" in clause.words  # "I feel terrible" insults nobody
    predicate = (clause.root.lemma_.lower() == "be" or likened) and clause.subject.lower_ in {"i", "im", "we"}
    said = {t.lemma_.lower() for t in clause.own if t.dep_ in {"attr", "acomp", "amod", "conj", "dobj", "pobj", "oprd"}}
    return predicate and bool(said & lexicon.SELF_INSULTS) and not clause.negated


RULE = Rule(
    id="overlong-drama.self-vilify",
    name="Insults yourself",
    category=Category.OVERLONG_DRAMA,
    severity=Severity.MODERATE,
    points=5,
    message="Judge the act, not yourself; say what was wrong with what you did.",
    why="Self-abuse moves the talk to your worth, and leaves them to reassure you.",
    reference="Berndsen et al. 2015; Hornsey et al. 2019, JPSP: visible remorse has a negligible effect on forgiveness.",
    confidence=0.8,
    find=clauses(_insults_self),
    bad=(
        "I'm sorry I missed the recital. [[I am a terrible mother]].",
        "I apologise for what I said. [[I don't deserve your friendship]].",
    ),
    good=(
        "I am sorry. It was a terrible thing to say.",
        "I'm sorry. You do not deserve to be treated like this.",
    ),
)
