"""How the reader does alone: `evaluate.py DRAFTS.jsonl [--answers OUT.jsonl]`; figures where the drafts have labels."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from measure import f1, kappa, matches
from prepare import COMPONENTS, STATES, SUBTYPES

from apology_rules.reader import Notes, Reader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drafts", type=Path)
    parser.add_argument("--reader", type=Path, help="folder of another reader")
    parser.add_argument("--answers", type=Path, help="where to write one answer a line")
    args = parser.parse_args()
    reader = Reader.load(args.reader) if args.reader else Reader.load()
    rows = [json.loads(line) for line in args.drafts.read_text(encoding="utf-8").splitlines()]
    answers = [answer(reader.read(row["text"]), row["id"]) for row in rows]
    if args.answers:
        args.answers.write_text("".join(json.dumps(one) + "\n" for one in answers), encoding="utf-8")
    if all("is_apology" in row for row in rows):
        for name, value in figures(rows, answers):
            print(f"{name:32}{value:6.2f}")


def answer(notes: Notes, id: str) -> dict:
    """What the reader alone would say of a draft."""
    spans = [
        {"label": family, "begin": begin, "end": end}
        for family in SUBTYPES
        for begin, end, _ in notes.spans(family)
        if notes.gate
    ]
    doc = {label: notes.states[component] for component, label in COMPONENTS.items()}
    return {"id": id, "is_apology": notes.gate, "doc": doc, "spans": spans}


def figures(rows: list[dict], answers: list[dict]) -> Iterator[tuple[str, float]]:
    pairs = list(zip(rows, answers, strict=True))
    yield "not an apology (F1)", f1(*_count((not a["is_apology"], not r["is_apology"]) for r, a in pairs))
    apologies = [(r, a) for r, a in pairs if r["is_apology"]]
    for component, label in COMPONENTS.items():
        grades = [
            (
                STATES.index(a["doc"][label]) if a["is_apology"] else 2 - 2 * (r["doc"][label] == "present"),
                r["doc"][label],
            )
            for r, a in apologies
            if r["doc"][label] in STATES
        ]
        yield f"{component} (kappa)", kappa((mine, STATES.index(state)) for mine, state in grades)
    for family in SUBTYPES:
        counts = [matches(r["text"], _spans(a, family), _quotes(r, family)) for r, a in pairs]
        yield f"{family} (spans, F1)", f1(*map(sum, zip(*counts, strict=True)))
        yield (
            f"{family} (drafts, F1)",
            f1(*_count((bool(_spans(a, family)), bool(_quotes(r, family))) for r, a in pairs)),
        )


def _count(pairs: Iterator[tuple[bool, bool]]) -> tuple[int, int, int]:
    pairs = list(pairs)
    return sum(a and b for a, b in pairs), sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs)


def _spans(answer: dict, family: str) -> list[tuple[int, int]]:
    return [(span["begin"], span["end"]) for span in answer["spans"] if span["label"] == family]


def _quotes(row: dict, family: str) -> list[tuple[int, int]]:
    places = [(row["text"].find(span["quote"]), span) for span in row["spans"] if span["label"] == family]
    return [(place, place + len(span["quote"])) for place, span in places if place >= 0]


if __name__ == "__main__":
    main()
