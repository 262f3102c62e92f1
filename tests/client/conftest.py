import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apology_client import Client
from apology_client.command import main
from tests.client.helpers import Ran, Replay, Run, start


@pytest.fixture
def replay() -> Replay:
    return Replay()


@pytest.fixture
def address(replay: Replay, tmp_path: Path) -> Iterator[str]:
    """A server on a Unix socket that replays."""
    target = f"unix:{tmp_path}/s"
    server, _ = start(target, replay)
    yield target
    server.stop(None).wait()


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


@pytest.fixture
def run(address: str, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs the command against the replaying server."""
    monkeypatch.setenv("APOLOGY_REVIEW_SERVER", address)

    def run(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capsysbinary.readouterr()
        code = left.value.code
        assert isinstance(code, int)
        return Ran(code, out.decode(), err.decode())

    return run
