"""Clients in other languages get the same answer as the Python stub."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import json_format

import apology.v1
from apology.v1 import review_pb2 as pb
from tests.service.conftest import Serve
from tests.service.helpers import FLAWED, request_for, review_of

BUF = Path(sys.executable).with_name("buf")
SCHEMA = Path(apology.v1.__file__).with_name("review.binpb")
REVIEWER = Path(__file__).with_name("review.js")
TEXT = FLAWED.replace("Hi Sam", "\U0001f622 Née Müller")


async def output_of(*command: str | Path, given: str = "") -> str:
    """What `command` prints; the event loop goes on meanwhile."""
    done = await asyncio.to_thread(
        subprocess.run, command, input=given, capture_output=True, text=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done
    return str(done.stdout)


def has_grpc_js() -> bool:
    node = shutil.which("node")
    return (
        bool(node)
        and not subprocess.run(
            [str(node), "-e", "require('@grpc/grpc-js'); require('@grpc/proto-loader')"], capture_output=True
        ).returncode
    )


@pytest.mark.parametrize("schema", ["by reflection", "from the package"])
async def test_a_client_in_go_gets_the_same_answer(serve: Serve, schema: str) -> None:
    served = await serve()
    request = request_for(TEXT, encoding=pb.OFFSET_ENCODING_UTF8)
    given = json_format.MessageToJson(request)
    source = [] if schema == "by reflection" else ["--schema", str(SCHEMA)]
    url = f"http://{served.server.address}/apology.v1.ApologyReviewService/ReviewDraft"
    answer = await output_of(BUF, "curl", "--protocol", "grpc", "--http2-prior-knowledge", *source, "-d", given, url)
    assert json_format.Parse(answer, pb.ReviewDraftResponse()).review == await review_of(served, request)


@pytest.mark.skipif(not has_grpc_js(), reason="needs node with @grpc/grpc-js and @grpc/proto-loader (see NODE_PATH)")
async def test_a_client_in_javascript_gets_the_same_answer(serve: Serve) -> None:
    served = await serve()
    request = request_for(TEXT, encoding=pb.OFFSET_ENCODING_UTF16)
    given = json_format.MessageToJson(request, preserving_proto_field_name=True)
    answer = json.loads(await output_of("node", REVIEWER, served.server.address, SCHEMA, given=given))
    review = await review_of(served, request)
    assert json_format.ParseDict(answer, pb.Review()) == review
    assert review.findings, "the client had no span to try"
