"""No text of a draft leaves but in the answer: not by an error, not by a log, not by gRPC's own lines."""

import asyncio
import io
import json
import logging

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology_rules import Reviewer
from apology_service.analysis import ThreadAnalyst
from apology_service.faults import Reason
from apology_service.logs import lost_error
from apology_service.settings import Limits
from tests.service.conftest import Serve
from tests.service.helpers import Stumbling, failure_of, request_for

CANARY = "SECRET canary 8F3K"


async def test_a_crash_does_not_quote_the_draft(
    serve: Serve, reviewer: Reviewer, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    served = await serve(ThreadAnalyst(lambda: Stumbling(reviewer)))
    failure = await failure_of(served.stub.ReviewDraft(request_for(CANARY)))
    assert (failure.code, failure.reason) == (grpc.StatusCode.INTERNAL, Reason.INTERNAL_ERROR)
    assert failure.message == f"internal error; incident {failure.metadata['incident']}"
    assert "canary" not in repr(failure)
    assert "canary" not in log.getvalue()
    assert "canary" not in "".join(capfd.readouterr())


async def test_a_crash_is_logged_once_with_its_incident_its_type_and_its_place(
    serve: Serve, reviewer: Reviewer, log: io.StringIO
) -> None:
    served = await serve(ThreadAnalyst(lambda: Stumbling(reviewer)))
    failure = await failure_of(served.stub.ReviewDraft(request_for(CANARY)))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (crash,) = [line for line in lines if line["level"] == "ERROR"]
    assert crash["incident"] == failure.metadata["incident"]
    assert crash["error"] == "ValueError"
    assert "tests.service.helpers.review" in crash["at"][-1]
    (call,) = [line for line in lines if line["event"] == "call"]
    assert call["code"] == "INTERNAL"


async def test_invalid_malformed_late_and_refused_calls_do_not_quote_the_draft(
    serve: Serve, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    served = await serve(limits=Limits(max_request_bytes=4096))
    invalid = request_for(CANARY)
    invalid.context.facts.cause = CANARY * 200
    invalid.options.disabled_rules.append(CANARY)
    method = served.channel.unary_unary("/apology.v1.ApologyReviewService/ReviewDraft")
    failures = [
        await failure_of(served.stub.ReviewDraft(invalid)),
        await failure_of(served.stub.ReviewDraft(request_for(CANARY * 400))),
        await failure_of(served.stub.ReviewDraft(request_for(CANARY), timeout=0)),
        await failure_of(served.stub.ListRules(pb.ListRulesRequest(page_token=CANARY))),
        await failure_of(method(b"\xff" + CANARY.encode())),
    ]
    assert "canary" not in repr(failures)
    assert "canary" not in log.getvalue()
    assert "canary" not in "".join(capfd.readouterr())


async def test_the_log_of_a_call_tells_figures_alone(serve: Serve, log: io.StringIO) -> None:
    served = await serve()
    text = f"I am sorry that the {CANARY} upset you."
    review = (await served.stub.ReviewDraft(request_for(text, subject=CANARY))).review
    (call,) = [line for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "call"]
    assert call["method"] == "/apology.v1.ApologyReviewService/ReviewDraft"
    assert (call["code"], call["drafts"], call["characters"]) == ("OK", 1, len(text) + len(CANARY))
    assert call["findings"] == len(review.findings)
    assert call["ms"] > 0
    assert "canary" not in log.getvalue()


async def test_what_other_packages_log_is_not_repeated(log: io.StringIO) -> None:
    logging.getLogger("some.package").error("failed on %s", CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("grpc._cython.cygrpc").exception(CANARY)
    lost_error(asyncio.get_running_loop(), {"message": CANARY, "exception": ValueError(CANARY)})
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert "canary" not in log.getvalue()
    assert [line.get("error") for line in lines] == [None, "ValueError", "ValueError"]
