"""What a language model adds: agreement with annotators with and without it, and the share of its words that pass.

    APOLOGY_REVIEW_ASSIST_BASE_URL=http://127.0.0.1:11434/v1 APOLOGY_REVIEW_ASSIST_MODEL=NAME \\
        python benchmarks/assist.py [DRAFTS.jsonl] [--config SERVER.toml] [--limit 20]

The model is set as for the server: by the environment or the table [assist] of a file. DRAFTS carry their labels; without
a file it reads `tests/accuracy/drafts.jsonl`. Every draft is shown to that model.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from accuracy import agreement_table, noise_table, report
from agreement import between_annotators
from judges import from_review
from labelled import Drafts, Judgement, read_drafts
from tables import Table, figure

from apology_rules import Context, Draft, Options, Review, Reviewer
from apology_service import assist
from apology_service.analysis import ThreadAnalyst
from apology_service.assist import Assistant, Helped
from apology_service.assist.failures import Shortfall
from apology_service.settings import AssistSettings, SettingsError, load_settings

_OWN_DRAFTS = Path(__file__).resolve().parent.parent / "tests" / "accuracy" / "drafts.jsonl"
_OPTIONS = Options(include_rewrite=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One draft with and without help, and the seconds that help took, the offline review included."""

    plain: Review
    helped: Helped
    seconds: float


def main() -> int:
    args = _arguments()
    try:
        settings = load_settings(config=args.config).assist
        if not settings.base_url:
            raise SettingsError("no model is set: APOLOGY_REVIEW_ASSIST_BASE_URL and APOLOGY_REVIEW_ASSIST_MODEL")
        drafts = _first(read_drafts(args.drafts), args.limit)
        trials = asyncio.run(_trials(replace(settings, tokens_per_minute=0, tokens_per_day=0), drafts, args.seconds))
    except SettingsError as error:
        print(f"assist.py: {error}", file=sys.stderr)
        return 2
    for table in _tables(drafts, trials, settings.model):
        print(table.markdown() if args.markdown else table.plain(), end="\n\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drafts", type=Path, nargs="?", default=_OWN_DRAFTS, help="drafts with their labels")
    parser.add_argument("--config", help="a server's settings in TOML")
    parser.add_argument("--limit", type=int, default=0, help="only so many drafts, spread over the file; 0 all")
    parser.add_argument("--seconds", type=float, default=120.0, help="that a draft may take")
    parser.add_argument("--markdown", action="store_true")
    return parser.parse_args()


def _first(drafts: Drafts, limit: int) -> Drafts:
    """Every n-th draft, so that all kinds are among them."""
    step = max(1, len(drafts.texts) // limit) if limit else 1
    places = range(0, len(drafts.texts), step)[: limit or None]
    return replace(
        drafts,
        texts=tuple(drafts.texts[at] for at in places),
        annotators=tuple(tuple(labels[at] for at in places) for labels in drafts.annotators),
    )


async def _trials(settings: AssistSettings, drafts: Drafts, seconds: float) -> list[Trial]:
    assistant = assist.load(replace(settings, timeout_seconds=min(seconds, 600.0)))
    assert assistant is not None, "a base_url is set"
    analyst = ThreadAnalyst(Reviewer)
    await analyst.start()
    try:
        trials = []
        for number, text in enumerate(drafts.texts, start=1):
            trials.append(await _trial(assistant, analyst, text, seconds))
            print(f"{number} of {len(drafts.texts)}", end="\r", file=sys.stderr, flush=True)
        return trials
    finally:
        await assistant.close()
        await analyst.stop()


async def _trial(assistant: Assistant, analyst: ThreadAnalyst, text: str, seconds: float) -> Trial:
    begun = time.monotonic()
    draft = Draft(text=text)
    helped = await assistant.review(analyst, draft, Context(), _OPTIONS, deadline=begun + seconds + 60)
    taken = time.monotonic() - begun
    plain = await analyst.review(
        draft, Context(), replace(_OPTIONS, include_rewrite=False), deadline=time.monotonic() + 600
    )
    return Trial(plain=plain, helped=helped, seconds=taken)


def _tables(drafts: Drafts, trials: Sequence[Trial], model: str) -> Iterator[Table]:
    without = _judgements(drafts, [trial.plain for trial in trials])
    with_help = _judgements(drafts, [trial.helped.review for trial in trials])
    annotators = between_annotators(drafts)
    reports = {
        "without": report(drafts, without.__getitem__, annotators),
        f"with {model}": report(drafts, with_help.__getitem__, annotators),
    }
    yield agreement_table(f"{drafts.name}: {len(drafts.texts)} drafts", annotators, reports)
    yield noise_table("Where there is nothing to find", reports)
    yield _help(trials)


def _judgements(drafts: Drafts, reviews: Sequence[Review]) -> dict[str, Judgement]:
    return {text: from_review(review, text) for text, review in zip(drafts.texts, reviews, strict=True)}


def _help(trials: Sequence[Trial]) -> Table:
    asked = [t for t in trials if t.helped.reasons != (Shortfall.NOTHING_TO_DO,)]
    tallies = [t.helped.review.wordings for t in asked if t.helped.review.wordings is not None]
    offered, kept = sum(t.offered for t in tallies), sum(t.kept for t in tallies)
    refused = Counter[str]()
    for tally in tallies:
        refused.update(tally.refused)
    reworded = [t for t in tallies if t.offered]
    rewrites = sum(t.rewrites for t in reworded)
    reasons = Counter(reason.value for t in asked for reason in t.helped.reasons)
    rows = [
        ["drafts shown to the model", str(len(asked))],
        ["of these, the model took part", str(sum(t.helped.took_part for t in asked))],
        ["wordings that differ from the offline text", str(offered)],
        ["of these, passed the guards", f"{kept} ({figure(kept / offered if offered else None)})"],
        ["rewrites that the model worded", str(len(reworded))],
        ["of these, some wording passed", f"{rewrites} ({figure(rewrites / len(reworded) if reworded else None)})"],
        *(["refused: " + name.lower().replace("_", " "), str(count)] for name, count in refused.most_common()),
        *(["told: " + name, str(count)] for name, count in reasons.most_common()),
        ["seconds a draft, median", figure(statistics.median(t.seconds for t in asked) if asked else None, 1)],
    ]
    return Table(title="What became of the help", heads=["", "count"], rows=rows)


if __name__ == "__main__":
    sys.exit(main())
