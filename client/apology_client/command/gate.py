"""`apology-review gate`: the mail filter, in the foreground."""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apology_client.command.connection import Server
from apology_client.command.options import policy_option
from apology_client.command.sections import Command
from apology_client.command.server_options import endpoint, named_server_options
from apology_client.policy import Policy
from apology_client.policy_file import load_policy

if TYPE_CHECKING:
    from apology_client.gate import Journal

_RELAYS = 64  # mails on their way to the relay at a time; more wait
_GRACE_SECONDS = 30.0


@click.command(cls=Command, short_help="Stand before a mail server's queue and stop bad apologies.")
@click.option("--listen", metavar="HOST:PORT", default="127.0.0.1:10025", show_default=True, callback=endpoint)
@click.option(
    "--relay",
    metavar="HOST:PORT",
    default="127.0.0.1:10026",
    show_default=True,
    callback=endpoint,
    help="The mail server that takes what passes.",
)
@click.option(
    "--action",
    type=click.Choice(["refuse", "tag", "hold"]),
    default="refuse",
    show_default=True,
    help="With a mail that the policy stops: 550, or a header field X-Apology-Review or X-Apology-Review-Hold.",
)
@click.option("--max-bytes", type=click.IntRange(1024), default=50 << 20, show_default=True, help="Of one mail.")
@click.option(
    "--journal",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to note mails that the relay has taken while the sender has not been told. Default: nowhere.",
)
@policy_option
@named_server_options
def gate(server: Server, **given: Any) -> None:
    """Stand before the queue of a mail server (Postfix: smtpd_proxy_filter) and review every mail.

    What passes goes to the relay byte for byte, and the relay's answer is the gate's: nothing is queued here, so that a
    mail is accepted by both or by neither. What the policy stops is refused with 550 5.7.1 and the reasons. Without an
    answer of the reviewer the policy decides: open passes the mail on, closed says 451, and the sender tries again. A
    reviewer that refuses the credentials of the gate is 451 whatever the policy, and a line in the log. About a mail that
    no other try can make readable the policy decides likewise, but closed refuses it for good, with 550 5.7.1 and the
    reason, whatever --action is. Without --policy it is that of support. A mail over a megabyte lies in an unnamed
    temporary file (in $TMPDIR) while it is under way.

    The log has a line for each mail that came in whole: what became of it (relayed, tagged, held, refused, deferred), by
    whose word (relay, gate, or a sender who hung up), its size, the milliseconds of the review, and, where there was no
    judgement, the cause. It never holds a word of the mail.

    When the gate dies after the relay's yes and before its own, the sender tries again, and the mail would come twice.
    With --journal it does not: the mail's digest is on disk before the sender is told, goes away when the sender has been
    told, and the next try is answered without passing the mail on again; for five days. The directory holds digests and
    times, no text, and is for one gate. While the relay thinks, a second, small process (custodian.py) holds a copy of the
    connection: when the gate dies, it hears the relay's answer and notes it, and a new gate waits for it, ten minutes at
    most.

    What remains is what remains between any two mail servers: the machine dies, or the container with all its processes,
    while the relay thinks, or an answer is lost on its way. Then a mail may come twice. A mail with neither Message-ID nor
    Date is not noted, as two such may be meant as two. No case loses a mail.
    """
    try:
        import aiosmtpd  # noqa: F401  # is it here?
    except ImportError:
        raise click.ClickException(
            "The gate needs one more package: pip install 'apology-review[gate]' (in a checkout '.[gate]')"
        ) from None
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("apology_client.gate").setLevel(logging.INFO)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's, which quotes mails
    policy: Policy = given["policy"] or load_policy("support")
    asyncio.run(_serve(server, given, policy, _journal(given["journal"])))


async def _serve(reviewer: Server, given: dict[str, Any], policy: Policy, journal: "Journal | None") -> None:
    from apology_client.aio import AsyncClient
    from apology_client.gate import Action, Gate, GateServer, Relay

    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    (relay_host, relay_port), (host, port) = given["relay"], given["listen"]
    relay, action = Relay(host=relay_host, port=relay_port), Action(given["action"])
    threads = ThreadPoolExecutor(_RELAYS, thread_name_prefix="relay")
    async with AsyncClient(reviewer.target, credentials=reviewer.credentials, token=reviewer.token) as client:
        server = GateServer(lambda: Gate(client, policy, relay, action, threads, journal), max_bytes=given["max_bytes"])
        try:
            port = await server.start(host, port)
        except OSError as error:
            raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from None
        click.echo(f"listening on {host}:{port}, relaying to {relay.host}:{relay.port}", err=True)
        await stopping.wait()
        await server.stop(grace_seconds=_GRACE_SECONDS)


def _journal(directory: Path | None) -> "Journal | None":
    """Open until the process ends: a relay may answer while the gate is stopping."""
    from apology_client.gate import Journal

    if directory is None:
        return None
    try:
        return Journal(directory)
    except BlockingIOError:
        raise click.ClickException(f"the journal {directory} is in use by another gate") from None
    except OSError as error:
        raise click.ClickException(f"cannot keep a journal in {directory}: {error.strerror}") from None
