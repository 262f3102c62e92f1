"""Reviews a corpus that is too large for one machine, on Ray: with the same reviewer, and the same answers.

    pip install 'apology-review[service]' 'ray[data]'
    python review_corpus.py mails/*.jsonl --out reviews            # this machine, every processor
    python review_corpus.py s3://bucket/mails.parquet --out s3://bucket/reviews --address auto   # a Ray cluster

Input is what `apology-review batch` takes: JSON lines of {"id", "text"}, or {"id", "draft", "context", "options"} in full;
or Parquet with the columns id and text. Output is Parquet, a row a draft and in no particular order: id, verdict, score,
rules (the ids of what was found), review (all of it, as proto3 JSON), error (and then the others are empty).

Ray and not Spark: a reviewer takes two seconds and a quarter of a gigabyte to load, and Ray's actors load it once and keep
it; it needs no Java; and the same script runs on a laptop. A task that dies with its machine is done again elsewhere.
"""

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else Ray reports its use to its makers
os.environ.setdefault("OMP_NUM_THREADS", "1")  # each reviewer has one processor

import pyarrow as pa
import ray

from apology.v1 import review_pb2 as pb
from apology_client import ApologyReviewError
from apology_client.command.lines import Line, read_lines
from apology_client.errors import from_status
from apology_client.proto_json import to_json
from apology_rules import Reviewer
from apology_service.from_wire import context_of, given_of, options_of
from apology_service.mail import Unread, UnreadableError, read
from apology_service.settings import Limits
from apology_service.to_wire import review_to_wire, unreadable_to_wire
from apology_service.validation import refusal

_BASE = pb.ReviewDraftRequest(offset_encoding=pb.OFFSET_ENCODING_UTF32)
_SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "verdict": pa.string(),
        "score": pa.int32(),
        "rules": pa.list_(pa.string()),
        "review": pa.string(),
        "error": pa.string(),
    }
)


class Reviewing:
    """What an actor holds: a reviewer, loaded once."""

    def __init__(self) -> None:
        self._limits = Limits()
        self._reviewer = Reviewer(max_characters=self._limits.max_draft_characters)

    def __call__(self, lines: pa.Table) -> pa.Table:
        rows = [self._row(line) for text in lines["text"].to_pylist() for line in _lines(text)]
        return pa.Table.from_pylist(rows, schema=_SCHEMA)

    def _row(self, line: Line) -> dict[str, Any]:
        name = line.id if isinstance(line.id, str) else json.dumps(line.id)
        try:
            review = self._review(line.ask)
        except ApologyReviewError as error:
            return {"id": name, "error": f"{error.code}: {error}"}
        except Exception as error:  # its text may quote the draft
            return {"id": name, "error": f"INTERNAL: {type(error).__name__}"}
        return {
            "id": name,
            "verdict": pb.Verdict.Name(review.verdict),
            "score": review.score if review.HasField("score") else None,
            "rules": [finding.rule_id for finding in review.findings],
            "review": to_json(review),
        }

    def _review(self, request: pb.ReviewDraftRequest | ApologyReviewError) -> pb.Review:
        if isinstance(request, ApologyReviewError):
            raise request
        if (refused := refusal(request, self._limits)) is not None:
            raise from_status(refused)
        given, origin = given_of(request), None
        if isinstance(given, Unread):
            try:
                found = read(given)
            except UnreadableError as error:
                return unreadable_to_wire(request, error, self._reviewer.versions)
            given, origin = found.draft, found.origin
        review = self._reviewer.review(given, context=context_of(request), options=options_of(request))
        return review_to_wire(review, given, request, origin)


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    ray.init(address=given.address, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.WARNING)
    processors = int(ray.cluster_resources().get("CPU", 1))
    reviewers = ray.data.ActorPoolStrategy(min_size=1, max_size=given.reviewers or processors)
    lines = _read(given.files).repartition(target_num_rows_per_block=given.batch)
    reviews = lines.map_batches(
        Reviewing, batch_size=given.batch, batch_format="pyarrow", compute=reviewers, num_cpus=1
    )
    reviews.write_parquet(given.out, mode=ray.data.SaveMode.ERROR)  # never two runs in one folder
    table = ray.data.read_parquet(given.out, columns=["error"])
    failed = table.filter(lambda row: row["error"] is not None).count()
    print(f"{table.count()} drafts, {failed} of them with an error, in {given.out}", file=sys.stderr)


def _read(files: list[str]) -> ray.data.Dataset:
    """One line of JSON a row, in the column `text`."""
    if not files[0].endswith(".parquet"):
        return ray.data.read_text(files)
    return ray.data.read_parquet(files, columns=["id", "text"]).map(
        lambda row: {"text": json.dumps({"id": row["id"], "text": row["text"]})}
    )


def _lines(text: str) -> Iterator[Line]:
    return read_lines(io.BytesIO(text.encode()), _BASE)


def _parser() -> argparse.ArgumentParser:
    about, _, epilog = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="paths or URLs, of one kind: JSON lines, or *.parquet")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="where the Parquet files go")
    parser.add_argument("--address", default=None, metavar="ADDRESS", help="a Ray cluster; default: this machine alone")
    parser.add_argument(
        "--reviewers", type=int, default=0, metavar="N", help="at most so many; default: one a processor"
    )
    parser.add_argument("--batch", type=int, default=64, metavar="N", help="drafts a reviewer takes at a time")
    return parser


if __name__ == "__main__":
    main()
