"""The gateway over real HTTP, before a real gRPC server that replays."""

import base64
import json
import logging
import socket
import threading
import time

import pytest
from google.protobuf import duration_pb2
from google.rpc import code_pb2, error_details_pb2

from apology.v1 import review_pb2 as pb
from apology_client import AsyncClient
from apology_client.enums import Severity
from apology_client.errors import InvalidRequestError
from apology_client.policy import NOTHING_PASSES, Policy
from tests.client.helpers import error_status, review_of
from tests.http.conftest import JSON, ORIGIN, Answer, Face, Setting

FLAWED, FINE, OTHER = "I am sorry if it hurt.", "I am sorry. I broke it.", "Lunch at noon?"
REQUEST = {"draft": {"text": FLAWED}, "offsetEncoding": "OFFSET_ENCODING_UTF32"}


def reason(answer: Answer) -> str:
    """The stable word of an answer that is a google.rpc.Status."""
    assert set(answer.body) == {"code", "message", "details"}
    (info,) = [d for d in answer.body["details"] if d["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"]
    assert info["domain"] == "apology.v1"
    return str(info["reason"])


def test_a_draft_is_reviewed(face: Face) -> None:
    answer = face.post("/v1/drafts:review", REQUEST)
    assert answer.code == 200
    assert answer.headers["cache-control"] == "no-store"
    review = answer.body["review"]
    assert review["verdict"] == "VERDICT_REVISE"
    assert review["findings"][0]["span"]["begin"] == 5
    (asked,) = face.replay.calls
    assert asked == pb.ReviewDraftRequest(draft=pb.Draft(text=FLAWED), offset_encoding=pb.OFFSET_ENCODING_UTF32)


def test_each_draft_of_a_batch_answers_for_itself(face: Face) -> None:
    wrong = error_status(message="too long")
    face.replay.review = lambda text: wrong if text == OTHER else review_of(text)
    requests = [{**REQUEST, "draft": {"text": text}} for text in (FLAWED, OTHER, FINE)]
    answer = face.post("/v1/drafts:batchReview", {"requests": requests})
    first, second, third = answer.body["results"]
    assert first["review"]["verdict"] == "VERDICT_REVISE"
    assert second["status"]["message"] == "too long"
    assert third["review"]["verdict"] == "VERDICT_READY"


def test_the_rules_come_in_pages(face: Face) -> None:
    first = face.get("/v1/rules?pageSize=1")
    assert [rule["id"] for rule in first.body["rules"]] == ["insincere-hedging.conditional"]
    second = face.get(f"/v1/rules?page_token={first.body['nextPageToken']}")
    assert [rule["id"] for rule in second.body["rules"]] == ["missing-regret"]
    assert second.body["nextPageToken"] == ""


def test_it_tells_what_the_server_can_do(face: Face) -> None:
    assert (face.get("/v1/capabilities")).body["limits"]["maxDraftCharacters"] == 1000


@pytest.mark.parametrize(
    ("body", "headers", "code", "word"),
    [
        (b'{"draft": ', JSON, 400, "MALFORMED_REQUEST"),
        (b"", JSON, 400, "MALFORMED_REQUEST"),
        (b"\xff\xfe", JSON, 400, "MALFORMED_REQUEST"),
        (b"[" * 50_000, JSON, 400, "MALFORMED_REQUEST"),
        (b"1" * 5000, JSON, 400, "MALFORMED_REQUEST"),
        (b"[]", JSON, 400, "MALFORMED_REQUEST"),
        (b'{"draft": {"txt": "SECRET"}}', JSON, 400, "MALFORMED_REQUEST"),
        (b'{"draft": {"text": ["SECRET"]}}', JSON, 400, "MALFORMED_REQUEST"),
        (b'{"draft": {"text": "SECRET \\ud800"}}', JSON, 400, "MALFORMED_REQUEST"),
        (json.dumps(REQUEST).encode(), {}, 415, "NOT_JSON"),
        (json.dumps(REQUEST).encode(), {"content-type": "text/plain"}, 415, "NOT_JSON"),
        (b'"' + b"x" * 100_000 + b'"', JSON, 413, "REQUEST_TOO_LARGE"),
    ],
)
def test_a_bad_request_is_refused_here(
    face: Face, caplog: pytest.LogCaptureFixture, body: bytes, headers: dict[str, str], code: int, word: str
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = face.ask("POST", "/v1/drafts:review", body, headers)
    assert (answer.code, reason(answer)) == (code, word)
    assert "SECRET" not in json.dumps(answer.body) + caplog.text
    assert face.replay.calls == []


def test_an_unknown_field_is_named(face: Face) -> None:
    answer = face.post("/v1/drafts:review", {"draft": {"txt": "SECRET"}})
    assert answer.body["code"] == code_pb2.INVALID_ARGUMENT
    assert '"body.draft.txt" is no field of apology.v1.Draft; did you mean text?' in answer.body["message"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("mails:check", {"text": "SECRET", "html": "b"}, '"body" has both "text" and "html", of which one may be set'),
        (
            "drafts:review",
            {"draft": {"subject": "SECRET", "message": "", "text": "SECRET"}},
            '"body.draft" has both "message" and "text", of which one may be set',
        ),
        (
            "drafts:batchReview",
            {"requests": [REQUEST, {"draft": {"text": "SECRET", "html": "b"}}]},
            '"body.requests[1].draft" has both "text" and "html", of which one may be set',
        ),
        ("mails:check", {"message": "!!"}, '"body.message" is not base64'),
        ("mails:check", {"message": "SECRET SECRET"}, '"body.message" is not base64'),
        ("mails:check", {"message": "SECRE"}, '"body.message" is not base64'),
        ("drafts:review", {"draft": {"message": "S=ECRETS"}}, '"body.draft.message" is not base64'),
        (
            "drafts:batchReview",
            {"requests": [REQUEST, {"draft": {"message": "!SECRET"}}]},
            '"body.requests[1].draft.message" is not base64',
        ),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong_with_it(face: Face, path: str, value: object, said: str) -> None:
    answer = face.post(f"/v1/{path}", value)
    assert (answer.code, reason(answer), answer.body["message"]) == (400, "MALFORMED_REQUEST", said)
    assert face.replay.calls == []


@pytest.mark.parametrize("sent", ["//79/A==", "//79/A", "__79_A", "//79\r\n/A==\n"])
def test_a_message_may_come_in_any_base64(face: Face, sent: str) -> None:
    assert face.post("/v1/mails:check", {"message": sent, "text": None}).code == 200
    assert face.replay.calls[0].draft.message == b"\xff\xfe\xfd\xfc"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("GET", "/v1/drafts", 404), ("GET", "/v1/drafts:review", 405), ("PUT", "/healthz", 405)],
)
def test_what_is_not_there_is_an_error_like_any_other(face: Face, method: str, path: str, code: int) -> None:
    answer = face.ask(method, path)
    assert (answer.code, reason(answer)) == (code, "NO_SUCH_PATH" if code == 404 else "NO_SUCH_METHOD")
    assert code == 404 or answer.headers["allow"]


def test_what_the_server_refuses_comes_back_whole(face: Face) -> None:
    violation = error_details_pb2.BadRequest.FieldViolation(field="options.disabled_rules[0]", description="is no rule")
    retry = error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(nanos=200_000_000))
    unknown = pb.Draft(text="for the sake of its type")
    details = [error_details_pb2.BadRequest(field_violations=[violation]), retry, unknown]
    refusal = error_status(message="no such rule", reason="UNKNOWN_RULE", details=details)
    refusal.details[-1].type_url = "type.googleapis.com/google.rpc.FromTheFuture"
    face.replay.failures = [refusal]
    answer = face.post("/v1/drafts:review", REQUEST)
    assert (answer.code, reason(answer), answer.body["message"]) == (400, "UNKNOWN_RULE", "no such rule")
    assert answer.body["details"][1]["fieldViolations"][0]["field"] == "options.disabled_rules[0]"
    assert len(answer.body["details"]) == 3
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("code", "http"),
    [
        (code_pb2.UNAUTHENTICATED, 401),
        (code_pb2.PERMISSION_DENIED, 403),
        (code_pb2.FAILED_PRECONDITION, 400),
        (code_pb2.DEADLINE_EXCEEDED, 504),
        (code_pb2.INTERNAL, 500),
        (code_pb2.UNIMPLEMENTED, 501),
    ],
)
def test_every_code_has_its_status(face: Face, code: int, http: int) -> None:
    face.replay.failures = [error_status(code)]
    answer = face.post("/v1/drafts:review", REQUEST)
    assert (answer.code, answer.body["code"]) == (http, code)
    assert ("www-authenticate" in answer.headers) == (http == 401)


@pytest.mark.parametrize(("code", "http"), [(code_pb2.RESOURCE_EXHAUSTED, 429), (code_pb2.UNAVAILABLE, 503)])
def test_what_may_pass_is_tried_again_first(face: Face, code: int, http: int) -> None:
    face.replay.failures = [error_status(code)] * 9
    assert (face.post("/v1/drafts:review", REQUEST)).code == http
    assert len(face.replay.calls) == 4
    face.replay.failures = [error_status(code)]
    assert (face.post("/v1/drafts:review", REQUEST)).code == 200


@pytest.mark.parametrize("face", [Setting()], indirect=True)
def test_without_a_server_it_says_so(face: Face) -> None:
    face.reviewer.stop(None).wait()
    answer = face.post("/v1/drafts:review", REQUEST)
    assert (answer.code, answer.body["code"], reason(answer)) == (503, code_pb2.UNAVAILABLE, "NO_ANSWER")
    answer = face.get("/healthz")
    assert (answer.code, reason(answer)) == (503, "NOT_SERVING")


def test_the_words_of_a_server_that_fails_are_not_passed_on(face: Face) -> None:
    face.replay.words_of_an_uncaught_error = "cannot parse SECRET"
    answer = face.post("/v1/drafts:review", REQUEST)
    assert answer.code == 500
    assert "SECRET" not in json.dumps(answer.body)


def test_a_failure_of_its_own_is_told_by_its_kind_alone(
    face: Face, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("cannot show SECRET")

    monkeypatch.setattr("apology_client.proto_json.parse", fail)
    answer = face.post("/v1/drafts:review", REQUEST)
    assert (answer.code, reason(answer)) == (500, "INTERNAL_ERROR")
    incident = answer.body["details"][0]["metadata"]["incident"]
    assert f"incident={incident} RuntimeError" in caplog.text
    assert "SECRET" not in caplog.text + json.dumps(answer.body)


@pytest.mark.parametrize("face", [Setting(seconds=0.2)], indirect=True)
def test_late_answers_and_slow_requests_end_in_time(face: Face) -> None:
    done = threading.Event()

    def review(text: str) -> pb.Review:
        done.wait(20)
        return review_of(text)

    face.replay.review = review
    answer = face.post("/v1/drafts:review", REQUEST)
    assert (answer.code, answer.body["code"]) == (504, code_pb2.DEADLINE_EXCEEDED)
    answer = face.post("/v1/mails:check", {"text": FLAWED})
    assert (answer.code, answer.body["action"], answer.body["judged"]) == (200, "allow", False)
    done.set()
    with socket.create_connection(("127.0.0.1", face.port), timeout=20) as half:
        head = (
            "POST /v1/drafts:review HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
        half.sendall(head.encode())
        assert half.recv(100).startswith(b"HTTP/1.1 408 ")


def test_a_page_that_was_allowed_may_call(face: Face) -> None:
    headers = {
        "origin": ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
        "access-control-request-private-network": "true",
    }
    asked = face.ask("OPTIONS", "/v1/mails:check", headers=headers)
    assert (asked.code, asked.headers["access-control-allow-origin"]) == (200, ORIGIN)
    assert asked.headers["access-control-allow-private-network"] == "true"
    answer = face.post("/v1/drafts:review", REQUEST, origin=ORIGIN)
    assert (answer.code, answer.headers["access-control-allow-origin"]) == (200, ORIGIN)
    wrong = face.post("/v1/drafts:review", {"x": 1}, origin=ORIGIN)
    assert (wrong.code, wrong.headers["access-control-allow-origin"]) == (400, ORIGIN)


def test_a_page_that_was_not_allowed_may_not(face: Face) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    asked = face.ask("OPTIONS", "/v1/mails:check", headers=headers)
    assert asked.code == 400
    assert "access-control-allow-origin" not in asked.headers
    answer = face.post("/v1/drafts:review", REQUEST, origin="https://evil.example")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("face", [Setting(token="own")], indirect=True)
def test_a_callers_token_speaks_in_the_place_of_its_own(face: Face) -> None:
    face.get("/v1/capabilities")
    face.get("/v1/capabilities", authorization="bearer theirs")
    face.post("/v1/mails:check", {"text": FINE}, authorization="Bearer theirs")
    face.get("/v1/capabilities", authorization="Basic abc")
    assert face.tokens.seen == ["Bearer own", "Bearer theirs", "Bearer theirs", "Bearer own"]
    answer = face.get("/v1/capabilities", authorization="Bearer two words")
    assert (answer.code, reason(answer), "words" in answer.body["message"]) == (401, "MALFORMED_TOKEN", False)


@pytest.mark.parametrize(
    ("text", "action"), [(FLAWED, "promptUser"), (FINE, "allow"), (OTHER, "allow"), ("  ", "allow")]
)
def test_a_mail_is_checked_by_the_policy(face: Face, text: str, action: str) -> None:
    answer = face.post("/v1/mails:check", {"text": text, "subject": "Your chair"})
    assert (answer.code, answer.body["action"]) == (200, action)
    assert answer.body["judged"] == (text != "  ")
    if text == FLAWED:
        assert answer.body == {
            "action": "promptUser",
            "judged": True,
            "verdict": "VERDICT_REVISE",
            "reasons": ["Say what you did. (insincere-hedging.conditional)"],
        }


@pytest.mark.parametrize(
    ("face", "action"),
    [
        (Setting(Policy(severities={"insincere-hedging": Severity.CRITICAL})), "softBlock"),
        (Setting(Policy(severities={"insincere-hedging": None})), "allow"),
        (Setting(Policy(severities={"insincere-hedging": Severity.CRITICAL}, unanswered=NOTHING_PASSES)), "block"),
        (Setting(Policy(unanswered=NOTHING_PASSES)), "promptUser"),
        (Setting(Policy(suppression=True)), "allow"),
    ],
    indirect=["face"],
)
def test_a_whole_message_is_checked_as_the_house_wants(face: Face, action: str) -> None:
    face.replay.analysed = FLAWED
    message = b"Apology-Review-Allow: insincere-hedging.conditional\r\nSubject: x\r\n\r\nwords\r\n"
    answer = face.post("/v1/mails:check", {"message": base64.b64encode(message).decode()})
    assert answer.body["action"] == action


@pytest.mark.parametrize(
    ("face", "action"), [(Setting(), "allow"), (Setting(Policy(unanswered=NOTHING_PASSES)), "block")], indirect=["face"]
)
def test_without_a_server_the_policy_decides(face: Face, action: str) -> None:
    face.reviewer.stop(None).wait()
    answer = face.post("/v1/mails:check", {"text": FLAWED})
    assert (answer.code, answer.body["action"], answer.body["judged"]) == (200, action, False)
    assert answer.body["reasons"]


@pytest.mark.parametrize(("code", "http"), [(code_pb2.UNAUTHENTICATED, 401), (code_pb2.INVALID_ARGUMENT, 400)])
def test_what_the_add_in_does_wrong_is_no_decision(face: Face, code: int, http: int) -> None:
    face.replay.failures = [error_status(code)]
    assert (face.post("/v1/mails:check", {"text": FLAWED})).code == http


@pytest.mark.parametrize(
    ("face", "action"), [(Setting(), "allow"), (Setting(Policy(unanswered=NOTHING_PASSES)), "block")], indirect=["face"]
)
def test_of_a_mail_too_large_for_the_reviewer_the_policy_decides(
    face: Face, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def call(self: AsyncClient, method: str, request: object, **options: object) -> object:
        raise InvalidRequestError("the request is larger than the server takes", code="RESOURCE_EXHAUSTED")

    monkeypatch.setattr(AsyncClient, "call", call)
    answer = face.post("/v1/mails:check", {"text": FLAWED})
    assert (answer.code, answer.body["action"], answer.body["judged"]) == (200, action, False)


def test_do_not_send_is_more_than_a_question(face: Face) -> None:
    def review(text: str) -> pb.Review:
        found = review_of(text)
        found.verdict = pb.VERDICT_DO_NOT_SEND
        return found

    face.replay.review = review
    assert (face.post("/v1/mails:check", {"text": FLAWED})).body["action"] == "softBlock"


def test_the_log_tells_paths_and_times(face: Face, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "apology_client.http")
    face.post("/v1/drafts:review?q=SECRET", REQUEST)
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("apology_client.http")]
    assert line.startswith("POST /v1/drafts:review status=200 ms=")


def test_a_caller_who_leaves_is_no_failure(face: Face, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "apology_client.http")
    head = "POST /v1/drafts:review HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", face.port), timeout=20) as half:
        half.sendall(head.encode())
    deadline = time.monotonic() + 20
    while "status=499" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "POST /v1/drafts:review status=499" in caplog.text
