"""The server as a process: how it starts, what it says, and how it leaves."""

import asyncio
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology.v1 import review_pb2_grpc as pb_grpc
from apology_service.process import StartError, _warm_up
from apology_service.server import Server
from tests.certificates import Authority
from tests.service.helpers import FLAWED, failure_of, request_for

COMMAND = (sys.executable, "-m", "apology_service")
SLOW_SERVER = (sys.executable, str(Path(__file__).with_name("slow_server.py")))
PATIENCE = 120
# The command itself, which comes to no end of what it does before it listens.
STARTS_FOR_EVER = """
import sys, time
from apology_service import __main__, logs

configure = logs.configure

def configure_for_ever(level):
    configure(level)
    print("starting", file=sys.stderr, flush=True)
    time.sleep(600)

logs.configure = configure_for_ever
sys.exit(__main__.main())
"""


class Running:
    """A server process, and what it has said."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.said: list[str] = []

    async def says(self, words: str) -> str:
        """The next line that holds `words`."""
        assert self.process.stderr
        async with asyncio.timeout(PATIENCE):
            while line := (await self.process.stderr.readline()).decode():
                self.said.append(line.rstrip())
                if words in line:
                    return line.rstrip()
        raise AssertionError(f"{words!r} was never said, but: {self.said}")

    async def ends(self) -> int:
        """The exit status."""
        assert self.process.stderr
        async with asyncio.timeout(PATIENCE):
            self.said += (await self.process.stderr.read()).decode().splitlines()
            return await self.process.wait()


Launch = Callable[..., Awaitable[Running]]


@pytest.fixture
async def launch() -> AsyncIterator[Launch]:
    started: list[Running] = []

    async def start(*command: str, **variables: str) -> Running:
        env = environment(**variables)
        process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE, env=env)
        started.append(Running(process))
        return started[-1]

    yield start
    for running in started:
        if running.process.returncode is None:
            running.process.kill()
        await running.ends()


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("APOLOGY_REVIEW_")} | more


async def address_of(running: Running) -> str:
    line = await running.says("listening on ")
    await running.says('"event": "ready"')
    return line.rpartition(" ")[2]


def refused(*arguments: str, **variables: str) -> str:
    """What the command says when it cannot start."""
    done = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=environment(**variables), timeout=PATIENCE
    )
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


async def test_the_command_serves_and_leaves_when_it_is_interrupted(launch: Launch) -> None:
    running = await launch(*COMMAND, "--address", "127.0.0.1:0")
    async with grpc.aio.insecure_channel(await address_of(running)) as channel:
        review = (await pb_grpc.ApologyReviewServiceStub(channel).ReviewDraft(request_for())).review
    assert review.verdict in (pb.VERDICT_REVISE, pb.VERDICT_DO_NOT_SEND)
    running.process.send_signal(signal.SIGINT)
    assert await running.ends() == 0
    assert running.said[0].startswith("apology-review-server listening on 127.0.0.1:")
    assert {json.loads(line)["event"] for line in running.said[1:]} == {"ready", "call", "leaving", "left"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_server_that_is_told_to_stop_while_it_starts_leaves_without_a_word(
    launch: Launch, tmp_path: Path, number: signal.Signals
) -> None:
    running = await launch(sys.executable, "-c", STARTS_FOR_EVER, "--address", f"unix:{tmp_path}/socket")
    await running.says("starting")
    running.process.send_signal(number)
    assert await running.ends() == 0
    assert running.said == ["starting"]


async def test_a_server_that_was_never_ready_leaves_at_once(launch: Launch) -> None:
    running = await launch(*COMMAND, "--address", "127.0.0.1:0", APOLOGY_REVIEW_LAME_DUCK_SECONDS="600")
    await running.says("listening")
    running.process.terminate()
    assert await running.ends() == 0
    assert [json.loads(line)["event"] for line in running.said[1:]] == ["leaving", "left"]


async def test_a_call_that_runs_when_the_server_is_told_to_stop_is_answered(launch: Launch, tmp_path: Path) -> None:
    running = await launch(*SLOW_SERVER, "127.0.0.1:0", str(tmp_path / "gate"))
    async with grpc.aio.insecure_channel(await address_of(running)) as channel:
        call = pb_grpc.ApologyReviewServiceStub(channel).ReviewDraft(request_for("gated"))
        answer = asyncio.ensure_future(call)
        await running.says("reviewing")
        running.process.terminate()
        await running.says('"event": "leaving"')
        (tmp_path / "gate").touch()
        assert (await answer).review.verdict == pb.VERDICT_READY
    assert await running.ends() == 0


async def test_a_second_signal_does_not_wait_for_calls(launch: Launch, tmp_path: Path) -> None:
    running = await launch(*SLOW_SERVER, "127.0.0.1:0", str(tmp_path / "gate"))
    async with grpc.aio.insecure_channel(await address_of(running)) as channel:
        call = pb_grpc.ApologyReviewServiceStub(channel).ReviewDraft(request_for("gated"))
        answer = asyncio.ensure_future(failure_of(call))
        await running.says("reviewing")
        running.process.terminate()
        await running.says('"event": "leaving"')
        running.process.terminate()
        assert (await answer).code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
    (tmp_path / "gate").touch()
    assert await running.ends() == 0


async def test_a_server_process_that_fails_on_a_draft_says_nothing_of_it(launch: Launch, tmp_path: Path) -> None:
    running = await launch(*SLOW_SERVER, "127.0.0.1:0", str(tmp_path / "gate"))
    async with grpc.aio.insecure_channel(await address_of(running)) as channel:
        stub = pb_grpc.ApologyReviewServiceStub(channel)
        failure = await failure_of(stub.ReviewDraft(request_for("SECRET canary")))
        batch = pb.BatchReviewDraftsRequest(requests=[request_for("SECRET canary")])
        result = (await stub.BatchReviewDrafts(batch)).results[0]
    running.process.terminate()
    await running.ends()
    lines = [json.loads(line) for line in running.said[1:]]
    incidents = [line["incident"] for line in lines if line["level"] == "ERROR"]
    assert len(incidents) == 2
    assert failure.metadata["incident"] == incidents[0]
    assert incidents[1] in result.status.message
    assert "canary" not in "\n".join([repr(failure), str(result), *running.said])


async def test_traces_are_sent_where_the_usual_variables_say(launch: Launch) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.grpc", reason="needs the extra [telemetry]")
    sent: asyncio.Queue[bytes] = asyncio.Queue()

    async def export(request: bytes, _: Any) -> bytes:
        sent.put_nowait(request)
        return b""

    collector = grpc.aio.server()
    handlers: dict[str, Any] = {"Export": grpc.unary_unary_rpc_method_handler(export)}
    service = "opentelemetry.proto.collector.trace.v1.TraceService"
    collector.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    port = collector.add_insecure_port("127.0.0.1:0")
    await collector.start()
    variables = {"APOLOGY_REVIEW_TRACES": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}
    running = await launch(*COMMAND, "--address", "127.0.0.1:0", **variables)
    async with grpc.aio.insecure_channel(await address_of(running)) as channel:
        await pb_grpc.ApologyReviewServiceStub(channel).ReviewDraft(request_for(f"{FLAWED} canary"))
    running.process.send_signal(signal.SIGINT)
    assert await running.ends() == 0
    spans = sent.get_nowait()
    await collector.stop(None)
    assert b"apology.v1.ApologyReviewService/ReviewDraft" in spans
    assert b"apology-review" in spans
    assert b"canary" not in spans


async def test_an_idle_server_leaves_by_itself(launch: Launch, tmp_path: Path) -> None:
    running = await launch(*COMMAND, "--address", f"unix:{tmp_path / 'socket'}", "--idle-exit", "0.1")
    assert await running.ends() == 0
    assert any('"event": "left"' in line for line in running.said)
    assert not (tmp_path / "socket").exists()


async def test_the_socket_of_a_killed_server_is_free_for_the_next(launch: Launch, tmp_path: Path) -> None:
    address, gate = f"unix:{tmp_path / 'socket'}", str(tmp_path / "gate")
    first = await launch(*SLOW_SERVER, address, gate)
    await address_of(first)
    first.process.kill()
    assert await first.ends() == -signal.SIGKILL
    async with grpc.aio.insecure_channel(await address_of(await launch(*SLOW_SERVER, address, gate))) as channel:
        stub = pb_grpc.ApologyReviewServiceStub(channel)
        assert (await stub.ReviewDraft(request_for(FLAWED))).review.verdict == pb.VERDICT_READY


async def test_a_port_in_use_is_refused_with_a_clear_word(launch: Launch, tmp_path: Path) -> None:
    running = await launch(*SLOW_SERVER, "127.0.0.1:0", str(tmp_path / "gate"))
    address = await address_of(running)
    said = await asyncio.to_thread(refused, "--address", address)
    assert said == f"apology-review-server: cannot listen on {address}: address already in use\n"


def test_an_address_that_others_can_reach_needs_guards(tmp_path: Path) -> None:
    said = refused("--address", "0.0.0.0:0")
    assert "other machines can reach 0.0.0.0:0 without encryption and authentication" in said
    authority = Authority(tmp_path)
    issued = authority.issue("server", "localhost")
    half = {"APOLOGY_REVIEW_TLS_CERTIFICATE": issued.certificate, "APOLOGY_REVIEW_TLS_KEY": issued.key}
    assert "can reach [::]:0 without authentication" in refused("--address", "[::]:0", **half)


async def test_an_address_without_guards_is_warned_of_at_every_start(launch: Launch) -> None:
    running = await launch(*COMMAND, "--address", "0.0.0.0:0", "--insecure")
    assert json.loads(await running.says("WARNING"))["event"] == (
        "other machines can reach this server without encryption and authentication"
    )


def test_a_new_token_is_shown_once_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    hashes = tmp_path / "hashes"
    command, kept = [*COMMAND, "--new-token", "mail"], environment(APOLOGY_REVIEW_TOKEN_HASHES=str(hashes))
    done = subprocess.run(command, capture_output=True, text=True, env=kept, timeout=PATIENCE, check=True)
    token = done.stdout.strip()
    assert token.startswith("apology_")
    assert token not in done.stderr + hashes.read_text()
    assert hashes.read_text() == f"mail sha256:{hashlib.sha256(token.encode()).hexdigest()}\n"
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=PATIENCE, check=True)
    assert f"mail sha256:{hashlib.sha256(done.stdout.strip().encode()).hexdigest()}" in done.stderr
    assert all(
        line.startswith(("#", "mail sha256:")) for line in done.stderr.splitlines()
    )  # fit to be a file of hashes
    assert "is no name for a token" in refused("--new-token", "two words")


def test_a_missing_pipeline_is_refused_with_a_clear_word() -> None:
    assert "pipeline 'no_such_model' is not installed" in refused(
        "--address", "127.0.0.1:0", "--pipeline", "no_such_model"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--adress", "x"], "unrecognized arguments: --adress"),
        (["--idle-exit", "soon"], "invalid float value: 'soon'"),
        (["--idle-exit", "-1"], "idle_exit_seconds must lie between 0"),
        (["--config", "/no/such/file"], "cannot read /no/such/file"),
        (["--log-level", "loud"], "log_level must be one of"),
    ],
)
def test_a_wrong_flag_is_refused_with_a_clear_word(arguments: list[str], said: str) -> None:
    assert said in refused(*arguments)


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_package_that_is_no_pipeline_is_refused_with_a_clear_word(workers: str, tmp_path: Path) -> None:
    arguments = ("--address", f"unix:{tmp_path}/socket", "--workers", workers, "--pipeline", "json")
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "apology-review-server: 'json' is a package, but no spaCy pipeline"
    assert "Traceback" not in done.stderr


async def test_an_error_of_the_reviewer_at_its_start_is_told_without_its_words(log: io.StringIO) -> None:
    class Cold:
        async def warm_up(self) -> None:
            raise ValueError("SECRET")

    with pytest.raises(StartError, match="the reviewer cannot be loaded: ValueError") as raised:
        await _warm_up(cast(Server, Cold()))
    assert "SECRET" not in f"{raised.value}{log.getvalue()}"
    assert "_warm_up" in log.getvalue()


async def test_a_server_whose_reviewer_dies_while_it_is_loaded_says_so(launch: Launch, tmp_path: Path) -> None:
    running = await launch(*COMMAND, "--address", f"unix:{tmp_path}/socket", "--workers", "1")
    await running.says("listening")
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    async with asyncio.timeout(PATIENCE):
        while not (nursery := children.read_text(encoding="ascii").split()):
            await asyncio.sleep(0.005)
    os.kill(int(nursery[0]), signal.SIGKILL)
    assert await running.ends() == 2
    assert running.said[-1].startswith("apology-review-server: the process that loads the reviewer")


def test_a_wrong_variable_is_refused_with_a_clear_word() -> None:
    assert "did you mean APOLOGY_REVIEW_ADDRESS?" in refused(APOLOGY_REVIEW_ADRESS="x")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"ADDRESS": "bogus"}, "cannot listen on bogus: an address is host:port, [host]:port or unix:/path"),
        ({"ADDRESS": "127.0.0.1:99999"}, "cannot listen on 127.0.0.1:99999: an address is host:port"),
        ({"ADDRESS": "0.0.0.0:0"}, "other machines can reach 0.0.0.0:0 without encryption and authentication"),
        ({"ADDRESS": "unix:"}, "cannot listen on unix:: an address is host:port, [host]:port or unix:/path"),
        ({"METRICS_ADDRESS": "foo"}, "cannot listen on foo: an address is host:port"),
        ({"METRICS_ADDRESS": "unix:/x"}, "cannot listen on unix:/x: metrics_address is host:port"),
        ({"HEALTH_ADDRESS": "foo:"}, "cannot listen on foo:: an address is host:port"),
        ({"TLS_CERTIFICATE": __file__}, "tls_certificate needs tls_key"),
        ({"TLS_CERTIFICATE": __file__, "TLS_KEY": __file__}, "holds no certificate in PEM"),
        ({"TOKEN_HASHES": __file__}, "test_process.py, line 1, is not of the form NAME sha256:64-HEX-DIGITS"),
        ({"PIPELINE": "no_such_model"}, "the parsing pipeline 'no_such_model' is not installed"),
        ({"PIPELINE": "json"}, "'json' is a package, but no spaCy pipeline"),
        (
            {"ASSIST_BASE_URL": "http://127.0.0.1:1/v1", "ASSIST_MODEL": "m", "ASSIST_API_KEY_FILE": "/no/key"},
            "assist: cannot read the key from /no/key",
        ),
    ],
)
def test_what_a_server_refuses_is_refused_by_the_check_of_its_settings_too(
    variables: dict[str, str], said: str
) -> None:
    variables = {"ADDRESS": "127.0.0.1:0"} | variables
    given = {f"APOLOGY_REVIEW_{name}": value for name, value in variables.items()}
    checked, started = refused("--check-config", **given), refused("--workers", "0", **given)
    assert said in checked
    assert checked.splitlines()[-1] == started.splitlines()[-1]


def test_the_settings_in_force_can_be_seen() -> None:
    command = [*COMMAND, "--check-config", "--address", "unix:/tmp/x"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=PATIENCE, check=True)
    assert 'address = "unix:/tmp/x"' in done.stdout


def test_help_tells_flags_and_exit_status() -> None:
    done = subprocess.run(
        [*COMMAND, "--help"], capture_output=True, text=True, env=environment(), timeout=PATIENCE, check=True
    )
    for word in ("--address", "--config", "--idle-exit", "APOLOGY_REVIEW_NAME", "Exit status"):
        assert word in done.stdout
