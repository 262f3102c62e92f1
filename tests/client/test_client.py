import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology_client import (
    AsyncClient,
    Client,
    Context,
    Draft,
    DraftFormat,
    InvalidRequestError,
    Options,
    OverloadedError,
    Review,
    ServerUnavailableError,
    Severity,
    Verdict,
    core,
)
from tests.client.helpers import Replay, error_status, review_of, start

FLAWED = "I am sorry if it hurt."


def test_a_review_comes_back_as_values(client: Client) -> None:
    review = client.review(FLAWED)
    assert review.verdict is Verdict.REVISE
    assert str(review.verdict) == "revise"
    assert not review.ready
    assert review.score == 70
    assert review.components["remedy"].state == "absent"
    assert [finding.severity for finding in review.findings] == [Severity.MAJOR]


async def test_the_asyncio_client_says_the_same_as_the_blocking_one(client: Client, address: str) -> None:
    async with AsyncClient(address) as other:
        assert await other.review(FLAWED) == client.review(FLAWED)
        assert await other.rules() == client.rules()
        assert await other.capabilities() == client.capabilities()
        drafts = [f"{FLAWED} {number}" for number in range(30)]
        assert [result async for result in other.review_many(drafts)] == list(client.review_many(drafts))


@pytest.mark.parametrize(
    "before", ["", "😀 ", "née ", "e\u0301 ", "👩\u200d👩\u200d👧 ", "line\r\n", "\ufeff", "שלום ", "\x00"]
)
def test_a_span_is_a_slice_of_the_draft_whatever_stands_before_it(client: Client, before: str) -> None:
    draft = before + FLAWED
    (finding,) = client.review(draft).findings
    assert finding.span is not None
    assert draft[finding.span.slice] == finding.span.text == "sorry if"


def test_a_request_carries_the_whole_context_and_all_options(client: Client, replay: Replay) -> None:
    moment = datetime(2027, 5, 12, tzinfo=UTC)
    context = Context(relation="customer", channel="status page", gravity=3, phase="resolved", sent_at=moment)
    options = Options(
        disabled_rules=("a",),
        rule_parameters={"b": {"c": 4}},
        minimum_severity="minor",
        assist="off",
        sensitivity="quiet",
    )
    client.review(Draft(text=FLAWED, subject="Sorry"), context=context, options=options)
    (sent,) = replay.calls
    assert sent.offset_encoding == pb.OFFSET_ENCODING_UTF32
    assert (sent.draft.text, sent.draft.subject) == (FLAWED, "Sorry")
    assert (sent.context.relation, sent.context.channel) == (pb.RELATION_CUSTOMER, pb.CHANNEL_STATUS_PAGE)
    assert sent.context.sent_at.ToDatetime(UTC) == moment
    assert sent.options.rule_parameters["b"].values["c"] == 4
    assert sent.options.minimum_severity == pb.SEVERITY_MINOR


def test_a_time_without_a_zone_is_refused(client: Client) -> None:
    with pytest.raises(ValueError, match="time zone"):
        client.review(FLAWED, context=Context(sent_at=datetime(2027, 5, 12)))


def test_many_drafts_travel_in_batches_within_the_limits_and_come_back_in_order(client: Client, replay: Replay) -> None:
    drafts = [f"{FLAWED} {number}" for number in range(25)]
    found = list(client.review_many(drafts))
    assert [r.text_sha256 for r in found if isinstance(r, Review)] == [review_of(d).text_sha256 for d in drafts]
    sizes = [len(call.requests) for call in replay.calls if isinstance(call, pb.BatchReviewDraftsRequest)]
    assert max(sizes) == 4
    assert sum(sizes) + sum(isinstance(call, pb.ReviewDraftRequest) for call in replay.calls) == 25


def test_one_bad_draft_of_many_fails_alone(client: Client, replay: Replay) -> None:
    replay.review = lambda text: error_status() if "bad" in text else review_of(text)
    first, second, third, fourth = client.review_many([FLAWED, "bad", "half a pair: \ud800", FLAWED])
    assert isinstance(first, Review)
    assert isinstance(second, InvalidRequestError)
    assert isinstance(third, InvalidRequestError)
    assert isinstance(fourth, Review)


def test_many_drafts_are_taken_from_the_caller_as_they_are_needed(client: Client) -> None:
    taken = 0

    def drafts() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield FLAWED

    results = client.review_many(drafts())  # type: ignore[arg-type]
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert taken < 50


def test_rules_come_from_all_pages(client: Client) -> None:
    assert [rule.id for rule in client.rules()] == ["insincere-hedging.conditional", "missing-regret"]


def test_words_of_a_newer_server_are_kept(client: Client, replay: Replay) -> None:
    def newer(text: str) -> pb.Review:
        review = review_of(text)
        review.verdict = 99  # type: ignore[assignment]
        review.findings[0].severity = 6  # type: ignore[assignment]
        return review

    replay.review = newer
    review = client.review(FLAWED)
    assert review.verdict == "unknown_99"
    assert review.findings[0].severity > Severity.CRITICAL
    assert client.capabilities().draft_formats == (DraftFormat.TEXT, "unknown_77")


def test_a_call_is_tried_again_while_the_server_is_away_or_busy(client: Client, replay: Replay) -> None:
    replay.failures = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE]
    assert client.review(FLAWED).score == 70
    assert len(replay.calls) == 4


def test_a_call_that_a_stopping_server_cancelled_is_tried_again(client: Client, replay: Replay) -> None:
    replay.failures = [grpc.StatusCode.CANCELLED]
    assert client.review(FLAWED).score == 70


def test_a_target_is_a_host_and_port_or_a_socket(replay: Replay, tmp_path: Path) -> None:
    server, port = start("127.0.0.1:0", replay)
    with Client(f"localhost:{port}") as client:
        assert client.review(FLAWED).score == 70
    server.stop(None).wait()


@pytest.mark.parametrize("target", ["", "localhost", "http://localhost:50051", "somewhere else:1"])
def test_what_is_no_address_is_refused_at_once(target: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        Client(target)


@pytest.mark.parametrize(
    ("kind", "timeout"),
    [
        (ValueError, math.inf),
        (ValueError, math.nan),
        (ValueError, 9e9),
        (ValueError, -1),
        (ValueError, 0),
        (TypeError, "5"),
        (TypeError, True),
    ],
)
async def test_what_is_no_timeout_is_refused_wherever_it_is_given(
    client: Client, replay: Replay, address: str, kind: type[Exception], timeout: Any
) -> None:
    for made in (Client, AsyncClient):
        with pytest.raises(kind, match="timeout is"):
            made(address, timeout=timeout)
    for call in (
        lambda: client.review(FLAWED, timeout=timeout),
        lambda: client.rules(timeout=timeout),
        lambda: client.capabilities(timeout=timeout),
        lambda: list(client.review_many([FLAWED], timeout=timeout)),
    ):
        with pytest.raises(kind, match="timeout is"):
            call()
    async with AsyncClient(address) as other:
        with pytest.raises(kind, match="timeout is"):
            await other.review(FLAWED, timeout=timeout)
        with pytest.raises(kind, match="timeout is"):
            await other.is_ready(timeout=timeout)
        with pytest.raises(kind, match="timeout is"):
            [result async for result in other.review_many([FLAWED], timeout=timeout)]
    assert replay.calls == []


async def test_the_longest_timeout_is_one(client: Client, address: str) -> None:
    assert client.review(FLAWED, timeout=1_000_000_000).score == 70
    async with AsyncClient(address, timeout=1e9) as other:
        assert (await other.review(FLAWED)).score == 70


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_target_that_is_no_text_is_said(kind: Any) -> None:
    with pytest.raises(TypeError, match="target of a client is a str, not NoneType"):
        kind(None)


def test_the_environment_names_the_server(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APOLOGY_REVIEW_SERVER", raising=False)
    with pytest.raises(ServerUnavailableError, match="APOLOGY_REVIEW_SERVER"):
        Client.from_env()
    monkeypatch.setenv("APOLOGY_REVIEW_SERVER", address)
    with Client.from_env() as client:
        assert client.review(FLAWED).score == 70


def test_a_review_reads_well_in_a_repl(client: Client) -> None:
    review = client.review(FLAWED)
    assert repr(review) == "<Review revise, 70 of 100, 1 finding>"
    assert repr(review.findings[0]) == "<Finding insincere-hedging.conditional major 5:13 'sorry if'>"
    assert 'major insincere-hedging.conditional "sorry if": Say what you did.' in str(review)
    assert '"begin": 5' in review.to_json()


def test_a_server_with_too_much_to_do_is_waited_for_as_long_as_the_caller_has_time() -> None:
    overloaded = OverloadedError()
    overloaded.retry_after = 60.0
    for patience, next_step in ((None, core.Pause(60.0)), (2.0, core.Done([(None, overloaded)]))):
        steps = core.Bundle([(None, core.ask(FLAWED, None, None))]).exchange(patience)
        assert isinstance(core.advance(steps), core.Call)
        assert core.advance(steps, overloaded) == next_step
    steps = core.Bundle([(None, core.ask(FLAWED, None, None))]).exchange()
    asked = [core.advance(steps)]
    while not isinstance(asked[-1], core.Done):
        asked.append(core.advance(steps, overloaded if isinstance(asked[-1], core.Call) else None))
    assert [type(step) for step in asked] == [*[core.Call, core.Pause] * 4, core.Call, core.Done]
