import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
import uvicorn

from apology_client import AsyncClient, Policy
from apology_client.http.app import create_app
from tests.client.helpers import Replay, start

ORIGIN = "https://addin.example.org"
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    code: int
    headers: dict[str, str]
    body: Any


class Tokens(grpc.ServerInterceptor):
    """Keeps what callers show."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        self.seen.append(dict(details.invocation_metadata).get("authorization"))
        return continuation(details)


@dataclass
class Face:
    """A gateway that listens, before a reviewer that replays."""

    port: int
    replay: Replay
    reviewer: grpc.Server
    tokens: Tokens

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, value: Any, **headers: str) -> Answer:
        return self.ask("POST", path, json.dumps(value).encode(), {**JSON, **headers})

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            data = response.read()
            found = {name.lower(): value for name, value in response.getheaders()}
            read = json.loads(data) if found.get("content-type") == "application/json" else data.decode()
            return Answer(response.status, found, read)
        finally:
            connection.close()


@dataclass(frozen=True)
class Setting:
    """How a test wants its gateway."""

    policy: Policy = field(default_factory=Policy)
    seconds: float = 10.0
    max_bytes: int = 100_000
    token: str = ""


@contextmanager
def serving(setting: Setting, folder: Path, threads: list[threading.Thread]) -> Iterator[Face]:
    """A gateway in a thread of its own, which takes its time to end and is among `threads`."""
    replay, tokens = Replay(), Tokens()
    reviewer, _ = start(f"unix:{folder}/s", replay, tokens)
    client = AsyncClient(f"unix:{folder}/s", token=setting.token)
    app = create_app(client, setting.policy, origins=[ORIGIN], seconds=setting.seconds, max_bytes=setting.max_bytes)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, args=([listener],))
    threads.append(thread)
    thread.start()
    try:
        yield Face(listener.getsockname()[1], replay, reviewer, tokens)
    finally:
        server.should_exit = True
        reviewer.stop(None).wait()


@pytest.fixture(scope="module")
def threads() -> Iterator[list[threading.Thread]]:
    """All of them end before the module does."""
    found: list[threading.Thread] = []
    yield found
    for thread in found:
        thread.join()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, threads: list[threading.Thread]) -> Iterator[Face]:
    with serving(Setting(), tmp_path_factory.mktemp("http"), threads) as face:
        yield face


@pytest.fixture
def face(
    request: pytest.FixtureRequest, standing: Face, tmp_path: Path, threads: list[threading.Thread]
) -> Iterator[Face]:
    """The one that stands, as new; or one of its own for a test that says how."""
    if hasattr(request, "param"):
        with serving(request.param, tmp_path, threads) as own:
            yield own
    else:
        vars(standing.replay).update(vars(Replay()))
        yield standing
