"""What only whole processes show."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.client.helpers import Ran, Run, write

COMMAND = [sys.executable, "-W", "error", "-m", "apology_client"]


def test_a_reader_that_goes_away_is_no_error_worth_a_word(address: str, tmp_path: Path) -> None:
    rows = "".join(json.dumps({"id": number, "text": "I am sorry if it hurt."}) + "\n" for number in range(2000))
    source = write(tmp_path / "in.jsonl", rows)
    process = subprocess.Popen(
        [*COMMAND, "batch", source, "--server", address], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["id"] == 0
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 128 + signal.SIGPIPE


def test_ctrl_c_in_a_batch_is_clean(address: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, "batch", "--server", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for number in range(40):
        process.stdin.write(json.dumps({"id": number, "text": "sorry"}).encode() + b"\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_ctrl_c_in_a_batch_says_how_to_go_on(address: str, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    process = subprocess.Popen(
        [*COMMAND, "batch", "-o", str(target), "--server", address], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    for number in range(60):
        process.stdin.write(json.dumps({"id": number, "text": "sorry"}).encode() + b"\n")
    process.stdin.flush()
    while not (target.exists() and target.read_bytes()):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    done = len(target.read_bytes().splitlines())
    said = [f"{n} drafts: {n} reviewed. The same command with --resume goes on behind them." for n in (done, done - 1)]
    assert process.returncode == 130
    assert err.decode().split("\n")[0] in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", [["check", "--text", "sorry"], ["check", "--format", "json", "--text", "sorry"]])
def test_a_full_disk_is_no_finding(address: str, command: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, *command, "--server", address], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (2, b"Error: no space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("flags", [["--help"], ["--version"], ["check", "--help"]])
def test_a_full_disk_is_told_by_what_only_prints(flags: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, *flags], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (2, b"Error: no space left on device\n")


@pytest.mark.parametrize("flags", [["--help"], ["--version"]])
def test_help_whose_reader_has_gone_is_no_finding(flags: list[str]) -> None:
    line = ["sh", "-c", '{ sleep 0.1; "$@"; echo $? >&2; } | true', "sh", *COMMAND, *flags]
    done = subprocess.run(line, stderr=subprocess.PIPE, check=False)
    assert done.stderr == f"{128 + signal.SIGPIPE}\n".encode()


@pytest.mark.parametrize("module", ["click", "grpc", "google.protobuf"])
@pytest.mark.parametrize("start", [["-m", "apology_client"], ["-c", "from apology_client.command import main; main()"]])
def test_ctrl_c_while_the_command_loads_is_clean(tmp_path: Path, start: list[str], module: str) -> None:
    loading = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
    loading.parent.mkdir(exist_ok=True)
    write(loading, "import os, signal; os.kill(os.getpid(), signal.SIGINT)")
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    line = [sys.executable, *start, "--version"]
    done = subprocess.run(line, env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_ctrl_c_before_the_command_runs_is_clean(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("apology_client.command.output.tolerant", interrupted)
    assert run("--version") == Ran(130, "", "")


@pytest.mark.parametrize(("closed", "code"), [("<&-", 2), (">&-", 2), ("2>&-", 2)])
def test_a_closed_stream_is_one_with_nothing_in_it(address: str, closed: str, code: int) -> None:
    line = ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, "check", "-", "--server", address]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert b"The draft is empty." in done.stdout or closed == ">&-"


def test_an_output_that_speaks_only_ascii_gets_reports_for_programs_too(address: str) -> None:
    line = [*COMMAND, "check", "--format", "github", "née", "--server", address]
    done = subprocess.run(line, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=False)
    assert done.returncode == 2
    assert done.stdout.startswith(b"::error file=n\\xe9e,")


def test_an_output_that_speaks_only_ascii_gets_the_text_all_the_same(address: str) -> None:
    line = [*COMMAND, "check", "--text", "née 😀 sorry if", "--server", address]
    done = subprocess.run(line, capture_output=True, env={"PYTHONIOENCODING": "ascii", "PATH": ""}, check=False)
    assert done.returncode == 1
    assert b"n\\xe9e \\U0001f600 sorry if" in done.stdout
    assert b"+ regret" in done.stdout
