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

_OWNED = frozenset({ComponentKind.RESPONSIBILITY})
_CAUSED = _OWNED | {ComponentKind.EXPLANATION}


def instead(case: Case) -> Iterator[Mend]:
    """Plain sentences with placeholders stand in the place of the flawed ones; nothing does where nothing need be asked."""
    here = general.stretch(case)
    if here is None or here.sentences[0].role is Role.SUBJECT or case.finding.category is Category.PLACEHOLDER_LEFT:
        return
    elsewhere = {kind for kind, begin, end in case.evidence if end <= here.begin or here.end <= begin}
    lead, told = _lead(case, here)
    wanted = case.shown(here.begin, here.end)
    if not lead:
        wanted |= {_BELONGS[case.finding.category]}
    asked = [kind for kind in ComponentKind if kind in wanted - told - elsewhere]
    words = " ".join(filter(None, [lead, *(_sentence(case, kind) for kind in asked)]))
    if words:
        yield Mend(edits=(Edit(here.begin, here.end, general.after_greeting(case, here, words)),), told=_ASKED)
    else:
        yield from general.gone(case)


def _lead(case: Case, here: general.Stretch) -> tuple[str, frozenset[ComponentKind]]:
    """The sentence that the flawed ones should have been, and the components that it tells."""
    who, mine = case.voice.subject, case.voice.possessive
    if case.finding.rule_id in HEDGES:
        return f"{raised(who)} {case.voice.be} sorry for [what you did].", _OWNED | {ComponentKind.REGRET}
    if case.finding.rule_id == "insincere-hedging.doubt":
        return f"What {who} know is this: [what you know of it].", _CAUSED
    if case.finding.category is Category.BLAME_SHIFTING:
        if any(not here.begin <= place < here.end for place in case.failures):
            return f"It happened because {who} [your own part in it], and that was {mine} mistake.", _CAUSED
        return f"{raised(who)} [what you did or failed to do], and that was {mine} mistake.", _OWNED
    if case.finding.category is Category.MINIMISING and case.tells:
        return "What happened is this: [what happened].", _CAUSED
    return "", frozenset()


def _sentence(case: Case, kind: ComponentKind) -> str:
    """The sentence that says a component, in the writer's own facts or with a placeholder."""
    if kind is ComponentKind.REGRET:
        return f"{raised(case.voice.subject)} {case.voice.be} sorry."
    return next(additions(case.reading, _MISSING[kind], case.voice, case.parse)).sentence
