"""The guard over words of another hand: a wording may say what the offline text says in better English, and nothing else.

It is stricter than the fact guard, for a language model knows no limits: every content word must come from the draft, the
facts, the offline text or a short list; whoever did something to whom must stay so, and so must what is denied, promised
or owned. What it refuses wrongly costs only polish.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum

from spacy.tokens import Doc, Token

from apology_rules.reading import lexicon
from apology_rules.rewrite.words import PLACEHOLDER


class Refusal(Enum):
    """Why a wording is not offered."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    STRANGE_CHARACTERS = "strange characters"
    PLACEHOLDERS = "other placeholders"
    SOMETHING_LOST = "something lost"
    NEW_WORDS = "new words"
    OTHER_ROLES = "other roles"
    NO_PROOF = "no proof"


_MORE, _TWICE = 90, 2
_MARKUP = re.compile(r"[<>{}|\\^`~_*#=]|https?:|www\.|@")
_PLAIN_MARKS = frozenset(".,;:!?'\"’‘“”()–—-[]")
"""Punctuation that any wording may use, one mark at a time; brackets belong to placeholders, which have a check of their own."""

_RUN = re.compile(
    r"[^\w\s]{2,}|"  # "?!", "...", ";-)"
    r"[.,;:!?…–—-](?:\s+[.,;:!?…–—-])+|"
    r"(?<!\w)[.,;:!?]\w"  # ":D"
)
"""Marks that stand together. English seldom needs it, and a face of punctuation is made of nothing else."""

_NUMBER = re.compile(r"\d[\d.,:/-]*\d|\d")
_CONTENT = frozenset({"NOUN", "VERB", "PROPN", "NUM", "ADJ", "ADV"})
_SMALL = frozenset(
    "be have do will shall can could would should may might must get let make sorry apologise apologize apology please so very "
    "too also just now then here there again how when where why what that this it thing time way well more as still only when "
    "really truly".split()
)
"""Lemmas that say nothing by themselves, or apologise."""

_LIGHT = frozenset(
    "be have do apologise apologize get let make will shall can could would should may might must".split()
)
_FUTURE = frozenset({"will", "shall", "'ll", "wo", "going"})

_Role = tuple[str, str, str]


class WordingGuard:
    """Knows the draft and the facts, and finds what a wording of one stretch adds, swaps or loses."""

    def __init__(self, sources: Iterable[Doc]) -> None:
        told = list(sources)
        self._words = {form for doc in told for token in doc for form in _forms(token)}
        self._roles = {role for doc in told for role in _roles(doc)}
        self._characters = {character for doc in told for character in doc.text}
        self._runs = {run for doc in told for run in _runs(doc.text)}

    def refusal(self, offline: Doc, wording: Doc, *, before: str) -> Refusal | None:
        """Why `wording` may not stand in the place of `offline`, which stands in the place of `before`; None if it may."""
        text, room = wording.text, max(len(before), len(offline.text))
        if not text.strip():
            return Refusal.EMPTY
        if len(text) > _TWICE * room + _MORE:
            return Refusal.TOO_LONG
        if self._decorated(offline.text, text):
            return Refusal.STRANGE_CHARACTERS
        if Counter(_gaps(text)) != Counter(_gaps(offline.text)) or "[" in PLACEHOLDER.sub("", text):
            return Refusal.PLACEHOLDERS
        if set(_fixed(offline)) - set(_fixed(wording)):
            return Refusal.SOMETHING_LOST
        return self._said(offline, wording)

    def _decorated(self, offline: str, wording: str) -> bool:
        """Whether the wording brings hidden characters, markup, lines, pictures, exclamations, questions or faces of its own."""
        known = self._characters | set(offline)
        return (
            any(_hidden(c) or not (_plain(c) or c in known) for c in wording)
            or len(_MARKUP.findall(wording)) > len(_MARKUP.findall(offline))
            or any(wording.count(mark) > offline.count(mark) for mark in "!?\n")
            or not self._runs.union(_runs(offline)).issuperset(_runs(wording))
        )

    def _said(self, offline: Doc, wording: Doc) -> Refusal | None:
        known = self._words | {form for token in offline for form in _forms(token)} | _SMALL
        gaps = [m.span() for m in PLACEHOLDER.finditer(wording.text)]
        for token in wording:
            if token.pos_ in _CONTENT and not _within(token, gaps) and not _forms(token) & known:
                return Refusal.NEW_WORDS
        roles = self._roles | set(_roles(offline))
        return None if set(_roles(wording)) <= roles else Refusal.OTHER_ROLES


def _forms(token: Token) -> set[str]:
    return {token.lower_.replace("’", "'"), token.lemma_.lower()}


def _gaps(text: str) -> list[str]:
    return [m.group() for m in PLACEHOLDER.finditer(text)]


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"} and character not in "\n\r\t"


def _plain(character: str) -> bool:
    """What plain English is written with; other letters and marks must come from the draft."""
    return (character.isascii() and character.isalnum()) or character.isspace() or character in _PLAIN_MARKS


def _runs(text: str) -> list[str]:
    """Marks that stand together, each placeholder taken for a word."""
    return [m.group() for m in _RUN.finditer(PLACEHOLDER.sub("x", text))]


def _fixed(doc: Doc) -> Iterator[str]:
    """Numbers and names: what the offline text says must all be there."""
    yield from (m.group() for m in _NUMBER.finditer(doc.text))
    gaps = [m.span() for m in PLACEHOLDER.finditer(doc.text)]
    for token in doc:
        if token.pos_ == "PROPN" and token.text[:1].isupper() and not _within(token, gaps):
            yield token.lower_


def _within(token: Token, gaps: Iterable[tuple[int, int]]) -> bool:
    return any(begin <= token.idx < end for begin, end in gaps)


def _roles(doc: Doc) -> Iterator[_Role]:
    """Who does and suffers what, whose things are whose, what is denied and what is still to come."""
    gaps = [m.span() for m in PLACEHOLDER.finditer(doc.text)]
    for token in doc:
        if _within(token, gaps):
            continue
        lemma = token.lemma_.lower()
        children = {child.dep_: child for child in token.children}
        if "neg" in children:
            yield (lemma, "not", "")
        if token.pos_ == "VERB" and lemma not in _LIGHT:
            if "neg" not in children:
                yield (lemma, "so", "")
            if any(c.dep_ in {"aux", "auxpass"} and c.lower_ in _FUTURE for c in token.children):
                yield (lemma, "to come", "")
        if token.pos_ in {"VERB", "AUX", "ADJ"}:
            yield from _people(token, lemma)
        if token.pos_ in {"NOUN", "PROPN"} and "poss" in children and (who := _person(children["poss"])):
            yield (lemma, "of", who)


_PLACES = {"nsubj": "does", "nsubjpass": "suffers", "dobj": "suffers", "dative": "suffers", "pobj": "suffers"}


def _people(verb: Token, lemma: str) -> Iterator[_Role]:
    if lemma in _LIGHT or lemma in {"sorry", "afraid"}:
        complement = next((c for c in verb.children if c.dep_ in {"acomp", "attr", "oprd"}), None)
        if complement is None or complement.lower_ == "sorry":
            return
        lemma = complement.lemma_.lower()
    for child in verb.children:
        place = _PLACES.get(child.dep_)
        if place and (who := _person(child)):
            yield (lemma, place, who)


def _person(token: Token) -> str:
    """The sender or the recipient; others are held by their names."""
    if token.lower_ in lexicon.FIRST_PRONOUNS:
        return "sender"
    return "recipient" if token.lower_ in lexicon.SECOND_PRONOUNS else ""
