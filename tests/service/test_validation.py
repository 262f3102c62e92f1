"""Requests that are not valid: the code, the reason, and the name of each field."""

from collections.abc import Callable

import grpc
import pytest
from google.rpc import status_pb2

from apology.v1 import review_pb2 as pb
from apology_rules.catalogue import QUESTIONS, RULES
from apology_service.faults import Reason
from apology_service.settings import Limits
from apology_service.validation import refusal
from tests.service.conftest import Serve
from tests.service.helpers import failure_of, request_for, taken_apart

Spoil = Callable[[pb.ReviewDraftRequest], object]
TUNABLE = next(rule for rule in RULES if rule.parameters)
PARAMETER = TUNABLE.parameters[0]
EVERY_RULE = len((*RULES, *QUESTIONS))


def _parameter(rule_id: str, name: str, value: int) -> Spoil:
    return lambda r: r.options.rule_parameters[rule_id].values.update({name: value})


def _unknown(path: str) -> Spoil:
    """Sets an enum to a number that it does not have."""

    def spoil(request: pb.ReviewDraftRequest) -> None:
        *parents, last = path.split(".")
        message: object = request
        for parent in parents:
            message = getattr(message, parent)
        setattr(message, last, 99)

    return spoil


CASES: dict[str, tuple[Spoil, str, Reason]] = {
    "no draft": (lambda r: r.ClearField("draft"), "draft", Reason.MISSING_DRAFT),
    "no body": (lambda r: r.draft.ClearField("text"), "draft.text", Reason.MISSING_DRAFT),
    "no encoding": (lambda r: r.ClearField("offset_encoding"), "offset_encoding", Reason.MISSING_OFFSET_ENCODING),
    "encoding": (_unknown("offset_encoding"), "offset_encoding", Reason.UNKNOWN_ENUM_VALUE),
    "relation": (_unknown("context.relation"), "context.relation", Reason.UNKNOWN_ENUM_VALUE),
    "channel": (_unknown("context.channel"), "context.channel", Reason.UNKNOWN_ENUM_VALUE),
    "phase": (_unknown("context.phase"), "context.phase", Reason.UNKNOWN_ENUM_VALUE),
    "severity": (_unknown("options.minimum_severity"), "options.minimum_severity", Reason.UNKNOWN_ENUM_VALUE),
    "assist": (_unknown("options.assist"), "options.assist", Reason.UNKNOWN_ENUM_VALUE),
    "sensitivity": (_unknown("options.sensitivity"), "options.sensitivity", Reason.UNKNOWN_ENUM_VALUE),
    "gravity 5": (lambda r: setattr(r.context, "gravity", 5), "context.gravity", Reason.OUT_OF_RANGE),
    "gravity -1": (lambda r: setattr(r.context, "gravity", -1), "context.gravity", Reason.OUT_OF_RANGE),
    "year 10000": (
        lambda r: setattr(r.context.sent_at, "seconds", 253_402_300_800),
        "context.sent_at",
        Reason.INVALID_TIMESTAMP,
    ),
    "nanos": (lambda r: setattr(r.context.sent_at, "nanos", -1), "context.sent_at", Reason.INVALID_TIMESTAMP),
    "long fact": (
        lambda r: setattr(r.context.facts, "cause", "x" * 2001),
        "context.facts.cause",
        Reason.FIELD_TOO_LONG,
    ),
    "long phrase": (
        lambda r: r.options.allowed_phrases.extend(["fine", "x" * 2001]),
        "options.allowed_phrases[1]",
        Reason.FIELD_TOO_LONG,
    ),
    "phrases": (
        lambda r: r.options.allowed_phrases.extend(["x"] * 101),
        "options.allowed_phrases",
        Reason.TOO_MANY_PHRASES,
    ),
    "phrases, whatever they are": (
        lambda r: r.options.allowed_phrases.extend(["x" * 2001] * 101),
        "options.allowed_phrases",
        Reason.TOO_MANY_PHRASES,
    ),
    "rules off": (
        lambda r: r.options.disabled_rules.extend(["no-such-rule"] * (EVERY_RULE + 1)),
        "options.disabled_rules",
        Reason.TOO_MANY_RULES,
    ),
    "rules set": (
        lambda r: [r.options.rule_parameters[f"no-such-rule-{n}"] for n in range(EVERY_RULE + 1)],
        "options.rule_parameters",
        Reason.TOO_MANY_RULES,
    ),
    "parameters": (
        lambda r: r.options.rule_parameters[TUNABLE.id].values.update({f"no_such_{n}": n for n in range(1000)}),
        f'options.rule_parameters["{TUNABLE.id}"].values',
        Reason.TOO_MANY_PARAMETERS,
    ),
    "rule off": (
        lambda r: r.options.disabled_rules.extend([RULES[0].id, "no-such-rule"]),
        "options.disabled_rules[1]",
        Reason.UNKNOWN_RULE,
    ),
    "rule set": (
        _parameter("no-such-rule", "x", 1),
        'options.rule_parameters["no-such-rule"]',
        Reason.UNKNOWN_RULE,
    ),
    "parameter": (
        _parameter(TUNABLE.id, "no_such", 1),
        f'options.rule_parameters["{TUNABLE.id}"].values["no_such"]',
        Reason.UNKNOWN_PARAMETER,
    ),
    "parameter range": (
        _parameter(TUNABLE.id, PARAMETER.name, PARAMETER.maximum + 1),
        f'options.rule_parameters["{TUNABLE.id}"].values["{PARAMETER.name}"]',
        Reason.OUT_OF_RANGE,
    ),
}


@pytest.mark.parametrize(("spoil", "field", "reason"), CASES.values(), ids=CASES)
async def test_an_invalid_field_is_named_with_its_reason(serve: Serve, spoil: Spoil, field: str, reason: str) -> None:
    request = request_for()
    spoil(request)
    failure = await failure_of((await serve()).stub.ReviewDraft(request))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert (failure.reason, failure.domain) == (reason, "apology.v1")
    assert failure.reasons == {field: reason}
    assert failure.metadata["field"] == field
    assert failure.message.startswith(field)


async def test_a_missing_encoding_is_explained_for_each_language(serve: Serve) -> None:
    request = request_for()
    request.ClearField("offset_encoding")
    failure = await failure_of((await serve()).stub.ReviewDraft(request))
    for name in ("UTF8", "UTF16", "UTF32", "Go", "JavaScript", "Python"):
        assert name in failure.message


async def test_a_rule_id_that_was_mistyped_gets_a_hint(serve: Serve) -> None:
    request = request_for()
    request.options.disabled_rules.append(RULES[0].id + "x")
    failure = await failure_of((await serve()).stub.ReviewDraft(request))
    assert f"did you mean {RULES[0].id}?" in failure.message
    assert failure.metadata["suggestion"] == RULES[0].id


async def test_every_invalid_field_is_named_at_once(serve: Serve) -> None:
    failure = await failure_of((await serve()).stub.ReviewDraft(pb.ReviewDraftRequest(context=pb.Context(gravity=9))))
    assert list(failure.fields) == ["draft", "offset_encoding", "context.gravity"]
    assert failure.metadata["violations"] == "3"


async def test_a_flood_of_violations_still_reaches_the_caller(serve: Serve) -> None:
    request = request_for()
    request.options.disabled_rules.extend(["x" * 64] * EVERY_RULE)
    failure = await failure_of((await serve()).stub.ReviewDraft(request))
    assert failure.reason == Reason.UNKNOWN_RULE
    assert len(failure.fields) <= 20
    assert failure.metadata["violations"] == "20"
    assert failure.message.endswith("(and 19 or more others)")
    assert len(failure.trailers["grpc-status-details-bin"]) <= 4096


def test_what_is_not_told_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    guessed: list[str] = []

    def guess(name: str, known: object, n: int) -> list[str]:
        guessed.append(name)
        return []

    monkeypatch.setattr("apology_service.validation.get_close_matches", guess)
    request = request_for()
    request.options.disabled_rules.extend(["no-such-rule"] * EVERY_RULE)
    assert refusal(request, Limits())
    assert len(guessed) == 20
    request.options.disabled_rules.append("no-such-rule")
    assert refusal(request, Limits())
    assert len(guessed) == 20


async def test_a_text_in_place_of_a_rule_id_is_not_repeated(serve: Serve) -> None:
    request = request_for()
    request.options.disabled_rules.append("My SECRET confession")
    request.options.rule_parameters["Another SECRET"].values["x"] = 1
    failure = await failure_of((await serve()).stub.ReviewDraft(request))
    assert len(failure.fields) == 2
    assert "SECRET" not in repr(failure)


async def test_a_language_model_that_must_help_and_is_not_there_fails_the_call(serve: Serve) -> None:
    request = request_for()
    request.options.assist = pb.ASSIST_MODE_REQUIRED
    failure = await failure_of((await serve()).stub.ReviewDraft(request))
    assert (failure.code, failure.reason) == (grpc.StatusCode.FAILED_PRECONDITION, Reason.ASSIST_UNAVAILABLE)


def test_the_path_of_a_batch_leads_every_field() -> None:
    status = refusal(pb.ReviewDraftRequest(), Limits(), path="requests[3].")
    assert isinstance(status, status_pb2.Status)
    assert list(taken_apart(status).fields) == ["requests[3].draft", "requests[3].offset_encoding"]


def test_every_reason_is_upper_snake_and_short() -> None:
    for reason in Reason:
        assert reason == reason.name == reason.upper()
        assert len(reason) <= 63
