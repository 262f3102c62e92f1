"""The failure is divided between sender and recipient."""

from apology_rules.reading import Reading, lexicon
from apology_rules.reading.clauses import Clause
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses

_QUARREL = frozenset(
    "miscommunication misunderstanding mistake wrong fault blame error fail say responsible responsibility break "
    "cross communicate communication handle happen play part guilty argument argue confusion translation let down".split()
)


def _shares(reading: Reading, clause: Clause) -> bool:
    if not reading.has("both_sides", clause) or clause.negated or clause.future or reading.owned_next(clause):
        return False
    if any(t.dep_ == "dobj" and t.lower_ in lexicon.SECOND_PRONOUNS for t in clause.own):
        return False  # "all of us failed you" shares nothing with the recipient
    here = {t.lemma_.lower() for c in reading.clauses_of(clause.sentence) for t in c.own}
    return bool(here & _QUARREL)


RULE = Rule(
    id="blame-shifting.shared",
    name="Shares the blame out",
    category=Category.BLAME_SHIFTING,
    severity=Severity.MAJOR,
    points=8,
    message="Speak of your own part alone; let them speak of theirs.",
    why="Half of the blame handed over is a charge against the person you are apologising to.",
    reference="Kampf 2009, J. Pragmatics 41(11):2257-2270, on apologies that share the offence out.",
    confidence=0.75,
    find=clauses(_shares),
    bad=(
        "I'm sorry about last night. [[We both said things that were wrong]].",
        "We regret that [[there was a miscommunication on both sides]].",
    ),
    good=(
        "I am sorry. We both know that I was the one who forgot.",
        "We are sorry. All of us on the team failed you here.",
    ),
)
