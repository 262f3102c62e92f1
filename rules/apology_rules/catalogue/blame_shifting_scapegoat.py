"""A junior, a colleague or a predecessor of the sender's own house is made the cause."""

from spacy.tokens import Token

from apology_rules.reading import Reading, lexicon
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.reading.failures import fails
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses


def _blames(reading: Reading, clause: Clause) -> bool:
    if clause.doer is not Agent.OTHER or not clause.past or clause.conditional or reading.owned_next(clause):
        return False
    doer = (
        clause.subject
        if clause.voice is Voice.ACTIVE
        else next((p for a in clause.root.children if a.dep_ == "agent" for p in a.children), None)
    )
    if doer is None:
        return False
    person = {doer.lemma_.lower()} | {c.lower_ for c in doer.children if c.dep_ in {"compound", "amod"}}
    if not person & lexicon.SCAPEGOATS or _theirs(doer):
        return False
    return fails(clause) or reading.has("fired", clause) or bool(person & lexicon.INSIDERS)


def _theirs(doer: Token) -> bool:
    """ "The courier's driver" belongs to somebody else's house."""
    return any(c.dep_ == "poss" and c.lemma_.lower() in lexicon.THIRD_PARTIES for c in doer.children)


RULE = Rule(
    id="blame-shifting.scapegoat",
    name="Blames one of your own people",
    category=Category.BLAME_SHIFTING,
    severity=Severity.CRITICAL,
    points=14,
    message="Answer for your people yourself: say what you failed to arrange, train or check.",
    why="Pointing at a colleague reads as hiding behind them; a scapegoat ruins an apology that would else work.",
    reference="Youk & Park 2023, Frontiers in Psychology 13:1082152.",
    confidence=0.55,
    find=clauses(_blames),
    bad=(
        "We are sorry about your file. [[A temp deleted it by accident]].",
        "I apologise for the wrong figures. [[My assistant forgot to update the sheet]].",
    ),
    good=(
        "We are sorry. The driver left it in the rain. We should have trained him better.",
        "I am sorry. Your colleague Sam told me about it within the hour, and I failed to act.",
    ),
)
