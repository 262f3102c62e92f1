"""What the gate does with one connection: judge, then pass on or refuse."""

import asyncio
import logging
import smtplib
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import chain
from typing import Protocol, TypeVar, TypeVarTuple, Unpack

from aiosmtpd.smtp import SMTP, Envelope, Session

from apology.v1 import review_pb2
from apology_client.aio import AsyncClient
from apology_client.draft import Context, Draft, Options
from apology_client.errors import AccessDeniedError, ApologyReviewError
from apology_client.gate.journal import Journal, digest_of
from apology_client.gate.mail import Mail
from apology_client.gate.relay import Noting, Relay, Upstream, plain, transfer
from apology_client.policy import Decision, Policy
from apology_client.slim import slim_lines
from apology_client.suppression import silenced_rules, without_suppression
from apology_client.unjudged import Cause, cause_of

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
TAG = "X-Apology-Review"
HOLD = "X-Apology-Review-Hold"
_SECONDS = 10.0  # for an answer, when the policy does not say
_READABLE = 1_000_000  # bytes without attached files; a server takes a megabyte, and a draft is far shorter
_LINE = 400  # characters of a reply line; RFC 5321 allows 512 with code and line end
_LINES = 5
_TOO_LONG = review_pb2.Review(
    verdict=review_pb2.VERDICT_NOT_REVIEWED,
    not_reviewed_reason=review_pb2.NOT_REVIEWED_REASON_TOO_LONG,
    not_reviewed_detail="the mail has more text than the reviewer takes",
)
_HARMFUL = "This apology would do harm as it is. Please mend it:"
_UNREVIEWABLE = "This mail cannot be judged, now or later, and no such mail is taken here:"
_LOG = logging.getLogger(__name__)


class Action(StrEnum):
    """What happens to a mail that the policy stops."""

    REFUSE = "refuse"
    TAG = "tag"
    HOLD = "hold"


_MARKED = {Action.TAG: "tagged", Action.HOLD: "held"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the policy makes of a mail, and the rules that spoke; or the cause why there is no judgement."""

    decision: Decision
    rules: tuple[str, ...] = ()
    cause: Cause | None = None

    def __str__(self) -> str:
        """For the log."""
        return f"judged={self.decision.judged} cause={self.cause or ''} rules={','.join(self.rules)}"


class Sender(Protocol):
    """The other side of a connection, which waits for the answer to its mail."""

    @property
    def gone(self) -> bool: ...

    async def answer(self, reply: str) -> bool:
        """Whether the reply left for a sender who is still there."""
        ...


class Gate:
    """Handles one connection for aiosmtpd: judges with `client` by `policy`, and passes on to `relay` in `threads`."""

    def __init__(
        self,
        client: AsyncClient,
        policy: Policy,
        relay: Relay,
        action: Action,
        threads: Executor,
        journal: Journal | None = None,
    ) -> None:
        self._client, self._policy, self._action, self._journal = client, policy, action, journal
        self._threads = threads
        self._upstream = Upstream(relay, threads)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self._upstream.begin(lambda smtp: smtp.mail(address, _known(smtp, options)))
        if reply.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self._upstream.ask(lambda smtp: smtp.rcpt(address, _known(smtp, options)))
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return reply

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await self._upstream.reset()
        return "250 2.0.0 OK"

    async def handle_exception(self, error: Exception) -> str:
        """A fault of our own is none of the mail: the sender keeps it. The error's text might quote it."""
        _LOG.error("failed: %s", type(error).__name__)
        return "451 4.3.0 The gate failed; try again later"

    def leave(self) -> None:
        """The sender has hung up."""
        self._upstream.leave()

    async def conclude(self, mail: Mail, envelope: Envelope, sender: Sender) -> None:
        """Answers for a mail that has come in whole, and closes it.

        Runs to its end though the sender hangs up: the relay may have begun to take the mail.
        """
        with mail:
            journal, digest = self._journal, None
            if journal is not None:
                digest = await self._in_thread(digest_of, mail, envelope.mail_from or "", tuple(envelope.rcpt_tos))
            if journal is None or digest is None:
                await sender.answer(await self._judged(mail, sender, nullcontext))
                return
            async with journal.turn(digest):
                if journal.holds(digest):
                    _LOG.info("taken before bytes=%d", mail.size)
                    reply = "250 2.0.0 The relay has this mail from an earlier try"
                else:
                    reply = await self._judged(mail, sender, partial(journal.noting, digest))
                if await sender.answer(reply):
                    journal.forget(digest)
                else:
                    journal.forget_old()

    async def _judged(self, mail: Mail, sender: Sender, noting: Noting) -> str:
        """The reply to a mail, after the relay has got it or will not get it."""
        begun = time.monotonic()
        head = mail.head()
        judgement = await self._judge(mail, head)
        took = round((time.monotonic() - begun) * 1000)
        reply, speaker = self._own_reply(judgement), "gate"
        if not reply and sender.gone:  # and will try again
            reply, speaker = "451 4.4.2 The sender hung up", "sender"
        if not reply:
            reply, speaker = await self._passed_on(mail, head, judgement, noting), "relay"
        _LOG.info("%s by=%s bytes=%d ms=%d %s", self._became(reply, judgement), speaker, mail.size, took, judgement)
        return reply

    def _became(self, reply: str, judgement: Judgement) -> str:
        """What has become of a mail, in a word; only a yes of the relay is a yes."""
        if reply.startswith("2"):
            return "relayed" if judgement.decision.passes else _MARKED[self._action]
        return {"4": "deferred", "5": "refused"}.get(reply[:1], "unclear")

    def _own_reply(self, judgement: Judgement) -> str:
        """The gate's own reply to a mail that the relay is not to get, for now or ever; else nothing.

        What no other try can change is not put off: the sender would learn of it after days, and not learn why.
        """
        decision = judgement.decision
        if decision.passes:
            return ""
        if decision.judged:
            return refusal(_HARMFUL, decision.reasons) if self._action is Action.REFUSE else ""
        if judgement.cause is not None and judgement.cause.lasting:
            return refusal(_UNREVIEWABLE, decision.reasons)
        return "451 4.7.1 The mail cannot be judged at the moment; try again later"

    async def _passed_on(self, mail: Mail, head: bytes, judgement: Judgement, noting: Noting) -> str:
        """The relay's reply."""
        beginning = without_suppression(head) if self._policy.suppression else head
        if not judgement.decision.passes:
            field = TAG if self._action is Action.TAG else HOLD
            beginning = f"{field}: {', '.join(judgement.rules)}\r\n".encode() + beginning
        blocks = chain([beginning], mail.blocks(len(head)))
        return await self._upstream.ask(lambda smtp: transfer(smtp, blocks, noting))

    async def _judge(self, mail: Mail, head: bytes) -> Judgement:
        slimmed = await self._in_thread(slim_lines, mail.lines(), _READABLE)
        if slimmed is None:
            return self._unjudged(_TOO_LONG)
        try:
            answer = await self._client.review(
                Draft(message=slimmed.message),
                context=self._policy.context(Context()),
                options=self._policy.options(Options()),
                timeout=self._policy.within_seconds or _SECONDS,
            )
        except ApologyReviewError as error:
            if isinstance(error, AccessDeniedError):  # no policy lets that pass, and it does not mend itself
                _LOG.error("the reviewer refuses the credentials of the gate: %s", error)
            return self._unjudged(error)
        silenced = silenced_rules(head) if self._policy.suppression else frozenset()
        review: review_pb2.Review = self._policy.applied(
            answer.wire, answer.analysed_text, answer.analysed_subject, silenced=silenced
        )
        decision = self._policy.decide(review)
        if not decision.judged:
            return self._unjudged(review)
        return Judgement(decision, tuple(sorted({finding.rule_id for finding in review.findings})))

    def _unjudged(self, answer: review_pb2.Review | ApologyReviewError) -> Judgement:
        return Judgement(self._policy.decide(answer), cause=cause_of(answer))

    async def _in_thread(self, work: Callable[[Unpack[Ts]], T], *arguments: *Ts) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def refusal(why: str, reasons: tuple[str, ...]) -> str:
    """A reply of several lines: why, and then what to mend."""
    lines = [plain(reason)[:_LINE] for reason in reasons[:_LINES]]
    if len(reasons) > _LINES:
        lines.append(f"and {len(reasons) - _LINES} more")
    lines = [why, *lines]
    return "\r\n".join(f"550{'-' if line is not lines[-1] else ' '}5.7.1 {line}" for line in lines)


def _known(upstream: smtplib.SMTP, options: list[str]) -> list[str]:
    """The options that the relay has offered; a size would be that of the mail before it was changed."""
    return [
        option for option in options if upstream.has_extn(_extension(option)) and not option.upper().startswith("SIZE")
    ]


def _extension(option: str) -> str:
    name = option.partition("=")[0].lower()
    return {"body": "8bitmime", "ret": "dsn", "envid": "dsn", "notify": "dsn", "orcpt": "dsn"}.get(name, name)
