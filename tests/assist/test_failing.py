"""Whatever the model does, the offline answer comes, in time, and says why the model did not help."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology_rules import Context, Draft, Options, Review, Reviewer
from apology_service.analysis import ThreadAnalyst
from apology_service.assist.endpoint import OpenAICompatible, Question
from apology_service.settings import Limits
from tests.assist.conftest import ServeWithModel
from tests.assist.model_server import NOTHING_SEEN, ModelServer, Reply, failed, said, whole
from tests.assist.test_helping import DRAFT, asking, offline, without_help
from tests.service.helpers import failure_of, review_of

SHORT = "I am sorry if you were upset."
READING = said(NOTHING_SEEN)
BAD: dict[str, tuple[Reply, str]] = {
    "truncated JSON": (said('{"labels": [{"label": "minimis'), "MALFORMED"),
    "cut by its own limit": (said('{"labels": [', finish="length"), "TRUNCATED"),
    "prose": (said("I would be happy to help you with your apology!"), "MALFORMED"),
    "empty": (said(""), "MALFORMED"),
    "another shape": (said({"findings": []}), "MALFORMED"),
    "wrong types": (said({"labels": "none", "doubted": [], "components": []}), "MALFORMED"),
    "a list": (said([1, 2, 3]), "MALFORMED"),
    "deeply nested": (said("[" * 100_000), "MALFORMED"),
    "more than asked for": (said(NOTHING_SEEN | {"pieces": [], "score": 100}), "MALFORMED"),
    "refusal": (said("", refusal="I cannot help with that."), "REFUSED"),
    "filtered": (said("", finish="content_filter"), "REFUSED"),
    "no choices": (Reply(body=b'{"choices": []}'), "MALFORMED"),
    "no JSON body": (Reply(body=b"<html>Bad gateway</html>"), "MALFORMED"),
    "not UTF-8": (Reply(body=b'{"choices": [{"message": {"content": "\xff\xfe"}}]}'), "MALFORMED"),
    "huge": (Reply(body=b" " * (2 << 20)), "TRUNCATED"),
    "429": (failed(429, Retry_After="30"), "BUSY"),
    "500": (failed(500), "ENDPOINT_ERROR"),
    "503": (failed(503), "ENDPOINT_ERROR"),
    "401": (failed(401), "REJECTED"),
    "404": (failed(404), "REJECTED"),
    "400": (failed(400), "REJECTED"),
    "elsewhere": (failed(307, Location="http://127.0.0.1:1/v1/chat/completions"), "REJECTED"),
    "connection dropped": (Reply(body=READING.body, cut=10), "UNREACHABLE"),
    "connection dropped at once": (Reply(body=READING.body, cut=0), "UNREACHABLE"),
}


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a held reply waits for; opened in the end, so that no thread stays."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize(("reply", "reason"), BAD.values(), ids=BAD)
async def test_a_bad_answer_leaves_the_offline_review_and_says_why(
    serve: ServeWithModel, model: ModelServer, reply: Reply, reason: str
) -> None:
    model.every(whole(reply))
    served = await serve()
    review = await review_of(served, asking(SHORT, rewrite=False))
    assert review.assist == pb.Assist(state=pb.ASSIST_STATE_UNAVAILABLE, reasons=[reason])
    assert without_help(review) == without_help(await review_of(served, asking(SHORT, "OFF", rewrite=False)))
    assert not review.versions.model


async def test_a_call_that_requires_the_model_fails_when_it_is_down(serve: ServeWithModel, model: ModelServer) -> None:
    model.every(whole(failed(500)))
    failure = await failure_of((await serve()).stub.ReviewDraft(asking(mode="REQUIRED", rewrite=False)))
    assert (failure.code, failure.reason) == (grpc.StatusCode.UNAVAILABLE, "ASSIST_UNAVAILABLE")
    assert failure.metadata["reasons"] == "ENDPOINT_ERROR"
    assert failure.trailers["grpc-retry-pushback-ms"] == "-1"  # else clients would ask the model again and again
    assert "SECRET" not in repr(failure)


async def test_a_model_that_does_not_answer_costs_no_answer(
    serve: ServeWithModel, model: ModelServer, gate: threading.Event
) -> None:
    model.every(whole(Reply(body=READING.body, wait=gate)))
    served = await serve(timeout_seconds=0.3)
    review = await review_of(served, asking())
    assert review.assist == pb.Assist(state=pb.ASSIST_STATE_UNAVAILABLE, reasons=["TIMEOUT"])
    assert without_help(review) == without_help(await offline(served))


async def test_the_offline_answer_comes_before_the_callers_deadline(
    serve: ServeWithModel, model: ModelServer, gate: threading.Event
) -> None:
    model.every(whole(Reply(body=READING.body, wait=gate)))
    served = await serve(timeout_seconds=600)
    request = asking(rewrite=False)
    review = (await served.stub.ReviewDraft(request, timeout=2.0)).review
    assert review.assist.reasons == ["TIMEOUT"]
    assert review.findings


async def test_a_server_that_is_not_there_is_unreachable(serve: ServeWithModel) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        review = await review_of(await serve(base_url=url), asking(rewrite=False))
    assert review.assist.reasons == ["UNREACHABLE"]


async def test_a_passing_failure_is_tried_again(serve: ServeWithModel, model: ModelServer) -> None:
    model.reading(whole(failed(503)), whole(READING))
    review = await review_of(await serve(retries=1), asking(rewrite=False))
    assert review.assist.state == pb.ASSIST_STATE_COMPLETE
    assert len(model.asked) == 2


async def test_what_will_not_pass_is_not_tried_again(serve: ServeWithModel, model: ModelServer) -> None:
    model.every(whole(failed(401)))
    await review_of(await serve(retries=3), asking(rewrite=False))
    assert len(model.asked) == 1


async def test_one_use_may_fail_and_the_other_help(serve: ServeWithModel, model: ModelServer) -> None:
    model.reading(whole(failed(500)))
    model.wording(lambda piece: piece["mended"].replace("We are sorry for", "We are truly sorry for"))
    review = await review_of(await serve(), asking())
    assert review.assist == pb.Assist(state=pb.ASSIST_STATE_PARTIAL, reasons=["ENDPOINT_ERROR"])
    assert review.rewrite.worded_by_model


async def test_a_model_that_fails_again_and_again_is_left_alone(serve: ServeWithModel, model: ModelServer) -> None:
    model.every(whole(failed(500)))
    served = await serve(cache_entries=0)
    for _ in range(5):
        await review_of(served, asking(rewrite=False))
    assert len(model.asked) == 5
    review = await review_of(served, asking(rewrite=False))
    assert review.assist.reasons == ["CIRCUIT_OPEN"]
    assert len(model.asked) == 5
    assert not (await served.stub.GetCapabilities(pb.GetCapabilitiesRequest())).assist_available


@pytest.mark.parametrize("status", [400, 409, 413, 422])
async def test_drafts_that_an_endpoint_refuses_take_the_model_from_nobody(
    serve: ServeWithModel, model: ModelServer, status: int
) -> None:
    model.reading(*[whole(failed(status))] * 6, whole(READING))
    served = await serve(cache_entries=0)
    reasons = [list((await review_of(served, asking(rewrite=False))).assist.reasons) for _ in range(7)]
    assert reasons == [["REJECTED"]] * 6 + [[]]


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 307])
async def test_what_an_endpoint_refuses_to_everybody_leaves_it_alone(
    serve: ServeWithModel, model: ModelServer, status: int
) -> None:
    model.every(whole(failed(status)))
    served = await serve(cache_entries=0)
    for _ in range(6):
        review = await review_of(served, asking(rewrite=False))
    assert review.assist.reasons == ["CIRCUIT_OPEN"]


async def test_callers_in_a_hurry_take_the_model_from_nobody(
    serve: ServeWithModel, model: ModelServer, gate: threading.Event
) -> None:
    model.reading(*[whole(Reply(body=READING.body, wait=gate))] * 6, whole(READING))
    served = await serve(cache_entries=0, concurrency=6, timeout_seconds=600)
    hurried = [served.stub.ReviewDraft(asking(SHORT, rewrite=False), timeout=3.0) for _ in range(6)]
    assert [list((await call).review.assist.reasons) for call in hurried] == [["TIMEOUT"]] * 6
    assert (await review_of(served, asking(SHORT, rewrite=False))).assist.state == pb.ASSIST_STATE_COMPLETE


async def test_a_model_that_had_its_time_and_was_silent_is_left_alone(
    serve: ServeWithModel, model: ModelServer, gate: threading.Event
) -> None:
    model.every(whole(Reply(body=READING.body, wait=gate)))
    served = await serve(cache_entries=0, timeout_seconds=0.3)
    reasons = [list((await review_of(served, asking(SHORT, rewrite=False))).assist.reasons) for _ in range(6)]
    assert reasons == [["TIMEOUT"]] * 5 + [["CIRCUIT_OPEN"]]


@pytest.mark.parametrize("tokens", [10**15, 10**400])
async def test_an_endpoint_cannot_spend_more_than_a_request_can_cost(
    serve: ServeWithModel, model: ModelServer, tokens: int
) -> None:
    model.reading(whole(said(NOTHING_SEEN, tokens=tokens)), whole(READING))
    served = await serve(cache_entries=0)
    reviews = [await review_of(served, asking(rewrite=False)) for _ in range(2)]
    assert [r.assist for r in reviews] == [pb.Assist(state=pb.ASSIST_STATE_COMPLETE)] * 2


async def test_what_the_operator_will_not_pay_for_is_not_asked(serve: ServeWithModel, model: ModelServer) -> None:
    model.reading(whole(said(NOTHING_SEEN, tokens=4_000)))
    served = await serve(cache_entries=0, tokens_per_day=5_000, max_answer_tokens=100)
    reasons = [list((await review_of(served, asking(rewrite=False))).assist.reasons) for _ in range(2)]
    assert reasons == [[], ["BUDGET_SPENT"]]
    assert len(model.asked) == 1


async def test_a_draft_longer_than_the_operator_sends_stays_here(serve: ServeWithModel, model: ModelServer) -> None:
    review = await review_of(await serve(max_draft_characters=100), asking(rewrite=False))
    assert review.assist.reasons == ["DRAFT_TOO_LONG"]
    assert model.asked == []


async def test_at_most_so_many_requests_run_at_a_time(
    serve: ServeWithModel, model: ModelServer, gate: threading.Event
) -> None:
    model.every(whole(Reply(body=READING.body, wait=gate)))
    served = await serve(concurrency=1, cache_entries=0)
    reviews = [asyncio.ensure_future(review_of(served, asking(rewrite=False))) for _ in range(3)]
    while not model.asked:
        await asyncio.sleep(0.01)
    assert len(model.asked) == 1
    gate.set()
    assert [r.assist.state for r in await asyncio.gather(*reviews)] == [pb.ASSIST_STATE_COMPLETE] * 3


async def test_a_batch_under_a_silent_model_gets_all_its_offline_answers(
    serve: ServeWithModel, model: ModelServer, gate: threading.Event
) -> None:
    model.every(whole(Reply(body=READING.body, wait=gate)))
    served = await serve(limits=Limits(max_call_seconds=3.0))
    batch = pb.BatchReviewDraftsRequest(requests=[asking(rewrite=False) for _ in range(6)])
    results = (await served.stub.BatchReviewDrafts(batch)).results
    assert [list(r.review.assist.reasons) for r in results] == [["TIMEOUT"]] * 6


class Stubborn:
    """A reviewer that cannot weigh opinions: it is slow over them, or fails, quoting the draft."""

    def __init__(self, reviewer: Reviewer, over_opinions: Callable[[Draft], None]) -> None:
        self._reviewer, self._over_opinions = reviewer, over_opinions
        self.versions = reviewer.versions

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review:
        if options is not None and options.opinion is not None:
            self._over_opinions(draft)
        return self._reviewer.review(draft, context=context, options=options)

    def forget_old(self) -> None:
        self._reviewer.forget_old()


async def test_an_opinion_that_breaks_the_rules_leaves_the_offline_review(
    serve: ServeWithModel, reviewer: Reviewer
) -> None:
    def breaks(draft: Draft) -> None:
        raise ValueError(f"cannot weigh {draft.text}")

    served = await serve(analyst=ThreadAnalyst(lambda: Stubborn(reviewer, breaks)))
    review = await review_of(served, asking(rewrite=False))
    assert review.assist.reasons == ["NO_PROOF"]
    assert review.text_sha256 == (await offline(served, DRAFT)).text_sha256


async def test_an_opinion_that_takes_too_long_to_prove_leaves_the_offline_review(
    serve: ServeWithModel, reviewer: Reviewer, gate: threading.Event
) -> None:
    def waits(_draft: Draft) -> None:
        gate.wait(60)

    served = await serve(analyst=ThreadAnalyst(lambda: Stubborn(reviewer, waits)))
    review = (await served.stub.ReviewDraft(asking(rewrite=False), timeout=2.0)).review
    assert review.assist.reasons == ["NO_TIME"]
    assert review.findings


async def test_a_fault_of_the_models_client_leaves_the_offline_review(
    serve: ServeWithModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(_self: OpenAICompatible, _question: Question) -> bytes:
        raise ValueError(DRAFT)

    monkeypatch.setattr(OpenAICompatible, "_body", breaks)
    review = await review_of(await serve(), asking(rewrite=False))
    assert review.assist.reasons == ["NO_PROOF"]
    assert review.findings
