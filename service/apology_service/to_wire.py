"""Reviews and rules in the terms of the contract."""

import hashlib
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from apology.v1 import review_pb2 as pb
from apology_rules import (
    Component,
    Draft,
    Finding,
    Part,
    Promise,
    Question,
    Readability,
    Review,
    Rewrite,
    Rule,
    Span,
    Suggestion,
    TextEdit,
    Versions,
)
from apology_service.assist import Helped
from apology_service.assist.failures import Shortfall
from apology_service.from_wire import enum_prefix, wants_model
from apology_service.mail import Origin, UnreadableError
from apology_service.offsets import Offsets, offsets

if TYPE_CHECKING:
    from google.protobuf.internal.enum_type_wrapper import _EnumTypeWrapper

_V = TypeVar("_V", bound=int)


def review_to_wire(
    review: Review, draft: Draft, request: pb.ReviewDraftRequest, origin: Origin | None = None
) -> pb.Review:
    """`review` with every offset in the unit that was asked for.

    `origin` says where a draft stood that was no plain text: then the answer tells what was read, too.
    """
    spans = _Spans(draft, request.offset_encoding, origin)
    told = pb.Review(
        verdict=number(pb.Verdict, review.verdict),
        not_reviewed_reason=number(pb.NotReviewedReason, review.not_reviewed_reason),
        not_reviewed_detail=review.not_reviewed_detail,
        score=review.score,
        findings=[_finding(f, spans) for f in review.findings],
        components=[_component(c, spans) for c in review.components],
        promises=[_promise(p, spans) for p in review.promises],
        questions=[_question(q, spans) for q in review.questions],
        rewrite=_rewrite(review.rewrite, spans),
        readability=_readability(review.readability),
        language=review.language,
        relation=number(pb.Relation, review.relation),
        channel=number(pb.Channel, review.channel),
        gravity=review.gravity or 0,
        offset_encoding=request.offset_encoding,
        text_sha256=review.text_sha256,
        versions=versions_to_wire(review.versions),
    )
    if origin is not None:
        told.text_sha256 = _digest(request)
        told.analysed_text = draft.text
        told.analysed_subject = draft.subject if origin.subject else ""
    return told


def unreadable_to_wire(request: pb.ReviewDraftRequest, error: UnreadableError, versions: Versions) -> pb.Review:
    assist = pb.Assist(state=pb.ASSIST_STATE_OFF)
    if wants_model(request):
        assist = pb.Assist(state=pb.ASSIST_STATE_UNAVAILABLE, reasons=[Shortfall.NOTHING_TO_DO])
    return pb.Review(
        verdict=pb.VERDICT_NOT_REVIEWED,
        not_reviewed_reason=pb.NOT_REVIEWED_REASON_UNREADABLE,
        not_reviewed_detail=f"the message {error}",
        offset_encoding=request.offset_encoding,
        text_sha256=_digest(request),
        versions=versions_to_wire(versions),
        assist=assist,
    )


def _digest(request: pb.ReviewDraftRequest) -> str:
    """Of the body as received; texts in UTF-8."""
    given = request.draft
    return hashlib.sha256(given.message or (given.html or given.text).encode()).hexdigest()


def rule_to_wire(rule: Rule) -> pb.RuleDescription:
    return pb.RuleDescription(
        id=rule.id,
        name=rule.name,
        category=number(pb.Category, rule.category),
        severity=number(pb.Severity, rule.severity),
        message=rule.message,
        why=rule.why,
        reference=rule.reference,
        bad=rule.bad,
        good=rule.good,
        parameters=[
            pb.RuleParameter(
                name=p.name, description=p.description, default_value=p.default, minimum=p.minimum, maximum=p.maximum
            )
            for p in rule.parameters
        ],
    )


def assist_to_wire(helped: Helped) -> pb.Assist:
    return pb.Assist(state=number(pb.AssistState, helped.state), reasons=helped.reasons)


def versions_to_wire(versions: Versions) -> pb.Versions:
    return pb.Versions(
        package=versions.package, rules=versions.rules, pipeline=versions.pipeline, reader=versions.reader
    )


@cache  # an answer holds dozens, and there are not many to tell apart
def number(wire: "_EnumTypeWrapper[_V]", member: Enum | None) -> _V:
    """The number of the value with the name of `member`; unspecified for None."""
    return wire.Value(enum_prefix(wire) + (member.name if member else "UNSPECIFIED"))


class _Spans:
    """Converts the spans of one draft; a part without spans costs nothing."""

    def __init__(self, draft: Draft, encoding: pb.OffsetEncoding.ValueType, origin: Origin | None) -> None:
        self._texts = {Part.BODY: draft.text, Part.SUBJECT: draft.subject}
        self._encoding = encoding
        self._origin = origin
        self._offsets: dict[str, Offsets] = {}

    def one(self, span: Span | None) -> pb.Span | None:
        if span is None:
            return None
        at = self._offsets_in(self._texts[span.part])
        return pb.Span(
            begin=at(span.begin),
            end=at(span.end),
            text=span.text,
            part=number(pb.DraftPart, span.part),
            source=self._source(span),
        )

    def _source(self, span: Span) -> pb.SourceSpan | None:
        place = self._origin.place(span.part, span.begin, span.end) if self._origin else None
        if place is None:
            return None
        at = self._offsets_in(place.content)
        return pb.SourceSpan(
            section=place.section,
            begin=at(place.begin),
            end=at(place.end),
            message_begin=place.message_begin,
            message_end=place.message_end,
        )

    def _offsets_in(self, text: str) -> Offsets:
        if text not in self._offsets:
            self._offsets[text] = offsets(text, self._encoding)
        return self._offsets[text]


def _finding(finding: Finding, spans: _Spans) -> pb.Finding:
    return pb.Finding(
        rule_id=finding.rule_id,
        category=number(pb.Category, finding.category),
        severity=number(pb.Severity, finding.severity),
        confidence=finding.confidence,
        span=spans.one(finding.span),
        message=finding.message,
        why=finding.why,
        reference=finding.reference,
        suggestions=[_suggestion(s, spans) for s in finding.suggestions],
        sources=[number(pb.FindingSource, source) for source in finding.sources],
    )


def _suggestion(suggestion: Suggestion, spans: _Spans) -> pb.Suggestion:
    return pb.Suggestion(
        edits=[_edit(e, spans) for e in suggestion.edits],
        description=suggestion.description,
        placeholders=suggestion.placeholders,
        worded_by_model=suggestion.worded_by_model,
    )


def _edit(edit: TextEdit, spans: _Spans) -> pb.TextEdit:
    return pb.TextEdit(span=spans.one(edit.span), new_text=edit.new_text)


def _rewrite(rewrite: Rewrite | None, spans: _Spans) -> pb.Rewrite | None:
    if rewrite is None:
        return None
    return pb.Rewrite(
        text=rewrite.text,
        edits=[_edit(e, spans) for e in rewrite.edits],
        placeholders=rewrite.placeholders,
        changes=[pb.Change(rule_id=c.rule_id, description=c.description) for c in rewrite.changes],
        remaining=rewrite.remaining,
        worded_by_model=rewrite.worded_by_model,
        subject=rewrite.subject,
    )


def _component(component: Component, spans: _Spans) -> pb.Component:
    return pb.Component(
        kind=number(pb.ComponentKind, component.kind),
        state=number(pb.ComponentState, component.state),
        evidence=[s for s in map(spans.one, component.evidence) if s],
    )


def _promise(promise: Promise, spans: _Spans) -> pb.Promise:
    return pb.Promise(
        span=spans.one(promise.span),
        owner=number(pb.PromiseOwner, promise.owner),
        owner_span=spans.one(promise.owner_span),
        due_span=spans.one(promise.due_span),
    )


def _question(question: Question, spans: _Spans) -> pb.Question:
    return pb.Question(rule_id=question.rule_id, text=question.text, why=question.why, span=spans.one(question.span))


def _readability(readability: Readability | None) -> pb.Readability | None:
    if readability is None:
        return None
    return pb.Readability(
        words=readability.words,
        sentences=readability.sentences,
        words_per_sentence=readability.words_per_sentence,
        automated_readability_index=readability.automated_readability_index,
        coleman_liau_index=readability.coleman_liau_index,
        lix=readability.lix,
        reading_seconds=readability.reading_seconds,
    )
