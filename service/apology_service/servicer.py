"""The methods of the service: a request in, the rules' judgement out."""

import asyncio
import base64
import binascii
import hashlib
import time
from collections.abc import AsyncIterator

from google.rpc import status_pb2

from apology.v1 import review_pb2 as pb
from apology.v1 import review_pb2_grpc as pb_grpc
from apology_rules import LANGUAGES, Category, Draft, Rule
from apology_rules.catalogue import QUESTIONS, RULES
from apology_service.analysis import Analyst, DeadlinePassedError, Session
from apology_service.calls import SERVICE, CallContext, count_draft, deadline_of
from apology_service.faults import Reason, Violation, abort, call_too_long, internal, invalid, leaving
from apology_service.from_wire import body_of, context_of, draft_of, options_of
from apology_service.incidents import report
from apology_service.mail import Origin, UnreadableError
from apology_service.settings import Limits
from apology_service.to_wire import review_to_wire, rule_to_wire, versions_to_wire
from apology_service.validation import batch_refusal, refusal
from apology_service.watching import Newest, answers

_BATCH = f"/{SERVICE}/BatchReviewDrafts"
_WATCH = f"/{SERVICE}/WatchDraft"
_CATEGORIES = list(Category)


class ApologyReviewServicer(pb_grpc.ApologyReviewServiceServicer):
    """Serves what `analyst` reviews."""

    def __init__(self, analyst: Analyst, limits: Limits) -> None:
        self._analyst = analyst
        self._limits = limits
        self._watches: set[Newest] = set()
        self._leaving = False

    async def ReviewDraft(self, request: pb.ReviewDraftRequest, context: CallContext) -> pb.ReviewDraftResponse:
        result = await self._result(request, deadline_of(context, self._limits.max_call_seconds))
        if isinstance(result, status_pb2.Status):
            await abort(context, result)
        return pb.ReviewDraftResponse(review=result)

    async def BatchReviewDrafts(
        self, request: pb.BatchReviewDraftsRequest, context: CallContext
    ) -> pb.BatchReviewDraftsResponse:
        if (refused := batch_refusal(request, self._limits)) is not None:
            await abort(context, refused)
        deadline = deadline_of(context, self._limits.max_call_seconds)
        turns = asyncio.Semaphore(self._analyst.parallelism)  # a batch never queues more than it could run

        async def item(index: int) -> pb.BatchReviewResult:
            async with turns:
                return await self._item(request.requests[index], deadline, f"requests[{index}].")

        results = await asyncio.gather(*map(item, range(len(request.requests))))
        return pb.BatchReviewDraftsResponse(results=results)

    async def WatchDraft(
        self, requests: AsyncIterator[pb.WatchDraftRequest], context: CallContext
    ) -> AsyncIterator[pb.WatchDraftResponse]:
        async def version(request: pb.WatchDraftRequest, session: Session) -> pb.WatchDraftResponse:
            deadline = deadline_of(context, self._limits.max_call_seconds)
            result = await self._safe_result(request.request, deadline, _WATCH, path="request.", session=session)
            if isinstance(result, status_pb2.Status):
                return pb.WatchDraftResponse(revision=request.revision, status=result)
            return pb.WatchDraftResponse(revision=request.revision, review=result)

        newest = Newest(requests)
        self._watches.add(newest)
        try:
            if self._leaving:
                newest.end()
            async for answer in answers(newest, version):
                yield answer
        finally:
            newest.close()
            self._watches.discard(newest)
        if self._leaving:
            await abort(context, leaving())

    def end_watches(self) -> None:
        """Lets each watched draft have its last answer, and sends its writer to another server."""
        self._leaving = True
        for newest in self._watches:
            newest.end()

    async def ListRules(self, request: pb.ListRulesRequest, context: CallContext) -> pb.ListRulesResponse:
        start = _page_start(request.page_token)
        if request.page_size < 0:
            await abort(context, invalid([_violation("page_size", "must not be negative", Reason.OUT_OF_RANGE)]))
        if start is None:
            text = "is no token of this server; start again without one"
            await abort(context, invalid([_violation("page_token", text, Reason.INVALID_PAGE_TOKEN)]))
        end = start + (request.page_size or len(_CATALOGUE))
        return pb.ListRulesResponse(
            rules=[rule_to_wire(rule) for rule in _CATALOGUE[start:end]],
            next_page_token=_page_token(_CATALOGUE[end - 1]) if end < len(_CATALOGUE) else "",
        )

    async def GetCapabilities(
        self, request: pb.GetCapabilitiesRequest, context: CallContext
    ) -> pb.GetCapabilitiesResponse:
        limits = self._limits
        return pb.GetCapabilitiesResponse(
            versions=versions_to_wire(await self._analyst.versions()),
            limits=pb.Limits(**{field.name: getattr(limits, field.name) for field in pb.Limits.DESCRIPTOR.fields}),
            languages=LANGUAGES,
            draft_formats=[pb.DRAFT_FORMAT_TEXT, pb.DRAFT_FORMAT_HTML, pb.DRAFT_FORMAT_MESSAGE],
            assist_available=False,
            rewrite_available=True,
        )

    async def _item(self, request: pb.ReviewDraftRequest, deadline: float, path: str) -> pb.BatchReviewResult:
        result = await self._safe_result(request, deadline, _BATCH, path=path)
        if isinstance(result, status_pb2.Status):
            return pb.BatchReviewResult(status=result)
        return pb.BatchReviewResult(review=result)

    async def _safe_result(
        self,
        request: pb.ReviewDraftRequest,
        deadline: float,
        method: str,
        *,
        path: str,
        session: Session | None = None,
    ) -> pb.Review | status_pb2.Status:
        """The result for one draft of many, whatever happens to it."""
        try:
            return await self._result(request, deadline, path=path, session=session)
        except Exception as error:
            return internal(report(error, method=method))

    async def _result(
        self, request: pb.ReviewDraftRequest, deadline: float, *, path: str = "", session: Session | None = None
    ) -> pb.Review | status_pb2.Status:
        if (refused := refusal(request, self._limits, path=path)) is not None:
            return refused
        began = time.perf_counter()
        try:
            draft, origin = await _read(request)
        except UnreadableError as error:
            return await self._unreadable(request, f"the message {error}")
        try:
            review = await self._analyst.review(
                draft, context_of(request), options_of(request), deadline=deadline, session=session
            )
        except DeadlinePassedError:
            return call_too_long(self._limits.max_call_seconds)
        seconds = time.perf_counter() - began
        count_draft(review, characters=len(draft.text) + len(draft.subject), seconds=seconds)
        answer = review_to_wire(review, draft, request.offset_encoding, origin)
        answer.assist.CopyFrom(_assist(request.options.assist))
        if origin is not None:
            answer.text_sha256 = hashlib.sha256(body_of(request)).hexdigest()
            answer.analysed_text = draft.text
            answer.analysed_subject = draft.subject if origin.subject else ""
        return answer

    async def _unreadable(self, request: pb.ReviewDraftRequest, detail: str) -> pb.Review:
        return pb.Review(
            verdict=pb.VERDICT_NOT_REVIEWED,
            not_reviewed_reason=pb.NOT_REVIEWED_REASON_UNREADABLE,
            not_reviewed_detail=detail,
            offset_encoding=request.offset_encoding,
            text_sha256=hashlib.sha256(body_of(request)).hexdigest(),
            versions=versions_to_wire(await self._analyst.versions()),
            assist=_assist(request.options.assist),
        )


async def _read(request: pb.ReviewDraftRequest) -> tuple[Draft, Origin | None]:
    """Reads HTML and messages in a thread: a large one takes half a second."""
    if request.draft.HasField("text"):
        return draft_of(request)
    return await asyncio.to_thread(draft_of, request)


def _assist(mode: pb.AssistMode.ValueType) -> pb.Assist:
    if mode == pb.ASSIST_MODE_PREFERRED:
        return pb.Assist(state=pb.ASSIST_STATE_UNAVAILABLE, reasons=["NOT_CONFIGURED"])
    return pb.Assist(state=pb.ASSIST_STATE_OFF)


def _place(rule: Rule) -> tuple[int, str]:
    """Questions come after the flaws."""
    return (_CATEGORIES.index(rule.category) if rule.category else len(_CATEGORIES), rule.id)


_CATALOGUE = tuple(sorted((*RULES, *QUESTIONS), key=_place))


def _page_token(last: Rule) -> str:
    """Names the last rule told, so that a page holds even when the next one comes from a newer server."""
    return base64.urlsafe_b64encode(last.id.encode()).decode()


def _page_start(token: str) -> int | None:
    """Where the page of `token` starts; None for a token that no server gave out."""
    if not token:
        return 0
    try:
        last = base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        return None
    return next((place + 1 for place, rule in enumerate(_CATALOGUE) if rule.id == last), None)


def _violation(field: str, description: str, reason: Reason) -> Violation:
    return Violation(field=field, description=description, reason=reason)
