"""Which mends go with which rule, the most careful first."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.clauses import Voice as VerbVoice
from apology_rules.review import Category, ComponentKind
from apology_rules.rewrite import conditions, cuts, doubts, general, grudging, hedges, ownership, size
from apology_rules.rewrite.beside import beside
from apology_rules.rewrite.case import Case, Mend, Mender
from apology_rules.rewrite.edits import Edit, composed, overlap
from apology_rules.rewrite.flaws import DROPPED, TURNED, Flaw
from apology_rules.rewrite.focus import alight_from, carried
from apology_rules.rewrite.losses import FREE, loss, unsure
from apology_rules.rewrite.remains import leaves_a_scrap
from apology_rules.rewrite.trims import trims
from apology_rules.rewrite.words import OWN_PART

_DRAMA = "Takes the display of feeling out."
_PLAYED_DOWN = "Takes out what plays it down."

MENDERS: Mapping[str, Mender] = {
    "blame-shifting.victim": ownership.blame,
    "blame-shifting.scapegoat": ownership.cause,
    "blame-shifting.third-party": ownership.cause,
    "blame-shifting.circumstance": ownership.cause,
    "blame-shifting.shared": ownership.shared,
    "blame-shifting.intent-defence": ownership.blame,
    "blame-shifting.agent-omission": ownership.nobody,
    "insincere-hedging.conditional": conditions.conditional,
    "insincere-hedging.reaction": hedges.reaction,
    "insincere-hedging.doubt": hedges.doubt,
    "insincere-hedging.blurred-object": hedges.nameless,
    "insincere-hedging.blurred-victim": hedges.somebody,
    "insincere-hedging.grudging": grudging.grudging,
    "overlong-drama.self-focus": size.drop(_DRAMA),
    "overlong-drama.self-vilify": size.drop(_DRAMA),
    "overlong-drama.begging": size.begged,
    "overlong-drama.hyperbole": size.drop(_DRAMA),
    "overlong-drama.stacking": size.stacked,
    "overlong-drama.rehash": size.said_again,
    "minimising.trivialise": size.trivial,
    "minimising.downscale": size.scale,
    "minimising.normalise": size.usual,
    "minimising.worse-case": size.drop(_PLAYED_DOWN),
    "minimising.bolster": size.drop("Takes the praise of yourself out."),
    "minimising.silver-lining": size.bright_side,
    "premature-selling": size.drop("Takes the sale out."),
}
"""A mender for each rule over words; `placeholder-left` has none, for only the writer can fill a placeholder."""


def mends(case: Case) -> Iterator[Mend]:
    """Ways to mend a flaw that keep what the draft tells, from the one that keeps most of its words on."""
    mender = MENDERS.get(case.finding.rule_id)
    if mender is None:
        return
    dropped = case.flaw in DROPPED and (case.charges or case.finding.category is not Category.BLAME_SHIFTING)
    if dropped and mender is not size.said_again:
        yield from general.whole(case)
    one = len({case.reading.sentence_at(t.i).number for t in case.tokens}) == 1
    turns = case.flaw in TURNED and (one or case.flaw is Flaw.BEGGING)
    for mend in mender(case):
        own = case.flaw is Flaw.SHARE and mend.told == ownership.OWN_PART_ALONE
        yield replace(mend, sure=own or turns or doubts.states(case, mend))
    if case.flaw is Flaw.NOBODY:  # "it would appear that it was lost": else the doubt would be left
        yield from (m for m in doubts.stated(case) if m.told != doubts.CERTAIN)
    if case.finding.category is Category.BLAME_SHIFTING:
        yield from ownership.cause(case)
    if case.flaw is Flaw.DOUBT or case.finding.category is Category.MINIMISING:
        yield from size.scale(case)
    if dropped or not _news(case):
        yield from general.whole(case)
        yield from general.with_dependents(case)
    blames = case.finding.category is Category.BLAME_SHIFTING and not case.charges
    if blames and (case.tells or general.told_beside(case)):
        beside = ownership.own_part(case)
        if beside is not None:
            yield Mend(edits=(beside,), told="Keeps what it tells and asks beside it what you could have done.")


_TELLING = frozenset({Flaw.DOUBT, Flaw.NOBODY})


def _news(case: Case) -> bool:
    """Whether the words are news to the reader, so that they may be put otherwise and may not be dropped."""
    nobody = case.flaw is Flaw.NOBODY and case.happened  # "force was used"
    telling = nobody or (case.flaw in _TELLING and not general.told_beside(case))
    return case.tells or telling or case.reports or bool(case.shown(case.begin, case.end))


def ways(case: Case) -> Iterator[Mend]:
    """Every way to mend a flaw, the ones that take least of what the draft tells first."""
    if case.finding.rule_id not in MENDERS:
        return
    small, large = trims(case), mends(case)
    first = (*small, *large) if unsure(case) or _requested(case) else (*large, *small)
    away = tuple(general.gone(case)) if _may_go(case) else ()
    found = (*first, *_piece_by_piece(case), *beside(case), *away, *general.anew(case))
    once = {mend.edits: mend for mend in reversed(found)}
    once = {edits: mend for edits, mend in once.items() if mend.sure or _takes_enough(case, mend)}
    once = {edits: mend for edits, mend in once.items() if not leaves_a_scrap(case.reading, edits)}
    once = {edits: mend for edits, mend in once.items() if not doubts.leaves_some(case, mend)}
    once = {edits: mend for edits, mend in once.items() if not hides(case, mend) and not unsays(case, mend)}
    once = {edits: mend for edits, mend in once.items() if not doubts.admits_a_charge(case, mend)}
    once = {edits: mend for edits, mend in once.items() if not doubts.drops_news(case, mend)}
    known = [replace(mend, loss=0) for mend in reversed(once.values()) if _says_the_act(case, mend)]
    weighed = [_weighed(case, mend) for mend in reversed(once.values())]
    if case.finding.category is Category.PREMATURE_SELLING:  # half an offer makes no sense
        weighed.sort(key=lambda mend: sum(edit.end - edit.begin for edit in mend.edits))
        if not _given(case) and not case.only_telling:
            if case.reading.notes is None or _offers_around(case):
                weighed.sort(key=lambda mend: not any(mend.edits == one.edits for one in away))
            weighed[:1] = [replace(mend, loss=0) for mend in weighed[:1]]
    yield from known
    yield from sorted(weighed, key=_rank)


def _offers_around(case: Case) -> bool:
    """Whether the rest of its sentences belongs to the offer as well."""
    label = case.finding.category.name.lower()
    sentences = {s.number: s for s in (case.reading.sentence_at(t.i) for t in case.tokens)}.values()
    rest = [(s.begin, case.begin) for s in sentences if s.begin < case.begin < s.end]
    rest += [(case.end, s.end) for s in sentences if s.begin < case.end < s.end]
    return all(
        (carried(case.reading, label, begin, end) or 0.0) >= alight_from(case.reading, label)
        for begin, end in rest
        if any(c.isalnum() for c in case.text[begin:end])
    )


def _given(case: Case) -> bool:
    """Whether what looks like an offer is something that the sender has done."""
    return any(c.doer is Agent.FIRST and c.past and c.actual for c in case.clauses)


def _rank(mend: Mend) -> int:
    """What loses less comes first, and what is sure to mend the flaw comes first of what loses no fact."""
    return -1 if mend.sure and mend.loss <= FREE else sum(mend.loss > step for step in _STEPS)


def _weighed(case: Case, mend: Mend) -> Mend:
    """The mend with what it loses. A question beside words that tell nothing loses less than those words are worth."""
    taken = loss(case, mend.edits)
    if not any(OWN_PART in edit.new for edit in mend.edits):
        return replace(mend, loss=taken)
    idle = _CHARGE if case.flaw in _ON_THEM or case.meant else _IDLE
    sure = case.finding.category is Category.BLAME_SHIFTING and case.flaw is not Flaw.SHARE
    return replace(mend, loss=taken if case.informs else taken + idle, sure=sure)


def hides(case: Case, mend: Mend) -> bool:
    """Whether what nobody is said to have done goes without a word: "force was used", "the line has been stopped"."""
    news = case.flaw is Flaw.CAUSE and not case.causes
    news = news and not any(c.doer in {Agent.OTHER, Agent.SECOND} for c in case.clauses)  # else it accuses
    if not (news or case.flaw is Flaw.NOBODY) or not case.happened or case.meant:
        return False
    said = " ".join(edit.new for edit in mend.edits).lower()
    acts = [c.root for c in case.clauses if c.actual and c.root.lemma_ != "be"]
    gone = [act for act in acts if any(e.begin <= act.idx < e.end for e in mend.edits)]
    return "[" not in said and any(act.lower_[:_STEM] not in said for act in gone)


_STEM = 4


def unsays(case: Case, mend: Mend) -> bool:
    """Whether an apology goes with words that are another flaw: half an apology is mended, and a display is no apology.

    What the sender has done about it, told behind half an apology, is no part of that.
    """
    reading = case.reading
    if case.flaw is Flaw.HALF:
        sorry = {a.clause.sentence for a in reading.real_apologies}
        done = [c.root for c in case.clauses if _did(c) and c.sentence not in sorry and c.dependency == "ROOT"]
        return any(
            e.begin <= root.idx < e.end and root.lower_ not in e.new.lower() for e in mend.edits for root in done
        )
    if case.finding.category in {Category.INSINCERE_HEDGING, Category.OVERLONG_DRAMA}:
        return False
    heads = [a.head.idx for a in reading.real_apologies if a.condition is None]
    heads += [reading.doc[first].idx for first, _ in reading.ranges("idiom_apology")]
    return any(e.begin <= head < e.end and not e.new.strip() for e in mend.edits for head in heads)


_ON_THEM = frozenset({Flaw.CHARGE, Flaw.SHARE})
_IDLE, _CHARGE = FREE + 1, 12
"""What a question loses beside words that tell nothing, and beside a charge or a plea of good intentions."""


def _takes_enough(case: Case, mend: Mend) -> bool:
    """Whether not half a flaw is left: words that are to go must go, or be owned up to."""
    given = case.finding.category is Category.PREMATURE_SELLING and _given(case)
    if given or case.finding.category is Category.INSINCERE_HEDGING or any("[" in edit.new for edit in mend.edits):
        return True
    kept: set[int] = set()
    if case.finding.category in {Category.BLAME_SHIFTING, Category.MINIMISING}:  # "sorry for that, though you ..."
        kept = {t.i for a in case.reading.real_apologies if a.condition is None for t in a.clause.own}
    if case.finding.category is Category.MINIMISING:  # what the sender did is news, and may stay
        boasts = case.flaw is Flaw.PRAISE  # "we have never been late" is no failure
        told = [c for c in case.clauses if _did(c) or _done(c) or _cures(case, c) or c.root.idx in case.failures]
        told = [c for c in told if not (boasts and (c.negated or _alight(case, c)))]
        kept |= {t.i for c in told for t in c.own}
    elif case.finding.category is Category.BLAME_SHIFTING:
        kept |= _requested(case)
    words = [t for t in case.tokens if t.is_alpha and t.i not in kept]
    if case.reading.notes is None:
        words = [t for t in words if not t.is_stop]
    weighed = [(t.idx, carried(case.reading, case.finding.category.name.lower(), t.idx, t.idx + len(t))) for t in words]
    weights = {place: 1.0 if weight is None else weight for place, weight in weighed}
    gone = sum(weight for place, weight in weights.items() if any(e.begin <= place < e.end for e in mend.edits))
    return gone >= _ENOUGH * sum(weights.values())


def _requested(case: Case) -> set[int]:
    """The words of a polite request that a charge is given as the reason for: "please be in, as you were out last time"."""
    asks = any(c.words & {"please", "kindly"} and c.root.tag_ == "VB" for c in case.clauses)
    reason = next((c.first for c in case.clauses if c.mark in {"as", "because", "since"}), None)
    return {t.i for t in case.tokens if t.i < reason} if asks and reason is not None else set()


def _alight(case: Case, clause: Clause) -> bool:
    """Whether the clause itself carries the flaw, by the trained reader."""
    label, words = case.finding.category.name.lower(), clause.own
    weight = carried(case.reading, label, words[0].idx, words[-1].idx + len(words[-1])) if words else None
    return weight is not None and weight >= alight_from(case.reading, label)


def _cures(case: Case, clause: Clause) -> bool:
    """Whether it tells how it is put right."""
    return bool(_CURES & case.shown(clause.root.idx, clause.root.idx + 1))


_CURES = frozenset({ComponentKind.REMEDY, ComponentKind.PREVENTION, ComponentKind.CONTACT})


def _did(clause: Clause) -> bool:
    """Whether it says what the sender did, not what they are."""
    return clause.doer is Agent.FIRST and clause.past and clause.actual and clause.root.lemma_ != "be"


def _done(clause: Clause) -> bool:
    """ "She was fetched within the hour": what somebody did about it. "Nobody was hurt" is no deed."""
    passive = clause.voice is VerbVoice.PASSIVE and clause.actual and not clause.negated
    return passive and bool((clause.words | clause.lemmas) & lexicon.TIME_WORDS)


_ENOUGH = 0.8


def _says_the_act(case: Case, mend: Mend) -> bool:
    """Whether it puts in what happened, as the writer tells it: no words that go tell more."""
    fact = case.reading.context.facts.what_happened.strip(" .!")[1:]  # its first letter may have become a small one
    return bool(fact) and any(fact in edit.new for edit in mend.edits)


def _may_go(case: Case) -> bool:
    """Whether the sentences may go as a whole: half an apology is said anew instead, and what is told is news."""
    blames = case.finding.category is Category.BLAME_SHIFTING and case.causes
    told = not case.meant if case.flaw in _TELLING else case.informs and blames
    anew = case.flaw in {Flaw.HALF, Flaw.DOUBT}  # these are said again, plainly
    return not anew and not (case.happened and told) and not case.reports and not case.only_telling


def _piece_by_piece(case: Case) -> Iterator[Mend]:
    """Of a flaw over several sentences, each one mended by itself, at the least loss."""
    reading = case.reading
    numbers = sorted({reading.sentence_at(t.i).number for t in case.tokens})
    if not 1 < len(numbers) <= _MOST_PIECES:
        return
    edits: list[Edit] = []
    told = ""
    for number in numbers:
        sentence = reading.sentences[number]
        begin, end = max(case.begin, sentence.begin), min(case.end, cuts.end_of(reading, sentence))
        piece = replace(case, begin=begin, end=end)
        options = [mend for mend in (*mends(piece), *trims(piece)) if not any(e.inserts for e in mend.edits)]
        best = min(options, key=lambda mend: loss(piece, mend.edits), default=None)
        if best is not None and not overlap(edits, best.edits):
            edits += best.edits
            told = best.told
    if edits:
        yield Mend(edits=composed(case.text, edits), told=told)


_MOST_PIECES = 6

_STEPS = (0, FREE, 7, 11, 15)
"""Losses that are told apart: nothing, a few plain words, a fact, more."""
