"""The whole path with a real llama.cpp server and a real small model: it proves the wire and the guards, not the quality.

`make test-llm` runs it. Nothing here asserts what the model says: at 135 million parameters that is chance.
"""

import os
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology_rules import Reviewer
from apology_service import assist
from apology_service.analysis import ThreadAnalyst
from apology_service.assist.failures import Shortfall
from apology_service.server import create_server
from apology_service.settings import AssistSettings, Limits, Settings
from tests.service.helpers import Served, failure_of, request_for, review_of

pytestmark = pytest.mark.llm

_PROJECT = Path(__file__).parents[2]
_PYTHON = _PROJECT / ".venv-llm" / "bin" / "python"
_WEIGHTS = _PROJECT / ".venv-llm" / "models" / "smollm2-135m-instruct-q4_1.gguf"
_KEY = "of-this-test-alone"
DRAFTS = (
    "Dear Ms Rao,\n\nWe are sorry if anyone was upset by the late delivery of your order. We lost your parcel on Monday.\n\n"
    "Kind regards,\nJo Miller",
    "Hi Sam, I am so, so, so terribly sorry that I missed your birthday. I have been crying for days.\n\nAnn",
    "We apologise for any inconvenience. Mistakes were made with order 48213. It was only a small delay.",
)


@pytest.fixture(scope="session")
def model_url() -> Iterator[str]:
    """A server of our own, ended when the tests are done."""
    if not _WEIGHTS.exists():
        pytest.skip("there is no model: make llm-server sets one up")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(_PYTHON), str(_PROJECT / "tests" / "llm" / "serve.py"), str(_WEIGHTS), str(port), "smollm2"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | {"LLM_API_KEY": _KEY}
    )
    with process:
        assert process.stdout
        assert "ready" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}/v1"
        process.terminate()


@pytest.fixture(scope="session")
def reviewer() -> Reviewer:
    return Reviewer()


@pytest.fixture
async def served(reviewer: Reviewer, model_url: str) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        yield await _served(stack, reviewer, model_url)


async def _served(stack: AsyncExitStack, reviewer: Reviewer, url: str, key: str = _KEY) -> Served:
    settings = Settings(
        address="127.0.0.1:0",
        limits=Limits(max_call_seconds=180.0),
        assist=AssistSettings(base_url=url, model="smollm2", timeout_seconds=120.0, max_answer_tokens=300),
    )
    assistant = assist.load(settings.assist, {"APOLOGY_REVIEW_ASSIST_API_KEY": key})
    server = await stack.enter_async_context(create_server(settings, ThreadAnalyst(lambda: reviewer), assistant))
    await server.warm_up()
    return Served(server, await stack.enter_async_context(grpc.aio.insecure_channel(server.address)))


def asking(text: str, mode: pb.AssistMode.ValueType) -> pb.ReviewDraftRequest:
    request = request_for(text)
    request.options.assist, request.options.include_rewrite = mode, True
    return request


async def test_a_real_model_takes_part_and_makes_no_review_better_and_no_rewrite_untrue(served: Served) -> None:
    helped = [await review_of(served, asking(text, pb.ASSIST_MODE_PREFERRED)) for text in DRAFTS]
    for text, review in zip(DRAFTS, helped, strict=True):
        _no_better(text, await review_of(served, asking(text, pb.ASSIST_MODE_OFF)), review)
    states = [review.assist.state for review in helped]
    assert {pb.ASSIST_STATE_COMPLETE, pb.ASSIST_STATE_PARTIAL} & set(states), [list(r.assist.reasons) for r in helped]
    for review, state in zip(helped, states, strict=True):
        assert (review.versions.model == "smollm2") == (state != pb.ASSIST_STATE_UNAVAILABLE)


def _no_better(text: str, plain: pb.Review, helped: pb.Review) -> None:
    assert set(helped.assist.reasons) <= set(Shortfall)
    assert helped.score <= plain.score
    told = {(f.rule_id, f.span.begin, f.span.end, f.severity) for f in helped.findings}
    assert {(f.rule_id, f.span.begin, f.span.end, f.severity) for f in plain.findings} <= told
    for finding in helped.findings:
        assert text[finding.span.begin : finding.span.end] == finding.span.text
    assert set(re.findall(r"\d+", helped.rewrite.text)) <= set(re.findall(r"\d+", text))
    assert not re.search(r"\b(?:Name|Number|Email|Phone)_\d", str(helped))


async def test_a_wrong_key_is_told_as_such(reviewer: Reviewer, model_url: str) -> None:
    async with AsyncExitStack() as stack:
        served = await _served(stack, reviewer, model_url, key="wrong")
        review = await review_of(served, asking(DRAFTS[0], pb.ASSIST_MODE_PREFERRED))
        assert list(review.assist.reasons) == [Shortfall.REJECTED]
        failure = await failure_of(served.stub.ReviewDraft(asking(DRAFTS[0], pb.ASSIST_MODE_REQUIRED)))
        assert failure.code == grpc.StatusCode.UNAVAILABLE
