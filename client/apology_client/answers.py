"""From the answers of the contract to the values of `apology_client.review` and `apology_client.catalogue`."""

from typing import Any

from apology.v1 import review_pb2
from apology_client.catalogue import Capabilities, Limits, Parameter, Rule
from apology_client.enums import (
    AssistState,
    Category,
    Channel,
    ComponentKind,
    ComponentState,
    DraftFormat,
    DraftPart,
    FindingSource,
    NotReviewedReason,
    PromiseOwner,
    Relation,
    Severity,
    Verdict,
)
from apology_client.review import (
    Assist,
    Change,
    Component,
    Finding,
    Promise,
    Question,
    Readability,
    Review,
    Rewrite,
    SourceSpan,
    Span,
    Suggestion,
    TextEdit,
    Versions,
)


def review(m: review_pb2.Review) -> Review:
    components = (_component(c) for c in m.components)
    return Review(
        verdict=Verdict.from_wire(m.verdict),
        score=m.score if m.HasField("score") else None,
        findings=tuple(_finding(f) for f in m.findings),
        components={component.kind: component for component in components},
        promises=tuple(_promise(p) for p in m.promises),
        questions=tuple(Question(q.rule_id, q.text, q.why, _optional_span(q, "span")) for q in m.questions),
        rewrite=_rewrite(m.rewrite) if m.HasField("rewrite") else None,
        readability=_readability(m.readability) if m.HasField("readability") else None,
        not_reviewed_reason=NotReviewedReason.from_wire(m.not_reviewed_reason) if m.not_reviewed_reason else None,
        not_reviewed_detail=m.not_reviewed_detail,
        language=m.language,
        relation=Relation.from_wire(m.relation),
        channel=Channel.from_wire(m.channel),
        gravity=m.gravity or None,
        text_sha256=m.text_sha256,
        versions=versions(m.versions),
        assist=Assist(AssistState.from_wire(m.assist.state), tuple(m.assist.reasons)),
        analysed_text=m.analysed_text,
        analysed_subject=m.analysed_subject,
        wire=m,
    )


def _span(m: review_pb2.Span) -> Span:
    part = DraftPart.from_wire(m.part or review_pb2.DRAFT_PART_BODY)
    return Span(m.begin, m.end, m.text, part, _source(m.source) if m.HasField("source") else None)


def _source(m: review_pb2.SourceSpan) -> SourceSpan:
    return SourceSpan(m.section, m.begin, m.end, m.message_begin, m.message_end)


def _optional_span(m: Any, field: str) -> Span | None:
    return _span(getattr(m, field)) if m.HasField(field) else None


def _edits(edits: Any) -> tuple[TextEdit, ...]:
    return tuple(TextEdit(_span(e.span), e.new_text) for e in edits)


def _finding(m: review_pb2.Finding) -> Finding:
    return Finding(
        rule_id=m.rule_id,
        category=Category.from_wire(m.category),
        severity=Severity(m.severity),
        confidence=m.confidence,
        span=_optional_span(m, "span"),
        message=m.message,
        why=m.why,
        reference=m.reference,
        suggestions=tuple(_suggestion(s) for s in m.suggestions),
        sources=tuple(FindingSource.from_wire(source) for source in m.sources),
    )


def _suggestion(m: review_pb2.Suggestion) -> Suggestion:
    return Suggestion(_edits(m.edits), m.description, tuple(m.placeholders), m.worded_by_model)


def _component(m: review_pb2.Component) -> Component:
    evidence = tuple(_span(span) for span in m.evidence)
    return Component(ComponentKind.from_wire(m.kind), ComponentState.from_wire(m.state), evidence)


def _promise(m: review_pb2.Promise) -> Promise:
    owner = PromiseOwner.from_wire(m.owner)
    return Promise(_span(m.span), owner, _optional_span(m, "owner_span"), _optional_span(m, "due_span"))


def _rewrite(m: review_pb2.Rewrite) -> Rewrite:
    changes = tuple(Change(c.rule_id, c.description) for c in m.changes)
    placeholders, remaining = tuple(m.placeholders), tuple(m.remaining)
    return Rewrite(m.text, _edits(m.edits), placeholders, changes, remaining, m.worded_by_model, m.subject)


def _readability(m: review_pb2.Readability) -> Readability:
    return Readability(
        words=m.words,
        sentences=m.sentences,
        words_per_sentence=m.words_per_sentence,
        automated_readability_index=m.automated_readability_index,
        coleman_liau_index=m.coleman_liau_index,
        lix=m.lix,
        reading_seconds=m.reading_seconds,
    )


def versions(m: review_pb2.Versions) -> Versions:
    return Versions(m.package, m.rules, m.pipeline, m.reader, m.model, m.prompt)


def rule(m: review_pb2.RuleDescription) -> Rule:
    parameters = (Parameter(p.name, p.description, p.default_value, p.minimum, p.maximum) for p in m.parameters)
    return Rule(
        id=m.id,
        name=m.name,
        category=Category.from_wire(m.category),
        severity=Severity(m.severity),
        message=m.message,
        why=m.why,
        reference=m.reference,
        bad=tuple(m.bad),
        good=tuple(m.good),
        parameters=tuple(parameters),
        wire=m,
    )


def capabilities(m: review_pb2.GetCapabilitiesResponse) -> Capabilities:
    limits = m.limits
    return Capabilities(
        versions=versions(m.versions),
        limits=Limits(
            max_draft_characters=limits.max_draft_characters,
            max_batch_drafts=limits.max_batch_drafts,
            max_batch_characters=limits.max_batch_characters,
            max_request_bytes=limits.max_request_bytes,
            max_allowed_phrases=limits.max_allowed_phrases,
            max_field_characters=limits.max_field_characters,
            max_call_seconds=limits.max_call_seconds,
        ),
        languages=tuple(m.languages),
        draft_formats=tuple(DraftFormat.from_wire(form) for form in m.draft_formats),
        assist_available=m.assist_available,
        rewrite_available=m.rewrite_available,
    )
