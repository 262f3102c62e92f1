"""The copy of a draft that a model gets: without other people's words, hidden characters, names, addresses and numbers.

Each private stretch becomes a token such as `Name_1`, the same for the same words, and comes back as it was. The copy
knows where each of its characters came from, so that a quote of it is found in the draft as received.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from apology_rules.reading.layout import Role, lines
from apology_service.assist.people import Names
from apology_service.assist.shapes import TOKEN, Stretch, private

_QUOTES = str.maketrans("‘’“”", "''\"\"")
_HIDDEN = frozenset({Role.QUOTED, Role.HEADER})


class UnknownTokenError(ValueError):
    """The model made a token up. Never says which."""


class Disguise:
    """Knows which words of one draft are private, and what stands in their place.

    With `on` false only other people's words and hidden characters go. `names` are those found in the texts to be shown,
    `parties` the sender and the recipient.
    """

    def __init__(self, names: Iterable[str], parties: Iterable[str] = (), *, on: bool) -> None:
        self._on = on
        self._names = Names(names, parties)
        self._tokens: dict[tuple[str, str], str] = {}
        self._words: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def copy(self, text: str) -> "Copy":
        """What the model sees of `text`. Takes time in proportion to its length, so a long one is no work for the event loop."""
        hidden = bytearray(len(text))
        for line in lines(text):
            if line.role in _HIDDEN:
                hidden[line.begin : line.end] = b"\1" * (line.end - line.begin)
        # Private words are looked for in what is seen alone: nothing hidden parts a number or begins a name.
        seen = [place for place, character in enumerate(text) if not hidden[place] and not _unseen(character)]
        plain = "".join(text[place] for place in seen)
        shown: list[str] = []
        begins: list[int] = []
        ends: list[int] = []
        place = 0
        for stretch in (*self._private(plain), Stretch(len(plain), len(plain), "")):
            shown.append(plain[place : stretch.begin])
            begins += seen[place : stretch.begin]
            ends += (at + 1 for at in seen[place : stretch.begin])
            if stretch.kind:
                token = self._token(stretch.kind, plain[stretch.begin : stretch.end])
                shown.append(token)
                begins += [seen[stretch.begin]] * len(token)
                ends += [seen[stretch.end - 1] + 1] * len(token)
            place = stretch.end
        return Copy("".join(shown), text, tuple(begins), tuple(ends))

    def veiled(self, text: str) -> str:
        """A shorter text about the draft, in the same disguise."""
        return self.copy(text).text

    def restored(self, text: str) -> str:
        """Words of the model with every token as it was. Raises UnknownTokenError for one that was never given out."""

        def word(match: re.Match[str]) -> str:
            if match.group() not in self._words:
                raise UnknownTokenError
            return self._words[match.group()]

        return TOKEN.sub(word, text) if self._on else text

    def _token(self, kind: str, words: str) -> str:
        if (kind, words) not in self._tokens:
            self._counts[kind] += 1
            self._tokens[kind, words] = token = f"{kind}_{self._counts[kind]}"
            self._words[token] = words
        return self._tokens[kind, words]

    def _private(self, text: str) -> list[Stretch]:
        """Private stretches in order and apart: shapes first, then names in what is left."""
        if not self._on:
            return []
        found, rest = private(text)
        return sorted((*found, *self._names.stretches(rest)), key=lambda stretch: stretch.begin)


@dataclass(frozen=True)  # without slots: it keeps what `find` needs
class Copy:
    """A text as the model sees it, and where each of its characters came from."""

    text: str
    original: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]

    def find(self, quote: str) -> tuple[int, int] | None:
        """Where the words of `quote` stand in the original; None when the copy does not say so.

        White space and the kind of quotation marks may differ; nothing else.
        """
        words, places = self._loose
        wanted = " ".join(quote.translate(_QUOTES).split())
        begin = words.find(wanted) if wanted else -1
        while begin >= 0:
            end = begin + len(wanted)
            if not _wordlike(words[begin - 1 : begin]) and not _wordlike(words[end : end + 1]):
                return self.begins[places[begin]], self.ends[places[end - 1]]
            begin = words.find(wanted, begin + 1)
        return None

    @cached_property
    def _loose(self) -> tuple[str, list[int]]:
        """The text with one blank for all white space and one kind of quotation marks, and where each character stands in it."""
        words: list[str] = []
        places: list[int] = []
        for place, character in enumerate(self.text.translate(_QUOTES)):
            if not character.isspace():
                words.append(character)
                places.append(place)
            elif words[-1:] != [" "]:
                words.append(" ")
                places.append(place)
        return "".join(words), places


def _wordlike(character: str) -> bool:
    return character.isalnum() or character == "_"


def _unseen(character: str) -> bool:
    """Characters that nobody sees and a model may obey: format, private use, unassigned, controls, variation selectors."""
    if character in "\n\r\t":
        return False
    category = unicodedata.category(character)
    return category in {"Cf", "Co", "Cn", "Cs", "Cc"} or "\ufe00" <= character <= "\ufe0f"
