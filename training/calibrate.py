"""Fit what turns scores into probabilities and decisions: `calibrate.py FOLD.pt ... --base BASE` writes `labels.json`.

Every network given is asked only about the files that it was trained without, as it will run: exported, in 8 bits.
"""

import argparse
import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import torch
from export import READER, export
from measure import f1, kappa, matches
from prepare import COMPONENTS, SUBTYPES, TASKS, TOKEN_LABELS, UNKNOWN, Example, read_corpus
from sklearn.linear_model import LogisticRegression

from apology_rules.reader.network import Network, Scores
from apology_rules.reader.notes import by_task, evidence, pooled, runs, sigmoid

LABELS = {name: k for k, name in enumerate(TOKEN_LABELS)}
KEEP = 3.0  # what a kept apology weighs in the gate: one lost loses all that would be said of it
CLAUSE = re.compile(r"[.!?]+[\s\"\u201d)]+|\n+|[,;:]\s|\s[\u2014\u2013-]\s|$")


@dataclass(frozen=True, slots=True)
class Unseen:
    """An example with the scores of a network that was trained without its file."""

    example: Example
    scores: Scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folds", type=Path, nargs="+")
    parser.add_argument("--base", type=Path, required=True, help="folder with vocab.txt")
    parser.add_argument("--to", type=Path, default=READER)
    parser.add_argument("--leave-out", default="", help="unseen files to leave out too, such as t45")
    args = parser.parse_args()
    left_out = set(args.leave_out.split(","))
    unseen = [one for fold in args.folds for one in read_unseen(fold, args.base) if one.example.file not in left_out]
    card = fit(unseen)
    model = args.to / "model.onnx"
    digest = hashlib.sha256(model.read_bytes()).hexdigest()[:8] if model.exists() else "none"
    card = {"version": f"1.7.0+{digest}", **card}
    (args.to / "labels.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def read_unseen(fold: Path, base: Path) -> Iterator[Unseen]:
    held_out = torch.load(fold, weights_only=True)["held_out"]
    with tempfile.TemporaryDirectory() as folder:
        export(fold, base, Path(folder))
        network = Network.load(Path(folder), threads=2)
        for example in read_corpus(Path(__file__).parent / "corpus"):
            if example.file in held_out:
                yield Unseen(example, network.read(example.text))


def fit(unseen: list[Unseen]) -> dict:
    card = {"labels": LABELS, "tasks": TASKS, "pieces": _fit_pieces(unseen)}
    card["gate"] = _fit_gate(unseen)
    card["components"] = {name: _fit_component(unseen, name, card) for name in COMPONENTS}
    card["spans"] = {family: _fit_spans(unseen, family, card) for family in SUBTYPES}
    return card


def _fit_pieces(unseen: list[Unseen]) -> dict:
    """A scale and a shift for each label, so that a clause's pooled score becomes a probability."""
    scores, truths = (np.array(rows) for rows in zip(*_clauses(unseen), strict=True))
    fits = [_logistic(scores[:, k, None], truths[:, k]) for k in range(len(LABELS))]
    return {"scale": [fit[0][0] for fit in fits], "shift": [fit[1] for fit in fits]}


def _clauses(unseen: list[Unseen]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield pooled scores and truth of each clause; a label is true of a clause if it covers half of it."""
    for one in unseen:
        begins = one.scores.begins
        truth = np.zeros(one.scores.pieces.shape, bool)
        for label, begin, end in one.example.marks:
            truth[(begins >= begin) & (begins < end), LABELS[label]] = True
        cuts = np.searchsorted(begins, [match.end() for match in CLAUSE.finditer(one.example.text)])
        for first, last in zip([0, *cuts], cuts, strict=False):
            if first < last:
                yield (
                    np.apply_along_axis(pooled, 0, one.scores.pieces[first:last]),
                    truth[first:last].mean(0) >= 0.5,
                )


def _fit_gate(unseen: list[Unseen]) -> dict:
    scores = np.array([by_task(one.scores.windows, TASKS)["is_apology"].max() for one in unseen])
    truths = np.array([one.example.states["is_apology"] for one in unseen], bool)
    (scale,), shift = _logistic(scores[:, None], truths)
    chances = sigmoid(scale * scores + shift)

    def quality(cut: float) -> float:
        other = chances < cut
        kept = (~other & truths).sum() / truths.sum()
        return f1((other & ~truths).sum(), (other & truths).sum(), (~other & ~truths).sum()) + KEEP * float(kept)

    return {"scale": scale, "shift": shift, "cut": _best([(c,) for c in np.arange(0.1, 0.95, 0.025)], quality)[0]}


def _fit_component(unseen: list[Unseen], name: str, card: dict) -> dict:
    """Weights that turn evidence into the three states, and the cuts of their mean grade that agree best."""
    known = [one for one in unseen if one.example.states[name] != UNKNOWN]
    x = np.array([evidence(one.scores, by_task(one.scores.windows, TASKS)[name], name, card) for one in known])
    y = np.array([one.example.states[name] for one in known])
    model = LogisticRegression(C=0.5, max_iter=1000).fit(x, y)
    grades = model.predict_proba(x) @ model.classes_
    cuts = _best(
        [(a, b) for a, b in product(np.arange(0.2, 1.8, 0.05), repeat=2) if a < b],
        lambda *cuts: kappa(zip(np.searchsorted(cuts, grades, "right").tolist(), y.tolist(), strict=True)),
    )
    return {"weights": _plain(model.coef_), "bias": _plain(model.intercept_), "cuts": cuts}


def _fit_spans(unseen: list[Unseen], family: str, card: dict) -> list[float]:
    column, pieces = LABELS[family], card["pieces"]
    drafts = []
    for one in unseen:
        if one.example.states["is_apology"]:
            chances = sigmoid(one.scores.pieces[:, column] * pieces["scale"][column] + pieces["shift"][column])
            labels = [(begin, end) for label, begin, end in one.example.marks if label == family]
            drafts.append((one, chances, labels))

    def quality(upper: float, lower: float) -> float:
        spans, found = np.zeros(3, int), np.zeros(3, int)
        for one, chances, labels in drafts:
            begins, ends = one.scores.begins, one.scores.ends
            mine = [(int(begins[first]), int(ends[last])) for first, last in runs(chances, upper, lower)]
            spans += matches(one.example.text, mine, labels)
            found += (bool(mine and labels), bool(mine and not labels), bool(labels and not mine))
        return f1(*spans) + f1(*found)

    uppers = np.arange(0.15, 0.85, 0.05)
    return _best([(upper, upper * share) for upper in uppers for share in (0.4, 0.6, 0.8)], quality)


def _best(choices: Iterable[tuple[float, ...]], quality: Callable[..., float]) -> list[float]:
    return [round(float(value), 3) for value in max(choices, key=lambda choice: quality(*choice))]


def _logistic(x: np.ndarray, y: np.ndarray) -> tuple[list[float], float]:
    model = LogisticRegression(C=10.0, max_iter=1000).fit(x, y)
    return _plain(model.coef_)[0], _plain(model.intercept_)[0]


def _plain(x: np.ndarray) -> list:
    return np.round(x, 4).tolist()


if __name__ == "__main__":
    main()
