"""`apology-review batch`: JSON lines in, JSON lines out, in order, a few at a time in memory."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, BinaryIO

import click

from apology_client import core, requests
from apology_client.command import output
from apology_client.command.check import CLEAN, FAILED
from apology_client.command.connection import Connection, Server
from apology_client.command.lines import Line, read_lines
from apology_client.command.options import review_options
from apology_client.command.results import Results
from apology_client.command.sections import Command
from apology_client.command.server_options import server_options
from apology_client.draft import Context, Options
from apology_client.errors import AccessDeniedError, ApologyReviewError, OverloadedError, ServerUnavailableError
from apology_client.proto_json import to_dict

_PATIENCE = 60.0  # seconds to wait for a server that went away
_NOT_THE_DRAFT = (ServerUnavailableError, AccessDeniedError, OverloadedError)  # the next one would fare no better


@click.command(cls=Command, short_help="Review many drafts: JSON lines in, JSON lines out.")
@click.argument("source", type=click.File("rb"), metavar="IN.jsonl", default="-")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(allow_dash=True),
    default="-",
    metavar="OUT.jsonl",
    help="Where to write, if not to standard output.",
)
@click.option("--resume", is_flag=True, help="Keep what OUT.jsonl holds already, and go on behind it.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar and no summary.")
@review_options
@server_options
def batch(
    source: BinaryIO,
    target: str,
    *,
    resume: bool,
    quiet: bool,
    context: Context,
    options: Options,
    server: Server | None,
) -> int:
    """Review the drafts of IN.jsonl, or of standard input.

    \b
    A line is one of
      {"id": ..., "text": "the draft"}
      {"id": ..., "draft": {...}, "context": {...}, "options": {...}}
    where the objects are those of ReviewDraftRequest in proto3 JSON; "context"
    and "options" are optional and go with "text" too. What they set wins over
    the options given here; lists add up. Each gives one line, in order:
      {"id": ..., "review": {...}}
    Offsets count Unicode code points. A line that cannot be reviewed does not
    stop the others and gives
      {"id": ... or null, "line": N, "error": {"code": ..., "message": ...}}
    Blank lines are passed over.

    Without a server (it went away for more than a minute, asks for other credentials, or has too much to do) the batch
    stops. After that, after Ctrl-C or a crash, the same command with --resume goes on where it stopped.

    \b
    Exit codes:
      0  every line was reviewed, whatever was found
      2  some lines were not: errors, or drafts whose verdict is
         VERDICT_NOT_REVIEWED; standard error counts them

    \b
    Examples:
      apology-review batch drafts.jsonl -o reviews.jsonl
      apology-review batch drafts.jsonl -o reviews.jsonl --resume
      apology-review batch < drafts.jsonl | jq -r '[.id, .review.verdict] | @tsv'
    """
    base = requests.review_request("", context, options)
    base.ClearField("draft")  # each line brings its own
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        results = stack.enter_context(Results(target))
        if results.is_same(source):
            raise click.UsageError("The output would overwrite the input.")
        if source.isatty() and not quiet:
            click.echo("Reading JSON lines from here; end them with Ctrl-D.", err=True)
        progress = stack.enter_context(_progress(source, target, quiet))
        lines = read_lines(source, base)
        for line, row in results.kept(lines) if resume else ():
            counts[_kind(row)] += 1
            progress.update(line.size)
        stack.enter_context(_tells_how_to_go_on(counts, target))
        connection = stack.enter_context(Connection(server, quiet=quiet, patience=_PATIENCE))
        for line, answer in connection.exchange((line, line.ask) for line in lines):
            if isinstance(answer, _NOT_THE_DRAFT):
                raise answer
            row = _row(line, answer)
            results.write(row)
            counts[_kind(row)] += 1
            progress.update(line.size)
        results.settle()
    if not quiet:
        click.echo(_summary(counts), err=True)
    return FAILED if counts["failed"] or counts["not reviewed"] else CLEAN


@contextmanager
def _tells_how_to_go_on(counts: Counter[str], target: str) -> Iterator[None]:
    """After whatever ends a batch too early."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has had enough
    except BaseException:
        if counts and target != "-":
            click.echo(f"{_summary(counts)}. The same command with --resume goes on behind them.", err=True)
        raise


def _row(line: Line, answer: core.Answer) -> dict[str, Any]:
    if isinstance(answer, ApologyReviewError):
        return {"id": line.id, "line": line.number, "error": output.error(answer)}
    return {"id": line.id, **({} if line.named else {"line": line.number}), "review": to_dict(answer)}


def _kind(row: dict[str, Any]) -> str:
    if "error" in row:
        return "failed"
    return "not reviewed" if row["review"].get("verdict") == "VERDICT_NOT_REVIEWED" else "reviewed"


def _summary(counts: Counter[str]) -> str:
    parts = [f"{counts['reviewed']} reviewed", *(f"{counts[k]} {k}" for k in ("not reviewed", "failed") if counts[k])]
    total = counts.total()
    return f"{total} draft{'s' * (total != 1)}: {', '.join(parts)}"


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
