"""The copy of a draft that a model gets: without other people's words, hidden characters, names, addresses and numbers.

Each private stretch becomes a token such as `Name_1`, the same for the same words, and comes back as it was. The copy
knows where each of its characters came from, so that a quote of it is found in the draft as received.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from apology_rules.reading.layout import Role, lines

_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "Email": re.compile(r"[\w.+'’-]+@[\w-]+(?:\.[\w-]+)+"),
    "Link": re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.I),
    "Account": re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),  # as an IBAN is written
    "Phone": re.compile(r"(?<![\w£$€¥.,])\+?\(?\d(?:[ ()./\-\u00a0]{0,2}\d){6,18}(?!\w)"),
    "Number": re.compile(
        r"(?<![\w£$€¥.,])(?:"
        r"#\s?\d[\w-]*|"
        r"(?=[A-Z/-]*\d)(?=[\d/-]*[A-Z])[A-Z0-9]+(?:[/-][A-Z0-9]+)*(?=\W|$)(?<=\w{4})|"  # letters and digits: AB-12345
        r"(?!(?:19|20)\d\d\b)\d{4,}(?:[/-]\d+)*|"  # long, and no year
        r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"  # a British postcode
        r")\b"
    ),
}
_NAMED_NUMBER = re.compile(
    r"\b(?:account|order|reference|ref|invoice|ticket|booking|policy|claim|case|customer|member|room|flat|card|tracking|"
    r"passport|licen[cs]e|patient|student)\s*(?:no\.?|number|id|#)?\s*[:#]?\s*(\d[\w/-]*)",
    re.I,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_TOKEN = re.compile(r"\b(?:Name|Email|Link|Account|Phone|Number)_\d+\b")
_ALIKE = dict.fromkeys("'‘’", "['‘’]") | dict.fromkeys('"“”', '["“”]')
_HIDDEN = frozenset({Role.QUOTED, Role.HEADER})


@dataclass(frozen=True, slots=True)
class _Stretch:
    begin: int
    end: int
    kind: str


class UnknownTokenError(ValueError):
    """The model made a token up. Never says which."""


class Disguise:
    """Knows which words of one draft are private, and what stands in their place.

    With `on` false only other people's words and hidden characters go. `names` are those found in the texts to be shown.
    """

    def __init__(self, names: Iterable[str], *, on: bool) -> None:
        self._on = on
        self._names = _name_pattern(names)
        self._tokens: dict[tuple[str, str], str] = {}
        self._words: dict[str, str] = {}

    def copy(self, text: str) -> "Copy":
        """What the model sees of `text`."""
        shown: list[str] = []
        begins: list[int] = []
        ends: list[int] = []
        hidden = _mask(text, ((line.begin, line.end) for line in lines(text) if line.role in _HIDDEN))
        # What nobody sees parts no number: private words are looked for without it.
        seen = [place for place, character in enumerate(text) if not _unseen(character)]
        plain = "".join(text[place] for place in seen)
        private = {seen[s.begin]: s for s in self._private(plain)} if self._on else {}
        place = 0
        while place < len(text):
            if (stretch := private.get(place)) is not None and not hidden[place]:
                token = self._token(stretch.kind, plain[stretch.begin : stretch.end])
                shown.append(token)
                end = seen[stretch.end - 1] + 1
                begins += [place] * len(token)
                ends += [end] * len(token)
                place = end
                continue
            if not hidden[place] and not _unseen(text[place]):
                shown.append(text[place])
                begins.append(place)
                ends.append(place + 1)
            place += 1
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

        return _TOKEN.sub(word, text) if self._on else text

    def _token(self, kind: str, words: str) -> str:
        if (kind, words) not in self._tokens:
            count = sum(known == kind for known, _ in self._tokens) + 1
            self._tokens[kind, words] = f"{kind}_{count}"
            self._words[f"{kind}_{count}"] = words
        return self._tokens[kind, words]

    def _private(self, text: str) -> Iterator[_Stretch]:
        """Private stretches in order; where some overlap, the kind that is looked for first wins."""
        taken: list[_Stretch] = []
        dates = [m.span() for m in _DATE.finditer(text)]
        for kind, begin, end in _found(text):
            apart = not any(begin < s.end and s.begin < end for s in taken)
            if apart and (kind in {"Email", "Link"} or not any(b < end and begin < e for b, e in dates)):
                taken.append(_Stretch(begin, end, kind))
        if self._names is not None:
            mask = _mask(text, ((s.begin, s.end) for s in taken))
            left = "".join("\0" if gone else character for gone, character in zip(mask, text, strict=True))
            taken += [_Stretch(*m.span(), "Name") for m in self._names.finditer(left)]
        yield from sorted(taken, key=lambda s: s.begin)


@dataclass(frozen=True, slots=True)
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
        words = quote.split()
        if not words:
            return None
        match = re.search(rf"(?<!\w){_loosely(words)}(?!\w)", self.text)
        return (self.begins[match.start()], self.ends[match.end() - 1]) if match else None


def _loosely(words: Iterable[str]) -> str:
    """A pattern for words with any white space between them and quotation marks of any kind."""
    return r"\s+".join("".join(_ALIKE.get(c, re.escape(c)) for c in word) for word in words)


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _TOKEN.finditer(text):  # a draft may hold what looks like one of ours
        yield "Number", *match.span()
    for kind in ("Email", "Link", "Account", "Phone"):
        for match in _PATTERNS[kind].finditer(text):
            yield kind, *match.span()
    for match in _NAMED_NUMBER.finditer(text):
        yield "Number", *match.span(1)
    for match in _PATTERNS["Number"].finditer(text):
        yield "Number", *match.span()


def _name_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Whole names before their parts; a part is hidden wherever it stands alone."""
    whole = {" ".join(name.split()) for name in names}
    parts = {part.strip(".,") for name in whole for part in re.split(r"[\s-]", name)}
    wanted = [w for w in whole | {p for p in parts if len(p) > 1 and p[:1].isupper()} if w]
    alternatives = (_loosely(w.split()) for w in sorted(wanted, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)") if wanted else None


def _mask(text: str, stretches: Iterable[tuple[int, int]]) -> bytearray:
    """For each character of `text`, 1 if it stands in one of the stretches."""
    mask = bytearray(len(text))
    for begin, end in stretches:
        mask[begin:end] = b"\1" * (end - begin)
    return mask


def _unseen(character: str) -> bool:
    """Characters that nobody sees and a model may obey: format, private use, unassigned, controls, variation selectors."""
    if character in "\n\r\t":
        return False
    category = unicodedata.category(character)
    return category in {"Cf", "Co", "Cn", "Cs", "Cc"} or "\ufe00" <= character <= "\ufe0f"
