"""The commands of `apology-review`, and what becomes of their errors."""

import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import click

from apology_client.command import INTERRUPTED, output
from apology_client.command.batch import batch
from apology_client.command.check import FAILED, check
from apology_client.command.gate import gate
from apology_client.command.http import http
from apology_client.command.policy import policy
from apology_client.command.rules import explain, rules
from apology_client.command.sendmail import sendmail
from apology_client.command.serve import serve, stop
from apology_client.command.wording import told
from apology_client.errors import ApologyReviewError, reason_of
from apology_client.version import __version__

_BROKEN_PIPE = 141  # 128 + SIGPIPE


class _Commands(click.Group):
    """Keeps quiet when the reader of our output has gone, as in `apology-review rules | head`; says what else is wrong."""

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(context, arguments)
        except click.UsageError as error:
            if os.path.exists(arguments[0]):
                raise click.UsageError(
                    f"{arguments[0]} is a file, no command: apology-review check {arguments[0]}"
                ) from error
            raise

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        with _output_that_ends():  # --help and --version write here
            return super().make_context(*arguments, **more)

    def invoke(self, context: click.Context) -> Any:
        with _output_that_ends():
            code = super().invoke(context)
            sys.stdout.flush()
        return code


@contextmanager
def _output_that_ends() -> Iterator[None]:
    """Turns what the system says of our output, or of another file, into an exit code and a word."""
    try:
        yield
    except BrokenPipeError:
        _drop_output()
        raise SystemExit(_BROKEN_PIPE) from None
    except OSError as error:  # such as a disk that is full
        try:
            sys.stdout.flush()
        except OSError:
            _drop_output()
        where = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(f"{where}{reason_of(error)}") from None


def _drop_output() -> None:
    """The flush at exit goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="apology-review")
def cli() -> None:
    """Review drafts of apologies before they are sent.

    \b
    Begin with:   apology-review check FILE
    Each command explains itself:   apology-review COMMAND --help
    """


for command in (check, batch, policy, gate, http, sendmail, rules, explain, serve, stop):
    cli.add_command(command)


def run(arguments: Sequence[str] | None) -> int:
    """Run the command; its exit code."""
    try:
        output.complete()
        output.tolerant()
        return _invoke(arguments)
    except KeyboardInterrupt:  # before click listens for it, or after
        return INTERRUPTED
    except Exception as error:  # exit code 1, which Python would give, says that something was found
        with suppress(OSError):
            click.echo("".join(traceback.format_tb(error.__traceback__)), err=True, nl=False)
            output.complain(
                f"{type(error).__name__}: this is a fault of the command itself"
            )  # its words may quote a draft
    return FAILED


def _invoke(arguments: Sequence[str] | None) -> int:
    try:
        return int(cli.main(arguments, prog_name="apology-review", standalone_mode=False) or 0)
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
    except ApologyReviewError as error:
        output.complain(told(error))
    return FAILED
