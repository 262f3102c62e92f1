"""`apology-review check`: reviews drafts for a person, or for a script that looks at the exit code."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace

import click

from apology.v1 import review_pb2
from apology_client import core
from apology_client.command.connection import Connection, Server
from apology_client.command.inputs import FORMS, Source, sources
from apology_client.command.options import SEVERITIES, policy_option, review_options
from apology_client.command.output import complain
from apology_client.command.phrasing import decided
from apology_client.command.reports import FORMATS, Report, report
from apology_client.command.sections import Command
from apology_client.command.server_options import server_options
from apology_client.draft import Context, Options
from apology_client.enums import Severity
from apology_client.errors import ApologyReviewError
from apology_client.policy import NOTHING_PASSES, Changes, Policy
from apology_client.slim import Slim, slim

CLEAN, FOUND, FAILED = 0, 1, 2
_SENDABLE = (review_pb2.VERDICT_READY, review_pb2.VERDICT_NOT_AN_APOLOGY)
_Job = tuple[Source, Slim]


@click.command(cls=Command, short_help="Review drafts: files, or - for standard input.")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(allow_dash=True))
@click.option(
    "--text",
    "texts",
    multiple=True,
    metavar="DRAFT",
    help="A draft itself; others see it in the list of processes. Repeatable.",
)
@click.option("--subject", default="", metavar="LINE", help="The subject line of the drafts, if they are without it.")
@click.option(
    "--input",
    "kind",
    type=click.Choice(FORMS),
    default="auto",
    show_default=True,
    help="What the files are: plain text, HTML, or whole mail messages.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="For people, for programs, for CI (github, sarif, junit), or a page of its own.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    help="The least severe finding for which the exit code is 1. Default: that of the policy, or moderate.",
)
@click.option("-q", "--quiet", is_flag=True, help="One line a draft, and no word about the server.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@policy_option
@review_options
@server_options
def check(
    files: tuple[str, ...],
    texts: tuple[str, ...],
    *,
    subject: str,
    kind: str,
    form: str,
    fail_on: str | None,
    quiet: bool,
    color: str,
    policy: Policy | None,
    context: Context,
    options: Options,
    server: Server | None,
) -> int:
    """Review drafts of apologies before they are sent.

    A FILE is plain text, HTML in the charset that it declares, or a whole mail message (RFC 5322), of which the sender's
    own words are reviewed; a file named .eml or .html, or that begins as messages do, is taken for what it is. What
    declares no charset is UTF-8, or else Windows-1252. - stands for standard input, and so does no FILE at all when
    something is piped in.

    \b
    Examples:
      apology-review check draft.txt
      apology-review check --rewrite --fact cause="the belt broke" draft.txt
      apology-review check --fail-on major --format junit drafts/*.txt
      pandoc letter.docx -t plain | apology-review check

    \b
    Exit codes, of several drafts the highest:
      0  nothing as severe as --fail-on
      1  something as severe as --fail-on
      2  a draft could not be reviewed (unreadable, broken, empty,
         not English, no server), or bad usage

    What could not be reviewed a policy may let pass, see its table [unanswered]: the exit code is then 0, and every
    report names the draft and the reason all the same. No policy lets pass what is set up wrongly: credentials that are
    refused, or a server of one's own that cannot start as it is set up; that is 2.

    A policy weighs, leaves out and adds findings; verdict and score stay those of the server. Where they no longer fit
    the findings, or a finding as severe as --fail-on stands under "Ready to send", text, html and junit say first what
    decides.

    With --format json, one draft gives its review as proto3 JSON. Several give one line each, in order:
    {"file": NAME, "review": {...}}. A draft without an answer gives the line {"file": NAME, "error": {...}}, alone or
    not. Offsets count Unicode code points.
    """
    if not files and not texts:
        if sys.stdin.isatty():
            raise click.UsageError("Name a file with your draft, or - to type it here and end it with Ctrl-D.")
        files = ("-",)
    if files.count("-") > 1:
        raise click.UsageError("Standard input can be read once: name - once.")
    house = _policy(policy, fail_on)
    show = report(form, house, several=len(files) + len(texts) > 1, quiet=quiet, color=color)
    jobs = _jobs(sources(files, texts, form=kind, subject=subject), house.context(context), house.options(options))
    worst, unheard = CLEAN, 0
    for (source, slimmed), answer in _answers(jobs, server, quiet=quiet, seconds=house.within_seconds):
        whole = answer if isinstance(answer, ApologyReviewError) else slimmed.restore(answer)
        code = _tell(show, source, whole, house)
        worst = max(worst, code)
        unheard += isinstance(answer, ApologyReviewError) and code == CLEAN
    show.close()
    if unheard:
        complain(f"{unheard} draft{'s' * (unheard != 1)} not reviewed, and the policy lets that pass")
    return worst


def _policy(given: Policy | None, fail_on: str | None) -> Policy:
    """Without a policy, what was not judged does not pass."""
    policy = given or Policy(unanswered=NOTHING_PASSES)
    if fail_on is None:
        return policy
    return replace(policy, threshold=None if fail_on == "never" else Severity.of(fail_on))


def _jobs(drafts: Iterable[Source], context: Context, options: Options) -> Iterator[tuple[_Job, core.Ask]]:
    for source in drafts:
        draft, slimmed = source.draft, slim(source.draft.message or b"")
        if draft.message is not None:
            draft = replace(draft, message=slimmed.message)
        yield (source, slimmed), source.error or core.ask(draft, context, options)


def _answers(
    jobs: Iterator[tuple[_Job, core.Ask]], server: Server | None, *, quiet: bool, seconds: float | None
) -> Iterator[tuple[_Job, core.Answer]]:
    """An answer to each job. Where there is nobody to ask, the reason is the answer: no report may lack a draft."""
    try:
        with Connection(server, quiet=quiet, seconds=seconds) as connection:
            yield from connection.exchange(jobs)
    except ApologyReviewError as error:  # before the first job was taken
        yield from ((job, ask if isinstance(ask, ApologyReviewError) else error) for job, ask in jobs)


def _tell(show: Report, source: Source, answer: core.Answer, policy: Policy) -> int:
    """Shows an answer; what it means for the exit code."""
    if isinstance(answer, ApologyReviewError):
        decision = policy.decide(answer)
        show.error(source, answer)
    else:
        silenced = policy.silenced(source.draft.message or b"")
        applied = policy.applied(answer, *source.analysed(answer), silenced=silenced)
        decision = policy.decide(applied)
        show.review(source, applied, _decided(answer, applied, policy) if decision.judged else "")
    if decision.passes:
        return CLEAN
    return FOUND if decision.judged else FAILED


def _decided(answer: review_pb2.Review, applied: review_pb2.Review, policy: Policy) -> str:
    """What decides, where the verdict of `answer` does not say it: a change by the policy, or a finding in spite of it."""
    changes = Changes.between(answer, applied)
    if changes == Changes() and answer.verdict not in _SENDABLE:
        return ""
    return decided(changes, policy.stopping(applied), policy.threshold)
