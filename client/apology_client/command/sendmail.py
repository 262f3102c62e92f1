"""`apology-review sendmail`: in the place of sendmail, before the program that really sends."""

import shutil
import subprocess
import sys

import click

from apology_client import core
from apology_client.command.connection import Connection, Server
from apology_client.command.options import policy_option
from apology_client.command.output import complain
from apology_client.command.sections import Command
from apology_client.command.server_options import server_options
from apology_client.draft import Context, Draft, Options
from apology_client.errors import ApologyReviewError
from apology_client.policy import Policy
from apology_client.policy_file import load_policy
from apology_client.slim import slim
from apology_client.suppression import without_suppression
from apology_client.unjudged import cause_of

_REFUSED, _LATER = 65, 75  # EX_DATAERR and EX_TEMPFAIL of sysexits.h, which mail programs know


@click.command(cls=Command, short_help="Review a mail, then hand it to the program that sends.")
@click.option(
    "--via", default="sendmail", show_default=True, metavar="PROGRAM", help="What sends: sendmail, msmtp, ..."
)
@policy_option
@server_options
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[--] [ARGUMENT]...")
def sendmail(via: str, policy: Policy | None, server: Server | None, arguments: tuple[str, ...]) -> int:
    """Review the mail on standard input, and hand it to PROGRAM with these arguments if the policy lets it pass.

    \b
    mutt:  set sendmail = "apology-review sendmail --via msmtp --"
    git:   git config sendemail.sendmailCmd "apology-review sendmail --via msmtp --"

    Without --policy it is that of internal mail. The exit code is that of PROGRAM; 65 for a mail that was stopped, also
    for one that can never be judged where the policy is closed, and 75 when it could not be judged this time. Credentials
    that are refused, and a server of one's own that cannot start as it is set up, are 75 whatever the policy.
    """
    program = shutil.which(via) or shutil.which(via, path="/usr/sbin:/usr/lib")
    if program is None:
        raise click.UsageError(f"There is no program {via!r} to send with; name one with --via.")
    message = sys.stdin.buffer.read()
    chosen = policy or load_policy("internal")
    answer = _answer(message, chosen, server)
    decision = chosen.decide(answer)
    for reason in decision.reasons if not (decision.passes and decision.judged) else ():
        complain(reason)
    if not decision.passes:
        complain("the mail was not sent" + ("" if decision.judged else ", as it could not be judged"))
        return _REFUSED if decision.judged or cause_of(answer).lasting else _LATER
    if chosen.suppression:
        message = without_suppression(message)
    return subprocess.run([program, *arguments], input=message, check=False).returncode


def _answer(message: bytes, policy: Policy, server: Server | None) -> core.Answer:
    """With the policy applied."""
    slimmed = slim(message)
    ask = core.ask(Draft(message=slimmed.message), policy.context(Context()), policy.options(Options()))
    try:
        with Connection(server, seconds=policy.within_seconds) as connection:
            ((_, answer),) = connection.exchange([(None, ask)])
    except ApologyReviewError as error:
        return error
    if isinstance(answer, ApologyReviewError):
        return answer
    text, subject = answer.analysed_text, answer.analysed_subject
    return policy.applied(answer, text, subject, silenced=policy.silenced(message))
