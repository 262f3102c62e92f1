"""A validated request in the terms of the rules."""

from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from apology.v1 import review_pb2 as pb
from apology_rules import Channel, Context, Draft, Facts, IncidentPhase, Options, Party, Relation, Sensitivity, Severity
from apology_service.mail import Unread

if TYPE_CHECKING:
    from google.protobuf.internal.enum_type_wrapper import _EnumTypeWrapper

_E = TypeVar("_E", bound=Enum)
_V = TypeVar("_V", bound=int)


def given_of(request: pb.ReviewDraftRequest) -> Draft | Unread:
    """The draft; HTML and messages have to be read first."""
    given = request.draft
    if given.WhichOneof("body") == "text":
        return Draft(text=given.text, subject=given.subject)
    return Unread(given.html if given.WhichOneof("body") == "html" else given.message, given.subject)


def context_of(request: pb.ReviewDraftRequest) -> Context:
    case = request.context
    mail = Channel.EMAIL if request.draft.HasField("message") else None
    return Context(
        relation=_member(Relation, pb.Relation, case.relation),
        channel=_member(Channel, pb.Channel, case.channel) or mail,
        gravity=case.gravity or None,
        phase=_member(IncidentPhase, pb.IncidentPhase, case.phase),
        happened_at=_instant(case.happened_at) if case.HasField("happened_at") else None,
        discovered_at=_instant(case.discovered_at) if case.HasField("discovered_at") else None,
        sent_at=_instant(case.sent_at) if case.HasField("sent_at") else None,
        sender=_party(case.sender),
        recipient=_party(case.recipient),
        facts=_facts(case.facts),
    )


def options_of(request: pb.ReviewDraftRequest) -> Options:
    options = request.options
    return Options(
        disabled_rules=frozenset(options.disabled_rules),
        rule_parameters={rule: dict(given.values) for rule, given in options.rule_parameters.items()},
        minimum_severity=_member(Severity, pb.Severity, options.minimum_severity) or Severity.INFORMATION,
        allowed_phrases=tuple(options.allowed_phrases),
        sensitivity=_member(Sensitivity, pb.Sensitivity, options.sensitivity) or Sensitivity.BALANCED,
        include_rewrite=options.include_rewrite,
    )


def wants_model(request: pb.ReviewDraftRequest) -> bool:
    """Whether the caller asked for help by a language model."""
    return request.options.assist in {pb.ASSIST_MODE_PREFERRED, pb.ASSIST_MODE_REQUIRED}


def _party(party: pb.Party) -> Party:
    return Party(name=party.name, role=party.role)


def _facts(facts: pb.Facts) -> Facts:
    return Facts(
        what_happened=facts.what_happened,
        cause=facts.cause,
        impact=facts.impact,
        remedy=facts.remedy,
        remedy_date=facts.remedy_date,
        prevention=facts.prevention,
        contact=facts.contact,
    )


def _instant(timestamp: Timestamp) -> datetime:
    return timestamp.ToDatetime(tzinfo=UTC)


def _member(kind: type[_E], wire: "_EnumTypeWrapper[_V]", number: _V) -> _E | None:
    """The member of `kind` with the name of `number`; None for unspecified."""
    return kind[wire.Name(number).removeprefix(enum_prefix(wire))] if number else None


def enum_prefix(wire: "_EnumTypeWrapper[_V]") -> str:
    """The prefix of the enum's value names, such as `VERDICT_`."""
    return wire.DESCRIPTOR.values[0].name.removesuffix("UNSPECIFIED")
