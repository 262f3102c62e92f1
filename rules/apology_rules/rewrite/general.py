"""Mends for any flaw, whatever its construction: the whole sentence goes; a hedged apology is said again in plain words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.hedges import definite
from apology_rules.reading.layout import BLANK_LINE, Role
from apology_rules.reading.parsed import Sentence
from apology_rules.review import Category
from apology_rules.rewrite import cuts
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit, sentence_cut
from apology_rules.rewrite.flaws import Flaw
from apology_rules.rewrite.hedges import regrets, to_whom
from apology_rules.rewrite.named import DEEDS, deed_called, failure_called, just_told
from apology_rules.rewrite.words import raised

_LABEL = re.compile(r"\s*(?:subject|re)\s*:\s*", re.I)
_ANEW = "Apologises anew, in plain words: what it says cannot be mended word by word."
_GONE = "Takes the sentence out; the rest stands without it."
_FEW = 8
_HANGING = 12


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole sentences around a flaw: their code points without a greeting before them."""

    begin: int
    end: int
    sentences: tuple[Sentence, ...]
    greeted: bool


def whole(case: Case) -> Iterator[Mend]:
    """The sentences go, where nothing else in them is worth keeping and nothing behind hangs on them."""
    here = stretch(case)
    if here is None or here.greeted or case.tells_alone(here.begin, here.end) or not _void_around(case, here):
        return
    edits = cuts.without(case.reading, here.begin, here.end)
    if edits:
        yield Mend(edits=edits, told=_GONE)


def gone(case: Case) -> Iterator[Mend]:
    """The sentences go with all that stands in them; an offer or a display goes with a next one that hangs on it."""
    here = stretch(case)
    if here is None or here.greeted or here.sentences[0].role is Role.SUBJECT:
        return
    ends = [here.end]
    following = case.reading.sentences[here.sentences[-1].number + 1 :][:1]
    others = [place for place in case.doomed if here.end <= place[0]]
    if any(a < s.end and s.begin < b for s in following for a, b in others) and here.sentences[0].role is Role.BODY:
        yield Mend(edits=(sentence_cut(case.text, here.begin, here.end),), told=_GONE)
        return
    if case.finding.category in {Category.PREMATURE_SELLING, Category.OVERLONG_DRAMA}:
        ends += [cuts.end_of(case.reading, s) for s in following if s.role is Role.BODY]
    for end in ends:
        if not BLANK_LINE.search(case.text[here.end : end]) and (edits := cuts.without(case.reading, here.begin, end)):
            yield Mend(edits=edits, told=_GONE)
            return


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
    here = stretch(case)
    return here is not None and any(
        here.begin <= place < here.end and not case.begin <= place < case.end for place in case.failures
    )


def anew(case: Case) -> Iterator[Mend]:
    """A subject says what it is; half an apology, or a display that is the only apology, becomes a plain one."""
    here = stretch(case)
    if here is None:
        return
    if here.sentences[0].role is Role.SUBJECT:
        yield Mend(edits=(Edit(here.begin, here.end, f"{raised(case.voice.possessive)} apology"),), told=_ANEW)
        return
    numbers = {s.number for s in here.sentences}
    if _names_a_fact(case, here) or not fills(case, here) or says_much_alone(case, here):
        return
    begins = [a.clause.sentence for a in case.reading.real_apologies]
    elsewhere = any(number not in numbers for number in begins)
    hedged = case.flaw is Flaw.HALF
    if hedged and (definite_already(case) or case.somebody_elses or (case.apology is None and elsewhere)):
        return  # what it is for would go, or there is no apology of the sender's in it that could be made anew
    if hedged and (deed := _deed(case, here)):
        words = f"{apologising(case, here)} {deed}."
        yield Mend(edits=(Edit(here.begin, here.end, after_greeting(case, here, words)),), told=_ANEW)
    if hedged and elsewhere:
        yield from gone(case)
    if not (hedged or (case.finding.category is Category.OVERLONG_DRAMA and numbers & {*begins} and not elsewhere)):
        return
    told = any(c.sentence not in numbers for c in case.reading.failures) or bool(case.reading.owned_sentences - numbers)
    told = told or (len(numbers) == 1 and case.names_the_act)
    called = (failure_called(case) or deed_called(case)) if hedged else ""
    words = f"{apologising(case, here)} {called or '[what you did]'}." if called or not told else plain(case)
    yield Mend(edits=(Edit(here.begin, here.end, after_greeting(case, here, words)),), told=_ANEW)


def definite_already(case: Case) -> bool:
    """Whether it is an apology for something definite already, which would go with words made anew."""
    said = [a for a in case.reading.apologies if case.begin <= a.head.idx < case.end]  # a mere courtesy is one, too
    return any(definite(case.reading, apology) for apology in said)


def plain(case: Case) -> str:
    """An apology in the writer's own short form, to whom it went: "I'm sorry.", "We apologise to Ms Rao."."""
    who, apology = raised(case.voice.subject), case.apology
    addressed = to_whom(apology) if apology is not None else None
    if apology is not None and addressed is not None:
        to = case.reading.doc[apology.head.i + 1 : addressed.i + 1].text
        return f"{who} apologise{case.voice.s} {to}{just_told(case)}."
    short = {"am": "'m", "are": "'re"}.get(case.voice.be, "")
    said = apology is not None and any(t.lower_.replace("\u2019", "'") == short for t in apology.head.sent)
    be = short if said and short else f" {case.voice.be}"
    return f"{who}{be} sorry{just_told(case)}."


def apologising(case: Case, here: Stretch) -> str:
    """How the sender apologises there, for something that is to follow: "We apologise for", "The club regrets"."""
    head = case.apology.head if case.apology is not None else None
    first = case.reading.token_from(here.begin)
    lead = list(case.reading.doc[first.i : head.i + 1]) if head is not None and first is not None else []
    verbs = [t for t in lead[:-1] if t.pos_ in {"VERB", "AUX"} and t.lemma_.lower() not in _LEADING_UP]
    plain = not any(t.is_punct or t.is_space or t.dep_ in {"neg", "mark"} for t in lead) and not verbs
    if head is None or not lead or len(lead) > _SHORT or not plain or head.tag_ == "VBN":
        return f"{raised(case.voice.subject)} {case.voice.be} sorry for"
    words = case.text[lead[0].idx : head.idx + len(head)]
    return words if case.apology is not None and regrets(case.apology) else f"{words} for"


def _deed(case: Case, here: Stretch) -> str:
    """What the sender did, where the sentences name it: "my joke about your age", "what I wrote"; else nothing."""
    for sentence in here.sentences:
        for token in case.reading.doc[sentence.first : sentence.last]:
            if token.idx < here.begin:
                continue
            own = any(c.dep_ == "poss" and c.lower_ in {"my", "our"} for c in token.children)
            if own and token.lemma_.lower() in DEEDS and token.dep_ in {"nsubj", "nsubjpass", "pobj", "dobj"}:
                return _in_full(case, token.left_edge, token)
            verb = token.head
            if token.lower_ == "what" and token.dep_ == "dobj" and verb.tag_ == "VBD" and _by_the_sender(verb):
                return _in_full(case, token, verb)
    return ""


def _by_the_sender(verb: Token) -> bool:
    return any(c.dep_ == "nsubj" and c.lower_ in {"i", "we"} for c in verb.children)


def _in_full(case: Case, first: Token, head: Token) -> str:
    """The words from `first` to the last that hang on `head`, up to a comma, as they stand in the middle of a sentence."""
    doc = case.reading.doc
    last = next((t.i for t in doc[head.i : head.right_edge.i + 1] if t.is_punct or t.is_space), head.right_edge.i + 1)
    words = case.text[first.idx : doc[last - 1].idx + len(doc[last - 1])]
    return words if first.lower_ == "i" else words[0].lower() + words[1:]


_SHORT = 8
_LEADING_UP = frozenset("be want wish would like have must accept do will can".split())


def fills(case: Case, here: Stretch) -> bool:
    """Whether the sentences hold little else than the flaw: no clause beside it, no admission, few words."""
    clauses = [c for s in here.sentences for c in case.reading.clauses_of(s.number) if c.root.idx >= here.begin]
    hedged = case.finding.category is Category.INSINCERE_HEDGING
    holding = {case.apology.clause.root.i} if case.apology is not None else set()
    for token in case.tokens:  # what the words hang on is one with them
        holding |= {t.i for t in token.ancestors if (hedged or t.lemma_.lower() in cuts.FRAMES) and not _by_another(t)}
    beside = [c for c in clauses if not case.begin <= c.root.idx < case.end and c.root.i not in holding]
    admitted = {s.number for s in here.sentences} & case.reading.owned_sentences
    words = (
        t
        for s in here.sentences
        for t in case.reading.doc[s.first : s.last]
        if t.idx >= here.begin and not case.begin <= t.idx < case.end and t.pos_ in _CONTENT
    )
    return not beside and not admitted and sum(1 for _ in words) <= _LITTLE


def _by_another(verb: Token) -> bool:
    """ "Mr Hale said": somebody is quoted."""
    return any(c.dep_ == "nsubj" and c.pos_ == "PROPN" for c in verb.children)


_CONTENT = frozenset({"NOUN", "VERB", "PROPN", "NUM", "ADJ"})
_LITTLE = 4


def _names_a_fact(case: Case, here: Stretch) -> bool:
    """Whether a number or a name stands in the sentences that no other one says."""
    within = _words(case, here)
    facts = (t.lower_ for t in within if t.text[:1].isdigit() or (t.pos_ == "PROPN" and t.text[:1].isupper()))
    gone = {t.i for t in within}
    return any(not case.reading.says_outside(word, gone) for word in facts)


def says_much_alone(case: Case, here: Stretch) -> bool:
    """Whether more than four words of substance in the sentences stand nowhere else: what was done, to whom, with what."""
    within = _words(case, here)
    gone = {t.i for t in within}
    told = (t for t in within if t.pos_ in _SUBSTANCE and not {t.lower_, t.lemma_.lower()} & _OF_FEELING)
    lemmas = {t.lemma_.lower() for t in told}
    return sum(not case.reading.says_lemma_outside(lemma, gone) for lemma in lemmas) > _AT_MOST


def _words(case: Case, here: Stretch) -> list[Token]:
    """The tokens of a stretch."""
    return [t for s in here.sentences for t in case.reading.doc[s.first : s.last] if here.begin <= t.idx < here.end]


_AT_MOST = 4
"""Three plain sentences in the place of words of which more stood nowhere else readers called wrong, of 26 others four."""

_SUBSTANCE = frozenset({"NOUN", "PROPN", "VERB", "NUM"})
_OF_FEELING = (
    lexicon.VAGUE_OBJECTS
    | lexicon.FEELING_NOUNS
    | lexicon.FEELING_VERBS
    | lexicon.FEELING_WORDS
    | frozenset(
        "accept affect anybody anyone apologies apologise apologize apology case cause convey customer degree everyone express "
        "extend extent get give guest know like make member offer part passenger people person regret say see somebody "
        "someone sorry take think time user visitor want way wish".split()
    )
)


def after_greeting(case: Case, here: Stretch, words: str) -> str:
    """ "Hi Ann, we are sorry": small as the words that stood there."""
    small = here.greeted and case.text[here.begin].islower() and not words.startswith("I ")
    return words[0].lower() + words[1:] if small else words


def stretch(case: Case) -> Stretch | None:
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
        return Stretch(label.end() if label else begin, end, sentences, greeted=True)
    past_greeting = cuts.behind_greeting(reading, first)
    if past_greeting >= end:
        return None
    same_line = "\n" not in case.text[begin:past_greeting]
    return Stretch(past_greeting, end, sentences, greeted=past_greeting > begin and same_line)


def _stands_alone(case: Case, token: Token) -> bool:
    """Whether it is the verb of a clause beside the flaw that an "and" joins to it: "and no child has come to harm"."""
    joined = token.dep_ == "conj" and case.begin <= token.head.idx < case.end
    joined = joined or any(c.dep_ == "conj" and case.begin <= c.idx < case.end for c in token.children)
    own = any(c.dep_ in {"nsubj", "nsubjpass"} and c.i < token.i and c.pos_ != "PRON" for c in token.children)
    return joined and own and token.pos_ in {"VERB", "AUX"}


def _void_around(case: Case, here: Stretch) -> bool:
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
    if len(kept) > max(_FEW, len(case.words.split()) // 2) or any(_stands_alone(case, t) for t in kept):
        return False
    places = {t.idx for t in kept}
    heads = {a.head.idx for a in case.reading.real_apologies} | {*case.failures}
    shown = any(case.shown(t.idx, t.idx + len(t)) for t in kept)
    return (
        not places & heads
        and not shown
        and not any(t.text[0].isdigit() or t.ent_type_ in {"PERSON", "DATE"} for t in kept)
    )
