"""`apology-review batch`: JSON lines in, JSON lines out, in order, a few at a time in memory."""

import os
import sys
from collections import Counter
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from typing import Any, BinaryIO

import click

from apology.v1 import review_pb2
from apology_client import core, requests
from apology_client.command import output
from apology_client.command.check import CLEAN, FAILED
from apology_client.command.connection import Connection
from apology_client.command.lines import Line, read_lines
from apology_client.command.options import context_of, options_of, review_options
from apology_client.errors import ApologyReviewError
from apology_client.proto_json import to_dict


@click.command(short_help="Review many drafts: JSON lines in, JSON lines out.")
@click.argument("source", type=click.File("rb"), metavar="IN.jsonl", default="-")
@click.option(
    "-o", "--output", "target", default="-", metavar="OUT.jsonl", help="Where to write, if not to standard output."
)
@click.option("-q", "--quiet", is_flag=True, help="No progress bar and no summary.")
@review_options
def batch(source: BinaryIO, target: str, quiet: bool, **given: Any) -> int:
    """Review the drafts of IN.jsonl, or of standard input.

    \b
    A line is one of
      {"id": ..., "text": "the draft"}
      {"id": ..., "draft": {...}, "context": {...}, "options": {...}}
    where the objects are those of ReviewDraftRequest in proto3 JSON; "context" and "options" are optional and go with
    "text" too. What they set wins over the options given here; lists add up. Each gives one line, in order:
      {"id": ..., "review": {...}}
    Offsets count Unicode code points. A line that cannot be reviewed does not stop the others and gives
      {"id": ... or null, "line": N, "error": {"code": ..., "reason": ..., "message": ...}}
    Blank lines are passed over.

    \b
    Exit codes:
      0  every line was reviewed, whatever was found
      2  some lines were not: errors, or drafts whose verdict is VERDICT_NOT_REVIEWED; standard error counts them
    """
    base = requests.review_request("", context_of(given), options_of(given))
    base.ClearField("draft")  # each line brings its own
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        sink = stack.enter_context(_sink(target, source))
        connection = stack.enter_context(Connection(given["server"], quiet=quiet))
        if source.isatty() and not quiet:
            click.echo("Reading JSON lines from here; end them with Ctrl-D.", err=True)
        progress = stack.enter_context(_progress(source, target, quiet))
        for line, answer in connection.exchange((line, line.ask) for line in read_lines(source, base)):
            sink.write(output.dump(_result(line, answer)))
            sink.flush()
            counts[_kind(answer)] += 1
            progress.update(line.size)
    if not quiet:
        click.echo(_summary(counts), err=True)
    return FAILED if counts["failed"] or counts["not reviewed"] else CLEAN


def _result(line: Line, answer: core.Answer) -> dict[str, Any]:
    if isinstance(answer, ApologyReviewError):
        return {"id": line.id, "line": line.number, "error": output.error(answer)}
    return {"id": line.id, **({} if line.named else {"line": line.number}), "review": to_dict(answer)}


def _kind(answer: core.Answer) -> str:
    if isinstance(answer, ApologyReviewError):
        return "failed"
    return "not reviewed" if answer.verdict == review_pb2.VERDICT_NOT_REVIEWED else "reviewed"


def _summary(counts: Counter[str]) -> str:
    parts = [f"{counts['reviewed']} reviewed", *(f"{counts[k]} {k}" for k in ("not reviewed", "failed") if counts[k])]
    total = counts.total()
    return f"{total} draft{'s' * (total != 1)}: {', '.join(parts)}"


def _sink(target: str, source: BinaryIO) -> AbstractContextManager[BinaryIO]:
    if target == "-":
        return nullcontext(sys.stdout.buffer)
    try:
        if os.path.exists(target) and os.path.samestat(os.fstat(source.fileno()), os.stat(target)):
            raise click.UsageError("The output would overwrite the input.")
        return open(target, "wb")
    except OSError as error:
        raise click.ClickException(f"{target} cannot be written: {(error.strerror or '').lower()}") from None


@dataclass(frozen=True, slots=True)
class _Silent:
    """A progress bar that nobody sees."""

    def update(self, _steps: int) -> None:
        """Nothing."""


def _progress(source: BinaryIO, target: str, quiet: bool) -> AbstractContextManager[Any]:
    """A bar over the bytes of a file, on a terminal that is not also where the results go."""
    shared = target == "-" and sys.stdout.isatty()
    if quiet or shared or not sys.stderr.isatty() or not _size(source):
        return nullcontext(_Silent())
    bar: AbstractContextManager[Any] = click.progressbar(
        length=_size(source), label="Reviewing", file=sys.stderr, width=0
    )
    return bar


def _size(source: BinaryIO) -> int:
    """0 for what is no file."""
    try:
        return os.fstat(source.fileno()).st_size
    except OSError:
        return 0
