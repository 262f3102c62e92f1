"""ReviewDraft over a real socket: the answer to a valid request."""

import hashlib
from collections.abc import Iterable, Iterator

import pytest

from apology.v1 import review_pb2 as pb
from tests.service.conftest import Serve
from tests.service.helpers import BLAME, FLAWED, request_for, review_of

ENCODINGS = {
    pb.OFFSET_ENCODING_UTF8: "utf-8",
    pb.OFFSET_ENCODING_UTF16: "utf-16-le",
    pb.OFFSET_ENCODING_UTF32: "utf-32-le",
}
BEFORE = {
    "an accent": "Née Müller here. ",
    "an emoji": "\U0001f622 ",
    "a family": "\U0001f468‍\U0001f469‍\U0001f467‍\U0001f466 ",
    "a combining mark": "Ze\u0301 says: ",
    "Windows line ends": "Dear Sam,\r\n\r\n",
    "a right-to-left name": "Dear יעל, ",
    "a NUL": "\x00",
}


def spans_of(review: pb.Review) -> Iterator[pb.Span]:
    yield from (finding.span for finding in review.findings if finding.HasField("span"))
    yield from (span for component in review.components for span in component.evidence)
    for promise in review.promises:
        yield from (s for s in (promise.span, promise.owner_span, promise.due_span) if s.text)


def cut(text: str, span: pb.Span, encoding: pb.OffsetEncoding.ValueType) -> str:
    """The words that a caller whose strings are made of such units finds at `span`."""
    codec = ENCODINGS[encoding]
    width = len("a".encode(codec))
    return text.encode(codec)[span.begin * width : span.end * width].decode(codec)


async def test_a_draft_goes_in_and_a_critique_comes_out(serve: Serve) -> None:
    review = await review_of(await serve(), request_for())
    assert review.verdict in (pb.VERDICT_REVISE, pb.VERDICT_DO_NOT_SEND)
    assert any(BLAME in finding.span.text for finding in review.findings)
    assert len(review.components) == 7
    assert 0 <= review.score <= 100
    assert review.language == "en"
    assert review.text_sha256 == hashlib.sha256(FLAWED.encode()).hexdigest()
    assert review.versions.package
    assert review.readability.words > 0
    assert review.assist == pb.Assist(state=pb.ASSIST_STATE_OFF)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
async def test_offsets_hold_in_the_callers_unit(
    serve: Serve, before: str, encoding: pb.OffsetEncoding.ValueType
) -> None:
    text = f"{before}I am sorry that we lost your parcel, but {BLAME}."
    review = await review_of(await serve(), request_for(text, encoding=encoding))
    spans = list(spans_of(review))
    assert any(BLAME in span.text for span in spans)
    assert [cut(text, span, encoding) for span in spans] == [span.text for span in spans]
    assert review.offset_encoding == encoding


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_offsets_of_the_subject_count_in_the_subject(serve: Serve, encoding: pb.OffsetEncoding.ValueType) -> None:
    subject = f"\U0001f622 I am sorry that we lost your parcel, but {BLAME}"
    review = await review_of(await serve(), request_for(subject=subject, encoding=encoding))
    assert pb.DRAFT_PART_SUBJECT in [span.part for span in spans_of(review)]
    for span in spans_of(review):
        part = subject if span.part == pb.DRAFT_PART_SUBJECT else FLAWED
        assert cut(part, span, encoding) == span.text


async def test_the_same_draft_gets_the_same_answer_byte_for_byte(serve: Serve) -> None:
    served = await serve()
    first = await review_of(served, request_for())
    assert first.SerializeToString(deterministic=True) == (await review_of(served, request_for())).SerializeToString(
        deterministic=True
    )


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\x00\x00", "\U0001f622\U0001f622"])
async def test_a_draft_without_words_is_not_reviewed(serve: Serve, text: str) -> None:
    review = await review_of(await serve(), request_for(text))
    assert review.verdict == pb.VERDICT_NOT_REVIEWED
    assert review.not_reviewed_reason == pb.NOT_REVIEWED_REASON_EMPTY
    assert review.not_reviewed_detail
    assert not review.HasField("score")


async def test_a_german_draft_is_not_reviewed(serve: Serve) -> None:
    text = "Sehr geehrte Frau Berger, es tut uns leid, dass Ihr Paket verloren gegangen ist. Wir erstatten den Preis."
    review = await review_of(await serve(), request_for(text))
    assert review.verdict == pb.VERDICT_NOT_REVIEWED
    assert review.not_reviewed_reason == pb.NOT_REVIEWED_REASON_LANGUAGE_NOT_SUPPORTED
    assert review.language == "de"


async def test_a_draft_of_the_greatest_length_is_reviewed(serve: Serve) -> None:
    text = (FLAWED + " ") * 300
    review = await review_of(await serve(), request_for(text[:20_000]))
    assert review.verdict not in (pb.VERDICT_UNSPECIFIED, pb.VERDICT_NOT_REVIEWED)


async def test_a_draft_one_character_longer_is_not_reviewed(serve: Serve) -> None:
    review = await review_of(await serve(), request_for("a" * 19_990, subject="b" * 11))
    assert review.verdict == pb.VERDICT_NOT_REVIEWED
    assert review.not_reviewed_reason == pb.NOT_REVIEWED_REASON_TOO_LONG
    assert "20001" in review.not_reviewed_detail
    assert "20000" in review.not_reviewed_detail


async def test_the_context_is_taken_as_given(serve: Serve) -> None:
    request = request_for()
    request.context.relation = pb.RELATION_WORKPLACE
    request.context.channel = pb.CHANNEL_CHAT
    request.context.gravity = 3
    request.context.phase = pb.INCIDENT_PHASE_RESOLVED
    request.context.happened_at.FromJsonString("2026-03-01T10:00:00Z")
    review = await review_of(await serve(), request)
    assert (review.relation, review.channel, review.gravity) == (pb.RELATION_WORKPLACE, pb.CHANNEL_CHAT, 3)


async def test_a_rule_that_is_off_finds_nothing(serve: Serve) -> None:
    served = await serve()
    found = {finding.rule_id for finding in (await review_of(served, request_for())).findings}
    request = request_for()
    request.options.disabled_rules.extend(found)
    assert not found & {finding.rule_id for finding in (await review_of(served, request)).findings}


async def test_findings_below_the_wished_severity_are_left_out(serve: Serve) -> None:
    request = request_for()
    request.options.minimum_severity = pb.SEVERITY_CRITICAL
    review = await review_of(await serve(), request)
    assert all(finding.severity == pb.SEVERITY_CRITICAL for finding in review.findings)


async def test_a_wish_for_a_language_model_is_answered_without_one_and_says_so(serve: Serve) -> None:
    request = request_for()
    request.options.assist = pb.ASSIST_MODE_PREFERRED
    review = await review_of(await serve(), request)
    assert review.assist == pb.Assist(state=pb.ASSIST_STATE_UNAVAILABLE, reasons=["NOT_CONFIGURED"])
    assert review.findings


async def test_no_rewrite_comes_unasked(serve: Serve) -> None:
    review = await review_of(await serve(), request_for())
    assert not review.HasField("rewrite")
    assert not any(finding.suggestions for finding in review.findings)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_edits_of_a_rewrite_apply_in_the_units_that_the_caller_asked_for(
    serve: Serve, encoding: pb.OffsetEncoding.ValueType
) -> None:
    text = f"Hi \U0001f622 Zoë,\r\n\r\n{FLAWED.partition(chr(10) * 2)[2]}"
    request = request_for(text, encoding=encoding)
    request.options.include_rewrite = True
    review = await review_of(await serve(), request)
    assert review.rewrite.text != text
    assert edited(text, review.rewrite.edits, encoding) == review.rewrite.text
    offered = [suggestion for finding in review.findings for suggestion in finding.suggestions]
    assert offered
    for edit in (edit for suggestion in offered for edit in suggestion.edits):
        assert cut(text, edit.span, encoding) == edit.span.text


def edited(text: str, edits: Iterable[pb.TextEdit], encoding: pb.OffsetEncoding.ValueType) -> str:
    """`text` after the edits, applied as a caller would who counts in `encoding`."""
    codec = ENCODINGS[encoding]
    width = len("a".encode(codec))
    units, position, parts = text.encode(codec), 0, []
    for edit in edits:
        parts += [units[position * width : edit.span.begin * width], edit.new_text.encode(codec)]
        position = edit.span.end
    return b"".join([*parts, units[position * width :]]).decode(codec)
