"""An SMTP content filter that stands before the queue of a mail server.

Every command of the sending side goes to the relay, and the relay's reply comes back, so that a mail is accepted by both
or by neither: nothing is stored here. Only the end of the data waits for a review, and what does not pass is refused
before the relay has seen a byte of it.
"""

import asyncio
import contextlib
import logging
import re
import smtplib
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from apology.v1 import review_pb2
from apology_client.aio import AsyncClient
from apology_client.draft import Context, Draft, Options
from apology_client.errors import ApologyReviewError
from apology_client.policy import Decision, Policy
from apology_client.slim import slim
from apology_client.suppression import silenced_rules, without_suppression

TAG = "X-Apology-Review"
HOLD = "X-Apology-Review-Hold"
_SECONDS = 10.0  # for an answer, when the policy does not say
_RELAY_SECONDS = 300.0  # as long as RFC 5321 lets a relay think
_LINE = 400  # characters of a reply line; RFC 5321 allows 512 with code and line end
_LINES = 5
_LOG = logging.getLogger(__name__)


class Action(StrEnum):
    """What happens to a mail that the policy stops."""

    REFUSE = "refuse"
    TAG = "tag"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The mail server that takes what passes."""

    host: str
    port: int


class Gate:
    """Handles one connection for aiosmtpd: judges with `client` by `policy`, and passes on to `relay` in `threads`."""

    def __init__(self, client: AsyncClient, policy: Policy, relay: Relay, action: Action, threads: Executor) -> None:
        self._client, self._policy, self._relay, self._action = client, policy, relay, action
        self._threads = threads
        self._upstream: smtplib.SMTP | None = None

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._upstream is not None:  # a transaction that the sender gave up by EHLO is still open there
            await self._ask(lambda upstream: upstream.rset())
        reply = await self._ask(lambda upstream: upstream.mail(address, _known(upstream, options)))
        if reply.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self._ask(lambda upstream: upstream.rcpt(address, _known(upstream, options)))
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = envelope.original_content or b""
        begun = time.monotonic()
        decision, rules = await self._decide(message)
        kind = "passed" if decision.passes else self._action.value
        took = round((time.monotonic() - begun) * 1000)
        _LOG.info("%s bytes=%d ms=%d judged=%s rules=%s", kind, len(message), took, decision.judged, ",".join(rules))
        if self._policy.suppression:
            message = without_suppression(message)
        if decision.passes:
            return await self._send(message)
        if not decision.judged:
            await self._ask(lambda upstream: upstream.rset())
            return "451 4.7.1 The mail cannot be judged at the moment; try again later"
        if self._action is Action.REFUSE:
            await self._ask(lambda upstream: upstream.rset())
            return refusal(decision.reasons)
        field = TAG if self._action is Action.TAG else HOLD
        return await self._send(f"{field}: {', '.join(rules)}\r\n".encode() + message)

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._upstream is not None:
            await self._ask(lambda upstream: upstream.rset())
        return "250 2.0.0 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.close()
        return "221 2.0.0 Bye"

    def close(self) -> None:
        """Leaves the relay; a transaction that was not ended there is void."""
        if self._upstream is not None:
            self._upstream.close()
            self._upstream = None

    async def _decide(self, message: bytes) -> tuple[Decision, list[str]]:
        """What the policy makes of the message, and the rules that spoke."""
        slimmed = slim(message)
        try:
            answer = await self._client.review(
                Draft(message=slimmed.message),
                context=self._policy.context(Context()),
                options=self._policy.options(Options()),
                timeout=self._policy.within_seconds or _SECONDS,
            )
        except ApologyReviewError as error:
            return self._policy.decide(error), []
        silenced = silenced_rules(message) if self._policy.suppression else frozenset()
        review: review_pb2.Review = self._policy.applied(
            answer.wire, answer.analysed_text, answer.analysed_subject, silenced=silenced
        )
        return self._policy.decide(review), sorted({finding.rule_id for finding in review.findings})

    async def _send(self, message: bytes) -> str:
        return await self._ask(lambda upstream: upstream.data(message))

    async def _ask(self, command: Callable[[smtplib.SMTP], tuple[int, bytes]]) -> str:
        """The relay's reply to a command; a relay that went away is a fault for now, and the sender keeps the mail."""
        try:
            return _reply(*await asyncio.get_running_loop().run_in_executor(self._threads, self._run, command))
        except smtplib.SMTPDataError as error:
            return _reply(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError):
            self.close()
            return "451 4.3.0 The relay does not answer; try again later"

    def _run(self, command: Callable[[smtplib.SMTP], tuple[int, bytes]]) -> tuple[int, bytes]:
        if self._upstream is None:
            upstream = smtplib.SMTP(self._relay.host, self._relay.port, timeout=_RELAY_SECONDS)
            upstream.ehlo_or_helo_if_needed()
            self._upstream = upstream
        return command(self._upstream)


def refusal(reasons: tuple[str, ...]) -> str:
    """A reply of several lines that says what to mend."""
    lines = [_plain(reason)[:_LINE] for reason in reasons[:_LINES]]
    if len(reasons) > _LINES:
        lines.append(f"and {len(reasons) - _LINES} more")
    lines = ["This apology would do harm as it is. Please mend it:", *lines]
    return "\r\n".join(f"550{'-' if line is not lines[-1] else ' '}5.7.1 {line}" for line in lines)


def _plain(text: str) -> str:
    """Printable ASCII, as replies of SMTP are."""
    return re.sub(r"[^ -~]+", "?", text)


def _reply(code: int, text: bytes | str) -> str:
    lines = (text.decode("ascii", "replace") if isinstance(text, bytes) else text).splitlines() or [""]
    return "\r\n".join(
        f"{code}{'-' if number < len(lines) else ' '}{_plain(line)}" for number, line in enumerate(lines, 1)
    )


def _known(upstream: smtplib.SMTP, options: list[str]) -> list[str]:
    """The options that the relay has offered; a size would be that of the mail before it was changed."""
    return [
        option for option in options if upstream.has_extn(_extension(option)) and not option.upper().startswith("SIZE")
    ]


def _extension(option: str) -> str:
    name = option.partition("=")[0].lower()
    return {"body": "8bitmime", "ret": "dsn", "envid": "dsn", "notify": "dsn", "orcpt": "dsn"}.get(name, name)


class GateProtocol(SMTP):
    """The sending side's end of one connection."""

    line_length_limit = 1 << 20  # a relay may be strict about long lines; to judge them none is too long

    def __init__(self, gate: Gate, **options: Any) -> None:
        super().__init__(gate, enable_SMTPUTF8=True, ident="apology-review gate", **options)
        self._gate = gate

    def connection_lost(self, error: Exception | None) -> None:
        self._gate.close()
        super().connection_lost(error)


class GateServer:
    """Listens, and stops without cutting off a mail that is under way."""

    def __init__(self, make: Callable[[], Gate], *, max_bytes: int) -> None:
        self._make, self._max_bytes = make, max_bytes
        self._open: set[GateProtocol] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """The port, which is chosen by the system for 0."""
        self._server = await asyncio.get_running_loop().create_server(self._protocol, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self, *, grace_seconds: float) -> None:
        assert self._server is not None
        self._server.close()
        deadline = time.monotonic() + grace_seconds
        while any(p.transport is not None for p in self._open) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        for protocol in self._open:
            if protocol.transport is not None:
                protocol.transport.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), 1)

    def _protocol(self) -> GateProtocol:
        self._open = {protocol for protocol in self._open if protocol.transport is not None}
        protocol = GateProtocol(self._make(), data_size_limit=self._max_bytes)
        self._open.add(protocol)
        return protocol
