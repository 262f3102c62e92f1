"""How grammar and the reader are weighed: `weigh.py FOLD.pt --base BASE` prints the constants that stand in the rules.

It asks a network about the files that it was trained without, so that what is fitted holds for drafts of others. The
figures go, rounded, into `reading/gate.py`, `reading/components.py`, `hits.py` and the confidence of each rule.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import torch
from calibrate import fit, read_unseen
from export import export
from measure import kappa, matches
from prepare import COMPONENTS, UNKNOWN, Example, read_corpus
from sklearn.linear_model import LogisticRegression

from apology_rules import DEFAULT_PIPELINE, Context, hits, pipeline
from apology_rules.catalogue import RULES
from apology_rules.options import Options
from apology_rules.reader import Reader
from apology_rules.reading import Reading, gate
from apology_rules.reading.odds import log_odds
from apology_rules.reading.paragraphs import ParagraphCache
from apology_rules.reading.parser import DraftParser

NOTHING_KEPT = ParagraphCache(characters=0, seconds=0)
LOOSER = 0.5  # by which a family's upper cut is lowered, so that doubtful stretches are weighed too


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled draft and how rules and reader read it."""

    example: Example
    reading: Reading


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fold", type=Path)
    parser.add_argument("--base", type=Path, required=True, help="folder with vocab.txt")
    args = parser.parse_args()
    reads = list(_read(args.fold, args.base))
    _gate(reads)
    _blends(reads)
    _hits([one for one in reads if one.example.states["is_apology"] == 1])


def _read(fold: Path, base: Path) -> Iterator[Read]:
    with tempfile.TemporaryDirectory() as folder:
        export(fold, base, Path(folder))
        card = {"version": "fold", **fit(list(read_unseen(fold, base)))}
        (Path(folder) / "labels.json").write_text(json.dumps(card), encoding="utf-8")
        parser = DraftParser(pipeline.load(DEFAULT_PIPELINE), Reader.load(Path(folder)), NOTHING_KEPT)
        held_out = torch.load(fold, weights_only=True)["held_out"]
        for example in read_corpus(Path(__file__).parent / "corpus"):
            if example.file in held_out:
                yield Read(example, parser.read(example.text, Context()))


def _gate(reads: list[Read]) -> None:
    """Weights of the gate's evidence, alone and beside the reader."""
    counts = [gate.evidence(one.reading, one.reading.owned_sentences) for one in reads]
    evidence = np.array([[min(3, n) for n in count.values()] for count in counts], float)
    noted = np.array([[log_odds(one.reading.notes.is_apology)] for one in reads])
    truths = np.array([one.example.states["is_apology"] for one in reads])
    alone = LogisticRegression(C=0.2, max_iter=3000, class_weight={1: 1, 0: 1.5}).fit(evidence, truths)
    beside = LogisticRegression(C=0.2, max_iter=3000).fit(np.hstack([noted, evidence]), truths)
    print(f"gate: alone {alone.intercept_[0]:.1f}, beside {beside.intercept_[0]:.1f}, reader {beside.coef_[0, 0]:.1f}")
    for name, one, other in zip(counts[0], alone.coef_[0], beside.coef_[0, 1:], strict=True):
        print(f"    {name!r}: ({one:.1f}, {other:.1f}),")


def _blends(reads: list[Read]) -> None:
    """Share of grammar and cuts of each component."""
    for kind in COMPONENTS:
        known = [one for one in reads if one.example.states[kind] != UNKNOWN]
        rows = [one.reading for one in known]
        states = [one.example.states[kind] for one in known]
        components = {k.value: k for k in rows[0].components}
        grammar = np.array([int(r.components[components[kind]].by_grammar) for r in rows], float)
        noted = np.array([r.notes.components[kind][1] + 2 * r.notes.components[kind][2] for r in rows])

        quality = partial(_agreement, noted, grammar, np.array(states))
        choices = product((0, 0.1, 0.2, 0.3), np.arange(0.4, 1.2, 0.1), np.arange(0.9, 1.7, 0.1))
        smooth = [
            (np.mean([quality(s, w + d, p + d) for d in (-0.1, 0, 0.1)]), s, w, p) for s, w, p in choices if w < p
        ]
        best = max(smooth)
        print(f"{kind}: share {best[1]:.1f}, cuts {best[2]:.1f} {best[3]:.1f}, kappa {quality(*best[1:]):.3f}")


def _agreement(
    noted: np.ndarray, grammar: np.ndarray, states: np.ndarray, share: float, weak: float, present: float
) -> float:
    value = (1 - share) * noted + share * grammar
    grades = (value > weak).astype(int) + (value > present)
    return kappa(zip(grades.tolist(), states.tolist(), strict=True))


def _hits(reads: list[Read]) -> None:
    """Weights of a rule's own odds, the reader's and the draft's soundness; and how often each rule is right."""
    ruled, alone, by_rule = [], [], defaultdict(list)
    for one in reads:
        notes = one.reading.notes
        sound = hits._soundness(notes)
        for rule in RULES:
            family = hits._family(rule)
            for mark in rule.find(one.reading) if family in hits._FAMILIES else ():
                if mark.begin is None or mark.end is None:
                    continue
                right = _right(one.example, family, (mark.begin, mark.end))
                noted = notes.probability(family, mark.begin, mark.end)
                if noted:
                    ruled.append((log_odds(mark.confidence or rule.confidence), _vetoed(noted), sound, right))
                by_rule[rule.id].append(right)
        loose = replace(notes, cuts={name: (upper * LOOSER, lower) for name, (upper, lower) in notes.cuts.items()})
        hits.LEAST = dict.fromkeys(hits.LEAST, 0.0)
        for hit in hits._by_reader(one.reading, loose, Options()):
            family, place = hits._family(hit.rule), (hit.mark.begin or 0, hit.mark.end or 0)
            alone.append((log_odds(notes.probability(family, *place)), sound, _right(one.example, family, place)))
    for name, rows in (("rule, reader, sound", ruled), ("reader alone, sound", alone)):
        table = np.array(rows, float)
        model = LogisticRegression(C=10, max_iter=1000).fit(table[:, :-1], table[:, -1])
        print(f"{name}: {np.round(model.coef_[0], 2)}, bias {model.intercept_[0]:.2f}, of {len(rows)}")
    for rule, rights in sorted(by_rule.items()):
        print(f"    {rule}: {(sum(rights) + 1) / (len(rights) + 2.5):.2f} of {len(rights)}")


def _vetoed(noted: float) -> float:
    return log_odds(max(hits._VETO, noted))


def _right(example: Example, family: str, place: tuple[int, int]) -> bool:
    labels = [(begin, end) for label, begin, end in example.marks if label == family]
    return matches(example.text, [place], labels)[0] > 0


if __name__ == "__main__":
    main()
