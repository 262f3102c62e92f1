import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from apology_client import AsyncClient
from apology_client.gate import Action, Gate, GateServer, Relay
from apology_client.policy import Policy
from tests.client.helpers import Replay, start
from tests.gate.processes import Conversation, GateProcess, HeldRelay

Entries = Callable[[], list[str]]
Start = Callable[..., GateProcess]
Talk = Callable[[GateProcess], Conversation]


@dataclass
class Sink:
    """A mail server that keeps what it accepts, and says to DATA and to RCPT what it is told to say."""

    accepted: list[tuple[str | None, list[str], bytes]] = field(default_factory=list)
    data_reply: str = "250 2.0.0 queued as 4711"
    rcpt_replies: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False  # after a recipient that it refuses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.rcpt_replies.get(address, "250 2.1.5 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        elif self.hangs_up and server.transport is not None:
            asyncio.get_running_loop().call_later(0, server.transport.close)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_reply.startswith("250"):
            self.accepted.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content or b""))
        return self.data_reply


@dataclass
class Place:
    """A gate before a sink, with a reviewer that replays."""

    port: int
    sink: Sink
    replay: Replay
    stop_reviewer: Callable[[], None]
    stop_sink: Callable[[], None]


def stop(server: grpc.Server) -> None:
    server.stop(None).wait()


@pytest.fixture
def replay() -> Replay:
    return Replay()


@pytest.fixture
async def place(request: pytest.FixtureRequest, replay: Replay, tmp_path: Path) -> AsyncIterator[Place]:
    policy, action = getattr(request, "param", (Policy(), Action.REFUSE))
    reviewer, _ = start(f"unix:{tmp_path}/s", replay)
    sink = Sink()

    class Relaying(SMTP):
        line_length_limit = 1 << 20

    loop = asyncio.get_running_loop()
    behind = await loop.create_server(lambda: Relaying(sink, enable_SMTPUTF8=True), "127.0.0.1", 0)
    relay = Relay(host="127.0.0.1", port=behind.sockets[0].getsockname()[1])
    threads = ThreadPoolExecutor(8)
    async with AsyncClient(f"unix:{tmp_path}/s") as client:
        server = GateServer(lambda: Gate(client, policy, relay, action, threads), max_bytes=4 << 20)
        port = await server.start("127.0.0.1", 0)
        yield Place(port, sink, replay, lambda: stop(reviewer), behind.close)
        await server.stop(grace_seconds=1)
    behind.close()
    threads.shutdown()
    reviewer.stop(None)


@pytest.fixture
def relay() -> Iterator[HeldRelay]:
    found = HeldRelay()
    yield found
    found.close()


@pytest.fixture
def gate(relay: HeldRelay, tmp_path: Path) -> Iterator[Start]:
    """Starts one with a journal, as often as it is called."""
    reviewer, _ = start(f"unix:{tmp_path}/s", Replay(analysed="Lunch at noon?"))
    started: list[GateProcess] = []

    def run(program: str = "", options: tuple[str, ...] = ("--journal", f"{tmp_path}/journal")) -> GateProcess:
        started.append(GateProcess(relay, f"unix:{tmp_path}/s", options, program))
        return started[-1]

    yield run
    for process in started:
        if process.process.poll() is None:
            process.kill()
    reviewer.stop(None).wait()


@pytest.fixture
def entries(tmp_path: Path) -> Entries:
    """The journal's."""
    return lambda: [
        entry.name for entry in (tmp_path / "journal").iterdir() if re.fullmatch("[0-9a-f]{64}", entry.name)
    ]


@pytest.fixture
def talk() -> Iterator[Talk]:
    """Begins a conversation, as often as it is called."""
    begun: list[Conversation] = []

    def begin(gate: GateProcess) -> Conversation:
        begun.append(Conversation(gate.port))
        return begun[-1]

    yield begin
    for conversation in begun:
        conversation.hang_up()
