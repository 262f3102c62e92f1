"""WordPiece over code points: the pieces of a text and where each stands in it."""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

UNKNOWN = "[UNK]"
LONGEST_WORD = 100  # as in the vocabulary's own tokenizer: what is longer is one unknown piece


class WordPiece:
    """Splits text into the pieces of an uncased BERT vocabulary.

    Case and accents are folded one code point at a time, each folded letter remembering where it came from; so offsets
    count code points of the text as given, whatever folding does to its length.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._ids = vocabulary
        self._pieces = lru_cache(maxsize=8192)(self._split)

    def read(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield (id, begin, end) for each piece of `text`; offsets are code points, half-open."""
        for folded, origin in _words(text):
            for piece, first, last in self._pieces(folded):
                yield piece, origin[first], origin[last - 1] + 1

    def _split(self, word: str) -> tuple[tuple[int, int, int], ...]:
        """Longest known piece first; a word with an unknown rest is unknown as a whole."""
        unknown = ((self._ids[UNKNOWN], 0, len(word)),)
        if len(word) > LONGEST_WORD:
            return unknown
        pieces, begin = [], 0
        while begin < len(word):
            prefix = "##" if begin else ""
            ends = range(len(word), begin, -1)
            end = next((e for e in ends if prefix + word[begin:e] in self._ids), None)
            if end is None:
                return unknown
            pieces.append((self._ids[prefix + word[begin:end]], begin, end))
            begin = end
        return tuple(pieces)


def _words(text: str) -> Iterator[tuple[str, list[int]]]:
    """Yield each word of `text`, folded, with the offset that every folded letter came from."""
    letters: list[str] = []
    origin: list[int] = []
    for offset, character in enumerate(text):
        kind, folded = _fold(character)
        if kind in ("space", "mark") and letters:
            yield "".join(letters), origin
            letters, origin = [], []
        if kind == "mark":
            yield folded, [offset] * len(folded)
        elif kind == "letter":
            letters.extend(folded)
            origin.extend([offset] * len(folded))
    if letters:
        yield "".join(letters), origin


@lru_cache(maxsize=4096)
def _fold(character: str) -> tuple[str, str]:
    """Say what a code point is (letter, mark, space or nothing) and give it without case and accent."""
    category = unicodedata.category(character)
    if character.isspace() or category == "Zs":
        return "space", ""
    if character in "\0\ufffd" or category in ("Cc", "Cf", "Co", "Cs", "Cn"):
        return "nothing", ""
    if category.startswith("P") or (character.isascii() and not character.isalnum()) or _is_cjk(character):
        return "mark", character
    plain = unicodedata.normalize("NFD", character.lower())
    return "letter", "".join(c for c in plain if unicodedata.category(c) != "Mn")


def _is_cjk(character: str) -> bool:
    code = ord(character)
    return 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x2FA1F
