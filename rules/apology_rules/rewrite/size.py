"""Mends for drama, for what plays the failure down, and for selling."""

import itertools
import re
from collections.abc import Iterator

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent
from apology_rules.reading.failures import fails
from apology_rules.reading.layout import Role
from apology_rules.rewrite import cuts
from apology_rules.rewrite.adjacent import after, before, word_after, word_before
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit, overlap, sentence_cut
from apology_rules.rewrite.trims import new_head
from apology_rules.rewrite.words import raised

_SMALL_WORDS = frozenset("just only merely simply slight slightly small minor little tiny brief modestly".split())
_FEW = frozenset({"some", "few", "several", "certain", "various"})
_HOW_MANY = "Asks for the number; a small share comforts nobody."
_BEYOND = frozenset({"above", "below", "over", "under", "beyond", "past", "behind", "late"})
_HARDLY = frozenset({"fraction", "bit", "touch", "tad", "little", "shade"})
_FEW_OF_ALL = frozenset({"fraction", "handful", "minority"})
_PARTS = frozenset(
    {"handful", "number", "group", "proportion", "percentage", "fraction", "minority", "subset", "share", "part"}
)


_NUMBER_BESIDE = re.compile(
    rf"(?P<part>(?:(?:just|only) )?an? (?:\w+ ){{0,2}}(?:{'|'.join(sorted(_PARTS))})) \((?P<number>[^()]*\d[^()]*)\)(?= of\b)",
    re.I,
)
"""A share that is made small, with the number behind it: "a tiny fraction (0.2%) of our users"."""


def drop(told: str) -> "_Drop":
    """A mender that cuts the words of the finding."""
    return _Drop(told)


class _Drop:
    def __init__(self, told: str) -> None:
        self._told = told

    def __call__(self, case: Case) -> Iterator[Mend]:
        found = cuts.cut(case.reading, case.begin, case.end, case.doomed)
        if found:
            yield Mend(edits=found, told=self._told)


def begged(case: Case) -> Iterator[Mend]:
    """ "I beg you to let me come" becomes "please let me come", "please, please" one "please"; else the words go."""
    told = "Asks for it without begging."
    edits: list[Edit] = []
    for verb in case.tokens:
        asked = next(
            (c for c in verb.children if c.dep_ in {"ccomp", "xcomp"} and c.tag_ == "VB" and c.i > verb.i), None
        )
        who = next((c for c in verb.lefts if c.dep_ == "nsubj" and c.lower_ in {"i", "we"}), None)
        if verb.lemma_.lower() in _BEGGING and asked is not None and who is not None and _ask_alone(asked):
            opens = case.reading.sentence_at(who.i).begin == who.idx and who.text[0].isupper()
            please = "Please " if opens else "please "
            edits.append(Edit(who.idx, asked.idx, please))
    pleas = [t for t in case.tokens if t.lower_ == "please" and not any(e.begin <= t.idx < e.end for e in edits)]
    for first, following in itertools.pairwise(pleas):
        if all(t.is_punct for t in case.reading.doc[first.i + 1 : following.i]):
            edits.append(Edit(first.idx + len(first), following.idx + len(following)))
    if edits:
        yield Mend(edits=tuple(sorted(edits)), told=told)
    yield from drop("Takes the display of feeling out.")(case)


def _ask_alone(verb: Token) -> bool:
    """Whether what is begged for can be asked for by itself: "you to let me come", "please let me come"; not "for mercy"."""
    return all(c.lower_ in {"you", "to", "please", "just"} or c.is_punct for c in verb.lefts)


_BEGGING = frozenset({"beg", "implore", "plead", "beseech"})


def said_again(case: Case) -> Iterator[Mend]:
    """ "Sorry. Sorry, sorry. And again, sorry." becomes "Sorry."; else the words go."""
    told = "Apologises once less; it has been said."
    here = case.reading.sentence_at(case.tokens[0].i).number if case.tokens else 0
    first = last = here
    while first and _only_sorry(case, first - 1):
        first -= 1
    while last + 1 < len(case.reading.sentences) and _only_sorry(case, last + 1):
        last += 1
    if _only_sorry(case, here):
        said = any(a.clause.sentence == first - 1 for a in case.reading.real_apologies)
        first += not said
    if first <= last and _only_sorry(case, here):
        begin, end = (case.reading.sentences[n] for n in (first, last))
        yield Mend(edits=(sentence_cut(case.text, begin.begin, cuts.end_of(case.reading, end)),), told=told)
    yield from drop(told)(case)


def _only_sorry(case: Case, number: int) -> bool:
    """Whether a sentence says nothing but sorry."""
    sentence = case.reading.sentences[number]
    words = {t.lower_ for t in case.reading.doc[sentence.first : sentence.last] if t.is_alpha}
    return sentence.role is Role.BODY and bool(words & _SORRY) and words <= _SORRY | _BESIDE_SORRY


_SORRY = frozenset({"sorry", "apologies", "apologise", "apologize", "soz", "sry"})
_BESIDE_SORRY = lexicon.INTENSIFIERS | frozenset("again and once more i we am are m im sincerely my".split())


def stacked(case: Case) -> Iterator[Mend]:
    """An apology keeps one plain word; a pile of feelings without an apology goes."""
    apology = case.apology
    if apology is not None and case.begin <= apology.head.idx < case.end:
        piled = [t for t in case.tokens if t.i < apology.head.i and t.lower_ in lexicon.INTENSIFIERS]
        if len(piled) > 1:
            last = apology.head
            yield Mend(edits=(Edit(piled[0].idx, last.idx),), told="Says it once and plainly.")
        return
    yield from drop("Takes the display of feeling out.")(case)


def usual(case: Case) -> Iterator[Mend]:
    """ "Like many other firms, we lost it" becomes "We lost it"; where all of it says how usual it is, it goes."""
    first = case.tokens[0] if case.tokens else None
    opens = first is not None and case.reading.sentence_at(first.i).first == first.i
    common = first is not None and first.lower_ == "in" and word_after(first) == "common"
    if first is not None and opens and (first.lower_ == "like" or common) and first.dep_ == "prep":
        last = first.right_edge
        behind = case.reading.doc[last.i + 1 : last.i + 3]
        if len(behind) > 1 and behind[0].text == ",":
            yield Mend(edits=(new_head(case.reading, first.idx, behind[1]),), told="Says it without how usual it is.")
    yield from drop("Takes out what plays it down.")(case)


def bright_side(case: Case) -> Iterator[Mend]:
    """ "The good news is that it has come" becomes "it has come"; else the words go."""
    for be in case.tokens:
        subject = next((c for c in be.lefts if c.dep_ == "nsubj"), None)
        told = next((c for c in be.rights if c.dep_ == "ccomp"), None)
        named = subject is not None and subject.lemma_.lower() in _SIDES and {t.lower_ for t in subject.lefts} & _BRIGHT
        done = told is not None and any(c.dep_ == "aux" and c.lemma_ in {"have", "will"} for c in told.children)
        if be.lemma_ != "be" or told is None or not done or not named or subject is None:
            continue  # that the cake was nice is no news
        first = next(t for t in told.subtree if not (t.dep_ == "mark" and t.head == told))
        begin = case.reading.doc[subject.left_edge.i]
        opens = case.reading.sentence_at(begin.i).begin == begin.idx
        edit = new_head(case.reading, begin.idx, first) if opens else Edit(begin.idx, first.idx)
        yield Mend(edits=(edit,), told="Tells it without the bright side.")
    yield from drop("Takes out what plays it down.")(case)


_SIDES = frozenset({"lining", "news", "part", "side", "thing"})
_BRIGHT = frozenset({"best", "bright", "good", "great", "happy", "positive", "silver"})


def trivial(case: Case) -> Iterator[Mend]:
    """The word that makes it small goes; where the whole clause does so, the clause."""
    small = [t for t in case.tokens if t.lower_ in _SMALL_WORDS and t.dep_ in {"advmod", "amod"}]
    small = [t for t in small if t.head.lemma_ != "take"]  # "it only takes one"
    small = [t for t in small if not (t.lower_ in {"just", "only"} and _there(t)) and _of_failure(case, t)]
    measured = [t for t in case.tokens[:-1] if t.lemma_.lower() in _HARDLY and word_after(t) in _BEYOND]
    if measured:  # "just a fraction above the limit"
        yield Mend(edits=tuple(_not_hardly(case, t) for t in measured), told="Takes out what makes it small.")
    if any(t.head.lemma_.lower() in _PARTS for t in small):
        yield from scale(case)
    elif small:
        each = [_without(case, t) for t in small]
        edits = tuple(e for e in each if not any(o != e and o.begin <= e.begin and e.end <= o.end for o in each))
        yield Mend(edits=edits, told="Takes out what makes it small.")
    told = [c for c in case.reading.failures if case.begin <= c.root.idx < case.end and not c.negated]
    if not (told or case.reports or case.shown(case.begin, case.end)):  # "nobody was hurt" is no news
        yield from drop("Takes out what makes it small.")(case)


def _not_hardly(case: Case, measure: Token) -> Edit:
    """ "Just a fraction above the limit" becomes "above the limit"."""
    doc, first = case.reading.doc, measure.left_edge
    first = doc[first.i - 1] if word_before(first) in _SMALL_WORDS else first
    opens = case.reading.sentence_at(first.i).begin == first.idx
    behind = doc[measure.i + 1]
    return new_head(case.reading, first.idx, behind) if opens else Edit(first.idx, behind.idx)


def _of_failure(case: Case, small: Token) -> bool:
    """Whether what is made small is the failure itself: "just a lapse", "I was slightly late"; not "it was only the path"."""
    if small.head.lemma_.lower() in _PARTS:
        return True
    clause = case.reading.clause_at(small)
    named = {t.lemma_.lower() for t in (small.head, *clause.own)} & (lexicon.FAILURE_NOUNS | lexicon.VAGUE_OBJECTS)
    return bool(named) or fails(clause) or clause.doer is Agent.FIRST


def _there(token: Token) -> bool:
    """Whether it says what alone there was: "there was only dust"."""
    return any(c.lower_ == "there" and c.dep_ == "expl" for t in (token.head, token.head.head) for c in t.children)


def scale(case: Case) -> Iterator[Mend]:
    """ "Only 2% of customers" becomes "2% of customers"; where no number stands, one is asked for."""
    told = "Gives the number without making it small."
    number = any(t.like_num for t in case.tokens)
    small = [t for t in case.tokens if t.lower_ in _SMALL_WORDS - {"small", "tiny", "slight", "minor", "little"}]
    if small and number:
        yield Mend(edits=tuple(_without(case, t) for t in small), told=told)
    yield from _at_most(case)
    if share := _NUMBER_BESIDE.search(case.words):
        new = raised(share["number"]) if share["part"][0].isupper() else share["number"]
        yield Mend(edits=(Edit(case.begin + share.start(), case.begin + share.end(), new),), told=told)
    for token in case.tokens:
        of = next((c for c in token.children if c.lower_ == "of"), None)
        if (
            token.lemma_.lower() in _PARTS
            and of is not None
            and not number
            and (any(c.dep_ == "amod" for c in token.children) or token.lemma_.lower() in _FEW_OF_ALL)
        ):
            begin = _counting(token).idx
            opens = case.reading.sentence_at(token.i).begin == begin
            new = "[How many]" if opens else "[how many]"
            counted = after(of)
            named = counted is not None and (
                counted.dep_ == "poss" or counted.pos_ == "PRON" or counted.lower_ == "the"
            )
            asked = Edit(
                begin, of.idx if named else of.idx + 2, f"{new} " if named else new
            )  # "[how many] of our clients"
            apart = [
                e for e in (_without(case, t) for t in small) if not overlap([asked], [e])
            ]  # "only hit a handful of"
            yield Mend(edits=tuple(sorted([*apart, asked])), told=_HOW_MANY)
        elif token.lower_ in _FEW and token.dep_ in {"det", "amod"} and _countable(token.head) and not number:
            article = before(token)
            first = article if article is not None and article.lower_ == "a" else token
            opens = case.reading.sentence_at(token.i).begin == first.idx
            new = "[How many]" if opens else "[how many]"
            yield Mend(edits=(Edit(first.idx, token.idx + len(token), new),), told=_HOW_MANY)


def _counting(part: Token) -> Token:
    """The first of the words that belong to "number" in "only a small number": not those of "earlier today"."""
    own = {c.i for c in part.lefts if c.dep_ in {"det", "predet", "amod", "advmod", "nummod", "quantmod"}}
    own |= {c.i for i in own for c in part.doc[i].children}
    first = part.i
    while first - 1 in own:
        first -= 1
    return part.doc[first]


def _at_most(case: Case) -> Iterator[Mend]:
    """ "No more than fifty pupils" becomes "[how many] pupils"."""
    for token in case.tokens:
        noun, first = token.head, token.left_edge
        low = {t.lower_ for t in token.lefts} & {"than", "under"} or word_before(first) == "under"
        if token.like_num and token.dep_ == "nummod" and low and _countable(noun) and token.i + 1 == noun.i:
            begin = first if first != token else noun.doc[first.i - 1]
            while word_before(begin) in {"no", "not", "well", "far", "just"}:
                begin = noun.doc[begin.i - 1]
            opens = case.reading.sentence_at(begin.i).begin == begin.idx
            new = "[How many]" if opens else "[how many]"
            yield Mend(edits=(Edit(begin.idx, token.idx + len(token), new),), told=_HOW_MANY)


def _countable(noun: Token) -> bool:
    """Whether it can be asked how many; nobody counts quarters or respects."""
    return noun.tag_ == "NNS" and noun.lemma_.lower() not in {
        "quarter",
        "respect",
        "way",
        "reason",
        "circumstance",
        "time",
    }


def _without(case: Case, token: Token) -> Edit:
    end = token.idx + len(token)
    opens = case.reading.sentence_at(token.i).begin == token.idx
    following = after(token)
    if opens and following is not None:
        return new_head(case.reading, token.idx, following)
    article = before(token)
    if article is not None and article.lower_ in {"a", "an"} and following is not None:
        right = "an" if following.text[0].lower() in "aeio" else "a"
        led = before(article)  # "Just a small slip": that goes as well
        if led is not None and led in case.tokens and led.text in map(raised, _SMALL_WORDS):
            return Edit(led.idx, following.idx, f"{raised(right)} ")
        kept = right if article.text[0].islower() else raised(right)
        return Edit(article.idx, following.idx, f"{kept} ")
    return Edit(token.idx, following.idx if following is not None and not following.is_punct else end)
