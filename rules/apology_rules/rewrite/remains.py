"""What edits leave of a sentence, and whether it can stand."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from spacy.tokens import Token

from apology_rules.reading import Reading
from apology_rules.rewrite import cuts
from apology_rules.rewrite.adjacent import word_after, word_before
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.pointing import needs_a_noun, points

_CLAUSE = 6
_SPOKEN_OF = frozenset({"dobj", "pobj", "nsubj", "nsubjpass"})
_FINITE = frozenset({"VBD", "VBN", "VBZ"})


def orphans(reading: Reading, edits: Iterable[Edit]) -> bool:
    """Whether cuts leave a subject or an object without its verb, or a verb without what it says."""
    gone: set[int] = set()
    for edit in edits:
        span = reading.doc.char_span(edit.begin, edit.end, alignment_mode="contract") if edit.begin < edit.end else None
        if span is not None and len(edit.new) <= 1:
            gone |= {t.i for t in span}
    left = [reading.doc[i].head for i in gone if reading.doc[i].head.i not in gone and _needed(reading.doc[i], gone)]
    heads = [
        c for i in gone for c in reading.doc[i].children if c.i not in gone and c.dep_ in _ARGUMENTS and not _called(c)
    ]
    links = [reading.doc[i] for i in gone if reading.doc[i].dep_ == "cc"]
    return bool(left or heads) or any(_parts_a_list(link, gone) for link in links)


def _parts_a_list(link: Token, gone: set[int]) -> bool:
    """Whether the "and" of a list goes with its last point: "we were sad, sorry"."""
    before = link.head
    whole = any(c.dep_ in {"nsubj", "nsubjpass", "aux", "auxpass"} for c in before.children)
    if before.i in gone or before.dep_ != "conj" or before.head.i in gone or whole:
        return False
    return not any(c.dep_ == "cc" and c.i not in gone for c in before.head.children)


_ARGUMENTS = frozenset({"nsubj", "nsubjpass", "expl", "dobj", "attr", "acomp", "appos", "relcl", "csubj"})


def _agent(verb: Token) -> bool:
    return any(c.dep_ == "agent" for c in verb.children)


_ANYTHING = frozenset("circumstance event matter moment place position situation something thing time way".split())
_COMPLEMENTS = frozenset({"attr", "acomp", "prep", "advmod", "ccomp", "xcomp", "oprd"})
_ASKING = frozenset({"ask", "urge", "encourage", "invite", "advise", "remind", "tell", "want", "allow"})


def _called(token: Token) -> bool:
    """ "Femi, ...": who is called by name is no subject."""
    return token.pos_ == "PROPN" and word_after(token) == ","


def _needed(token: Token, gone: AbstractSet[int]) -> bool:
    """Whether its head says nothing without it."""
    if token.dep_ == "relcl" and token.head.lemma_.lower() in _ANYTHING:
        return True  # "in a situation"
    if token.dep_ == "conj" and token.tag_ == token.head.tag_ == "VBN" and _agent(token) and not _agent(token.head):
        return not any(c.dep_ == "nsubjpass" for c in token.children)  # "it was fitted and is kept by a firm"
    if token.dep_ == "conj" and token.head.lemma_ == "be" and token.lemma_ == "be":  # "it is, and will be, our aim"
        return not any(c.dep_ in _COMPLEMENTS and c.i not in gone for c in token.head.children)
    if token.head.lemma_ == "be":
        return token.dep_ in {"attr", "acomp"}
    if token.dep_ == "advcl" and token.head.pos_ == "ADJ" and any(c.lower_ == "it" for c in token.head.children):
        return any(c.lower_ == "that" for c in token.children)
    if token.dep_ == "ccomp" and any(c.lower_ == "it" or c.dep_ == "oprd" for c in token.head.children):
        return True  # "we consider it important that"
    if token.dep_ in {"xcomp", "dative"} or token.head.lemma_.lower() in _ASKING:
        return token.dep_ in {"xcomp", "ccomp", "dative"} and token.head.pos_ == "VERB"
    return token.dep_ == "ccomp" and token.head.pos_ == "VERB" and token.head.lemma_.lower() in cuts.FRAMES


def beheaded(reading: Reading, edits: Iterable[Edit]) -> bool:
    """Whether a sentence whose opening was cut begins in the middle of something: "Painted red it held"."""
    edits = tuple(edits)
    if any(edit.cuts and (held := reading.token_from(edit.begin)) is not None and _held_by(held) for edit in edits):
        return True
    for edit in edits:
        sentence = next((s for s in reading.sentences if s.begin <= edit.begin < cuts.end_of(reading, s)), None)
        if sentence is None or edit.begin > cuts.behind_greeting(reading, sentence) or len(edit.new) > 1:
            continue
        rest = [t for t in reading.doc[sentence.first : sentence.last] if t.idx >= edit.end - len(edit.new)]
        rest = [t for t in rest if not t.is_space and not t.is_punct]
        hangs = needs_a_noun(rest, _SPOKEN_OF) or any(points(t) for t in rest[:_CLAUSE])
        if rest and not edit.inserts and (rest[0].tag_ in _FINITE or hangs):
            return True
    return False


def _held_by(first: Token) -> bool:
    """ "Insofar", "so far", "to the extent" would be left of "insofar as you were kept waiting"."""
    return first.lower_ in {"as", "that"} and word_before(first) in {"insofar", "inasmuch", "far", "extent"}


def takes_all(reading: Reading, edits: Iterable[Edit]) -> bool:
    """Whether cuts leave no word of a sentence that they touch."""
    edits = tuple(edits)
    touched = [s for s in reading.sentences if any(e.begin < s.end and s.begin < e.end for e in edits)]
    words = ([t for t in reading.doc[s.first : s.last] if not t.is_space and not t.is_punct] for s in touched)
    return any(all(any(e.begin <= t.idx < e.end for e in edits) for t in own) for own in words)


def leaves_a_scrap(reading: Reading, edits: Iterable[Edit]) -> bool:
    """Whether cuts leave but two or three words of a longer sentence, and these neither apologise nor tell the failure."""
    edits = tuple(edits)
    if any(e.new.strip() and len(e.new) > 1 for e in edits):
        return False
    needed = {a.head.i for a in reading.real_apologies} | {c.root.i for c in reading.failures}
    for sentence in reading.sentences:
        if not any(e.begin < sentence.end and sentence.begin < e.end for e in edits):
            continue
        begin = cuts.behind_greeting(reading, sentence)
        words = [t for t in reading.doc[sentence.first : sentence.last] if t.is_alpha and t.idx >= begin]
        left = [t for t in words if not any(e.begin <= t.idx < e.end - len(e.new) for e in edits)]
        if 0 < len(left) <= _SCRAP < len(words) - len(left) and not any(t.i in needed for t in left):
            return True
    return False


_SCRAP = 3
