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
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.words import raised

_CATEGORIES = {kind: category for category, kind in COMPONENTS.items() if category is not None}
_LABEL = re.compile(r"\s*(?:subject|re)\s*:\s*", re.I)
_ASKED = "Asks for it anew, in plain words: what it says cannot be mended word by word."
_GONE = "Takes the sentence out; the rest stands without it."
_FEW = 8
_HANGING = 12
_MOST = 0.7
_EXCUSES = frozenset({"blame-shifting.circumstance", "blame-shifting.third-party", "blame-shifting.scapegoat"})
_DOUBT = "insincere-hedging.doubt"


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
    if here is None or here.greeted or case.tells_alone(here.begin, here.end) or not _void_around(case, here):
        return
    edits = cuts.without(case.reading, here.begin, here.end)
    if edits:
        yield Mend(edits=edits, told=_GONE)


def with_dependents(case: Case) -> Iterator[Mend]:
    """The words go with all that hangs on them, where that is little and holds nothing that the apology needs."""
    edits = cuts.cut_with_dependents(case.reading, case.begin, case.end)
    if edits is None or case.only_telling:
        return
    more = [(e.begin, min(e.end, case.begin)) for e in edits] + [(max(e.begin, case.end), e.end) for e in edits]
    words = [case.text[begin:end] for begin, end in more if begin < end]
    heads = {*case.failures} | {a.head.idx for a in case.reading.real_apologies}
    needed = any(case.shown(begin, end) or any(begin <= i < end for i in heads) for begin, end in more if begin < end)
    if not needed and sum(len(w.split()) for w in words) <= max(_HANGING, len(case.words.split()) // 2):
        yield Mend(edits=edits, told="Takes it out with what hangs on it.")


def told_beside(case: Case) -> bool:
    """Whether the sentences of the flaw tell what went wrong in words that are not flawed."""
    here = _stretch(case)
    return here is not None and any(
        here.begin <= place < here.end and not case.begin <= place < case.end for place in case.failures
    )


def plain(case: Case) -> Iterator[Mend]:
    """What the sentences did for the apology is asked for anew; what did nothing for it goes."""
    here = _stretch(case)
    if here is None:
        return
    if here.sentences[0].role is Role.SUBJECT:
        yield Mend(edits=(Edit(here.begin, here.end, f"{raised(case.voice.possessive)} apology"),), told=_ASKED)
        return
    yield from _beside(case, here)
    if _worth_keeping(case, here):
        return
    for words in dict.fromkeys(_anew(case, here)):
        if words:
            yield Mend(edits=(Edit(here.begin, here.end, _after_greeting(case, here, words)),), told=_ASKED)
        elif not here.greeted and (edits := cuts.without(case.reading, here.begin, here.end)):
            yield Mend(edits=edits, told=_GONE)
    if not here.greeted and (edits := cuts.without(case.reading, here.begin, here.end)):
        yield Mend(edits=edits, told=_GONE)


def _worth_keeping(case: Case, here: _Stretch) -> bool:
    """Whether the sentences own the failure, or promise something in words that are not flawed."""
    partial = case.end - case.begin < _MOST * (here.end - here.begin)
    owned = partial and case.reading.owned_sentences & {s.number for s in here.sentences}
    vows = [
        begin
        for begin, end in case.promised
        if begin < here.end and here.begin < end and not (case.begin <= begin and end <= case.end)
    ]
    return bool(owned or vows)


def _beside(case: Case, here: _Stretch) -> Iterator[Mend]:
    """The flawed part of a sentence goes, and what it did for the apology is asked for behind it."""
    wanted = _wanted(case, case.begin, case.end)
    found = cuts.cut(case.reading, case.begin, case.end, case.doomed) if wanted else None
    if not found or found[-1].end > here.end or (found[0].begin <= here.begin and found[-1].end >= here.end):
        return
    if any(edit.begin <= here.begin and not edit.new for edit in found):
        return
    stop = "" if case.text[here.end - 1] in ".!?\u2026" else "."
    behind = Edit(here.end, here.end, f"{stop} {_asked(case, wanted)}")
    yield Mend(edits=(*found, behind), told="Takes it out and asks anew for what it told.")


def _wanted(case: Case, begin: int, end: int) -> set[Category]:
    """What is missing where the words `[begin, end)` go."""
    elsewhere = {kind for kind, first, last in case.evidence if not (first < end and begin < last)}
    lost = {_CATEGORIES[kind] for kind in case.shown(begin, end) - (elsewhere - {ComponentKind.RESPONSIBILITY})}
    return lost - {Category.MISSING_REGRET, Category.MISSING_CONTACT}  # where to call is said at the end, if at all


def _after_greeting(case: Case, here: _Stretch, words: str) -> str:
    """ "Hi Ann, we are sorry": small as the words that stood there."""
    small = here.greeted and case.text[here.begin].islower() and not words.startswith("I ")
    return words[0].lower() + words[1:] if small else words


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
    same_line = "\n" not in case.text[begin:past_greeting]
    return _Stretch(past_greeting, end, sentences, greeted=past_greeting > begin and same_line)


def _void_around(case: Case, here: _Stretch) -> bool:
    """Whether the words beside the flaw are few and hold nothing that the apology needs."""
    kept = [
        t
        for s in here.sentences
        for t in case.reading.doc[s.first : s.last]
        if not t.is_space
        and not t.is_punct
        and not case.begin <= t.idx < case.end
        and not any(begin <= t.idx < end for begin, end in case.doomed)
    ]
    if len(kept) > max(_FEW, len(case.words.split()) // 2):
        return False
    places = {t.idx for t in kept}
    heads = {a.head.idx for a in case.reading.real_apologies} | {*case.failures}
    shown = any(case.shown(t.idx, t.idx + len(t)) for t in kept)
    return (
        not places & heads
        and not shown
        and not any(t.text[0].isdigit() or t.ent_type_ in {"PERSON", "DATE"} for t in kept)
    )


def _anew(case: Case, here: _Stretch) -> Iterator[str]:
    """Plain sentences for what the flawed ones did, the likeliest first; none where they did nothing."""
    voice, who = case.voice, raised(case.voice.subject)
    numbers = {s.number for s in here.sentences}
    lost = _wanted(case, here.begin, here.end)
    apologies = [a for a in case.reading.real_apologies if a.force is Force.APOLOGY or a.clause.sentence in numbers]
    sorry_here = any(a.clause.sentence in numbers for a in apologies)
    sorry_elsewhere = any(a.clause.sentence not in numbers for a in apologies)
    told = any(c.sentence not in numbers for c in case.reading.failures) or bool(case.reading.owned_sentences - numbers)
    apology = f"{who} {voice.be} sorry." if told else f"{who} {voice.be} sorry for [what you did]."
    owned = bool(case.reading.owned_sentences - numbers)
    rule, category = case.finding.rule_id, case.finding.category
    if category is Category.BLAME_SHIFTING and (case.tells or rule == "blame-shifting.agent-omission"):
        lost |= {Category.MISSING_EXPLANATION if owned and rule in _EXCUSES else Category.MISSING_RESPONSIBILITY}
    elif rule == _DOUBT and not sorry_here:
        yield f"What {voice.subject} know is this: [what you know of it]."
    elif _tells_beside(case, here) and not sorry_here and not case.names_the_act:
        yield "What happened is this: [what happened]."
    if sorry_here and not sorry_elsewhere:
        yield _joined(apology, _asked(case, lost))
    alone = not sorry_elsewhere and not any(s.number not in numbers for s in case.reading.body)
    if alone:
        yield _joined(apology, _asked(case, lost - {Category.MISSING_RESPONSIBILITY}))
    yield _asked(case, lost)
    if not sorry_elsewhere:
        yield _joined(apology, _asked(case, lost))
    yield _asked(case, lost | {Category.MISSING_RESPONSIBILITY})
    yield _joined(f"{who} {voice.be} sorry.", _asked(case, lost | {Category.MISSING_RESPONSIBILITY}))


def _tells_beside(case: Case, here: _Stretch) -> bool:
    """Whether the sentences tell what went wrong, in words that the rule does not send away."""
    roots = [place for place in case.failures if here.begin <= place < here.end]
    doomed = (*case.doomed, (case.begin, case.end)) if case.finding.category in _SENT_AWAY else ()
    return any(not any(begin <= root < end for begin, end in doomed) for root in roots)


_SENT_AWAY = frozenset({Category.OVERLONG_DRAMA, Category.PREMATURE_SELLING})


def _asked(case: Case, wanted: set[Category]) -> str:
    said = []
    for category in ORDER:
        if category in wanted and category is not Category.MISSING_REGRET:
            said += [next(a.sentence for a in additions(case.reading, category, case.voice, case.parse))]
    return " ".join(said)


def _joined(*words: str) -> str:
    return " ".join(filter(None, words))
