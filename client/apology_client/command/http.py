"""`apology-review http`: the gateway for add-ins, in the foreground."""

import logging
import re
import signal
import socket
from importlib.util import find_spec
from ipaddress import ip_address
from typing import TYPE_CHECKING

import click

from apology_client.command.connection import Server
from apology_client.command.options import policy_option
from apology_client.command.sections import Command
from apology_client.command.server_options import endpoint, named_server_options
from apology_client.errors import reason_of
from apology_client.policy import Policy
from apology_client.policy_file import load_policy

if TYPE_CHECKING:
    from starlette.applications import Starlette

_GRACE_SECONDS = 30
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?")


def _origins(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value != "*" and not _ORIGIN.fullmatch(value):
            raise click.BadParameter(f"{value!r} is no origin: write it as https://HOST or https://HOST:PORT, or *")
    return values


@click.command(cls=Command, short_help="Answer add-ins and browsers: JSON over HTTP.")
@click.option("--listen", metavar="HOST:PORT", default="127.0.0.1:8080", show_default=True, callback=endpoint)
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    callback=_origins,
    help="Pages from there may call, such as https://addin.example.org. Repeatable.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 300),
    default=4.5,
    show_default=True,
    metavar="SECONDS",
    help="For an answer; a rewrite may need more.",
)
@click.option("--max-bytes", type=click.IntRange(1024), default=4 << 20, show_default=True, help="Of one request.")
@click.option("--tls-certificate", metavar="FILE", help="Speak HTTPS with this certificate (PEM, with its chain).")
@click.option("--tls-key", metavar="FILE", help="Its key.")
@click.option(
    "--insecure", is_flag=True, help="Let other machines call without a guard, because something else is one."
)
@policy_option
@named_server_options
def http(
    *,
    listen: tuple[str, int],
    origins: tuple[str, ...],
    timeout: float,
    max_bytes: int,
    tls_certificate: str | None,
    tls_key: str | None,
    insecure: bool,
    policy: Policy | None,
    server: Server,
) -> None:
    """Answer add-ins and browsers in JSON over HTTP, by asking a reviewer over gRPC.

    \b
    POST /v1/drafts:review        ReviewDraftRequest in proto3 JSON
    POST /v1/drafts:batchReview   BatchReviewDraftsRequest
    GET  /v1/rules                ?pageSize=&pageToken=
    GET  /v1/capabilities
    POST /v1/mails:check          {"html"|"text"|"message": ..., "subject": ...}, judged by --policy
    GET  /healthz

    Errors are google.rpc.Status. A bearer token in Authorization is passed on; without one that of this command is
    shown. Without --policy it is that of support.
    """
    if not all(map(find_spec, ("starlette", "uvicorn"))):
        raise click.ClickException(
            "This needs two more packages: pip install 'apology-review[http]' (in a checkout '.[http]')"
        )
    if bool(tls_certificate) != bool(tls_key):
        raise click.UsageError("--tls-certificate and --tls-key are needed together")
    if lacks := _lacking_guards(listen[0], encrypted=bool(tls_certificate), speaks_for_itself=server.known):
        if not insecure:
            raise click.UsageError(f"{lacks}; say --insecure if something else guards it")
        click.echo(f"warning: {lacks}", err=True)
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("apology_client.http").setLevel(logging.INFO)

    from apology_client.aio import AsyncClient
    from apology_client.http.app import create_app

    client = AsyncClient(server.target, credentials=server.credentials, token=server.token)
    house = policy or load_policy("support")
    _serve(
        create_app(client, house, origins=origins, seconds=timeout, max_bytes=max_bytes),
        listen,
        tls_certificate,
        tls_key,
    )


def _lacking_guards(host: str, *, encrypted: bool, speaks_for_itself: bool) -> str:
    """What is wrong with letting other machines call; empty if nothing is, or if none can.

    They may call over TLS, and with credentials of their own.
    """
    lacks = [] if encrypted else ["encryption (--tls-certificate, --tls-key)"]
    if speaks_for_itself:
        lacks.append("authentication (callers would speak with this command's token or certificate)")
    if _is_loopback(host) or not lacks:
        return ""
    return f"other machines can reach {host} without {' and without '.join(lacks)}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _serve(app: "Starlette", listen: tuple[str, int], certificate: str | None, key: str | None) -> None:
    import uvicorn

    config = uvicorn.Config(
        app,
        loop="asyncio",  # what grpc.aio is made for
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_config=None,
        access_log=False,  # ours says no more than it should
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    try:
        config.load()
    except OSError as error:
        raise click.ClickException(f"the certificate or its key is of no use: {reason_of(error)}") from None
    with _listening(*listen) as listener:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)  # uvicorn stops at one, and then sends it again
        host, port = listener.getsockname()[:2]
        scheme = "https" if certificate else "http"
        click.echo(f"listening on {scheme}://{f'[{host}]' if ':' in host else host}:{port}", err=True)
        uvicorn.Server(config).run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = reason_of(error).partition(" (while")[0]  # the rest repeats the address
        raise click.ClickException(f"cannot listen on {host}:{port}: {why}") from None
