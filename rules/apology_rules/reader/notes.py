"""What the reader says about a draft, and how raw scores become it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from apology_rules.reader.network import Array, Offsets, Scores

STATES = ("absent", "weak", "present")
RELATIONS = ("customer", "workplace", "personal", "press")
BRIDGE = 4  # pieces apart at which two runs are still one stretch
FEW = 5  # pieces that make up a component's strongest evidence


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Notes:
    """What the reader noted about one draft. Offsets are code points of the draft as given, half-open.

    `is_apology` is the probability that the draft is one, `gate` the reader's own decision. For a draft that is one,
    `components` gives the probabilities that each is absent, weak and present, `states` the reader's own decision.
    `begins` and `ends` are the word pieces that it read, `scores` their calibrated logits [piece, label] by `labels`,
    `asides` the logits that they are about something else, `cuts` where it draws the line for each family of flaws.
    """

    is_apology: float
    gate: bool
    components: Mapping[str, tuple[float, float, float]]
    states: Mapping[str, str]
    relation: Mapping[str, float]
    gravity: tuple[float, float, float, float]
    begins: Offsets
    ends: Offsets
    scores: Array
    asides: Array
    labels: Mapping[str, int]
    cuts: Mapping[str, tuple[float, float]]
    kept: dict[tuple[int, int], Array] = field(default_factory=dict, repr=False)

    def probability(self, label: str, begin: int, end: int) -> float:
        """How likely the words in [begin, end) carry `label`; 0 where there are no words."""
        return float(self._pooled(begin, end)[self.labels[label]])

    def aside(self, begin: int, end: int) -> float:
        """The log odds that the words in [begin, end) have nothing to do with the matter; minus infinity without words."""
        first, last = np.searchsorted(self.ends, begin, "right"), np.searchsorted(self.begins, end, "left")
        return float(self.asides[first:last].mean()) if first < last else -math.inf

    def pieces(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The word pieces that lie within [begin, end)."""
        first, last = np.searchsorted(self.begins, begin, "left"), np.searchsorted(self.ends, end, "right")
        return list(zip(self.begins[first:last].tolist(), self.ends[first:last].tolist(), strict=True))

    def _pooled(self, begin: int, end: int) -> Array:
        """The probability of every label over the words in [begin, end), kept: rules ask for many labels of a clause."""
        if (begin, end) not in self.kept:
            first, last = np.searchsorted(self.ends, begin, "right"), np.searchsorted(self.begins, end, "left")
            scores = self.scores[first:last]
            self.kept[begin, end] = sigmoid(pooled(scores)) if first < last else np.zeros(len(self.labels), np.float32)
        return self.kept[begin, end]

    def spans(self, label: str) -> Iterator[tuple[int, int, float]]:
        """Yield (begin, end, probability) of each stretch that carries a family of flaws, in order.

        A stretch is a run of pieces above the family's lower cut, bridging short gaps, whose strongest piece passes the
        upper cut.
        """
        upper, lower = self.cuts[label]
        scores = sigmoid(self.scores[:, self.labels[label]])
        for first, last in runs(scores, upper, lower):
            yield int(self.begins[first]), int(self.ends[last]), float(scores[first : last + 1].max())


def take_notes(scores: Scores, card: Mapping[str, Any]) -> Notes:
    """Calibrate `scores` by `card`. An apology in one window makes the whole draft one."""
    tasks = by_task(scores.windows, card["tasks"])
    gate, pieces = card["gate"], card["pieces"]
    components, states = {}, {}
    for name, fit in card["components"].items():
        absent, weak, present = softmax(
            np.array(fit["weights"]) @ evidence(scores, tasks[name], name, card) + fit["bias"]
        )
        components[name] = (float(absent), float(weak), float(present))
        states[name] = STATES[int(np.searchsorted(fit["cuts"], weak + 2 * present, "right"))]
    relation, gravity = (softmax(tasks[name]).mean(0) for name in ("relation", "gravity"))
    is_apology = float(sigmoid(gate["scale"] * tasks["is_apology"].max() + gate["shift"]))
    return Notes(
        is_apology=is_apology,
        gate=is_apology >= gate["cut"],
        components=MappingProxyType(components),
        states=MappingProxyType(states),
        relation=MappingProxyType({name: float(value) for name, value in zip(RELATIONS, relation, strict=True)}),
        gravity=(float(gravity[0]), float(gravity[1]), float(gravity[2]), float(gravity[3])),
        begins=scores.begins,
        ends=scores.ends,
        scores=scores.pieces[:, :-1] * np.float32(pieces["scale"]) + np.float32(pieces["shift"]),
        asides=scores.pieces[:, -1],
        labels=card["labels"],
        cuts=card["spans"],
    )


def by_task(windows: Array, sizes: Mapping[str, int]) -> dict[str, Array]:
    ends = np.cumsum(list(sizes.values()))
    return {name: windows[:, end - size : end] for (name, size), end in zip(sizes.items(), ends, strict=True)}


def evidence(scores: Scores, windows: Array, component: str, card: Mapping[str, Any]) -> Array:
    """What speaks for a component: its strongest pieces, full and weak, and what the whole seems to be."""
    columns = [card["labels"][f"{component}.present"], card["labels"][f"{component}.weak"]]
    read = scores.pieces[~scores.left_out][:, columns]
    strongest = np.sort(read, axis=0)[-FEW:].mean(0) if len(read) else np.full(2, -8.0)
    states = softmax(windows)
    absent, weak, present = np.log(states[np.argmax(states[:, 2])] + 1e-3)
    return np.array([*strongest, present - absent, weak])


def pooled(scores: Array) -> Array:
    """The mean of the strongest quarter, label by label: a clause does something if a good part of its words does."""
    strongest: Array = np.sort(scores, axis=0)[-max(1, len(scores) // 4) :].mean(0)
    return strongest


def runs(scores: Array, upper: float, lower: float) -> Iterator[tuple[int, int]]:
    """Yield the first and last place of each run over `lower` that somewhere reaches `upper`."""
    places = np.flatnonzero(scores >= lower)
    for run in np.split(places, np.flatnonzero(np.diff(places) > BRIDGE) + 1):
        if len(run) and scores[run].max() >= upper:
            yield int(run[0]), int(run[-1])


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def softmax(x: Array) -> Array:
    powers = np.exp(x - x.max(-1, keepdims=True))
    shares: Array = powers / powers.sum(-1, keepdims=True)
    return shares
