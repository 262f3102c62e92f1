"""Labelled drafts, and what somebody (an annotator, the rules, the trained reader) makes of a draft."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAMILIES = ("blame_shifting", "insincere_hedging", "overlong_drama", "minimising", "premature_selling")
COMPONENTS = {
    "responsibility": "missing_responsibility",
    "regret": "missing_regret",
    "explanation": "missing_explanation",
    "remedy": "absent_remedy",
    "empathy": "missing_empathy",
    "prevention": "missing_prevention",
    "contact": "missing_contact",
}
"""The label of each component in the labelled drafts."""

STATES = ("absent", "weak", "present")
FLAWED = frozenset({"absent", "weak"})
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A flaw in words: the places at which its words begin. `label` is `family.subtype` as far as it is named."""

    family: str
    label: str
    words: frozenset[int]
    confidence: float = 1.0

    def matches(self, other: "Flaw") -> bool:
        """Whether both have the same family and share at least half the words of the shorter."""
        shared = 2 * len(self.words & other.words)
        return self.family == other.family and shared >= min(len(self.words), len(other.words)) > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one reader makes of one draft.

    `states` gives each component that is expected, by its label; `missing` the confidence of each one that is told to
    be missing or weak.
    """

    is_apology: bool
    states: Mapping[str, str] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    missing: Mapping[str, float] = field(default_factory=dict)
    other: int = 0  # findings of a kind that the labels do not know

    @property
    def findings(self) -> int:
        return len(self.flaws) + len(self.missing) + self.other

    @property
    def good(self) -> bool:
        """Whether it is an apology with nothing to find."""
        return self.is_apology and not self.flaws and not FLAWED & set(self.states.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """Drafts of one source. `annotators` holds a judgement of every draft for each annotator."""

    name: str
    texts: tuple[str, ...]
    annotators: tuple[tuple[Judgement, ...], ...]


def words_at(text: str, begin: int, end: int) -> frozenset[int]:
    """Where the words that lie wholly in `[begin, end)` begin."""
    return frozenset(m.start() for m in _WORD.finditer(text) if m.start() >= begin and m.end() <= end)


def read_drafts(path: Path) -> Drafts:
    """Drafts that carry the labels of one annotator."""
    rows = _rows(path)
    return Drafts(
        name=path.name,
        texts=tuple(row["text"] for row in rows),
        annotators=(tuple(_judgement(row, row["text"]) for row in rows),),
    )


def read_annotated(texts: Path, labels: Sequence[Path]) -> Drafts:
    """Drafts whose labels stand in other files, one for each annotator; drafts that all of them labelled."""
    by_annotator = [{row["id"]: row for row in _rows(path)} for path in labels]
    rows = [row for row in _rows(texts) if all(row["id"] in labelled for labelled in by_annotator)]
    return Drafts(
        name=texts.name,
        texts=tuple(row["text"] for row in rows),
        annotators=tuple(
            tuple(_judgement(labelled[row["id"]], row["text"]) for row in rows) for labelled in by_annotator
        ),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _judgement(row: Mapping[str, Any], text: str) -> Judgement:
    states = {label: state for label, state in row.get("doc", {}).items() if state in STATES}
    return Judgement(is_apology=row["is_apology"], states=states, flaws=tuple(_flaws(row.get("spans", ()), text)))


def _flaws(spans: Iterable[Mapping[str, Any]], text: str) -> Iterator[Flaw]:
    for span in spans:
        begin = span["begin"] if "begin" in span else text.find(span["quote"])
        end = span["end"] if "end" in span else begin + len(span["quote"])
        words = words_at(text, begin, end)
        if begin >= 0 and words:
            label = ".".join(filter(None, (span["label"], span.get("subtype", ""))))
            yield Flaw(family=span["label"], label=label, words=words)
