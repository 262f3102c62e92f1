"""The mail server that takes what passes."""

import asyncio
import contextlib
import functools
import re
import smtplib
import socket
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass

from apology_client.gate.custodian import LAST_DOT
from apology_client.gate.mail import dots_doubled

Noting = Callable[[socket.socket], AbstractContextManager[object]]
Command = Callable[[smtplib.SMTP], tuple[int, bytes]]
_SECONDS = 300.0  # as long as RFC 5321 lets a relay think about a command
_GO_AHEAD = 354
_NO_SUCH_ADDRESS = 553, b"5.6.7 The relay takes no such address without SMTPUTF8"

own_name = functools.cache(socket.getfqdn)  # the resolver is asked once, not for each connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Where it listens."""

    host: str
    port: int


class Upstream:
    """One connection to the relay. Its commands run in `threads`, one at a time, and always to their end."""

    def __init__(self, relay: Relay, threads: Executor) -> None:
        self._relay, self._threads = relay, threads
        self._smtp: smtplib.SMTP | None = None
        self._turn = threading.Lock()

    async def begin(self, command: Command) -> str:
        """The relay's reply to the first command of a transaction; what an earlier one left open there is void."""
        await self.reset()
        return await self._reply(command, connect=True)

    async def ask(self, command: Command) -> str:
        """The relay's reply. A relay that went away is a fault for now, and the sender keeps the mail."""
        return await self._reply(command, connect=False)

    async def reset(self) -> None:
        if self._smtp is not None:
            await self.ask(smtplib.SMTP.rset)

    def leave(self) -> None:
        """Hangs up, once the command under way has its reply; a transaction that was not ended there is void."""
        self._threads.submit(self._hang_up)

    async def _reply(self, command: Command, *, connect: bool) -> str:
        try:
            return _text(*await asyncio.get_running_loop().run_in_executor(self._threads, self._run, command, connect))
        except (smtplib.SMTPException, OSError):
            return "451 4.3.0 The relay does not answer; try again later"

    def _run(self, command: Command, connect: bool) -> tuple[int, bytes]:
        with self._turn:
            if self._smtp is None and not connect:  # a new connection would know nothing of the transaction
                raise smtplib.SMTPServerDisconnected
            try:
                if self._smtp is None:
                    self._smtp = smtplib.SMTP(self._relay.host, self._relay.port, own_name(), timeout=_SECONDS)
                    self._smtp.ehlo_or_helo_if_needed()
                return command(self._smtp)
            except UnicodeEncodeError:  # an address; nothing was sent
                return _NO_SUCH_ADDRESS
            except Exception:
                self._close()
                raise

    def _hang_up(self) -> None:
        with self._turn:
            if self._smtp is not None:
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    self._smtp.putcmd("QUIT")  # nobody is left to wait for its reply
                self._close()

    def _close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def transfer(smtp: smtplib.SMTP, blocks: Iterable[bytes], noting: Noting) -> tuple[int, bytes]:
    """Hands a mail over, block by block. With the last dot it becomes the relay's, so that goes within `noting`."""
    code, text = smtp.docmd("DATA")
    if code != _GO_AHEAD:
        return code, text
    for block in dots_doubled(blocks):
        smtp.send(block)
    assert smtp.sock is not None
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or the dot waits 40 ms for a delayed ACK
    with noting(smtp.sock):
        smtp.send(LAST_DOT)
    return smtp.getreply()


def plain(text: str) -> str:
    """Printable ASCII, as replies of SMTP are."""
    return re.sub(r"[^ -~]+", "?", text)


def _text(code: int, text: bytes) -> str:
    lines = text.decode("ascii", "replace").splitlines() or [""]
    return "\r\n".join(
        f"{code}{'-' if number < len(lines) else ' '}{plain(line)}" for number, line in enumerate(lines, 1)
    )
