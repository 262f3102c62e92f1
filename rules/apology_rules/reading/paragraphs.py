"""Parses a draft paragraph by paragraph, and keeps parsed paragraphs for the next time.

A sentence never crosses a paragraph, so that little is lost by it; and after an edit only what was edited is parsed anew.
The parse of a paragraph depends on nothing but the paragraph: a draft reads the same whatever was kept.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic
from typing import Any
from unicodedata import category

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import DEP, HEAD, LEMMA, MORPH, ORTH, POS, SPACY, TAG  # type: ignore[import-not-found]  # spaCy generates it
from spacy.language import Language
from spacy.tokens import Doc

from apology_rules.reading import compounds
from apology_rules.reading.layout import Line, Role

Parse = NDArray[Any]
"""The tokens of a paragraph and what the parser says of each, by `_TOKEN` and `_PARSED`; a head is told as a distance."""

_TOKEN: list[int | str] = [ORTH, SPACY]
_PARSED: list[int | str] = [HEAD, DEP, TAG, POS, MORPH, LEMMA]
_STOPS = frozenset({".", "!", "?"})
_LONGEST_SENTENCE = 150
_OPENERS = frozenset(
    "i we you it he she they the this that these those my our your there so but and please can could will would thanks thank "
    "sorry if when what just hope let no not as at in on from all any for".split()
)
"""What begins a sentence rather than a name: "see you 🎉 Saturday at five" goes on."""

_EMOJI_FROM = "\u2600"
"""What comes before it stands within names and numbers: "Zipplo® Care", "20° North"."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The text from the first word of a paragraph to that of the next, and where in it a sentence must begin."""

    text: str
    starts: tuple[int, ...]


class ParagraphCache:
    """The paragraphs that were parsed or asked for last: at most `characters` of text, and none for over `seconds`.

    Age is counted from the last time that a paragraph was asked for.
    """

    def __init__(self, *, characters: int, seconds: float) -> None:
        self._most = characters
        self._seconds = seconds
        self._kept: OrderedDict[Paragraph, tuple[Parse, float]] = OrderedDict()
        self.characters = 0

    def get(self, paragraph: Paragraph) -> Parse | None:
        self.forget_old()
        if paragraph not in self._kept:
            return None
        parse, _ = self._kept.pop(paragraph)
        self._kept[paragraph] = parse, monotonic()
        return parse

    def put(self, paragraph: Paragraph, parse: Parse) -> None:
        if len(paragraph.text) > self._most or paragraph in self._kept:
            return
        self._kept[paragraph] = parse, monotonic()
        self.characters += len(paragraph.text)
        while self.characters > self._most:
            self._drop_oldest()

    def forget_old(self) -> None:
        """Drops what nobody has asked for in time."""
        latest = monotonic() - self._seconds
        while self._kept and next(iter(self._kept.values()))[1] <= latest:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        paragraph, _ = self._kept.popitem(last=False)
        self.characters -= len(paragraph.text)


def parse(nlp: Language, text: str, lines: Sequence[Line], cache: ParagraphCache) -> Doc:
    """The parse of `text`, which `lines` lay out. Its tokens are those of the paragraphs: to find them again takes longer."""
    paragraphs = list(_paragraphs(text, lines))
    parses = {p: parse for p in paragraphs if (parse := cache.get(p)) is not None}
    new = [p for p in dict.fromkeys(paragraphs) if p not in parses]
    docs = nlp.pipe([_tokens(nlp, p) for p in new], batch_size=max(1, len(new)))
    for paragraph, doc in zip(new, docs, strict=True):
        parses[paragraph] = compounds.joined(doc).to_array(_TOKEN + _PARSED)
        cache.put(paragraph, parses[paragraph])
    together: Any = np.concatenate([parses[p] for p in paragraphs])
    words, spaces = (together[:, column].tolist() for column in range(len(_TOKEN)))
    return Doc(nlp.vocab, words=words, spaces=spaces).from_array(_PARSED, together[:, len(_TOKEN) :])


def _paragraphs(text: str, lines: Sequence[Line]) -> Iterator[Paragraph]:
    """They make up the whole text. White space between two of them belongs to the first."""
    begins, starts = [0], []
    for before, line in pairwise(lines):
        begin = line.begin + _leading_space(text[line.begin : line.end])
        if begin == line.end:
            continue
        if line.paragraph != before.paragraph:
            begins.append(begin)
        if line.role is not before.role or line.role is not Role.BODY:
            starts.append(begin)
    for begin, end in pairwise([*begins, len(text)]):
        yield Paragraph(text[begin:end], tuple(s - begin for s in starts if begin < s < end))


def _leading_space(line: str) -> int:
    return len(line) - len(line.lstrip())


def _keep_together(doc: Doc) -> None:
    """No sentence begins within a run of one symbol: five stars are one mark."""
    for before, token in pairwise(doc):
        if token.text == before.text and not token.is_ascii and not token.is_alpha:
            token.is_sent_start = False


def _part_at_symbols(doc: Doc) -> None:
    """A sentence begins behind an emoji where a capital follows: "sorry about the cake 🙈 I forgot"."""
    for before, token in pairwise(doc):
        symbol = before.text[0]
        if symbol >= _EMOJI_FROM and category(symbol) == "So" and token.text[0].isupper() and token.lower_ in _OPENERS:
            token.is_sent_start = True


def _tokens(nlp: Language, paragraph: Paragraph) -> Doc:
    """The words of a paragraph, with marks where a sentence must begin.

    It must at each of `starts`, and after `_LONGEST_SENTENCE` tokens, so that the cost of a text without full stops grows
    with its length and no faster.
    """
    doc = nlp.make_doc(paragraph.text)
    if not paragraph.text.isascii():
        _keep_together(doc)
        _part_at_symbols(doc)
    if not paragraph.starts and len(doc) <= _LONGEST_SENTENCE:
        return doc
    pending, since = False, 0
    for token in doc:
        since = 0 if token.text in _STOPS else since + 1
        pending = pending or token.idx in paragraph.starts or since > _LONGEST_SENTENCE
        if pending and not token.is_space:
            token.is_sent_start = True
            pending, since = False, 0
    return doc
