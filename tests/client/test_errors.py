import inspect
import threading
import traceback
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2, status_pb2

import apology_client
from apology.v1 import review_pb2 as pb
from apology_client import (
    AccessDeniedError,
    AlteredTextError,
    ApologyReviewError,
    AssistUnavailableError,
    AsyncClient,
    Client,
    Context,
    DeadlineError,
    Draft,
    InvalidRequestError,
    Options,
    OverloadedError,
    ServerError,
    ServerUnavailableError,
    UnsupportedFormatError,
    errors,
    load_policy,
)
from tests.certificates import Authority
from tests.client.helpers import Replay, error_status, review_of, start

DRAFT = "sorry about the CANARY"


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (code_pb2.INVALID_ARGUMENT, "OUT_OF_RANGE", InvalidRequestError),
        (code_pb2.INVALID_ARGUMENT, "UNSUPPORTED_DRAFT_FORMAT", UnsupportedFormatError),
        (code_pb2.FAILED_PRECONDITION, "ASSIST_UNAVAILABLE", AssistUnavailableError),
        (code_pb2.UNAUTHENTICATED, "X", AccessDeniedError),
        (code_pb2.PERMISSION_DENIED, "X", AccessDeniedError),
        (code_pb2.RESOURCE_EXHAUSTED, "SERVER_OVERLOADED", OverloadedError),
        (code_pb2.DEADLINE_EXCEEDED, "CALL_TOO_LONG", DeadlineError),
        (code_pb2.UNAVAILABLE, "X", ServerUnavailableError),
        (code_pb2.INTERNAL, "INTERNAL_ERROR", ServerError),
        (code_pb2.UNIMPLEMENTED, "X", ServerError),
    ],
)
async def test_each_failure_has_its_class_in_both_clients(
    address: str, replay: Replay, code: int, reason: str, kind: type[ApologyReviewError]
) -> None:
    replay.review = lambda _text: error_status(code, "what is wrong", reason=reason)
    with Client(address) as client, pytest.raises(ApologyReviewError, match="what is wrong") as blocking:
        client.review(DRAFT)
    async with AsyncClient(address) as other:
        with pytest.raises(ApologyReviewError) as awaiting:
            await other.review(DRAFT)
    assert type(blocking.value) is type(awaiting.value) is kind
    assert blocking.value.reason == reason
    assert blocking.value.incident == "abc123"


def test_an_invalid_request_names_its_fields(client: Client, replay: Replay) -> None:
    bad = error_details_pb2.BadRequest()
    bad.field_violations.add(field="context.gravity", description="must lie between 0 and 4")
    replay.failures = [error_status(details=[bad])]
    with pytest.raises(InvalidRequestError) as caught:
        client.review(DRAFT)
    assert [(v.field, v.description) for v in caught.value.violations] == [
        ("context.gravity", "must lie between 0 and 4")
    ]


def test_an_overloaded_server_says_when_to_come_back(client: Client, replay: Replay) -> None:
    retry = error_details_pb2.RetryInfo(retry_delay=Duration(nanos=250_000_000))
    replay.review = lambda _text: error_status(code_pb2.RESOURCE_EXHAUSTED, details=[retry])
    with pytest.raises(OverloadedError) as caught:
        client.review(DRAFT)
    assert caught.value.retry_after == 0.25


def test_no_error_quotes_the_draft_even_if_the_server_does(client: Client, replay: Replay) -> None:
    replay.words_of_an_uncaught_error = f"Unexpected <class 'ValueError'>: {DRAFT}"
    with pytest.raises(ServerError) as caught:
        client.review(DRAFT)
    assert "CANARY" not in "".join(traceback.format_exception(caught.value))


def test_a_foreign_status_is_not_quoted(client: Client, replay: Replay) -> None:
    replay.failures = [status_pb2.Status(code=code_pb2.INTERNAL, message=DRAFT)]
    with pytest.raises(ServerError) as caught:
        client.review(DRAFT)
    assert "CANARY" not in str(caught.value)


def test_half_a_surrogate_pair_is_refused_without_quoting_the_draft(client: Client) -> None:
    with pytest.raises(InvalidRequestError, match="character 22") as caught:
        client.review(DRAFT + "\udc00")
    assert "CANARY" not in "".join(traceback.format_exception(caught.value))


def test_an_answer_about_another_text_is_refused(client: Client, replay: Replay) -> None:
    replay.review = lambda text: review_of(text.replace("\r\n", "\n"))
    with pytest.raises(AlteredTextError):
        client.review("sorry\r\n")


@pytest.mark.parametrize("answer", [pb.Review(), pb.Review(verdict=pb.VERDICT_READY)])
def test_an_answer_without_a_verdict_or_in_another_unit_is_refused(
    client: Client, replay: Replay, answer: pb.Review
) -> None:
    replay.review = lambda _text: answer
    with pytest.raises(ServerError):
        client.review(DRAFT)


def test_a_call_always_has_a_deadline(client: Client, replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[float | None] = []
    monkeypatch.setattr(replay, "_take", lambda _request, context: left.append(context.time_remaining()))
    client.rules()
    client.review(DRAFT, timeout=20)
    list(client.review_many([DRAFT, DRAFT]))
    assert len(left) > 3
    assert all(seconds is not None and seconds < 21 for seconds in left)


def test_no_answer_in_time_is_told(client: Client, replay: Replay) -> None:
    asked_for_long = threading.Event()

    def review(text: str) -> pb.Review:
        asked_for_long.wait(20)
        return review_of(text)

    replay.review = review
    with pytest.raises(DeadlineError):
        client.review(DRAFT, timeout=0.01)
    asked_for_long.set()


def test_a_server_that_is_not_there_is_named_as_the_trouble(tmp_path: Path) -> None:
    with Client(f"unix:{tmp_path}/nobody") as client, pytest.raises(ServerUnavailableError, match="cannot be reached"):
        client.review(DRAFT)


@pytest.mark.parametrize(("host", "one_of_several"), [("localhost", True), ("127.0.0.1", False), ("[::1]", False)])
def test_a_name_may_hide_what_befell_another_of_its_addresses(host: str, one_of_several: bool) -> None:
    with Client(f"{host}:1") as client, pytest.raises(ServerUnavailableError) as caught:
        client.review(DRAFT)
    assert str(caught.value).startswith("the server cannot be reached: ")
    assert ":1: " in str(caught.value)
    assert "%5B" not in str(caught.value)
    assert ("if localhost has other addresses, each may have failed for a reason of its own" in str(caught.value)) == (
        one_of_several
    )


def test_a_certificate_that_is_not_trusted_is_not_told_as_a_refusal(replay: Replay, tmp_path: Path) -> None:
    issued = Authority(tmp_path).issue("one", "localhost")
    pair = Path(issued.key).read_bytes(), Path(issued.certificate).read_bytes()
    server, port = start("127.0.0.1:0", replay, credentials=grpc.ssl_server_credentials([pair]))
    for host, told in (
        ("127.0.0.1", "no authority that is trusted here"),
        ("localhost", "no authority that is trusted here|may have failed for a reason of its own"),  # ::1 refuses
    ):
        with Client(f"https://{host}:{port}") as client, pytest.raises(ServerUnavailableError, match=told):
            client.review(DRAFT)
    server.stop(None).wait()


@pytest.mark.parametrize("draft", [Draft(), Draft(text="a", html="b")])
def test_a_draft_has_exactly_one_body(client: Client, draft: Draft) -> None:
    with pytest.raises(InvalidRequestError, match="exactly one"):
        client.review(draft)


@pytest.mark.parametrize("draft", [None, b"sorry", ["sorry"]])
def test_what_is_no_draft_is_said(client: Client, draft: Any) -> None:
    with pytest.raises(TypeError, match=f"a str or a Draft, not {type(draft).__name__}"):
        client.review(draft)


async def test_a_text_is_not_taken_for_many_drafts(address: str, client: Client) -> None:
    with pytest.raises(TypeError, match="not a str"):
        list(client.review_many(DRAFT))
    async with AsyncClient(address) as other:
        with pytest.raises(TypeError, match="not a str"):
            [result async for result in other.review_many(DRAFT)]


def test_the_drawn_tree_is_the_real_one() -> None:
    drawn = errors.__doc__ or ""
    real = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ApologyReviewError)}
    assert {word for line in drawn.splitlines() for word in line.split() if word.endswith("Error")} == real
    assert real <= set(apology_client.__all__)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"context": "customer"}, "context must be of type Context, not str"),
        ({"context": {}}, "context must be of type Context, not dict"),
        ({"options": {"include_rewrite": True}}, "options must be of type Options, not dict"),
        ({"context": Context(happened_at=date(2027, 5, 12))}, "happened_at must be of type datetime, not date"),  # type: ignore[arg-type]
        ({"context": Context(sent_at="")}, "sent_at must be of type datetime, not str"),  # type: ignore[arg-type]
        ({"context": Context(gravity="3")}, "gravity must be of type int, not str"),  # type: ignore[arg-type]
        ({"context": Context(sender="Jo")}, "sender must be of type Party, not str"),  # type: ignore[arg-type]
        ({"context": Context(facts={"cause": "x"})}, "facts must be of type Facts, not dict"),  # type: ignore[arg-type]
        ({"options": Options(disabled_rules="x.y")}, "disabled_rules must be a tuple of texts, not a str"),  # type: ignore[arg-type]
        ({"options": Options(allowed_phrases="sorry")}, "allowed_phrases must be a tuple of texts, not a str"),  # type: ignore[arg-type]
        ({"options": Options(rule_parameters=("x",))}, "rule_parameters must be of type Mapping, not tuple"),  # type: ignore[arg-type]
        ({"options": Options(rule_parameters={"x": 5})}, r"rule_parameters\['x'\] must be of type Mapping, not int"),  # type: ignore[dict-item]
    ],
)
def test_what_is_of_another_kind_than_its_field_is_a_type_error(
    client: Client, given: dict[str, Any], told: str
) -> None:
    with pytest.raises(TypeError, match=told):
        client.review("sorry", **given)


def test_a_word_that_is_no_severity_is_refused_like_any_other(client: Client) -> None:
    for options in (Options(minimum_severity=None), Options(sensitivity=None)):  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="None is not a valid"):
            client.review("sorry", options=options)


def test_what_is_frozen_has_a_hash_which_agrees_with_equality() -> None:
    for make in (lambda: Options(rule_parameters={"x": {"reach": 1}}), lambda: load_policy("support"), Context):
        assert len({make(), make()}) == 1
    assert Options(rule_parameters={"x": {"reach": 1}}) != Options(rule_parameters={"x": {"reach": 2}})
