"""`apology-review check`: reviews drafts for a person, or for a script that looks at the exit code."""

import shutil
import sys
from collections.abc import Iterable
from typing import Any

import click

from apology.v1 import review_pb2
from apology_client import answers, core
from apology_client.command import output, paint
from apology_client.command.connection import Connection
from apology_client.command.inputs import FORMS, Source, sources
from apology_client.command.options import SEVERITIES, context_of, options_of, review_options
from apology_client.command.page import Page, verdict
from apology_client.enums import Severity, Verdict
from apology_client.errors import ApologyReviewError
from apology_client.review import Review

CLEAN, FOUND, FAILED = 0, 1, 2


@click.command(short_help="Review drafts: files, or - for standard input.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--text", "texts", multiple=True, metavar="DRAFT", help="A draft itself, in place of a file. Repeatable.")
@click.option("--subject", default="", metavar="LINE", help="The subject line of the drafts, if they are without it.")
@click.option(
    "--input",
    "kind",
    type=click.Choice(FORMS),
    default="auto",
    show_default=True,
    help="What the files are: plain text, HTML, or whole mail messages.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="moderate",
    show_default=True,
    help="The least severe finding for which the exit code is 1.",
)
@click.option("-q", "--quiet", is_flag=True, help="One line a draft, and no word about the server.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@review_options
def check(files: tuple[str, ...], texts: tuple[str, ...], **given: Any) -> int:
    """Review drafts of apologies before they are sent.

    A FILE is plain text or HTML in UTF-8, or a whole mail message (RFC 5322), of which the sender's own words are
    reviewed; a file named .eml or .html, or that begins as messages do, is taken for what it is. - stands for standard
    input, and so does no FILE at all when something is piped in.

    With --format json, one draft gives its review as proto3 JSON. Several give one line each, in order:
    {"file": NAME, "review": {...}} or {"file": NAME, "error": {...}}. Offsets count Unicode code points.

    \b
    Exit codes, of several drafts the highest:
      0  nothing as severe as --fail-on
      1  something as severe as --fail-on
      2  a draft could not be reviewed (unreadable, broken, empty, not English, no server), or bad usage
    """
    if not files and not texts:
        if sys.stdin.isatty():
            raise click.UsageError("Name a file with your draft, or - to type it here and end it with Ctrl-D.")
        files = ("-",)
    several = len(files) + len(texts) > 1
    show = _Json(several) if given["form"] == "json" else _Text(several, given)
    worst = CLEAN
    with Connection(given["server"], quiet=given["quiet"]) as connection:
        for source, answer in connection.exchange(
            _jobs(sources(files, texts, form=given["kind"], subject=given["subject"]), given)
        ):
            if isinstance(answer, ApologyReviewError):
                show.error(source, answer)
                worst = FAILED
            else:
                show.review(source, answer)
                worst = max(worst, code(answer, given["fail_on"]))
    return worst


def code(message: review_pb2.Review, fail_on: str) -> int:
    """What a review means for the exit code. A verdict that this version does not know is no pass."""
    review = answers.review(message)
    if review.verdict == Verdict.NOT_REVIEWED or review.verdict not in set(Verdict):
        return FAILED
    if fail_on == "never":
        return CLEAN
    limit = Severity.of(fail_on)
    return FOUND if any(finding.severity >= limit for finding in review.findings) else CLEAN


def _jobs(drafts: Iterable[Source], given: dict[str, Any]) -> Iterable[tuple[Source, core.Ask]]:
    context, options = context_of(given), options_of(given)
    for source in drafts:
        yield source, source.error or core.ask(source.draft, context, options)


class _Text:
    """For people."""

    def __init__(self, several: bool, given: dict[str, Any]) -> None:
        self._several, self._quiet = several, given["quiet"]
        output.tolerant()
        self._paint = paint.Paint(on=paint.wanted(given["color"]), symbols=output.shows("✓✗·"))
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 80
        self._page = Page(self._paint, max(30, min(columns, 100)))

    def review(self, source: Source, message: review_pb2.Review) -> None:
        review: Review = answers.review(message)
        if self._quiet:
            output.line(f"{source.name}: {verdict(review)}")
            return
        if self._several:
            output.line(self._paint.bold(source.name) + "\n")
        draft = source.draft
        text = review.analysed_text if draft.text is None else draft.text
        for line in self._page.lines(text, draft.subject or review.analysed_subject, review):
            output.line(line)
        if self._several:
            output.line("")

    def error(self, source: Source, error: ApologyReviewError) -> None:
        output.complain(f"{source.name}: {error}")


class _Json:
    """For programs."""

    def __init__(self, several: bool) -> None:
        self._several = several

    def review(self, source: Source, message: review_pb2.Review) -> None:
        from apology_client.proto_json import to_dict

        review = to_dict(message)
        output.json(*(({"file": source.name, "review": review},) if self._several else (review, 2)))

    def error(self, source: Source, error: ApologyReviewError) -> None:
        if self._several:
            output.json({"file": source.name, "error": output.error(error)})
        output.complain(f"{source.name}: {error}")
