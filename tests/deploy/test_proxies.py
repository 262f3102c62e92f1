"""Two real servers behind the real proxies, with the files that we publish: `make test-proxies`."""

import asyncio
import base64
import contextlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.protobuf import json_format
from google.rpc import status_pb2

from apology.v1 import review_pb2 as pb
from apology_client import AsyncClient, InvalidRequestError, Options, tls
from apology_service.tokens import append, new_token
from tests.certificates import Authority
from tests.deploy.fleet import DRAFT, SCHEMA, Backend, Traffic, answers, configured, running, secured
from tests.ports import free_port
from tests.service.helpers import request_for, taken_apart
from tests.service.test_other_languages import has_grpc_js, output_of

pytestmark = pytest.mark.proxies
BUF = Path(sys.executable).with_name("buf")
COMMANDS = {"envoy": ("envoy", "--log-level", "error", "-c"), "nginx": ("nginx", "-g", "daemon off;", "-c")}
METHOD = "apology.v1.ApologyReviewService/ReviewDraft"


def program(proxy: str) -> str:
    """Where it is installed: beside the interpreter, or on the path."""
    beside = Path(sys.executable).with_name(proxy)
    found = str(beside) if beside.exists() else shutil.which(proxy)
    if not found:
        pytest.skip(f"needs {proxy}")
    return found


@dataclass
class Front:
    """How callers reach the servers, and the servers themselves."""

    target: str
    backends: list[Backend]
    ca: str = ""
    token: str = ""

    def client(self) -> AsyncClient:
        return AsyncClient(self.target, credentials=tls(ca=self.ca) if self.ca else None, token=self.token, timeout=30)


@contextlib.asynccontextmanager
async def fronted(kind: str, folder: Path) -> AsyncIterator[Front]:
    token, line = new_token("test")
    append(str(folder / "hashes"), line)
    authority = Authority(folder)
    settings = {} if kind == "round_robin" else secured(authority, str(folder / "hashes"))
    backends = [Backend(folder / f"{number}.log", settings) for number in (1, 2)]
    async with contextlib.AsyncExitStack() as stack:
        for backend in backends:
            stack.push_async_callback(backend.stop, signal.SIGKILL)
        await asyncio.gather(*(backend.start() for backend in backends))
        if kind == "round_robin":
            front = Front("ipv4:" + ",".join(f"127.0.0.1:{backend.port}" for backend in backends), backends)
        else:
            port = free_port()
            file = configured(kind, folder, authority, backends, port)
            command = (program(kind), *COMMANDS[kind][1:], file)
            await stack.enter_async_context(running(*command))
            front = Front(f"https://127.0.0.1:{port}", backends, ca=authority.ca, token=token)
        async with front.client() as client:
            await answers(client)
        yield front


@pytest.fixture
async def front(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Front]:
    if request.param != "round_robin":
        program(request.param)
    async with fronted(request.param, tmp_path) as front:
        yield front


through = pytest.mark.parametrize("front", ["envoy", "nginx", "round_robin"], indirect=True)
through_proxies = pytest.mark.parametrize("front", ["envoy", "nginx"], indirect=True)
through_envoy = pytest.mark.parametrize("front", ["envoy"], indirect=True)


@through
async def test_one_client_uses_both_servers(front: Front) -> None:
    async with front.client() as client:
        async with asyncio.timeout(60):
            while not all(backend.calls("ReviewDraft") for backend in front.backends):
                await client.review(DRAFT)  # the connection to one of them may be slower to come
        before = [backend.calls("ReviewDraft") for backend in front.backends]
        await asyncio.gather(*(client.review(DRAFT) for _ in range(20)))
    after = [backend.calls("ReviewDraft") for backend in front.backends]
    assert min(late - early for early, late in zip(before, after, strict=True)) >= 6


@through
async def test_a_rolling_restart_under_traffic_costs_no_call(front: Front) -> None:
    traffic, clients = Traffic(), [front.client() for _ in range(3)]
    async with traffic.flowing(clients):
        for backend in front.backends:
            before = traffic.answered
            await backend.stop()
            await backend.start()
            await asyncio.sleep(2)
            assert traffic.answered > before
    for client in clients:
        await client.close()
    print(f"{front.target}: {traffic.answered} answered, {len(traffic.failed)} failed")
    assert [str(error) for error in traffic.failed] == []
    assert traffic.answered > 50


@through
async def test_a_killed_server_costs_no_call(front: Front) -> None:
    traffic, clients = Traffic(), [front.client() for _ in range(2)]
    async with traffic.flowing(clients):
        await asyncio.sleep(1)
        await front.backends[0].stop(signal.SIGKILL)
        await asyncio.sleep(3)
    for client in clients:
        await client.close()
    print(f"{front.target}: {traffic.answered} answered, {len(traffic.failed)} failed")
    assert [str(error) for error in traffic.failed] == []


@through_proxies
async def test_errors_come_through_with_their_details(front: Front) -> None:
    async with front.client() as client:
        with pytest.raises(InvalidRequestError) as caught:
            await client.review(DRAFT, options=Options(disabled_rules=("no-such-rule",)))
    assert caught.value.reason == "UNKNOWN_RULE"
    assert [violation.field for violation in caught.value.violations] == ["options.disabled_rules[0]"]


@through_proxies
async def test_a_request_that_is_too_large_is_told_so(front: Front) -> None:
    async with front.client() as client:
        with pytest.raises(Exception, match=r"larger than the server takes|too much to do") as caught:
            await client.review(DRAFT * 40_000)
    assert "413" not in str(caught.value)


@through_envoy
async def test_a_client_in_go_gets_answers_and_details_through_envoy(front: Front) -> None:
    request = json_format.MessageToJson(request_for())
    common = ["--protocol", "grpc", "--schema", str(SCHEMA), "--cacert", front.ca]
    common += ["-H", f"authorization: Bearer {front.token}", f"{front.target}/{METHOD}"]
    answer = json_format.Parse(await output_of(BUF, "curl", *common, "-d", request), pb.ReviewDraftResponse())
    assert answer.review.findings
    command = [str(BUF), "curl", *common, "-d", "{}"]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
    told = json.loads(done.stderr[done.stderr.index("{") :])
    assert told["code"] == "invalid_argument"
    kinds = {detail["type"] for detail in told["details"]}
    assert kinds == {"google.rpc.ErrorInfo", "google.rpc.BadRequest"}


@through_envoy
@pytest.mark.skipif(not has_grpc_js(), reason="needs node with @grpc/grpc-js and @grpc/proto-loader (see NODE_PATH)")
async def test_a_client_in_javascript_gets_answers_and_details_through_envoy(front: Front) -> None:
    script = Path(__file__).with_name("review.js")
    address = front.target.removeprefix("https://")
    given = json_format.MessageToJson(request_for(), preserving_proto_field_name=True)
    answer = json.loads(await output_of("node", script, address, SCHEMA, front.ca, front.token, given=given))
    assert json_format.ParseDict(answer, pb.ReviewDraftResponse()).review.findings
    refused = json.loads(await output_of("node", script, address, SCHEMA, front.ca, front.token, given="{}"))
    failure = taken_apart(status_pb2.Status.FromString(base64.b64decode(refused["details"])))
    assert failure.reason == "MISSING_DRAFT"
    assert set(failure.fields) == {"draft", "offset_encoding"}


@through_envoy
async def test_json_over_http_gets_answers_and_details_through_envoy(front: Front) -> None:
    async def post(data: str) -> dict[str, object]:
        headers = ["-H", f"authorization: Bearer {front.token}", "-H", "content-type: application/json"]
        command = ["curl", "-s", "--cacert", front.ca, *headers, "-d", data, f"{front.target}/{METHOD}"]
        answer: dict[str, object] = json.loads(await output_of(*command))
        return answer

    answer = await post(json_format.MessageToJson(request_for()))
    assert json_format.ParseDict(answer, pb.ReviewDraftResponse()).review.findings
    refused = await post("{}")
    assert "MISSING_DRAFT" in json.dumps(refused)
