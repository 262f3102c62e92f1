"""`apology-review http`: what it listens to, what it refuses, and how it ends."""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from apology_client.command import main
from tests.certificates import Authority
from tests.client.helpers import Replay, start


def test_it_serves_over_tls_until_it_is_told_to_stop(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    shown = authority.issue("face", "127.0.0.1")
    reviewer, _ = start(f"unix:{tmp_path}/s", Replay())
    command = ["http", "--listen", "127.0.0.1:0", "--server", f"unix:{tmp_path}/s"]
    command += ["--tls-certificate", shown.certificate, "--tls-key", shown.key]
    process = subprocess.Popen([sys.executable, "-m", "apology_client", *command], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    address = process.stderr.readline().rpartition(" ")[2].strip()
    request = urllib.request.Request(
        f"{address}/v1/mails:check", b'{"text": "I am sorry if."}', {"content-type": "application/json"}
    )
    trust = ssl.create_default_context(cafile=authority.ca)
    with urllib.request.urlopen(request, timeout=20, context=trust) as answer:
        assert json.load(answer)["action"] == "promptUser"
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=20)
    reviewer.stop(None)
    assert process.returncode == 0
    assert re.fullmatch(r"\S+ \S+ POST /v1/mails:check status=200 ms=\d+\n", rest)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--listen", "0.0.0.0:0"], "other machines can reach 0.0.0.0 without encryption"),
        (["--listen", "127.0.0.1"], "not of the form HOST:PORT"),
        (["--listen", "192.0.2.1:0", "--insecure"], "warning: other machines can reach 192.0.2.1"),
        (["--allow-origin", "addin.example.org"], "is no origin"),
        (["--allow-origin", "https://addin.example.org/"], "is no origin"),
        (["--tls-key", "x.pem"], "are needed together"),
        (["--tls-certificate", "nowhere.pem", "--tls-key", "nowhere.pem"], "the certificate or its key is of no use"),
        (["--server", "reviewer.example.org:1"], "a token travels to another machine only over TLS"),
        (["--listen", "0.0.0.0:0", "--tls-certificate", "x", "--tls-key", "x"], "without authentication"),
    ],
)
def test_it_does_not_start_like_that(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    for name in [name for name in os.environ if name.startswith("APOLOGY_REVIEW_")]:
        monkeypatch.delenv(name)
    if "token" in said or "authentication" in said:
        monkeypatch.setenv("APOLOGY_REVIEW_TOKEN", "secret")
    with pytest.raises(SystemExit) as left:
        main(["http", "--server", "127.0.0.1:1", *options])
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def test_other_machines_may_call_with_nobodys_credentials_but_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = Authority(tmp_path)
    shown = authority.issue("gateway", "127.0.0.1")
    options = ["--listen", "192.0.2.1:0", "--tls-certificate", shown.certificate, "--tls-key", shown.key]
    options += ["--server", "https://127.0.0.1:1", "--ca", authority.ca]
    for more, said in (
        ([], "Error: cannot listen on 192.0.2.1:0"),
        (["--client-certificate", shown.certificate, "--client-key", shown.key], "without authentication"),
    ):
        with pytest.raises(SystemExit):
            main(["http", *options, *more])
        assert said in capsys.readouterr().err


def test_it_needs_a_reviewer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("APOLOGY_REVIEW_SERVER", raising=False)
    with pytest.raises(SystemExit):
        main(["http"])
    assert "Name the reviewer" in capsys.readouterr().err
