"""A real gRPC server over the real stubs, which replays what a test tells it, and a way to run the command."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.rpc import code_pb2, error_details_pb2, status_pb2

from apology.v1 import review_pb2 as pb
from apology.v1 import review_pb2_grpc as pb_grpc

HEDGE = "sorry if"
LIMITS = pb.Limits(
    max_draft_characters=1000,
    max_batch_drafts=4,
    max_batch_characters=2000,
    max_request_bytes=100_000,
    max_allowed_phrases=10,
    max_field_characters=100,
    max_call_seconds=20,
)
RULES = (
    pb.RuleDescription(
        id="insincere-hedging.conditional",
        name="Apology on a condition",
        category=pb.CATEGORY_INSINCERE_HEDGING,
        severity=pb.SEVERITY_MAJOR,
        message="Say what you did.",
        why="A condition doubts the harm.",
        reference="Lazare 2004",
        bad=["I am [[sorry if]] you were hurt."],
        good=["I am sorry. Ring me if you have questions."],
        parameters=[pb.RuleParameter(name="reach", description="words to look at", default_value=5, maximum=9)],
    ),
    pb.RuleDescription(
        id="missing-regret",
        name="No apology in it",
        category=pb.CATEGORY_MISSING_REGRET,
        severity=pb.SEVERITY_MAJOR,
        message="Say sorry.",
    ),
)


def review_of(text: str, severity: pb.Severity.ValueType = pb.SEVERITY_MAJOR) -> pb.Review:
    """What the replaying server says of a draft: each "sorry if" is a finding."""
    sha = hashlib.sha256(text.encode()).hexdigest()
    review = pb.Review(offset_encoding=pb.OFFSET_ENCODING_UTF32, text_sha256=sha)
    if not text.strip():
        review.verdict, review.not_reviewed_reason = pb.VERDICT_NOT_REVIEWED, pb.NOT_REVIEWED_REASON_EMPTY
        review.not_reviewed_detail = "The draft is empty."
        return review
    if "sorry" not in text:
        review.verdict = pb.VERDICT_NOT_AN_APOLOGY
        return review
    found = [_finding(at, severity) for at in range(len(text)) if text.startswith(HEDGE, at)]
    review.verdict = pb.VERDICT_REVISE if found else pb.VERDICT_READY
    review.score = max(0, 100 - 30 * len(found))
    review.findings.extend(found)
    regret, sorry = pb.COMPONENT_KIND_REGRET, span(text, "sorry")
    review.components.add(kind=regret, state=pb.COMPONENT_STATE_PRESENT, evidence=[sorry])
    review.components.add(kind=pb.COMPONENT_KIND_REMEDY, state=pb.COMPONENT_STATE_ABSENT)
    review.components.add(kind=pb.COMPONENT_KIND_CONTACT, state=pb.COMPONENT_STATE_NOT_EXPECTED)
    return review


def span(text: str, words: str) -> pb.Span:
    at = text.index(words)
    return pb.Span(begin=at, end=at + len(words), text=words, part=pb.DRAFT_PART_BODY)


def _finding(at: int, severity: pb.Severity.ValueType) -> pb.Finding:
    rule = RULES[0]
    return pb.Finding(
        rule_id=rule.id,
        category=rule.category,
        severity=severity,
        confidence=0.9,
        span=pb.Span(begin=at, end=at + len(HEDGE), text=HEDGE, part=pb.DRAFT_PART_BODY),
        message=rule.message,
        why=rule.why,
        reference=rule.reference,
        sources=[pb.FINDING_SOURCE_GRAMMAR],
    )


def error_status(
    code: int = code_pb2.INVALID_ARGUMENT, message: str = "no", *, reason: str = "NO", details: Iterable[Any] = ()
) -> status_pb2.Status:
    status = status_pb2.Status(code=code, message=message)
    info = error_details_pb2.ErrorInfo(reason=reason, domain="apology.v1", metadata={"incident": "abc123"})
    for detail in (info, *details):
        status.details.add().Pack(detail)
    return status


@dataclass
class Replay(pb_grpc.ApologyReviewServiceServicer):
    """Answers as `review`; first the `failures`, one a call. Whatever comes is kept in `calls`."""

    review: Callable[[str], pb.Review | status_pb2.Status] = review_of
    failures: list[status_pb2.Status | grpc.StatusCode] = field(default_factory=list)
    calls: list[Any] = field(default_factory=list)
    page_size: int = 1
    refusal: status_pb2.Status | None = None  # of every call, whatever it asks
    words_of_an_uncaught_error: str = ""
    analysed: str = ""  # the words that it finds in any HTML and in any message

    def ReviewDraft(self, request: pb.ReviewDraftRequest, context: grpc.ServicerContext) -> pb.ReviewDraftResponse:
        self._take(request, context)
        found = self._reviewed(request.draft)
        if isinstance(found, status_pb2.Status):
            fail(context, found)
        assert isinstance(found, pb.Review)
        return pb.ReviewDraftResponse(review=found)

    def BatchReviewDrafts(
        self, request: pb.BatchReviewDraftsRequest, context: grpc.ServicerContext
    ) -> pb.BatchReviewDraftsResponse:
        self._take(request, context)
        found = (self._reviewed(item.draft) for item in request.requests)
        return pb.BatchReviewDraftsResponse(
            results=[
                pb.BatchReviewResult(review=item) if isinstance(item, pb.Review) else pb.BatchReviewResult(status=item)
                for item in found
            ]
        )

    def WatchDraft(
        self, requests: Iterator[pb.WatchDraftRequest], context: grpc.ServicerContext
    ) -> Iterator[pb.WatchDraftResponse]:
        """Answers every version, the stale ones as well."""
        for version in requests:
            self._take(version, context)
            found = self.review(version.request.draft.text)
            if isinstance(found, pb.Review):
                yield pb.WatchDraftResponse(revision=version.revision, review=found)
            else:
                yield pb.WatchDraftResponse(revision=version.revision, status=found)

    def ListRules(self, request: pb.ListRulesRequest, context: grpc.ServicerContext) -> pb.ListRulesResponse:
        self._take(request, context)
        begin = int(request.page_token or 0)
        end = begin + self.page_size
        return pb.ListRulesResponse(rules=RULES[begin:end], next_page_token=str(end) if end < len(RULES) else "")

    def GetCapabilities(
        self, request: pb.GetCapabilitiesRequest, context: grpc.ServicerContext
    ) -> pb.GetCapabilitiesResponse:
        self._take(request, context)
        answer = pb.GetCapabilitiesResponse(limits=LIMITS, languages=["en"], draft_formats=[pb.DRAFT_FORMAT_TEXT])
        answer.draft_formats.append(77)  # type: ignore[arg-type]  # a form from the future
        return answer

    def _reviewed(self, draft: pb.Draft) -> pb.Review | status_pb2.Status:
        if draft.HasField("text"):
            return self.review(draft.text)
        found = self.review(self.analysed)
        if isinstance(found, pb.Review):
            found.analysed_text = self.analysed
            found.text_sha256 = hashlib.sha256(draft.message or draft.html.encode()).hexdigest()
        return found

    def _take(self, request: Any, context: grpc.ServicerContext) -> None:
        self.calls.append(request)
        if self.refusal is not None:
            fail(context, self.refusal)
        asks_for_review = not isinstance(request, pb.ListRulesRequest | pb.GetCapabilitiesRequest)
        if asks_for_review and self.words_of_an_uncaught_error:
            context.abort(grpc.StatusCode.UNKNOWN, self.words_of_an_uncaught_error)
        if asks_for_review and self.failures:
            fail(context, self.failures.pop(0))


def fail(context: grpc.ServicerContext, failure: status_pb2.Status | grpc.StatusCode) -> None:
    if isinstance(failure, grpc.StatusCode):
        context.abort(failure, "")
    codes = {code.value[0]: code for code in grpc.StatusCode}
    context.set_trailing_metadata((("grpc-status-details-bin", failure.SerializeToString()),))
    context.abort(codes[failure.code], failure.message)


def start(
    address: str,
    replay: Replay,
    *interceptors: grpc.ServerInterceptor,
    credentials: grpc.ServerCredentials | None = None,
) -> tuple[grpc.Server, int]:
    server = grpc.server(ThreadPoolExecutor(8), interceptors=[*interceptors])
    pb_grpc.add_ApologyReviewServiceServicer_to_server(replay, server)
    port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    server.start()
    return server, port


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def write(path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)
