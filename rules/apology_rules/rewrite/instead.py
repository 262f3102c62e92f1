"""The last resort: where no careful mend holds, plain words in the place of the flawed sentences ask for what belongs there.

They are in the sender's own voice: their part in the place of an excuse, what is known in the place of a rumour, what it
meant for the recipient in the place of the sender's grief, praise or wares. What the sentences alone told of the apology is
asked for as well, so that nothing goes unseen; what the draft tells elsewhere is not asked for twice.
"""

from collections.abc import Iterator

from apology_rules.hits import COMPONENTS
from apology_rules.reading.layout import Role
from apology_rules.review import Category, ComponentKind
from apology_rules.rewrite import general
from apology_rules.rewrite.additions import additions
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.losses import HEDGES
from apology_rules.rewrite.words import raised

_ASKED = "Asks for what belongs in the place of these words; what they tell of facts, say there again."
_MISSING = {kind: category for category, kind in COMPONENTS.items() if category is not None}
_BELONGS = {
    Category.MINIMISING: ComponentKind.EMPATHY,
    Category.OVERLONG_DRAMA: ComponentKind.EMPATHY,
    Category.PREMATURE_SELLING: ComponentKind.REMEDY,
}
"""What an apology tells where others speak of themselves or of what they sell."""

_CHARGES = frozenset({"blame-shifting.victim", "blame-shifting.intent-defence"})
_REPORTS = frozenset({"minimising.trivialise", "minimising.downscale"})


def instead(case: Case) -> Iterator[Mend]:
    """Plain sentences with placeholders stand in the place of the flawed ones; these just go where nothing need be asked."""
    here = general.stretch(case)
    if here is None or here.sentences[0].role is Role.SUBJECT:
        return
    elsewhere = {kind for kind, begin, end in case.evidence if end <= here.begin or here.end <= begin}
    wanted = case.shown(here.begin, here.end) - elsewhere
    lead, told = _lead(case, here, ComponentKind.REGRET in wanted)
    if not lead:
        wanted |= {_BELONGS[case.finding.category]} - elsewhere if case.finding.category in _BELONGS else set()
    asked = [_sentence(case, kind) for kind in ComponentKind if kind in wanted - told]
    words = " ".join([lead, *asked] if lead else asked)
    if words:
        yield Mend(edits=(Edit(here.begin, here.end, general.after_greeting(case, here, words)),), told=_ASKED)
    else:
        yield from general.gone(case)


def _lead(case: Case, here: general.Stretch, apologises: bool) -> tuple[str, frozenset[ComponentKind]]:
    """The sentence that the flawed ones should have been, and the components that it tells; none where they tell nothing."""
    who, mine, rule = case.voice.subject, case.voice.possessive, case.finding.rule_id
    responsibility = frozenset({ComponentKind.RESPONSIBILITY})
    if rule in HEDGES or (rule == "insincere-hedging.doubt" and apologises):
        return f"{raised(who)} {case.voice.be} sorry for [what you did].", responsibility | {ComponentKind.REGRET}
    told = responsibility | {ComponentKind.EXPLANATION}
    if rule == "insincere-hedging.doubt":
        return f"What {who} know is this: [what you know of it].", told
    if case.finding.category is Category.BLAME_SHIFTING and (case.informs or rule not in _CHARGES):
        if any(not here.begin <= place < here.end for place in case.failures):
            return f"It happened because {who} [your own part in it], and that was {mine} mistake.", told
        return f"{raised(who)} [what you did or failed to do], and that was {mine} mistake.", responsibility
    if rule in _REPORTS and any(c.actual and c.root.lemma_ != "be" for c in case.clauses):
        return "What happened is this: [what happened].", told
    return "", frozenset()


def _sentence(case: Case, kind: ComponentKind) -> str:
    """The sentence that says a component, in the writer's own facts or with a placeholder."""
    if kind is ComponentKind.REGRET:
        return f"{raised(case.voice.subject)} {case.voice.be} sorry."
    return next(additions(case.reading, _MISSING[kind], case.voice, case.parse)).sentence
