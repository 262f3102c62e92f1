"""The gate's own side of SMTP: it listens, and takes mails as they come."""

import asyncio
import contextlib
import re
import time
from collections.abc import Callable

from aiosmtpd.smtp import SMTP, syntax

from apology_client.gate.handler import Gate
from apology_client.gate.mail import BLOCK, Mail
from apology_client.gate.relay import own_name

# A dot alone between line ends of which one is a bare CR or LF: to the gate it is text, but another server could take it
# for the end of the mail, and what follows for a second one that nobody has reviewed.
_EARLY_END = re.compile(rb"(?:\r|(?<!\r)\n)\.[\r\n]")


class GateProtocol(SMTP):
    """The sending side's end of one connection, which stands in `connections` while it lasts.

    A mail stands in `under_way` until it is concluded, even when its sender hangs up.
    """

    line_length_limit = BLOCK  # of commands; lines of a mail may be longer, and come in pieces

    def __init__(
        self, gate: Gate, connections: set["GateProtocol"], under_way: set[asyncio.Task[None]], *, max_bytes: int
    ) -> None:
        super().__init__(
            gate,
            data_size_limit=max_bytes,
            enable_SMTPUTF8=True,
            hostname=own_name(),
            ident="apology-review gate",
        )
        self._gate, self._max_bytes = gate, max_bytes
        self._connections, self._under_way = connections, under_way

    @property
    def gone(self) -> bool:
        return self.transport is None or self.transport.is_closing()

    async def answer(self, reply: str) -> bool:
        """Whether the system has taken the whole reply for a sender who is still there."""
        if self.gone:
            return False
        try:
            await self.push(reply)
        except ConnectionError:
            return False
        return not self.gone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.set_write_buffer_limits(high=0)  # so that `push` returns when nothing of the reply is left here
        super().connection_made(transport)
        self._connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        self._gate.leave()
        super().connection_lost(error)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        assert self.envelope is not None
        if arg or not self.envelope.rcpt_tos:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        with contextlib.ExitStack() as until_whole:
            mail = until_whole.enter_context(Mail())
            if fault := await self._receive(mail):
                self.envelope = self._create_envelope()
                await self.push(fault)
                return
            until_whole.pop_all()
        envelope, self.envelope = self.envelope, self._create_envelope()
        task = asyncio.create_task(self._gate.conclude(mail, envelope, self))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()  # it is the sender who waits now
        await asyncio.shield(task)
        self._reset_timeout()

    async def _receive(self, mail: Mail) -> str:
        """Reads to the end of the mail and not a byte beyond; the reply to one that cannot be taken, else nothing."""
        fault, before, block, line_begins = "", b"\r\n", bytearray(), True
        ended = False
        while not ended:
            try:
                line = await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as error:
                line = await self._reader.readexactly(error.consumed)
            ended = line_begins and line == b".\r\n"
            if not ended:
                block += line[1:] if line_begins and line.startswith(b".") else line
                line_begins = line.endswith(b"\r\n")
            if len(block) < BLOCK and not ended:
                continue
            self._reset_timeout()
            fault = fault or self._kept(mail, before, bytes(block))
            before = (before + block)[-3:]
            block.clear()
        return fault

    def _kept(self, mail: Mail, before: bytes, block: bytes) -> str:
        """Adds a block to a mail of which `before` are the last bytes; what is wrong with it, as a reply."""
        if mail.size + len(block) > self._max_bytes:
            return f"552 5.3.4 The mail is larger than the {self._max_bytes} bytes that are taken"
        if _EARLY_END.search(before + block):
            return "554 5.6.0 A bare CR or LF beside a lone dot could end the mail early at the next server"
        try:
            mail.append(block)
        except OSError:
            return "452 4.3.1 There is no room for the mail at the moment; try again later"
        return ""


class GateServer:
    """Listens, and stops without cutting off a mail that is under way."""

    def __init__(self, make: Callable[[], Gate], *, max_bytes: int) -> None:
        self._make, self._max_bytes = make, max_bytes
        self._connections: set[GateProtocol] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """The port, which is chosen by the system for 0."""
        self._server = await asyncio.get_running_loop().create_server(self._protocol, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self, *, grace_seconds: float) -> None:
        assert self._server is not None
        self._server.close()
        deadline = time.monotonic() + grace_seconds
        while (self._under_way or self._connections) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        for protocol in tuple(self._connections):
            if protocol.transport is not None:
                protocol.transport.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), 1)

    def _protocol(self) -> GateProtocol:
        return GateProtocol(self._make(), self._connections, self._under_way, max_bytes=self._max_bytes)
