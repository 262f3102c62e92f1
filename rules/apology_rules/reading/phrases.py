"""Phrases of a concept, in a short notation, found in one pass over the parsed draft.

A phrase is words with a space between them:

    word       this word, in any case
    WORD       any form of this word ("GO wrong" matches "went wrong")
    a|b        either
    word?      or nothing
    *          up to three words of any kind
    #          a number
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

_PUNCTUATION_STOPS = {"IS_PUNCT": False, "IS_SPACE": False}


def compile_phrase(phrase: str) -> list[dict[str, Any]]:
    """The token pattern of one phrase in the notation above.

    >>> compile_phrase("beyond our|my control")
    [{'LOWER': 'beyond'}, {'LOWER': {'IN': ['our', 'my']}}, {'LOWER': 'control'}]
    """
    return [part for word in phrase.split() for part in _parts(word)]


def _parts(word: str) -> list[dict[str, Any]]:
    if word == "*":
        return [{**_PUNCTUATION_STOPS, "OP": "?"}] * 3
    if word == "#":
        return [{"LIKE_NUM": True}]
    optional = word.endswith("?")
    alternatives = word.removesuffix("?").split("|")
    attribute = "LEMMA" if alternatives[0].isupper() and len(alternatives[0]) > 1 else "LOWER"
    words = [a.lower() for a in alternatives]
    part: dict[str, Any] = {attribute: words[0] if len(words) == 1 else {"IN": words}}
    return [{**part, "OP": "?"} if optional else part]


class PhraseFinder:
    """Finds the phrases of every concept at once."""

    def __init__(self, vocab: Vocab, concepts: Mapping[str, tuple[str, ...]]) -> None:
        self._matcher = Matcher(vocab)
        for concept, phrases in concepts.items():
            self._matcher.add(concept, [compile_phrase(p) for p in phrases], greedy="LONGEST")
        self._names = {vocab.strings[concept]: concept for concept in concepts}

    def find(self, doc: Doc) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """Token ranges `[first, last)` by concept, in the order of the text."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for key, first, last in self._matcher(doc):
            found[self._names[key]].append((first, last))
        return {concept: tuple(sorted(ranges)) for concept, ranges in found.items()}
