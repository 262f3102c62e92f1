"""How a balanced and a quiet check tell apologies from their look-alikes, in messages whose gate the reader never learnt."""

import json
from collections import Counter
from pathlib import Path

from apology_rules import Draft, Options, Reviewer, Sensitivity, Verdict

HERE = Path(__file__).parent
FILES = [
    *(HERE / "corpus" / f"{name}.jsonl" for name in ("t70", "t77", "t78", "t79", "t81", "t82")),
    HERE / "gate.jsonl",
]


def main() -> None:
    reviewer, total = Reviewer(), Counter[tuple[Sensitivity, bool, bool]]()
    for path in FILES:
        counts = Counter[tuple[Sensitivity, bool, bool]]()
        for line in path.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)
            for sensitivity in (Sensitivity.BALANCED, Sensitivity.QUIET):
                review = reviewer.review(Draft(text=message["text"]), options=Options(sensitivity=sensitivity))
                taken = review.verdict is not Verdict.NOT_AN_APOLOGY
                counts[sensitivity, bool(message["is_apology"]), taken] += 1
        _print(path.stem, counts)
        total += counts
    _print("all", total)


def _print(name: str, counts: Counter[tuple[Sensitivity, bool, bool]]) -> None:
    for sensitivity in (Sensitivity.BALANCED, Sensitivity.QUIET):
        none, apologies = (sum(counts[sensitivity, kind, taken] for taken in (False, True)) for kind in (False, True))
        print(
            f"{name:6} {sensitivity.value:9} taken for one {counts[sensitivity, False, True]:3} of {none:4}, "
            f"missed {counts[sensitivity, True, False]:3} of {apologies:4}",
            flush=True,
        )


if __name__ == "__main__":
    main()
