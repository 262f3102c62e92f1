"""The failure happens by itself, and nobody near it owns it."""

from apology_rules.reading import Reading, lexicon
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.reading.failures import agentless, fails, undoes
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity
from apology_rules.shapes import clauses

_SELF_MOVING = frozenset(
    "fail break go slip creep fall arise occur happen malfunction crash vanish disappear lose delete lock".split()
)


def _nobody_did_it(reading: Reading, clause: Clause) -> bool:
    if not clause.actual or not agentless(clause) or not fails(clause) or undoes(clause):
        return False
    if reading.in_apology(clause) or reading.owned_near(clause):
        return False
    if clause.subject is not None and clause.subject.lower_ in lexicon.FIRST_PRONOUNS | lexicon.SECOND_PRONOUNS:
        return False  # "we were misled", "you were told": background, not the failure event
    if clause.voice is Voice.PASSIVE:
        return clause.dependency not in {"acl", "relcl"}
    return clause.root.lemma_.lower() in _SELF_MOVING or clause.doer is Agent.NOBODY


RULE = Rule(
    id="blame-shifting.agent-omission",
    name="Nobody did it",
    category=Category.BLAME_SHIFTING,
    severity=Severity.MODERATE,
    points=4,
    message="Name who did it: begin the sentence with I or we.",
    why="A failure without a doer leaves open whether the sender admits it. Weak evidence: it counts only when no "
    "ownership stands near.",
    reference='Fannes & Claeys 2022, J. Language & Social Psychology 42(1):3-30; Lazare 2004 on "mistakes were made".',
    confidence=0.3,
    find=clauses(_nobody_did_it),
    bad=(
        "[[Mistakes were made]]. We regret this.",
        "We are sorry for the trouble. [[Your booking was cancelled in error]].",
        "Apologies for this. [[Some letters went missing]].",
    ),
    good=(
        "We are sorry. Your booking was cancelled in error by our team.",
        "We forgot to renew the certificate. The site was down for two hours. We are sorry.",
        "We are sorry about the wrong bill. Your refund has been issued today.",
    ),
)
