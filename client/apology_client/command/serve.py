"""`apology-review serve` and `apology-review stop`: servers in the foreground and in the background."""

import os
import sys

import click

from apology_client.command.place import require_service


@click.command(
    short_help="Run a server in the foreground.",
    context_settings={"ignore_unknown_options": True},
    add_help_option=False,  # the server has its own
)
@click.argument("flags", nargs=-1, type=click.UNPROCESSED)
def serve(flags: tuple[str, ...]) -> None:
    """Run a server in the foreground; the flags are those of apology-review-server (try `serve --help`)."""
    require_service()
    os.environ.pop("GRPC_VERBOSITY", None)  # what suits this command need not suit a server
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "apology_service", *flags])


@click.command(short_help="Stop the servers that your checks left warm.")
def stop() -> None:
    """Stop the servers that your checks left warm, whatever their settings; each would leave after 15 idle minutes.

    They are those of the directory apology-review in $XDG_RUNTIME_DIR, or else apology-review-UID in that of temporary
    files. A check that is under way elsewhere starts another.
    """
    from apology_client.command import own_server

    count = own_server.stop()
    click.echo(f"Stopped {count} server{'s' * (count != 1)}." if count else "No server of yours is running.")
