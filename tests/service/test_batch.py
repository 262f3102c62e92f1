"""BatchReviewDrafts: every item answers for itself."""

import asyncio
from typing import Any

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology_rules import Reviewer
from apology_service.analysis import ThreadAnalyst
from apology_service.faults import Reason
from apology_service.settings import Limits
from apology_service.validation import refusal
from tests.service.conftest import Serve
from tests.service.helpers import FLAWED, Served, Stumbling, failure_of, request_for, review_of, taken_apart


async def results_of(served: Served, *requests: pb.ReviewDraftRequest) -> list[pb.BatchReviewResult]:
    return list((await served.stub.BatchReviewDrafts(pb.BatchReviewDraftsRequest(requests=requests))).results)


async def test_answers_come_in_the_order_of_the_drafts_and_equal_those_of_single_calls(serve: Serve) -> None:
    served = await serve()
    requests = [request_for(f"{FLAWED}{'!' * n}", encoding=pb.OFFSET_ENCODING_UTF16) for n in range(8)]
    alone = [await review_of(served, request) for request in requests]
    assert [result.review for result in await results_of(served, *requests)] == alone


async def test_one_bad_draft_never_fails_the_others(serve: Serve) -> None:
    bad = request_for()
    bad.context.gravity = 9
    first, second, third = await results_of(await serve(), request_for(), bad, request_for(""))
    assert first.review.findings
    failure = taken_apart(second.status)
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT, Reason.OUT_OF_RANGE)
    assert list(failure.fields) == ["requests[1].context.gravity"]
    assert third.review.verdict == pb.VERDICT_NOT_REVIEWED


async def test_a_crash_fails_its_draft_alone_and_quotes_nothing(serve: Serve, reviewer: Reviewer) -> None:
    served = await serve(ThreadAnalyst(lambda: Stumbling(reviewer)))
    first, second = await results_of(served, request_for("SECRET canary"), request_for())
    failure = taken_apart(first.status)
    assert (failure.code, failure.reason) == (grpc.StatusCode.INTERNAL, Reason.INTERNAL_ERROR)
    assert "canary" not in str(first)
    assert second.review.findings


@pytest.mark.parametrize(
    ("drafts", "reason"),
    [
        ([], Reason.MISSING_REQUESTS),
        (["a"] * 4, Reason.TOO_MANY_DRAFTS),
        (["a" * 60, "b" * 41], Reason.BATCH_TOO_LONG),
    ],
)
async def test_a_batch_that_is_empty_or_too_large_is_refused(serve: Serve, drafts: list[str], reason: str) -> None:
    served = await serve(limits=Limits(max_batch_drafts=3, max_batch_characters=100))
    requests = [request_for(text) for text in drafts]
    failure = await failure_of(served.stub.BatchReviewDrafts(pb.BatchReviewDraftsRequest(requests=requests)))
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)
    assert list(failure.fields) == ["requests"]


async def test_messages_count_by_their_bytes(serve: Serve) -> None:
    served = await serve(limits=Limits(max_batch_characters=100))
    mails = [pb.Draft(message=b"Subject: Sorry\r\n\r\n" + b"a" * 40) for _ in range(2)]
    batch = [pb.ReviewDraftRequest(draft=mail, offset_encoding=pb.OFFSET_ENCODING_UTF32) for mail in mails]
    failure = await failure_of(served.stub.BatchReviewDrafts(pb.BatchReviewDraftsRequest(requests=batch)))
    assert failure.reason == Reason.BATCH_TOO_LONG
    assert failure.metadata["count"] == "116"


async def test_a_batch_of_the_greatest_size_is_served(serve: Serve) -> None:
    served = await serve(limits=Limits(max_batch_drafts=2, max_batch_characters=2 * len(FLAWED)))
    assert [r.WhichOneof("result") for r in await results_of(served, request_for(), request_for())] == ["review"] * 2


async def test_others_have_their_turn_between_the_drafts_of_a_batch(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, validated_at = 0, []

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def noted(*arguments: Any, **options: Any) -> Any:
        validated_at.append(turns)
        return refusal(*arguments, **options)

    monkeypatch.setattr("apology_service.servicer.refusal", noted)
    served = await serve()
    busy = asyncio.ensure_future(others())
    await results_of(served, *[pb.ReviewDraftRequest()] * 8)
    busy.cancel()
    assert len(set(validated_at)) == 8
