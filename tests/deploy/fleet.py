"""Two real servers, and what stands in front of them."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from apology_client import ApologyReviewError, AsyncClient
from tests.certificates import Authority
from tests.ports import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
SCHEMA = Path(__file__).parents[2] / "proto" / "apology" / "v1" / "review.binpb"
DRAFT = "I am sorry if you were upset, but you gave us the wrong address."
_PATIENCE = 120
_LAME_DUCK_SECONDS = 3


class Backend:
    """A server process on a port of its own, which can be started again."""

    def __init__(self, log: Path, settings: dict[str, str]) -> None:
        self.port = free_port()
        self._log = log
        self._settings = {
            "APOLOGY_REVIEW_ADDRESS": f"127.0.0.1:{self.port}",
            "APOLOGY_REVIEW_LAME_DUCK_SECONDS": str(_LAME_DUCK_SECONDS),
            "APOLOGY_REVIEW_TRAINED_READER": "false",
            **settings,
        }
        self.process: Process | None = None

    async def start(self) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("APOLOGY_REVIEW_")}
        command = (sys.executable, "-m", "apology_service")
        with self._log.open("ab") as log:
            before = log.tell()
            environment = own | self._settings
            self.process = await asyncio.create_subprocess_exec(*command, stderr=log, env=environment)
        await until(lambda: b'"event": "ready"' in self._log.read_bytes()[before:])

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process and self.process.returncode is None:
            self.process.send_signal(how)
            async with asyncio.timeout(_PATIENCE):
                await self.process.wait()

    def calls(self, method: str) -> int:
        """How many it has answered well."""
        return self._log.read_text(encoding="utf-8").count(f'{method}", "code": "OK"')


@dataclass
class Traffic:
    """What callers saw."""

    answered: int = 0
    failed: list[ApologyReviewError] = field(default_factory=list)

    @asynccontextmanager
    async def flowing(self, clients: list[AsyncClient]) -> AsyncIterator[None]:
        """Calls without a pause, by two callers for each client."""
        ended = asyncio.Event()

        async def call(client: AsyncClient) -> None:
            while not ended.is_set():
                try:
                    await client.review(DRAFT, timeout=30)
                    self.answered += 1
                except ApologyReviewError as error:
                    self.failed.append(error)

        async with asyncio.TaskGroup() as group:
            for client in clients * 2:
                group.create_task(call(client))
            try:
                yield
            finally:
                ended.set()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not true():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running(*command: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()  # a killed nginx would leave its workers behind
        async with asyncio.timeout(_PATIENCE):
            await process.wait()


async def answers(client: AsyncClient) -> None:
    """Returns when the way to the servers is open."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            await client.capabilities()
            return
        except ApologyReviewError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.2)


def secured(authority: Authority, hashes: str) -> dict[str, str]:
    """Settings of a server with TLS, that asks for a token."""
    issued = authority.issue("server", "apology-review")
    return {
        "APOLOGY_REVIEW_TLS_CERTIFICATE": issued.certificate,
        "APOLOGY_REVIEW_TLS_KEY": issued.key,
        "APOLOGY_REVIEW_TOKEN_HASHES": hashes,
    }


def configured(proxy: str, folder: Path, authority: Authority, backends: list[Backend], port: int) -> str:
    """The file that we publish for a proxy, with the places of this machine in it."""
    (source,) = (DEPLOY / proxy).iterdir()
    issued = authority.issue("proxy", "127.0.0.1", "localhost")
    one, two = (backend.port for backend in backends)
    places = {
        f"/etc/{proxy}/tls/tls.crt": issued.certificate,
        f"/etc/{proxy}/tls/tls.key": issued.key,
        f"/etc/{proxy}/tls/ca.crt": authority.ca,
        f"/etc/{proxy}/review.binpb": str(SCHEMA),
        "address: server-1, port_value: 50051": f"address: 127.0.0.1, port_value: {one}",
        "address: server-2, port_value: 50051": f"address: 127.0.0.1, port_value: {two}",
        "server-1:50051": f"127.0.0.1:{one}",
        "server-2:50051": f"127.0.0.1:{two}",
        "0.0.0.0, port_value: 8443": f"127.0.0.1, port_value: {port}",
        "listen 8443": f"listen 127.0.0.1:{port}",
        "port_value: 9901": f"port_value: {free_port()}",
        "/tmp/nginx": f"{folder}/nginx",
    }
    text = source.read_text(encoding="utf-8")
    for place, here in places.items():
        text = text.replace(place, here)
    file = folder / source.name
    file.write_text(text, encoding="utf-8")
    return str(file)
