"""mutt, msmtp and git send-email, each the real program, before a server that keeps what it gets."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.mail_path.conftest import Processes, needs
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
BAD = (
    "We left the chair at the wrong house. We are sorry if this upset you, but you should have told us about the door."
)
GOOD = (
    "The parcel with the spare wheels left our depot this morning and will be with you tomorrow between nine and noon."
)


class Sink:
    """Keeps the mails that it accepts."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._ready = threading.Event()
        self._thread.start()
        self._ready.wait()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(envelope.original_content or b"")
        return "250 OK"

    def _run(self) -> None:
        server = self._loop.run_until_complete(self._loop.create_server(lambda: SMTP(self), "127.0.0.1", self.port))
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@pytest.fixture
def sink() -> Iterator[Sink]:
    found = Sink()
    yield found
    found.stop()


@pytest.fixture
def home(tmp_path: Path, sink: Sink, processes: Processes) -> Path:
    """A home with msmtp set up, and a command `apology-review` on the path."""
    needs("msmtp")
    rc = tmp_path / ".msmtprc"
    rc.write_text(f"account default\nhost 127.0.0.1\nport {sink.port}\nfrom jo@a.example\n")
    rc.chmod(0o600)
    tool = tmp_path / "bin" / "apology-review"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m apology_client "$@"\n')
    tool.chmod(0o755)
    port = free_port()
    processes.reviewer(port, tmp_path / "reviewer.log")
    (tmp_path / "strict.toml").write_text("threshold = 'major'\nsensitivity = 'quiet'\nsuppression = true\n")
    (tmp_path / "server").write_text(f"127.0.0.1:{port}")
    return tmp_path


def run(home: Path, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "HOME": str(home),
        "PATH": f"{home}/bin:{os.environ['PATH']}:/usr/sbin",
        "APOLOGY_REVIEW_SERVER": (home / "server").read_text(),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{
            f"GIT_{who}_{what}": word
            for who in ("AUTHOR", "COMMITTER")
            for what, word in (("NAME", "Jo"), ("EMAIL", "jo@a.example"))
        },
    }
    return subprocess.run(command, input=stdin, capture_output=True, text=True, cwd=home, env=environment, timeout=120)


def wrapped(home: Path) -> str:
    return f"apology-review sendmail --via msmtp --policy {home}/strict.toml --"


def test_msmtp_sends_what_passes_and_nothing_else(home: Path, sink: Sink) -> None:
    mail = "From: jo@a.example\nTo: sam@b.example\nSubject: x\n\n"
    assert run(home, *wrapped(home).split(), "-t", stdin=mail + GOOD + "\n").returncode == 0
    stopped = run(home, *wrapped(home).split(), "-t", stdin=mail + BAD + "\n")
    assert stopped.returncode == 65
    assert "the mail was not sent" in stopped.stderr
    allowed = "Apology-Review-Allow: " + ",".join(
        line.rpartition("(")[2].rstrip(")") for line in stopped.stderr.splitlines() if line.endswith(")")
    )
    assert run(home, *wrapped(home).split(), "-t", stdin=allowed + "\n" + mail + BAD + "\n").returncode == 0
    assert [GOOD.encode() in sink.mails[0], BAD.encode() in sink.mails[1]] == [True, True]
    assert b"Apology-Review-Allow" not in sink.mails[1]


def test_mutt_sends_through_the_wrapper(home: Path, sink: Sink) -> None:
    needs("mutt")
    (home / ".muttrc").write_text(
        f'set sendmail="{wrapped(home)}"\nset from="jo@a.example"\nset copy=no\nset sendmail_wait=0\nset use_from=yes\n'
    )
    assert run(home, "mutt", "-s", "x", "sam@b.example", stdin=GOOD).returncode == 0
    assert run(home, "mutt", "-s", "x", "sam@b.example", stdin=BAD).returncode != 0
    assert len(sink.mails) == 1


def test_git_send_email_asks_the_hook_and_sends_through_the_wrapper(home: Path, sink: Sink) -> None:
    needs("git")
    helped = run(home, "git", "send-email", "-h")
    if "--sendmail-cmd" not in helped.stdout + helped.stderr:
        pytest.skip("git send-email is not installed")
    run(home, "git", "init", "-q", "repo")
    hook = home / "repo" / ".git" / "hooks" / "sendemail-validate"
    hook.write_bytes(
        (ROOT / "examples/hooks/sendemail-validate").read_bytes().replace(b"internal", f"{home}/strict.toml".encode())
    )
    hook.chmod(0o755)
    for name, words in (("good", GOOD), ("bad", BAD)):
        head = "From 1a2b3c Mon Sep 17 00:00:00 2001\nFrom: Jo <jo@a.example>\nDate: Mon, 5 May 2025 10:00:00 +0000\n"
        (home / "repo" / f"{name}.patch").write_text(f"{head}Subject: [PATCH 0/1] chairs\n\n{words}\n\n-- \n2.39.5\n")

    def send(name: str, *options: str) -> subprocess.CompletedProcess[str]:
        return run(
            home, "git", "-C", "repo", "send-email", "--confirm=never", "--suppress-cc=all", "--from=jo@a.example",
            "--to=sam@b.example", f"--sendmail-cmd={wrapped(home)}", *options, f"{name}.patch",
        )  # fmt: skip

    assert send("good").returncode == 0
    refused = send("bad")
    assert refused.returncode != 0
    assert "rejected by sendemail-validate hook" in refused.stderr + refused.stdout
    assert send("bad", "--no-validate").returncode != 0
    assert len(sink.mails) == 1
