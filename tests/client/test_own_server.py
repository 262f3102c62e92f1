"""The command's own server, with a stand-in for the real one: the same flags and health, ready in no time."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pytest

from apology_client import Client, ServerUnavailableError
from apology_client.command import health, main, own_server, place, processes
from apology_client.command.place import Place

ROOT = Path(__file__).parents[2]
FLAWED = "I am sorry if it hurt."
STAND_IN = """
import os, sys, time
from pathlib import Path
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
import grpc
from concurrent.futures import ThreadPoolExecutor
from apology.v1 import review_pb2_grpc
from tests.client.helpers import Replay

manner = os.environ.get("STAND_IN", "")
with open(os.environ["STARTS"], "a") as starts:
    starts.write(f"{os.getpid()}\\n")
if manner == "dies" or (manner == "never returns" and Path(os.environ["STARTS"] + ".poisoned").exists()):
    sys.exit("no model to be found")
if manner == "dies without a word":
    sys.exit(3)
if manner == "is killed":
    os.kill(os.getpid(), 9)

def poisoned(text):
    if "POISON" in text and (manner == "succumbs" or not Path(os.environ["STARTS"] + ".poisoned").exists()):
        Path(os.environ["STARTS"] + ".poisoned").touch()
        os.kill(os.getpid(), 9)
    return review(text)

replay = Replay()
review, replay.review = replay.review, poisoned
server = grpc.server(ThreadPoolExecutor(8))
ready = health.HealthServicer()
health_pb2_grpc.add_HealthServicer_to_server(ready, server)
review_pb2_grpc.add_ApologyReviewServiceServicer_to_server(replay, server)
server.add_insecure_port(sys.argv[sys.argv.index("--address") + 1])
for name in ("", "apology.v1.ApologyReviewService"):
    ready.set(name, health_pb2.HealthCheckResponse.NOT_SERVING)
server.start()
time.sleep({"slow": 1.0, "never ready": 1000.0}.get(manner, 0.0))
for name in ("", "apology.v1.ApologyReviewService"):
    ready.set(name, health_pb2.HealthCheckResponse.SERVING)
server.wait_for_termination()
"""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime directory with a short name, as sockets need, where the stand-in serves."""
    directory = Path(tempfile.mkdtemp())
    package = directory / "path" / "apology_service"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(STAND_IN)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(directory))
    monkeypatch.setenv("PYTHONPATH", f"{directory / 'path'}:{ROOT}")
    monkeypatch.setenv("STARTS", str(directory / "starts"))
    monkeypatch.delenv("APOLOGY_REVIEW_SERVER", raising=False)
    yield directory
    own_server.stop()
    shutil.rmtree(directory)


def starts(home: Path) -> list[int]:
    """The process ids of all servers that were started."""
    return [int(line) for line in (home / "starts").read_text().split()] if (home / "starts").exists() else []


def ensure() -> str:
    return own_server.ensure(lambda _what: None, lambda _what: None)


def command(*arguments: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-W", "error", "-m", "apology_client", *arguments]
    return subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def gone(pid: int) -> bool:
    return not processes.alive(pid)


def test_the_first_check_starts_a_server_and_the_next_one_finds_it_warm(home: Path) -> None:
    for _ in range(2):
        process = command("check", "-q", "--text", FLAWED)
        out, err = process.communicate()
        assert (process.returncode, err) == (1, "")
        assert "Score 70 of 100" in out
    assert len(starts(home)) == 1


def test_of_several_commands_at_once_one_starts_the_server(home: Path) -> None:
    processes = [command("check", "-q", "--text", FLAWED) for _ in range(4)]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [1] * 4
    assert len(starts(home)) == 1


def test_a_socket_that_a_killed_server_left_behind_is_no_obstacle(home: Path) -> None:
    ensure()
    (killed,) = starts(home)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: gone(killed))
    assert place.here().socket.exists()
    with Client(ensure()) as client:
        assert client.review(FLAWED).score == 70
    assert len(starts(home)) == 2


def test_a_server_that_is_leaving_gives_way_to_another(home: Path) -> None:
    at = place.here()
    leaving = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", str(at.socket)], stdin=subprocess.PIPE
    )
    at.pid.write_text(f"{leaving.pid}\n")
    assert leaving.stdin is not None
    Timer(0.3, leaving.stdin.close).start()
    with Client(ensure()) as client:
        assert client.review(FLAWED).score == 70
    leaving.wait()
    assert len(starts(home)) == 1


@pytest.mark.parametrize(("more", "told"), [((), ["The reviewer does not answer"]), (("-q",), [])])
def test_a_frozen_server_is_told_and_replaced_long_before_a_start_would_be_given_up(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    more: tuple[str, ...],
    told: list[str],
) -> None:
    monkeypatch.setattr(health, "_SECONDS", 0.2)
    monkeypatch.setattr(own_server, "_SILENCE", 0.5)
    monkeypatch.setattr(own_server, "_START_SECONDS", 1000.0)
    ensure()
    (frozen,) = starts(home)
    os.kill(frozen, signal.SIGSTOP)
    thaw = Timer(20, os.kill, (frozen, signal.SIGCONT))  # who waits for it finds it serving again, and starts none
    thaw.start()
    with pytest.raises(SystemExit) as left:
        main(["check", "--text", FLAWED, *more])
    thaw.cancel()
    assert left.value.code == 1
    assert [line.partition(";")[0] for line in capsys.readouterr().err.splitlines()] == told
    assert len(starts(home)) == 2
    wait_until(lambda: gone(frozen))


def test_a_server_whose_starter_was_killed_is_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN", "slow")
    starter = command("check", "--text", FLAWED)
    wait_until(lambda: bool(starts(home)))
    starter.kill()
    starter.communicate()
    process = command("check", "--text", FLAWED)
    process.communicate()
    assert process.returncode == 1
    assert len(starts(home)) == 1


def test_a_server_that_cannot_start_says_why(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN", "dies")
    with pytest.raises(ServerUnavailableError, match="no model to be found"):
        ensure()


@pytest.mark.parametrize(
    ("manner", "how"),
    [("is killed", "signal 9, killed, as where memory runs out"), ("dies without a word", "exit code 3")],
)
def test_a_server_that_dies_without_a_word_has_an_end_that_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, manner: str, how: str
) -> None:
    monkeypatch.setenv("STAND_IN", manner)
    with pytest.raises(ServerUnavailableError) as caught:
        ensure()
    assert str(caught.value) == f"the reviewer did not start ({how}); `apology-review serve` shows one start"


@pytest.mark.parametrize(("manner", "code"), [("dies", 2), ("is killed", 0)])
def test_no_policy_lets_drafts_pass_where_the_server_is_set_up_wrongly(
    home: Path, monkeypatch: pytest.MonkeyPatch, manner: str, code: int
) -> None:
    monkeypatch.setenv("STAND_IN", manner)
    process = command("check", "--policy", "support", "--format", "sarif", "--text", FLAWED)
    out, err = process.communicate()
    assert (process.returncode, "the reviewer did not start" in err) == (code, True)
    (told,) = json.loads(out)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert "the reviewer did not start" in told["message"]["text"]


def test_a_place_that_cannot_be_used_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "apology-review").touch()
    with pytest.raises(SystemExit) as left:
        main(["check", "--text", FLAWED])
    (home / "apology-review").unlink()
    assert left.value.code == 2
    assert f"cannot be started: {home}/apology-review: file exists; XDG_RUNTIME_DIR" in capsys.readouterr().err


def test_a_server_that_cannot_be_noted_down_is_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _text: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setenv("STAND_IN", "never ready")
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ServerUnavailableError, match="no space left on device"):
        ensure()
    wait_until(lambda: all(map(gone, starts(home))))


def test_a_server_that_never_gets_ready_is_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN", "never ready")
    monkeypatch.setattr(own_server, "_START_SECONDS", 0.5)
    with pytest.raises(ServerUnavailableError, match="not ready"):
        ensure()
    wait_until(lambda: all(map(gone, starts(home))))


def test_ctrl_c_while_the_server_starts_is_clean(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN", "never ready")
    process = command("check", "--text", FLAWED)
    wait_until(lambda: any(health._listening(str(socket)) for socket in home.glob("*/*.sock")))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    wait_until(lambda: all(map(gone, starts(home))))


def test_a_server_that_dies_in_the_middle_of_a_batch_costs_nothing(home: Path) -> None:
    rows = [{"id": number, "text": "POISON sorry" if number == 20 else FLAWED} for number in range(60)]
    process = command("batch", "-")
    out, err = process.communicate("".join(json.dumps(row) + "\n" for row in rows))
    assert (process.returncode, err) == (0, "60 drafts: 60 reviewed\n")
    assert [json.loads(line)["id"] for line in out.splitlines()] == list(range(60))
    assert len(starts(home)) == 2


def test_a_draft_that_ends_every_server_is_reported_and_the_rest_is_done(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", "succumbs")
    rows = [{"id": number, "text": "POISON sorry" if number == 20 else FLAWED} for number in range(60)]
    process = command("batch", "-")
    out, err = process.communicate("".join(json.dumps(row) + "\n" for row in rows))
    assert (process.returncode, err) == (2, "60 drafts: 59 reviewed, 1 failed\n")
    failed = [answer for answer in map(json.loads, out.splitlines()) if "error" in answer]
    assert [(answer["id"], answer["error"]["code"]) for answer in failed] == [(20, "INTERNAL")]


def test_a_batch_goes_on_where_a_server_that_did_not_come_back_has_left_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": number, "text": "POISON sorry" if number == 60 else FLAWED} for number in range(120)]
    source, target = home / "in.jsonl", home / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setenv("STAND_IN", "never returns")
    process = command("batch", str(source), "-o", str(target))
    _, err = process.communicate()
    done = len(target.read_text().splitlines())
    assert process.returncode == 2
    assert f"{done} drafts: {done} reviewed. The same command with --resume goes on behind them.\n" in err
    assert "no model to be found" in err
    monkeypatch.setenv("STAND_IN", "")
    process = command("batch", str(source), "-o", str(target), "--resume")
    _, err = process.communicate()
    assert (process.returncode, err) == (0, "120 drafts: 120 reviewed\n")
    assert [json.loads(line)["id"] for line in target.read_text().splitlines()] == list(range(120))
    assert 0 < done <= 60


def test_other_settings_get_another_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ensure()
    monkeypatch.setenv("APOLOGY_REVIEW_LOG_LEVEL", "ERROR")
    second = ensure()
    assert first != second
    assert len(starts(home)) == 2


def test_stop_ends_every_server_of_the_user(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure()
    monkeypatch.setenv("APOLOGY_REVIEW_LOG_LEVEL", "ERROR")
    ensure()
    for said in ("Stopped 2 servers.\n", "No server of yours is running.\n"):
        with pytest.raises(SystemExit) as left:
            main(["stop"])
        assert (left.value.code, capsys.readouterr().out) == (0, said)
    assert all(map(gone, starts(home)))


def test_a_directory_that_others_can_enter_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "apology-review").mkdir(mode=0o755)
    with pytest.raises(SystemExit) as left:
        main(["check", "--text", FLAWED])
    assert left.value.code == 2
    assert "for you alone" in capsys.readouterr().err
    (home / "apology-review").chmod(0o700)


def test_a_client_without_the_service_says_how_to_get_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(place, "_SERVICE", ("a_module_that_nobody_has",))
    for arguments in (["check", "--text", FLAWED], ["serve"]):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2
        assert "pip install 'apology-review[service]'" in capsys.readouterr().err
    assert starts(home) == []


def test_a_path_that_is_too_long_for_a_socket_is_replaced(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = home / ("x" * 90)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    assert len(str(place.here().socket)) < 104


def test_an_upgrade_changes_the_name_of_the_socket(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before: Place = place.here()
    monkeypatch.setattr(place, "__version__", "99.0.0")
    assert place.here().name != before.name


def test_stop_leaves_alone_what_another_command_is_just_starting(home: Path) -> None:
    begun = place.here()
    begun.pid.touch()  # no number stands in it yet
    begun.log.touch()
    with own_server._locked(begun, lambda _what: None):
        own_server.stop()
        assert begun.log.exists()
    own_server.stop()
    assert not begun.log.exists()
