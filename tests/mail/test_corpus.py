"""Every mail of the corpus, over a real socket: its verdict, whose words were judged, and where they stand in the bytes."""

from __future__ import annotations

import base64
import codecs
import email
import html
import quopri
import re
from collections.abc import AsyncIterator, Callable, Iterator
from email import policy
from email.header import decode_header, make_header
from email.message import Message

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology.v1 import review_pb2_grpc as pb_grpc
from apology_rules import Reviewer
from apology_service.analysis import ThreadAnalyst
from apology_service.server import create_server
from apology_service.settings import Settings
from tests.mail.corpus import EXPECTED, mail

_REVIEWS: dict[str, pb.Review] = {}  # a review is the same every time, and asked for by two tests
FLAWED = {pb.VERDICT_REVISE, pb.VERDICT_DO_NOT_SEND}


@pytest.fixture
async def stub(reviewer: Reviewer) -> AsyncIterator[pb_grpc.ApologyReviewServiceAsyncStub]:
    async with (
        create_server(Settings(address="127.0.0.1:0"), ThreadAnalyst(lambda: reviewer)) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        yield pb_grpc.ApologyReviewServiceStub(channel)


@pytest.fixture
async def review(request: pytest.FixtureRequest, stub: pb_grpc.ApologyReviewServiceAsyncStub) -> pb.Review:
    draft = pb.Draft(message=mail(request.param))
    options = pb.ReviewOptions(sensitivity=pb.SENSITIVITY_QUIET)  # as checks ask that see every mail
    asked = pb.ReviewDraftRequest(draft=draft, offset_encoding=pb.OFFSET_ENCODING_UTF32, options=options)
    if request.param not in _REVIEWS:
        _REVIEWS[request.param] = (await stub.ReviewDraft(asked)).review
    return _REVIEWS[request.param]


def each(names: Iterator[str] | list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("name", "review"), [(n, n) for n in names], indirect=["review"], ids=str)


@each(list(EXPECTED))
async def test_a_mail_is_judged_by_its_senders_own_words(name: str, review: pb.Review) -> None:
    expected = EXPECTED[name]
    if expected.verdict == "flawed":
        assert review.verdict in FLAWED
    else:
        assert pb.Verdict.Name(review.verdict) == f"VERDICT_{expected.verdict.upper()}"
    reason = pb.NotReviewedReason.Name(review.not_reviewed_reason).removeprefix("NOT_REVIEWED_REASON_").lower()
    assert reason == (expected.reason or "unspecified")
    assert bool(review.not_reviewed_detail) == (expected.verdict == "not_reviewed")
    if expected.verdict in ("not_an_apology", "not_reviewed", "ready"):
        assert [f.rule_id for f in review.findings if f.HasField("span")] == []
    marked = [finding.span for finding in review.findings if finding.HasField("span")]
    for words in expected.flagged:
        span = next((s for s in marked if overlaps(text_of(review, s), s, words)), None)
        assert span, f"{words!r} is not flagged"
        assert expected.section in ("", span.source.section)
    for words in expected.absent:
        assert words not in review.analysed_text + review.analysed_subject


@each([name for name, expected in EXPECTED.items() if expected.verdict in ("flawed", "ready")])
async def test_every_span_of_a_mail_leads_back_to_its_bytes(name: str, review: pb.Review) -> None:
    message = mail(name)
    spans = list(spans_of(review))
    assert spans
    for span in spans:
        assert text_of(review, span)[span.begin : span.end] == span.text
        source = span.source
        assert source.message_begin < source.message_end
        content, unwrap, charset = reader_of(message, source.section)
        assert same(content[source.begin : source.end], span.text)
        octets = unwrap(message[source.message_begin : source.message_end])
        # base64 may cut a wide character at its begin
        assert any(seen(span.text) in seen(octets[skip:].decode(charset, "ignore")) for skip in (0, 1))


def overlaps(text: str, span: pb.Span, words: str) -> bool:
    at = text.find(words)
    return at >= 0 and span.begin < at + len(words) and at < span.end


def text_of(review: pb.Review, span: pb.Span) -> str:
    return review.analysed_subject if span.part == pb.DRAFT_PART_SUBJECT else review.analysed_text


def spans_of(review: pb.Review) -> Iterator[pb.Span]:
    yield from (finding.span for finding in review.findings if finding.HasField("span"))
    yield from (span for component in review.components for span in component.evidence)
    for promise in review.promises:
        yield from (s for s in (promise.span, promise.owner_span, promise.due_span) if s.text)


def seen(source: str) -> str:
    """What is left to see of a piece of HTML or of plain text: no tags, no entities, no white space."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", source)))


def same(source: str, words: str) -> bool:
    return seen(source) == seen(words)


def reader_of(message: bytes, section: str) -> tuple[str, Callable[[bytes], bytes], str]:
    """By the standard library alone: the text of a section, what undoes its transfer encoding, and its charset."""
    if section == "HEADER":
        subject = email.message_from_bytes(message, policy=policy.default)["Subject"]
        return re.sub(r"\r?\n", "", str(subject)), decoded_words, "utf-8"
    part: Message = email.message_from_bytes(message)
    for number in section.split(".") if part.is_multipart() else ():
        payload = part.get_payload()
        assert isinstance(payload, list)
        child = payload[int(number) - 1]
        assert isinstance(child, Message)
        part = child
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    charset = part.get_content_charset() or ("utf-8" if is_utf8(data) else "windows-1252")
    charset = CHARSETS.get(charset, charset)
    text = data.decode(charset)
    if charset == "utf-16":
        charset = "utf-16-be" if data.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    decoders: dict[str, Callable[[bytes], bytes]] = {
        "base64": base64.b64decode,
        "quoted-printable": quopri.decodestring,
    }
    return text, decoders.get(str(part["Content-Transfer-Encoding"]), bytes), charset


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def decoded_words(raw: bytes) -> bytes:
    return str(make_header(decode_header(raw.decode()))).encode()


CHARSETS = {"iso-8859-1": "windows-1252", "gb2312": "gb18030"}
