"""How well the reviewer agrees with annotators: the rules alone, the trained reader alone, and both together.

    python benchmarks/accuracy.py [DRAFTS.jsonl ...] [--texts TEXTS.jsonl --labels A.jsonl B.jsonl]

Without files it reads `drafts.jsonl`, `short.jsonl` and `mirrored.jsonl` of `tests/accuracy`, and the development drafts
where they are at hand. DRAFTS carry their labels; TEXTS are labelled in one file for each annotator, and the figures are
then shown as a share of the agreement that annotators reach with one another as well.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import judges
from agreement import Figures, between_annotators, figures, of_annotators, overall
from findings import Calibration, Noise, Tally, calibration, noise, tallies
from labelled import Drafts, read_annotated, read_drafts
from tables import Table, figure

_PROJECT = Path(__file__).resolve().parent.parent
_OWN = _PROJECT / "tests" / "accuracy"
_FLOORS = _OWN / "floors.json"
_DEVELOPMENT = _PROJECT.parent / "shared" / "dev-set"
_DETAILED = ("rules", "both")
_SLACK = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one reader reached on one source of drafts."""

    figures: Figures
    overall: float
    of_annotators: Figures
    overall_of_annotators: float | None
    tallies: Mapping[str, Tally]
    noise: Noise
    spans: Calibration
    components: Calibration


def main() -> None:
    args = _arguments()
    readers = judges.load()
    if args.write_floors:
        _write_floors({drafts.name: _reports(drafts, readers) for drafts in _own()}, args.slack)
        return
    answer = {}
    for drafts in _sources(args):
        annotators = between_annotators(drafts)
        reports = _reports(drafts, readers)
        answer[drafts.name] = _as_json(drafts, annotators, reports)
        if not args.json:
            for table in _tables(drafts, annotators, reports, calibrated=args.calibration):
                print(table.markdown() if args.markdown else table.plain(), end="\n\n")
    if args.json:
        print(json.dumps(answer, indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drafts", type=Path, nargs="*", help="drafts with their labels")
    parser.add_argument("--texts", type=Path, help="drafts without labels")
    parser.add_argument("--labels", type=Path, nargs="+", default=[], help="the labels of TEXTS, a file an annotator")
    parser.add_argument("--calibration", action="store_true", help="show how far confidences can be believed")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-floors", action="store_true", help=f"rewrite {_FLOORS.name}, which the tests hold")
    parser.add_argument("--slack", type=float, default=_SLACK, help="how far below today's figures the floors lie")
    args = parser.parse_args()
    if bool(args.texts) != bool(args.labels):
        parser.error("--texts and --labels go together")
    return args


def _sources(args: argparse.Namespace) -> Iterator[Drafts]:
    for path in args.drafts:
        yield read_drafts(path)
    if args.texts:
        yield read_annotated(args.texts, args.labels)
    if not args.drafts and not args.texts:
        yield from _own()
        if _DEVELOPMENT.is_dir():
            yield read_annotated(_DEVELOPMENT / "texts.jsonl", sorted(_DEVELOPMENT.glob("labels-*.jsonl")))


def _own() -> Iterator[Drafts]:
    yield read_drafts(_OWN / "drafts.jsonl")
    yield read_drafts(_OWN / "short.jsonl")
    yield read_annotated(_OWN / "mirrored.jsonl", sorted(_OWN.glob("mirrored-labels-*.jsonl")))


def _reports(drafts: Drafts, readers: Mapping[str, judges.Judge]) -> Mapping[str, Report]:
    annotators = between_annotators(drafts)
    return {name: report(drafts, judge, annotators) for name, judge in readers.items()}


def report(drafts: Drafts, judge: judges.Judge, annotators: Figures) -> Report:
    """What `judge` reaches on `drafts`, whose annotators agree with one another as `annotators` says."""
    judgements = [judge(text) for text in drafts.texts]
    reached = figures(drafts, judgements)
    shares = of_annotators(reached, annotators)
    return Report(
        figures=reached,
        overall=overall(reached),
        of_annotators=shares,
        overall_of_annotators=overall(shares) if annotators else None,
        tallies=tallies(drafts, judgements),
        noise=noise(drafts, judgements),
        spans=calibration(drafts, judgements, spans=True),
        components=calibration(drafts, judgements, spans=False),
    )


def _as_json(drafts: Drafts, annotators: Figures, reports: Mapping[str, Report]) -> dict[str, Any]:
    return {
        "drafts": len(drafts.texts),
        "annotators": len(drafts.annotators),
        "between_annotators": annotators,
        "readers": {
            name: asdict(report)
            | {
                "goals": report.noise.goals,
                "expected_calibration_error": {
                    "spans": report.spans.expected_error,
                    "components": report.components.expected_error,
                },
            }
            for name, report in reports.items()
        },
    }


def _write_floors(sources: Mapping[str, Mapping[str, Report]], slack: float) -> None:
    floors = {
        source: {name: _floors(report, slack) for name, report in reports.items() if name in _DETAILED}
        for source, reports in sources.items()
    }
    _FLOORS.write_text(json.dumps({"slack": slack, "floors": floors}, indent=1) + "\n", encoding="utf-8")


def _floors(report: Report, slack: float) -> Mapping[str, float]:
    reached = {**report.figures, "overall": report.overall, **report.noise.goals}
    return {label: round(value - slack, 3) for label, value in reached.items() if value is not None}


def _tables(drafts: Drafts, annotators: Figures, reports: Mapping[str, Report], *, calibrated: bool) -> Iterator[Table]:
    told = "1 annotator" if len(drafts.annotators) == 1 else f"{len(drafts.annotators)} annotators"
    yield agreement_table(f"{drafts.name}: {len(drafts.texts)} drafts, {told}", annotators, reports)
    yield noise_table("Where there is nothing to find", reports)
    for name in _DETAILED:
        yield _by_label(f"Findings, {name}", reports[name].tallies)
    if calibrated:
        for name in _DETAILED:
            yield _reliability(f"Confidence of findings in words, {name}", reports[name].spans)
            yield _reliability(f"Confidence of missing components, {name}", reports[name].components)


def agreement_table(title: str, annotators: Figures, reports: Mapping[str, Report]) -> Table:
    heads = ["category", *(["annotators"] if annotators else [])]
    for name in reports:
        heads += [name, "share"] if annotators else [name]
    names = list(next(iter(reports.values())).figures)
    rows = [[name, *_cells(name, annotators, reports)] for name in names]
    last = ["overall", *([""] if annotators else [])]
    for report in reports.values():
        last += (
            [figure(report.overall), figure(report.overall_of_annotators)] if annotators else [figure(report.overall)]
        )
    return Table(title=title, heads=heads, rows=[*rows, last])


def _cells(name: str, annotators: Figures, reports: Mapping[str, Report]) -> Iterator[str]:
    if annotators:
        yield figure(annotators[name])
    for report in reports.values():
        yield figure(report.figures[name])
        if annotators:
            yield figure(report.of_annotators[name])


def noise_table(title: str, reports: Mapping[str, Report]) -> Table:
    rows = []
    for name, report in reports.items():
        here = report.noise
        rows.append(
            [
                name,
                f"{here.silent_non_apologies} of {here.non_apologies}",
                str(here.findings_on_non_apologies),
                f"{here.good_apologies_without_span_findings} of {here.good_apologies}",
                str(here.span_findings_on_good_apologies),
                str(here.component_findings_on_good_apologies),
            ]
        )
    heads = [
        "reader",
        "silent on non-apologies",
        "findings there",
        "no span finding on good apologies",
        "span findings there",
        "component findings there",
    ]
    return Table(title=title, heads=heads, rows=rows)


def _by_label(title: str, found: Mapping[str, Tally]) -> Table:
    rows = [
        [
            label,
            str(tally.told),
            str(tally.confirmed),
            figure(tally.precision),
            str(tally.labelled),
            str(tally.found),
            figure(tally.recall),
        ]
        for label, tally in found.items()
    ]
    return Table(
        title=title,
        heads=["rule or subtype", "told", "confirmed", "precision", "labelled", "found", "recall"],
        rows=rows,
    )


def _reliability(title: str, found: Calibration) -> Table:
    rows = [[f"{one.confidence:.2f}", figure(one.confirmed), str(one.findings)] for one in found.bins]
    return Table(
        title=f"{title}: expected calibration error {found.expected_error:.3f}",
        heads=["mean confidence", "confirmed", "findings"],
        rows=rows,
    )


if __name__ == "__main__":
    main()
