"""Finds names again: whole or in part, whatever stands between their words, and in other case where that is safe."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from apology_service.assist.shapes import Stretch

_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_PART = re.compile(r"[\s\u2010-\u2015\u2212-]+")
_BETWEEN = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212.'’‘&_")
_MOST_WORDS = 12
"""Of a name that is looked for as a whole; the parts of a longer one are found all the same."""

_ORDINARY = frozenset(
    "a al am amber an and angel april are art as ash at august autumn baker bank banks barber be bell berry best big bill "
    "bishop black board bond book booking bright brook brother brown bush but butler by can car care carpenter carter "
    "case center centre chance chase child christian church city clay clean clinic club coach college company cook cooper "
    "council credit cross crystal customer customers daisy dawn day dean delivery dental department desk do doctor duke "
    "earl early east energy eve faith family field fine first fish flower for forest fort four fox frank free friend "
    "friends garden gas gate general gift ginger gold good grace grant gray great green grey group guest he head health "
    "help her hill him his holiday holly home hope hospital hotel house housing hunt hunter i in insurance iris is it ivy "
    "jack jade jasmine joy judge june junior just kind king lake lane law lee life light lily line little long lord love "
    "loyal mail major man manager many march mark market mason may me mercy mike miles mills mine miss monday moon more "
    "mr mrs ms my new nice no noble north nurse of office oh olive on one or order orders our page park patience peace "
    "pearl penny pepper personal phone pleasant police poor pop poppy porter post potter power price prince queen rain "
    "ray reed rest rich ring river rob rock rose royal ruby rush sales sandy school see senior service services shop "
    "short sir six sky small so society son sons south spring square staff star state steel stone store storm street "
    "strong sue summer sun sunday support sweet system systems taylor team ten the their them they three to too top town "
    "travel treasure true trust turner two under union university up us van victor violet walker ward water way we weaver "
    "web west white will winter wise with wood woods word works world would yes you young your".split()
)
"""Words of which names are made, folded: in small letters they are mostly no names."""


class Names:
    """The names in the texts to be shown, as written there, and those of sender and recipient.

    The former are found as they are written or in capitals throughout, for among them is many a word that only has a capital
    by chance. The latter are names for sure and found in any case, but for parts that are ordinary words. Accents do not matter.
    """

    def __init__(self, found: Iterable[str], parties: Iterable[str]) -> None:
        self._written: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        self._any_case: set[tuple[str, ...]] = set()
        for name in found:
            for words in _whole_and_parts(name, sure=False):
                self._written.setdefault(_folded(words), set()).add(words)
        for name in parties:
            for words in _whole_and_parts(name, sure=True):
                self._written.setdefault(_folded(words), set()).add(words)
                if not _ORDINARY.issuperset(_folded(words)):
                    self._any_case.add(_folded(words))
        self._longest = max(map(len, self._written), default=0)

    def stretches(self, text: str) -> Iterator[Stretch]:
        """Where names stand, in order and apart; of those that begin at one place the longest."""
        matches = list(_WORD.finditer(text))
        words = [_bare(match.group()) for match in matches]
        reach = _reach(text, matches)
        place = 0
        while place < len(words):
            most = min(self._longest, reach[place])
            count = next((n for n in range(most, 0, -1) if self._is_name(tuple(words[place : place + n]))), 0)
            if count:
                yield Stretch(matches[place].start(), matches[place + count - 1].end(), "Name")
            place += count or 1

    def _is_name(self, words: tuple[str, ...]) -> bool:
        folded = _folded(words)
        if folded in self._any_case or words in self._written.get(folded, ()):
            return True
        return folded in self._written and all(map(str.isupper, words)) and not _ORDINARY.issuperset(folded)


def _whole_and_parts(name: str, *, sure: bool) -> Iterator[tuple[str, ...]]:
    """Words of the name and of each part that is written like a name; `sure`: or that is no ordinary word."""
    if 0 < len(whole := _words(name)) <= _MOST_WORDS:
        yield whole
    for part in _PART.split(name):
        part = part.strip(".,")
        words = _words(part)
        named = part[:1].isupper() or (sure and part[:1].isalpha() and not _ORDINARY.issuperset(_folded(words)))
        if len(part) > 1 and words and named:
            yield words


def _words(text: str) -> tuple[str, ...]:
    return tuple(_bare(match.group()) for match in _WORD.finditer(text))


def _bare(word: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)


def _reach(text: str, matches: list[re.Match[str]]) -> list[int]:
    """For each word, how many words from it on are joined as those of a name may be, up to _MOST_WORDS."""
    reach = [1] * len(matches)
    for place in range(len(matches) - 2, -1, -1):
        between = text[matches[place].end() : matches[place + 1].start()].strip()
        if len(between) <= 2 and _BETWEEN.issuperset(between):
            reach[place] = min(reach[place + 1] + 1, _MOST_WORDS)
    return reach
