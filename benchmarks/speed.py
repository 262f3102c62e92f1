"""What a review costs beside the bare parse of the same draft, in one process.

    python benchmarks/speed.py [DRAFTS.jsonl ...] [--rounds 5] [--json]

Bare parse and reviews of a draft are measured in turns, so that a busy machine slows all of them alike; a ratio is the
median over the rounds of one draft. Without files it takes the examples, the drafts of the tests, and the development
drafts where they are at hand. Goals: the rules alone 1.25 times the parse, with the trained reader 2.5 times.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from stopwatch import REST, Stopwatch
from tables import Table, figure

from apology_rules import Draft, Reviewer, pipeline

_PROJECT = Path(__file__).resolve().parent.parent
_EXAMPLES = _PROJECT / "examples"
_FILES = (
    _PROJECT / "tests" / "accuracy" / "drafts.jsonl",
    _PROJECT.parent / "shared" / "dev-set" / "texts.jsonl",
)
_LENGTHS = (100, 300, 1_000, 3_000, 10_000, 20_000)
_PARSE, _RULES, _BOTH = "parse", "rules", "both"

Run = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds for one draft (medians), and its cost as a multiple of the bare parse."""

    characters: int
    parse: float
    rules: float
    both: float
    rules_ratio: float
    both_ratio: float


def main() -> None:
    args = _arguments()
    reviewers = {_RULES: Reviewer(trained_reader=False), _BOTH: Reviewer()}
    runs: dict[str, Run] = {_PARSE: pipeline.load()}
    runs |= {name: _reviewing(reviewer) for name, reviewer in reviewers.items()}
    sources = dict(_sources(args.files))
    everything = [text for texts in sources.values() for text in texts]
    for text in everything[:10]:  # the first calls fill caches
        for run in runs.values():
            run(text)
    ratios = {name: [_timing(text, runs, args.rounds) for text in texts] for name, texts in sources.items()}
    lengths = [_timing(text, runs, 2 * args.rounds) for text in _by_length(everything)]
    costs = {name: _costs(runs[name], everything) for name in reviewers}
    if args.json:
        answer = {
            "drafts": {name: [asdict(one) for one in timings] for name, timings in ratios.items()},
            "lengths": [asdict(one) for one in lengths],
            "milliseconds_by_part": costs,
        }
        print(json.dumps(answer, indent=1))
    else:
        for table in (_ratio_table(ratios), _length_table(lengths), _cost_table(costs)):
            print(table.markdown() if args.markdown else table.plain(), end="\n\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", help='drafts, {"text": ...} a line')
    parser.add_argument("--rounds", type=int, default=5, help="how often each draft is measured")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _reviewing(reviewer: Reviewer) -> Run:
    return lambda text: reviewer.review(Draft(text=text))


def _sources(files: Sequence[Path]) -> Iterator[tuple[str, list[str]]]:
    if not files:
        yield "examples", [path.read_text(encoding="utf-8") for path in sorted(_EXAMPLES.glob("*.txt"))]
    for path in files or _FILES:
        if files or path.is_file():
            yield path.name, [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


def _timing(text: str, runs: Mapping[str, Run], rounds: int) -> Timing:
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds):
        for name in list(runs)[:: 1 if number % 2 else -1]:
            seconds[name].append(_seconds(runs[name], text))
    return Timing(
        characters=len(text),
        parse=1000 * median(seconds[_PARSE]),
        rules=1000 * median(seconds[_RULES]),
        both=1000 * median(seconds[_BOTH]),
        rules_ratio=median(a / b for a, b in zip(seconds[_RULES], seconds[_PARSE], strict=True)),
        both_ratio=median(a / b for a, b in zip(seconds[_BOTH], seconds[_PARSE], strict=True)),
    )


def _seconds(run: Run, text: str) -> float:
    begin = perf_counter()
    run(text)
    return perf_counter() - begin


def _by_length(texts: Sequence[str]) -> Iterator[str]:
    """Texts of growing length, made of whole drafts and the beginning of a last one."""
    long = "\n\n".join(texts)
    for length in _LENGTHS:
        if length <= len(long):
            yield long[:length]


def _costs(run: Run, texts: Sequence[str]) -> dict[str, float]:
    """Mean milliseconds a draft by part."""
    watch = Stopwatch()
    with watch.watching():
        for text in texts:
            with watch.part(REST):
                run(text)
    return {name: 1000 * seconds / len(texts) for name, seconds in watch.spent.items()}


def _ratio_table(ratios: Mapping[str, Sequence[Timing]]) -> Table:
    rows = []
    for name, timings in ratios.items():
        rules, both = [one.rules_ratio for one in timings], [one.both_ratio for one in timings]
        milliseconds = (median(getattr(one, run) for one in timings) for run in (_PARSE, _RULES, _BOTH))
        rows.append([name, str(len(timings)), *(figure(value, 1) for value in milliseconds)])
        rows[-1] += [
            figure(median(rules)),
            figure(_nine_in_ten(rules)),
            figure(median(both)),
            figure(_nine_in_ten(both)),
        ]
    heads = ["drafts", "number", "parse ms", "rules ms", "both ms"]
    heads += ["rules / parse", "90 % below", "both / parse", "90 % below"]
    return Table(title="Cost of a review, medians over drafts", heads=heads, rows=rows)


def _nine_in_ten(values: Sequence[float]) -> float:
    return quantiles(values, n=10)[-1] if len(values) > 1 else values[0]


def _length_table(timings: Sequence[Timing]) -> Table:
    rows = [
        [
            f"{one.characters:,}",
            *(figure(value, 1) for value in (one.parse, one.rules, one.both)),
            *(figure(value) for value in (one.rules_ratio, one.both_ratio)),
            *(figure(1000 * value / one.characters, 1) for value in (one.parse, one.rules, one.both)),
        ]
        for one in timings
    ]
    heads = ["characters", "parse ms", "rules ms", "both ms", "rules / parse", "both / parse"]
    heads += [f"{name} µs a character" for name in (_PARSE, _RULES, _BOTH)]
    return Table(title="Cost by length", heads=heads, rows=rows)


def _cost_table(costs: Mapping[str, Mapping[str, float]]) -> Table:
    parts = sorted({part for spent in costs.values() for part in spent}, key=lambda part: -costs[_BOTH].get(part, 0.0))
    rows = [[part, *(figure(spent.get(part), 2) for spent in costs.values())] for part in parts]
    rows.append(["all", *(figure(sum(spent.values()), 2) for spent in costs.values())])
    return Table(
        title="Milliseconds a draft by part, mean; timing itself adds a little", heads=["part", *costs], rows=rows
    )


if __name__ == "__main__":
    main()
