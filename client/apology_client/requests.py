"""From the values of `apology_client.draft` to the request of the contract."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from apology.v1 import review_pb2
from apology_client.draft import Context, Draft, Facts, Options, Party
from apology_client.enums import AssistMode, Channel, IncidentPhase, Relation, Sensitivity, Severity
from apology_client.errors import InvalidRequestError


def review_request(
    draft: str | Draft, context: Context | None = None, options: Options | None = None
) -> review_pb2.ReviewDraftRequest:
    """Ask for code points, whatever the caller: they are what Python strings are made of.

    TypeError for what is of another kind than its field, InvalidRequestError for what cannot be sent.
    """
    try:
        return review_pb2.ReviewDraftRequest(
            draft=_draft(draft),
            context=to_context(context) if context is not None else None,
            options=to_options(options) if options is not None else None,
            offset_encoding=review_pb2.OFFSET_ENCODING_UTF32,
        )
    except UnicodeEncodeError as error:
        where = f"character {error.start} is half of a surrogate pair"
        raise InvalidRequestError(f"the request is no valid Unicode: {where}") from None  # the cause holds the text


def _draft(draft: str | Draft) -> review_pb2.Draft:
    if isinstance(draft, str):
        return review_pb2.Draft(text=draft)
    if not isinstance(draft, Draft):
        raise TypeError(f"a draft is a str or a Draft, not {type(draft).__name__}")
    bodies: dict[str, Any] = {"text": draft.text, "html": draft.html, "message": draft.message}
    if sum(body is not None for body in bodies.values()) != 1:
        raise InvalidRequestError("a draft has exactly one of text, html and message")
    return review_pb2.Draft(subject=draft.subject, **{name: body for name, body in bodies.items() if body is not None})


def to_context(context: Context) -> review_pb2.Context:
    _check("context", context, Context)
    facts = context.facts
    for name, value, kind in (
        ("gravity", context.gravity, int),
        ("sender", context.sender, Party),
        ("recipient", context.recipient, Party),
        ("facts", facts, Facts),
    ):
        _check(name, value, kind)
    message = review_pb2.Context(
        relation=Relation(context.relation).to_wire(),
        channel=Channel(context.channel).to_wire(),
        gravity=context.gravity,
        phase=IncidentPhase(context.phase).to_wire(),
        sender=_party(context.sender),
        recipient=_party(context.recipient),
        facts=review_pb2.Facts(
            what_happened=facts.what_happened,
            cause=facts.cause,
            impact=facts.impact,
            remedy=facts.remedy,
            remedy_date=facts.remedy_date,
            prevention=facts.prevention,
            contact=facts.contact,
        ),
    )
    for name in ("happened_at", "discovered_at", "sent_at"):
        if (moment := getattr(context, name)) is not None:
            getattr(message, name).FromDatetime(_aware(moment, name))
    return message


def _party(party: Party) -> review_pb2.Party:
    return review_pb2.Party(name=party.name, role=party.role)


def _aware(moment: datetime, name: str) -> datetime:
    _check(name, moment, datetime)
    if moment.tzinfo is None:
        raise ValueError(f"{name} needs a time zone, such as datetime.now(UTC) has")
    return moment


def to_options(options: Options) -> review_pb2.ReviewOptions:
    _check("options", options, Options)
    _check("rule_parameters", options.rule_parameters, Mapping)
    for rule, values in options.rule_parameters.items():
        _check(f"rule_parameters[{rule!r}]", values, Mapping)
    parameters = options.rule_parameters.items()
    return review_pb2.ReviewOptions(
        disabled_rules=_texts("disabled_rules", options.disabled_rules),
        rule_parameters={rule: review_pb2.RuleParameters(values=values) for rule, values in parameters},
        minimum_severity=Severity.of(options.minimum_severity).to_wire(),
        allowed_phrases=_texts("allowed_phrases", options.allowed_phrases),
        assist=AssistMode(options.assist).to_wire(),
        include_rewrite=options.include_rewrite,
        sensitivity=Sensitivity(options.sensitivity).to_wire(),
    )


def _texts(name: str, values: Iterable[str]) -> Iterable[str]:
    if isinstance(values, str):
        raise TypeError(f"{name} must be a tuple of texts, not a str")  # it would be taken letter by letter
    return values


def _check(name: str, value: object, kind: type) -> None:
    """Say in words of the caller what protobuf, or Python, would say in their own."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be of type {kind.__name__}, not {type(value).__name__}")
