"""Mends for any flaw, whatever its construction: the whole sentence goes, or it is asked for anew in plain words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apology_rules.hits import COMPONENTS
from apology_rules.reading.apologies import Force
from apology_rules.reading.layout import Role
from apology_rules.reading.parsed import Sentence
from apology_rules.review import Category, ComponentKind
from apology_rules.rewrite import cuts
from apology_rules.rewrite.additions import ORDER, additions
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit, sentence_cut
from apology_rules.rewrite.words import raised

_CATEGORIES = {kind: category for category, kind in COMPONENTS.items() if category is not None}
_LABEL = re.compile(r"\s*(?:subject|re)\s*:\s*", re.I)
_HEDGING = frozenset({Category.INSINCERE_HEDGING})
_ASKED = "Asks for it anew, in plain words: what it says cannot be mended word by word."
_GONE = "Takes the sentence out; the rest stands without it."


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Whole sentences around a flaw: their code points without a greeting before them."""

    begin: int
    end: int
    sentences: tuple[Sentence, ...]
    greeted: bool


def whole(case: Case) -> Iterator[Mend]:
    """The sentences go, where nothing else in them is worth keeping and nothing behind hangs on them."""
    here = _stretch(case)
    if here is None or here.greeted or case.only_telling or not _void_around(case, here):
        return
    edits = cuts.without(case.reading, here.begin, here.end)
    if edits:
        yield Mend(edits=edits, told=_GONE)


def plain(case: Case) -> Iterator[Mend]:
    """What the sentences did for the apology is asked for anew; what did nothing for it goes."""
    here = _stretch(case)
    if here is None:
        return
    first = here.sentences[0]
    if first.role is Role.SUBJECT:
        yield Mend(edits=(Edit(here.begin, here.end, f"{raised(case.voice.possessive)} apology"),), told=_ASKED)
        return
    for words in dict.fromkeys(_anew(case, here)):
        yield Mend(edits=(Edit(here.begin, here.end, words),), told=_ASKED)
    yield Mend(edits=(sentence_cut(case.text, here.begin, here.end),), told=_GONE)


def _stretch(case: Case) -> _Stretch | None:
    """The sentences of the flaw, and those that the parser has torn off them."""
    reading = case.reading
    if not case.tokens:
        return None
    first, last = reading.sentence_at(case.tokens[0].i), reading.sentence_at(case.tokens[-1].i)
    while first.number and not cuts.opens(case.text, first.begin):
        first = reading.sentences[first.number - 1]
    while last.number + 1 < len(reading.sentences) and not cuts.ends(case.text, cuts.end_of(reading, last)):
        last = reading.sentences[last.number + 1]
    sentences = reading.sentences[first.number : last.number + 1]
    begin, end = first.begin, cuts.end_of(reading, last)
    if first.role is Role.SUBJECT:
        if last is not first:
            return None
        label = _LABEL.match(case.text, begin, end)
        return _Stretch(label.end() if label else begin, end, sentences, greeted=True)
    past_greeting = cuts.behind_greeting(reading, first)
    if past_greeting >= end:
        return None
    return _Stretch(past_greeting, end, sentences, greeted=past_greeting > begin)


def _void_around(case: Case, here: _Stretch) -> bool:
    """Whether the words beside the flaw hold nothing that the apology needs."""
    kept = [
        t
        for s in here.sentences
        for t in case.reading.doc[s.first : s.last]
        if not t.is_space
        and not t.is_punct
        and not case.begin <= t.idx < case.end
        and not any(begin <= t.idx < end for begin, end in case.doomed)
    ]
    if not kept:
        return True
    places = {t.idx for t in kept}
    heads = {a.head.idx for a in case.reading.real_apologies} | {c.root.idx for c in case.reading.failures}
    shown = [t for t in kept if any(begin <= t.idx < end for _, begin, end in case.evidence)]
    return not places & heads and not shown and not any(t.like_num or t.ent_type_ in {"PERSON", "DATE"} for t in kept)


def _anew(case: Case, here: _Stretch) -> Iterator[str]:
    """Plain sentences for what the flawed ones did, the fewest first."""
    kinds = {kind for kind, begin, end in case.evidence if begin < here.end and here.begin < end}
    kinds -= {
        kind for kind, begin, end in case.evidence if not (begin < here.end and here.begin < end) and kind in kinds
    } - {ComponentKind.RESPONSIBILITY}
    numbers = {s.number for s in here.sentences}
    apologies = [a for a in case.reading.real_apologies if a.force is Force.APOLOGY or a.clause.sentence in numbers]
    elsewhere = any(a.clause.sentence not in numbers for a in apologies)
    wanted = {_CATEGORIES[kind] for kind in kinds if kind is not ComponentKind.REGRET}
    sorry = f"{raised(case.voice.subject)} {case.voice.be} sorry"
    told = any(c.sentence not in numbers for c in case.reading.failures) or any(
        n not in numbers for n in case.reading.owned_sentences
    )
    apology = f"{sorry}." if told else f"{sorry} for [what you did]."
    apologises = any(a.clause.sentence in numbers for a in apologies)
    if apologises and not elsewhere:
        yield _joined(apology, _asked(case, wanted))
    owning = wanted | {Category.MISSING_RESPONSIBILITY}
    blamed = case.finding.category is Category.BLAME_SHIFTING and not case.reading.owned_sentences
    if blamed or (wanted and Category.MISSING_RESPONSIBILITY in wanted):
        yield _asked(case, owning)
    elif wanted:
        yield _asked(case, wanted)
    elif case.only_telling:
        yield "What happened is this: [what happened]."
    if not elsewhere:
        yield _joined(apology, _asked(case, wanted))
        yield _joined(f"{sorry}.", _asked(case, owning))
    yield _asked(case, owning)


def _asked(case: Case, wanted: set[Category]) -> str:
    said = []
    for category in ORDER:
        if category in wanted and category is not Category.MISSING_REGRET:
            said += [next(a.sentence for a in additions(case.reading, category, case.voice, case.parse))]
    return " ".join(said)


def _joined(*words: str) -> str:
    return " ".join(filter(None, words))
