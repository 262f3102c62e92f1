"""The last resort, where no careful mend holds.

An excuse that tells what happened stays, and the sender's part is asked for beside it; what tells nothing goes. Only where
the flaw fills its sentences do plain words stand in their place, in the sender's own voice, and ask for what belongs there:
their part in the place of an excuse, the deed in the place of half an apology. What such sentences alone told of the apology
is asked for as well; what the draft tells, there or elsewhere, is not asked for again.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from apology_rules.hits import COMPONENTS
from apology_rules.reading.bargains import strikes_a_bargain
from apology_rules.reading.layout import Role
from apology_rules.review import Category, ComponentKind
from apology_rules.rewrite import cuts, general
from apology_rules.rewrite.additions import additions
from apology_rules.rewrite.beside import asked, owned
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.flaws import NEEDLESS, Flaw
from apology_rules.rewrite.remains import takes_all
from apology_rules.rewrite.words import raised

_ASKED = "Asks for what belongs in the place of these words; what they tell of facts, say there again."
_GONE = "Takes these words out; the rest of the sentence stays."
_MISSING = {kind: category for category, kind in COMPONENTS.items() if category is not None}
_BELONGS = {
    Category.OVERLONG_DRAMA: ComponentKind.EMPATHY,
    Category.PREMATURE_SELLING: ComponentKind.REMEDY,
}
"""What an apology tells where others speak of themselves or of what they sell."""


@dataclass(frozen=True, slots=True)
class _Lead:
    """What the flawed sentences should have said, the components that it tells, and those to ask for with it.

    It is empty where the sentences should not stand at all.
    """

    words: str = ""
    tells: frozenset[ComponentKind] = frozenset()
    asks: frozenset[ComponentKind] = frozenset()


def instead(case: Case) -> Iterator[Mend]:
    """The plainest ways to mend a flaw, those that keep its words first."""
    here = general.stretch(case)
    if here is None or here.sentences[0].role is Role.SUBJECT:
        return
    elsewhere = {kind for kind, begin, end in case.evidence if end <= here.begin or here.end <= begin}
    alone = case.shown(here.begin, here.end) - elsewhere
    if case.finding.category is Category.BLAME_SHIFTING and not case.charges:
        yield from owned(case)
    if case.flaw is not Flaw.HALF:
        yield from _asked_behind(case, alone)
    if case.charges or (case.flaw in NEEDLESS and not _news(case) and not general.told_beside(case)):
        yield from general.gone(case)
    filled = general.fills(case, here)
    if not filled and case.finding.category is Category.BLAME_SHIFTING and not case.charges:
        yield from asked(case)
    if not filled or case.finding.category is Category.MINIMISING:
        return  # what would go unseen may be news
    for lead in _leads(case, here, alone, elsewhere):
        no_cause = case.charges or case.finding.category in _BELONGS  # a display or an offer stands in no cause's place
        more = (alone | lead.asks) - lead.tells - ({ComponentKind.EXPLANATION} if no_cause else set())
        if case.flaw is Flaw.HALF and more:
            continue  # half an apology that tells something besides is not asked for all that
        if case.finding.category is Category.BLAME_SHIFTING and not cuts.without(case.reading, here.begin, here.end):
            continue  # what follows would point at what is asked for
        wanted = [_sentence(case, kind) for kind in ComponentKind if kind in more]
        words = " ".join(filter(None, [lead.words, *wanted]))
        if words:
            yield Mend(edits=(Edit(here.begin, here.end, general.after_greeting(case, here, words)),), told=_ASKED)
        else:
            yield from general.gone(case)


def _cannot_be_anew(case: Case, here: general.Stretch) -> bool:
    """Whether plain words would lose what the old ones are for, or take an apology from whoever makes it."""
    return general.says_much_alone(case, here) or general.definite_already(case) or case.somebody_elses


def _news(case: Case) -> bool:
    """Whether words that make the failure small tell of it, or are likely to be no flaw but a report."""
    counted = any(t.like_num for t in case.tokens)  # how many it hit, and by how much
    return case.reports and (case.tells or counted or case.finding.confidence < _LIKELY)


_LIKELY = 0.45


def _asked_behind(case: Case, alone: AbstractSet[ComponentKind]) -> Iterator[Mend]:
    """The words alone go, the rest of their sentence stays, and what they told of the apology is asked for behind it."""
    found = cuts.cut(case.reading, case.begin, case.end) or ()
    shown, told = case.shown(case.begin, case.end) & alone, case.mostly_told(case.begin, case.end) & alone
    asked_for = told - {ComponentKind.EXPLANATION} if case.finding.category in _BELONGS else told
    question = " ".join(_sentence(case, kind) for kind in ComponentKind if kind in asked_for)
    behind = cuts.behind(case.reading, case.tokens[-1].i, question) if question else None
    edits = (*found, behind) if behind is not None else found
    holds = (shown and not asked_for) or (behind is not None and found and found[-1].end <= behind.begin)
    if holds and edits and not takes_all(case.reading, found):
        yield Mend(edits=edits, told=_ASKED if question else _GONE)


def _leads(
    case: Case, here: general.Stretch, alone: AbstractSet[ComponentKind], elsewhere: AbstractSet[ComponentKind]
) -> Iterator[_Lead]:
    """What could stand there, the most fitting first."""
    who, mine, flaw = case.voice.subject, case.voice.possessive, case.flaw
    own = frozenset({ComponentKind.RESPONSIBILITY})
    anew = general.plain(case) if case.names_the_act else f"{general.apologising(case, here)} [what you did]."
    sorry = _Lead(anew, own | {ComponentKind.REGRET})
    told = own | {ComponentKind.EXPLANATION}
    if flaw in {Flaw.HALF, Flaw.DOUBT} and _cannot_be_anew(case, here):
        return
    if flaw is Flaw.HALF or (flaw is Flaw.DOUBT and (ComponentKind.REGRET in alone or not case.reading.real_apologies)):
        yield sorry
    elif flaw is Flaw.DOUBT:
        return  # what is in doubt is stated as fact, or stays
    elif flaw is Flaw.SHARE:
        return  # what was shared is told anew by the writer alone
    elif case.finding.category is Category.BLAME_SHIFTING:
        if case.charges or not (case.informs or ComponentKind.EXPLANATION in alone):
            yield _Lead()
        if case.charges:
            if ComponentKind.RESPONSIBILITY not in elsewhere and not case.reading.owned_sentences:
                yield _Lead(f"{raised(who)} [what you did or failed to do], and that was {mine} mistake.", told)
            return
        excuse = ComponentKind.EXPLANATION in case.shown(here.begin, here.end) or not case.happened
        known = any(not here.begin <= place < here.end for place in case.failures)
        if excuse and known and flaw is not Flaw.NOBODY:
            yield _Lead(case.voice.own_part, told)
        if ComponentKind.EXPLANATION not in alone:  # else the draft has told why, and nowhere else
            yield _Lead(f"{raised(who)} [what you did or failed to do], and that was {mine} mistake.", own)
    elif flaw is not Flaw.REPETITION:  # what is said again is not missed
        belongs = _BELONGS[case.finding.category]
        sold = all(strikes_a_bargain(case.reading, s.number) for s in here.sentences)
        if belongs not in elsewhere and (sold or belongs not in alone):  # amends are not asked for in their own place
            yield _Lead(asks=frozenset({belongs}))


def _sentence(case: Case, kind: ComponentKind) -> str:
    """The sentence that says a component, in the writer's own facts or with a placeholder."""
    if kind is ComponentKind.REGRET:
        return f"{raised(case.voice.subject)} {case.voice.be} sorry."
    return next(additions(case.reading, _MISSING[kind], case.voice, case.parse)).sentence
