"""Phrases of a concept, in a short notation, found in one pass over the parsed draft.

A phrase is words with a space between them:

    word       this word, in any case
    WORD       any form of this word ("GO wrong" matches "went wrong")
    a|b        either
    word?      or nothing
    *          up to three words of any kind
    #          a number

spaCy's Matcher reads the same from token patterns, but tries every pattern at every token: with the several hundred
phrases here it costs half a parse. A prefix tree costs a look-up a token.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc

_GAP = 3
_NUMBER = "#"
_ANY_FORM = "="  # marks the edge of a lemma


@dataclass(slots=True)
class _Node:
    """A place in the prefix tree: where each next word leads, and which concepts end here."""

    edges: dict[str, "_Node"] = field(default_factory=dict)
    gap: "_Node | None" = None
    concepts: list[str] = field(default_factory=list)


class PhraseFinder:
    """Finds the phrases of every concept at once."""

    def __init__(self, concepts: Mapping[str, Sequence[str]], tokenizer: Callable[[str], Doc]) -> None:
        self._root = _Node()
        self._tokenizer = tokenizer
        for concept, phrases in concepts.items():
            for phrase in phrases:
                self._insert(self._root, phrase.split(), concept)

    def _insert(self, node: _Node, words: Sequence[str], concept: str) -> None:
        if not words:
            node.concepts.append(concept)
            return
        word, rest = words[0], words[1:]
        if word == "*":
            node.gap = node.gap or _Node()
            self._insert(node.gap, rest, concept)
            return
        if word.endswith("?") and len(word) > 1:
            self._insert(node, rest, concept)
        for alternative in word.removesuffix("?").split("|"):
            reached = node
            for edge in self._edges(alternative):
                reached = reached.edges.setdefault(edge, _Node())
            self._insert(reached, rest, concept)

    def _edges(self, word: str) -> Sequence[str]:
        """The word as the parser's tokens: "can't" is two of them."""
        if word == _NUMBER:
            return [_NUMBER]
        if word.isupper() and len(word) > 1:
            return [_ANY_FORM + word.lower()]
        return [token.lower_ for token in self._tokenizer(word)]

    def find(self, doc: Doc) -> dict[str, tuple[tuple[int, int], ...]]:
        """Token ranges `[first, last)` by concept, in the order of the text; the longest one at each beginning."""
        keys = [_keys(token.lower_, token.lemma_.lower(), token.like_num) for token in doc]
        stops = [token.is_punct or token.is_space for token in doc]
        found: dict[str, list[tuple[int, int]]] = {}
        for first, known in enumerate(keys):
            if self._root.edges.keys().isdisjoint(known):
                continue  # no phrase begins with a gap
            ends: dict[str, int] = {}
            for concept, last in _walk(self._root, first, keys, stops):
                ends[concept] = max(last, ends.get(concept, 0))
            for concept, last in ends.items():
                found.setdefault(concept, []).append((first, last))
        return {concept: tuple(ranges) for concept, ranges in found.items()}


def _keys(word: str, lemma: str, number: bool) -> tuple[str, ...]:
    return (word, _ANY_FORM + lemma, _NUMBER) if number else (word, _ANY_FORM + lemma)


def _walk(node: _Node, at: int, keys: list[tuple[str, ...]], stops: list[bool]) -> Iterator[tuple[str, int]]:
    for concept in node.concepts:
        yield concept, at
    if node.gap is not None:
        for skipped in range(_GAP + 1):
            if at + skipped > len(keys) or any(stops[at : at + skipped]):
                break
            yield from _walk(node.gap, at + skipped, keys, stops)
    if at < len(keys):
        for key in keys[at]:
            if key in node.edges:
                yield from _walk(node.edges[key], at + 1, keys, stops)
