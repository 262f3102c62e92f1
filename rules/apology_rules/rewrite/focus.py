"""Focus: which words of a finding carry the flaw, by the trained reader. A finding may reach into what stands beside it."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from statistics import mean

from spacy.tokens import Token

from apology_rules.reading import Reading
from apology_rules.reading.layout import BLANK_LINE

_FAINT = 0.45
"""What carries the flaw less than this, measured by what carries it most, only stands beside it."""

_AS_BRIGHT = 0.6
"""What carries it at least so much is part of it."""

_BREAKS = frozenset({",", ";", ":", "-", "\u2013", "\u2014"})


def focused(reading: Reading, label: str, begin: int, end: int, needed: Collection[int] = ()) -> tuple[int, int]:
    """`[begin, end)` without the sentences and clauses at its edges that hardly carry the flaw, or hold a `needed` place.

    Code points; all of them where no trained reader knows the family of flaws.
    """
    parts = [part for part in _parts(reading, begin, end) if any(t.is_alpha for t in part)]
    weights = [carried(reading, label, part[0].idx, part[-1].idx + len(part[-1])) for part in parts]
    if len(parts) < 2 or None in weights:
        return begin, end
    held = [any(part[0].idx <= place <= part[-1].idx for place in needed) for part in parts]
    known = [0.0 if kept and not all(held) else weight or 0.0 for weight, kept in zip(weights, held, strict=True)]
    least = _FAINT * max(known)
    bright = [
        index
        for index, (part, weight) in enumerate(zip(parts, known, strict=True))
        if weight >= least or (weight and _alight(reading, label, part[0].idx, part[-1].idx + len(part[-1])))
    ]
    first, last = bright[0], bright[-1]
    while (
        last > first
        and _further_down(reading, parts[last - 1], parts[last])
        and not _glares(reading, label, parts[last])
    ):
        last = max(index for index in bright if index < last)
    while first and reading.text[: parts[first][0].idx].rstrip().endswith("?"):
        first -= 1  # a question and what answers it are one
    words = [t for t in parts[last] if not t.is_space and not t.is_punct]
    return (
        begin if first == 0 else next(t for t in parts[first] if t.is_alpha).idx,
        end if last == len(parts) - 1 else words[-1].idx + len(words[-1]),
    )


def widened(reading: Reading, label: str, begin: int, end: int, needed: Collection[int]) -> tuple[int, int]:
    """`[begin, end)` with the clauses beside it, in its own sentences, that carry the flaw as well.

    Code points; no clause goes with it in which one of the `needed` places stands.
    """
    own = carried(reading, label, begin, end)
    inside = [s for s in reading.sentences if s.begin < end and begin < s.end]
    if not inside or not own:
        return begin, end
    own_words = [t for s in inside for t in reading.doc[s.first : s.last] if t.is_alpha]
    parts_begin, parts_end = own_words[0].idx, own_words[-1].idx + len(own_words[-1])
    before = list(_parts(reading, inside[0].begin, begin)) if inside[0].begin < begin else []
    after = list(_parts(reading, end, inside[-1].end)) if end < inside[-1].end else []
    for parts, forward in ((reversed(before), False), (after, True)):
        reach = (begin, end)
        for part in parts:
            words = [t for t in part if not t.is_space and not t.is_punct and not (begin <= t.idx < end)]
            if not words:
                continue
            first, last = words[0].idx, words[-1].idx + len(words[-1])
            weight = carried(reading, label, first, last) or 0.0
            if weight < _AS_BRIGHT * own or any(first <= place < last for place in needed):
                break
            reach = (reach[0], last) if forward else (first, reach[1])
            edge = last >= parts_end if forward else first <= parts_begin
            if edge or any(c.dep_.startswith(("nsubj", "expl")) and c in words for t in words for c in t.children):
                begin, end = reach  # a clause is in whole or not at all
    return _with_scraps(reading, label, begin, end, needed)


def _with_scraps(reading: Reading, label: str, begin: int, end: int, needed: Collection[int]) -> tuple[int, int]:
    """`[begin, end)` with the sentences beside it that carry the flaw and are too short to be told of alone."""
    own = carried(reading, label, begin, end) or 0.0
    inside = [s for s in reading.sentences if s.begin < end and begin < s.end]
    for beside, forward in (
        (reading.sentences[: inside[0].number][::-1], False),
        (reading.sentences[inside[-1].number + 1 :], True),
    ):
        for sentence in beside:
            words = [t for t in reading.doc[sentence.first : sentence.last] if t.is_alpha]
            between = reading.text[end : sentence.begin] if forward else reading.text[sentence.end : begin]
            weight = carried(reading, label, sentence.begin, sentence.end) or 0.0
            held = any(sentence.begin <= place < sentence.end for place in needed)
            if not 0 < len(words) <= _SCRAP or _apart(between) or weight < _AS_BRIGHT * own or held:
                break
            begin, end = min(begin, words[0].idx), max(end, words[-1].idx + len(words[-1]))
    return begin, end


def _apart(between: str) -> bool:
    """Whether a line ends, or words stand, between two sentences."""
    return "\n" in between or any(c.isalnum() for c in between)


_SCRAP = 2


def _further_down(reading: Reading, part: Sequence[Token], following: Sequence[Token]) -> bool:
    """Whether a blank line stands between two parts."""
    return BLANK_LINE.search(reading.text[part[-1].idx : following[0].idx + len(following[0])]) is not None


def _glares(reading: Reading, label: str, part: Sequence[Token]) -> bool:
    """Whether words would be a flaw of their own, whatever stands above them."""
    notes, end = reading.notes, part[-1].idx + len(part[-1])
    return notes is None or notes.probability(label, part[0].idx, end) >= notes.cuts[label][0]


def _alight(reading: Reading, label: str, begin: int, end: int) -> bool:
    """Whether the strongest words of `[begin, end)` carry the flaw, whatever stands beside them."""
    return reading.notes is not None and reading.notes.probability(label, begin, end) >= alight_from(reading, label)


def alight_from(reading: Reading, label: str) -> float:
    """The probability from which words carry something of a family of flaws: between the reader's two cuts."""
    return mean(reading.notes.cuts[label]) if reading.notes is not None else 1.0


def carried(reading: Reading, label: str, begin: int, end: int) -> float | None:
    """How likely the words of `[begin, end)` carry a family of flaws, on average; None where the reader does not say."""
    notes = reading.notes
    if notes is None or label not in notes.cuts:
        return None
    spoken = [(a, b) for a, b in notes.pieces(begin, end) if any(c.isalnum() for c in reading.text[a:b])]
    return mean(notes.probability(label, a, b) for a, b in spoken) if spoken else 0.0


def _parts(reading: Reading, begin: int, end: int) -> Iterator[list[Token]]:
    """The words, broken up between sentences, at marks and before a joining word that has a verb of its own behind it."""
    span = reading.doc.char_span(begin, end, alignment_mode="expand")
    if span is None or not len(span):
        return
    part = [span[0]]
    for before, token in pairwise(span):
        apart = reading.sentence_at(before.i) != reading.sentence_at(token.i)
        if apart or before.text in _BREAKS or token.dep_ == "cc":
            yield part
            part = []
        part.append(token)
    yield part
