"""HTML and whole messages over a real socket."""

import hashlib

import pytest

from apology.v1 import review_pb2 as pb
from tests.service.conftest import Serve
from tests.service.helpers import BLAME, review_of
from tests.service.test_reviewing import ENCODINGS, cut, spans_of

HTML = f"<p>Dear \U0001f622 Zo&euml;,<p>We lost your parcel. I am <b>sorry</b> if that upset you,\r\nbut {BLAME}.<p>Jo"
MESSAGE = (
    b"From: jo@depot.example\r\nSubject: =?utf-8?q?Sorry_if_you_were_upset_=F0=9F=98=A2?=\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n" + HTML.encode()
)


def asked(draft: pb.Draft, encoding: pb.OffsetEncoding.ValueType = pb.OFFSET_ENCODING_UTF32) -> pb.ReviewDraftRequest:
    return pb.ReviewDraftRequest(draft=draft, offset_encoding=encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_spans_of_html_count_in_the_analysed_text_and_in_the_html(
    serve: Serve, encoding: pb.OffsetEncoding.ValueType
) -> None:
    review = await review_of(await serve(), asked(pb.Draft(html=HTML), encoding))
    assert review.analysed_text.startswith("Dear \U0001f622 Zoë,\n\nWe lost your parcel.")
    assert review.text_sha256 == hashlib.sha256(HTML.encode()).hexdigest()
    (blame,) = [f.span for f in review.findings if f.rule_id == "blame-shifting.victim"]
    assert cut(HTML, pb.Span(begin=blame.source.begin, end=blame.source.end), encoding) == blame.text
    assert BLAME in blame.text
    assert (blame.source.section, blame.source.message_end) == ("", 0)
    for span in spans_of(review):
        assert cut(review.analysed_text, span, encoding) == span.text


async def test_the_subject_of_a_message_is_read_and_its_channel_is_mail(serve: Serve) -> None:
    served = await serve()
    review = await review_of(served, asked(pb.Draft(message=MESSAGE)))
    assert review.analysed_subject == "Sorry if you were upset \U0001f622"
    assert review.channel == pb.CHANNEL_EMAIL
    inside = [f.span for f in review.findings if f.span.part == pb.DRAFT_PART_SUBJECT]
    assert [span.source.section for span in inside] == ["HEADER"]
    other = await review_of(served, asked(pb.Draft(message=MESSAGE, subject="Your parcel")))
    assert [f for f in other.findings if f.span.part == pb.DRAFT_PART_SUBJECT] == []


async def test_a_message_that_cannot_be_read_is_no_pass_and_no_error(serve: Serve) -> None:
    review = await review_of(await serve(), asked(pb.Draft(message=b"Dear SECRET, we are sorry.")))
    assert review.verdict == pb.VERDICT_NOT_REVIEWED
    assert review.not_reviewed_reason == pb.NOT_REVIEWED_REASON_UNREADABLE
    assert review.not_reviewed_detail == "the message does not begin with a header"
    assert review.versions.package


async def test_the_server_says_that_it_reads_html_and_messages(serve: Serve) -> None:
    answer = await (await serve()).stub.GetCapabilities(pb.GetCapabilitiesRequest())
    assert list(answer.draft_formats) == [pb.DRAFT_FORMAT_TEXT, pb.DRAFT_FORMAT_HTML, pb.DRAFT_FORMAT_MESSAGE]
