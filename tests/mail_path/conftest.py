"""Real mail programs, real servers: `make test-mail` runs these, and each skips where its program is not installed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "MAIL_PATH" not in os.environ:
        for item in items:
            if "mail_path" in str(item.path):
                item.add_marker(pytest.mark.skip(reason="make test-mail runs it"))


def needs(*programs: str) -> None:
    """Skips the test where a program is missing."""
    for program in programs:
        if shutil.which(program) is None and not Path("/usr/sbin", program).exists():
            pytest.skip(f"{program} is not installed")


def wait_for(port: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing listens on {port}")


@dataclass
class Processes:
    """Whatever a test started; all of it is gone in the end."""

    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str, log: Path, port: int) -> "subprocess.Popen[bytes]":
        with log.open("ab") as out:
            process = subprocess.Popen([sys.executable, "-m", *command], stdout=out, stderr=out)
        self.running.append(process)
        wait_for(port)
        return process

    def reviewer(self, port: int, log: Path) -> "subprocess.Popen[bytes]":
        """A server that is ready, not only listening."""
        started = self.start("apology_service", "--address", f"127.0.0.1:{port}", log=log, port=port)
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            asked: Any = channel.unary_unary("/grpc.health.v1.Health/Check")
            deadline = time.monotonic() + 60
            while asked(b"", timeout=60, wait_for_ready=True) != b"\x08\x01":
                assert time.monotonic() < deadline, "the reviewer does not get ready"
                time.sleep(0.1)
        return started

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


@pytest.fixture
def processes() -> Iterator[Processes]:
    found = Processes()
    yield found
    found.stop()
