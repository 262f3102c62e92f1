"""The methods of the service: a request in, the rules' judgement out."""

import asyncio
import base64
import binascii
import time
from collections.abc import AsyncIterator

import grpc
from google.rpc import status_pb2

from apology.v1 import review_pb2 as pb
from apology.v1 import review_pb2_grpc as pb_grpc
from apology_rules import LANGUAGES, Category, Draft, Review, Rule, Verdict, Versions
from apology_rules.catalogue import QUESTIONS, RULES
from apology_service.analysis import Analyst, DeadlinePassedError, Session
from apology_service.assist import Assistant, AssistState, Helped
from apology_service.assist.failures import Shortfall
from apology_service.calls import SERVICE, CallContext, count_draft, deadline_of
from apology_service.faults import (
    Reason,
    Violation,
    abort,
    assist_failed,
    assist_not_configured,
    call_too_long,
    internal,
    invalid,
    leaving,
)
from apology_service.from_wire import context_of, given_of, options_of, wants_model
from apology_service.incidents import report
from apology_service.mail import Origin, UnreadableError
from apology_service.settings import Limits
from apology_service.to_wire import assist_to_wire, review_to_wire, rule_to_wire, unreadable_to_wire, versions_to_wire
from apology_service.validation import batch_refusal, refusal
from apology_service.watching import Newest, answers

_BATCH = f"/{SERVICE}/BatchReviewDrafts"
_WATCH = f"/{SERVICE}/WatchDraft"
_CATEGORIES = list(Category)
_MOMENT_SECONDS = 0.05
_NEVER_AGAIN = -1  # as a pushback it keeps clients from trying again by themselves


class ApologyReviewServicer(pb_grpc.ApologyReviewServiceServicer):
    """Serves what `analyst` reviews, with the help of `assistant` where a caller asks for it and there is one."""

    def __init__(self, analyst: Analyst, limits: Limits, assistant: Assistant | None = None) -> None:
        self._analyst = analyst
        self._limits = limits
        self._assistant = assistant
        self._watches: set[Newest] = set()
        self._leaving = False

    async def ReviewDraft(self, request: pb.ReviewDraftRequest, context: CallContext) -> pb.ReviewDraftResponse:
        result = await self._result(request, Session(), deadline_of(context, self._limits.max_call_seconds))
        if isinstance(result, status_pb2.Status):
            tried = result.code == grpc.StatusCode.UNAVAILABLE.value[0]  # the model, as often as the operator wants
            await abort(context, result, pushback_ms=_NEVER_AGAIN if tried else None)
        return pb.ReviewDraftResponse(review=result)

    async def BatchReviewDrafts(
        self, request: pb.BatchReviewDraftsRequest, context: CallContext
    ) -> pb.BatchReviewDraftsResponse:
        if (refused := batch_refusal(request, self._limits)) is not None:
            await abort(context, refused)
        deadline = deadline_of(context, self._limits.max_call_seconds)
        turns = asyncio.Semaphore(self._analyst.parallelism)  # a batch never queues more than could run at once

        items = []
        async with asyncio.TaskGroup() as group:
            for index, draft in enumerate(request.requests):
                item = self._item(draft, Session(turns), deadline, f"requests[{index}].")
                items.append(group.create_task(item))
                await asyncio.sleep(0)  # it is validated now; others have their turn before the next is
        return pb.BatchReviewDraftsResponse(results=[item.result() for item in items])

    async def WatchDraft(
        self, requests: AsyncIterator[pb.WatchDraftRequest], context: CallContext
    ) -> AsyncIterator[pb.WatchDraftResponse]:
        async def version(request: pb.WatchDraftRequest, session: Session) -> pb.WatchDraftResponse:
            deadline = deadline_of(context, self._limits.max_call_seconds)
            result = await self._safe_result(request.request, session, deadline, _WATCH, path="request.")
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
        # A connection that ends looks at first like a caller who has no more to send; a moment later it cancels this.
        await asyncio.sleep(_MOMENT_SECONDS)

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
            versions=self._versions(await self._analyst.versions()),
            limits=pb.Limits(**{field.name: getattr(limits, field.name) for field in pb.Limits.DESCRIPTOR.fields}),
            languages=LANGUAGES,
            draft_formats=[pb.DRAFT_FORMAT_TEXT, pb.DRAFT_FORMAT_HTML, pb.DRAFT_FORMAT_MESSAGE],
            assist_available=self._assistant is not None and self._assistant.available,
            rewrite_available=True,
        )

    async def _item(
        self, request: pb.ReviewDraftRequest, session: Session, deadline: float, path: str
    ) -> pb.BatchReviewResult:
        result = await self._safe_result(request, session, deadline, _BATCH, path=path)
        if isinstance(result, status_pb2.Status):
            return pb.BatchReviewResult(status=result)
        return pb.BatchReviewResult(review=result)

    async def _safe_result(
        self,
        request: pb.ReviewDraftRequest,
        session: Session,
        deadline: float,
        method: str,
        *,
        path: str,
    ) -> pb.Review | status_pb2.Status:
        """The result for one draft of many, whatever happens to it."""
        try:
            return await self._result(request, session, deadline, path=path)
        except Exception as error:
            return internal(report(error, method=method))

    async def _result(
        self, request: pb.ReviewDraftRequest, session: Session, deadline: float, *, path: str = ""
    ) -> pb.Review | status_pb2.Status:
        if (refused := refusal(request, self._limits, path=path)) is not None:
            return refused
        mode = request.options.assist
        if mode == pb.ASSIST_MODE_REQUIRED and self._assistant is None:
            return assist_not_configured()
        began = time.perf_counter()
        try:
            draft, origin = await self._read(request, session, deadline)
            helped = await self._helped(draft, request, session, deadline)
        except UnreadableError as error:
            versions = await self._analyst.versions()
            unread = Review(verdict=Verdict.NOT_REVIEWED, versions=versions, text_sha256="")
            count_draft(unread, characters=0, seconds=time.perf_counter() - began)  # none of them was read
            return unreadable_to_wire(request, error, versions)
        except DeadlinePassedError:
            return call_too_long(self._limits.max_call_seconds)
        if mode == pb.ASSIST_MODE_REQUIRED and helped.needed_and_missing:
            return assist_failed(helped.reasons)
        review, seconds = helped.review, time.perf_counter() - began
        count_draft(review, characters=len(draft.text) + len(draft.subject), seconds=seconds)
        answer = review_to_wire(review, draft, request, origin)
        answer.assist.CopyFrom(assist_to_wire(helped))
        if helped.took_part:
            answer.versions.CopyFrom(self._versions(review.versions))
        return answer

    async def _read(
        self, request: pb.ReviewDraftRequest, session: Session, deadline: float
    ) -> tuple[Draft, Origin | None]:
        given = given_of(request)
        if isinstance(given, Draft):
            return given, None
        read = await self._analyst.read(given, deadline=deadline, session=session)
        return read.draft, read.origin

    async def _helped(self, draft: Draft, request: pb.ReviewDraftRequest, session: Session, deadline: float) -> Helped:
        """The review, with the model's help as far as it is wanted and there is any."""
        context, options = context_of(request), options_of(request)
        wanted = wants_model(request)
        if wanted and self._assistant is not None:
            return await self._assistant.review(
                self._analyst, draft, context, options, deadline=deadline, session=session
            )
        review = await self._analyst.review(draft, context, options, deadline=deadline, session=session)
        if not wanted:
            return Helped(review=review)
        return Helped(review=review, state=AssistState.UNAVAILABLE, reasons=(Shortfall.NOT_CONFIGURED,))

    def _versions(self, versions: Versions) -> pb.Versions:
        """The versions, those of model and prompts included."""
        told = versions_to_wire(versions)
        if self._assistant is not None:
            told.model, told.prompt = self._assistant.model, self._assistant.prompt
        return told


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
