"""Errors as callers see them: `google.rpc.Status` with ErrorInfo, and BadRequest for invalid requests.

No message ever holds text of a draft.
"""

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Never, Self

import grpc
from google.protobuf import duration_pb2, message
from google.rpc import error_details_pb2, status_pb2

from apology_service.calls import CallContext, note_reason

DOMAIN = "apology.v1"
MAX_VIOLATIONS = 20
_MAX_DETAIL_BYTES = 4096  # details travel in HTTP/2 trailers, of which clients accept 8 to 16 KB in all
_CODES = {code.value[0]: code for code in grpc.StatusCode}


class Reason(StrEnum):
    """The `ErrorInfo.reason` of every error, and the `reason` of every field violation; stable for ever."""

    MISSING_DRAFT = "MISSING_DRAFT"
    UNSUPPORTED_DRAFT_FORMAT = "UNSUPPORTED_DRAFT_FORMAT"  # not sent here, where every form is read; clients know it
    MISSING_OFFSET_ENCODING = "MISSING_OFFSET_ENCODING"
    UNKNOWN_ENUM_VALUE = "UNKNOWN_ENUM_VALUE"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    INVALID_TIMESTAMP = "INVALID_TIMESTAMP"
    FIELD_TOO_LONG = "FIELD_TOO_LONG"
    UNKNOWN_RULE = "UNKNOWN_RULE"
    UNKNOWN_PARAMETER = "UNKNOWN_PARAMETER"
    TOO_MANY_RULES = "TOO_MANY_RULES"
    TOO_MANY_PARAMETERS = "TOO_MANY_PARAMETERS"
    TOO_MANY_PHRASES = "TOO_MANY_PHRASES"
    MISSING_REQUESTS = "MISSING_REQUESTS"
    TOO_MANY_DRAFTS = "TOO_MANY_DRAFTS"
    BATCH_TOO_LONG = "BATCH_TOO_LONG"
    INVALID_PAGE_TOKEN = "INVALID_PAGE_TOKEN"
    MALFORMED_REQUEST = "MALFORMED_REQUEST"
    ASSIST_UNAVAILABLE = "ASSIST_UNAVAILABLE"
    SERVER_OVERLOADED = "SERVER_OVERLOADED"
    CALL_TOO_LONG = "CALL_TOO_LONG"
    SERVER_LEAVING = "SERVER_LEAVING"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    MISSING_TOKEN = "MISSING_TOKEN"
    UNKNOWN_TOKEN = "UNKNOWN_TOKEN"
    CLIENT_NOT_ALLOWED = "CLIENT_NOT_ALLOWED"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """What is wrong with one field. `metadata` repeats, for programs, whatever varies in `description`."""

    field: str
    description: str
    reason: Reason
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)


def fault(
    code: grpc.StatusCode,
    reason: Reason,
    text: str,
    *,
    metadata: Mapping[str, str] | None = None,
    details: Sequence[message.Message] = (),
) -> status_pb2.Status:
    """A status with its ErrorInfo."""
    status = status_pb2.Status(code=code.value[0], message=text)
    info = error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=metadata or {})
    for detail in (info, *details):
        status.details.add().Pack(detail)
    return status


def invalid(violations: Sequence[Violation]) -> status_pb2.Status:
    """INVALID_ARGUMENT: the reason is that of the first violation; as many as fit are listed.

    `MAX_VIOLATIONS` of them stand for that many or more: nobody has looked for the rest.
    """
    first, others = violations[0], len(violations) - 1
    more = f"{others} or more others" if len(violations) >= MAX_VIOLATIONS else f"{others} more"
    text = f"{first.field} {first.description}" + (f" (and {more})" if others else "")
    metadata = {"field": first.field, "violations": str(len(violations)), **first.metadata}
    bad = error_details_pb2.BadRequest()
    for violation in violations:
        if bad.ByteSize() + len(violation.field) + len(violation.description) + 64 > _MAX_DETAIL_BYTES - 512:
            break
        bad.field_violations.add(field=violation.field, description=violation.description, reason=violation.reason)
    return fault(grpc.StatusCode.INVALID_ARGUMENT, first.reason, text, metadata=metadata, details=(bad,))


def overloaded(retry_ms: int) -> status_pb2.Status:
    return fault(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        Reason.SERVER_OVERLOADED,
        "the server is busy; try again shortly",
        details=(_retry(retry_ms),),
    )


def quota_exceeded(quota: str, limit: str, retry_ms: int) -> status_pb2.Status:
    """RESOURCE_EXHAUSTED for one caller alone; `quota` names the setting, `limit` tells it with its unit."""
    text = f"this caller has used up its quota of {limit}"
    violation = error_details_pb2.QuotaFailure.Violation(subject="caller", description=text, quota_id=quota)
    return fault(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        Reason.QUOTA_EXCEEDED,
        text,
        metadata={"quota": quota, "limit": limit},
        details=(error_details_pb2.QuotaFailure(violations=[violation]), _retry(retry_ms)),
    )


def unauthenticated(reason: Reason, text: str) -> status_pb2.Status:
    return fault(grpc.StatusCode.UNAUTHENTICATED, reason, text)


def not_allowed() -> status_pb2.Status:
    text = "the certificate is genuine, but none of its names is allowed here"
    return fault(grpc.StatusCode.PERMISSION_DENIED, Reason.CLIENT_NOT_ALLOWED, text)


def _retry(milliseconds: int) -> error_details_pb2.RetryInfo:
    delay = duration_pb2.Duration()
    delay.FromMilliseconds(milliseconds)
    return error_details_pb2.RetryInfo(retry_delay=delay)


def call_too_long(max_seconds: float) -> status_pb2.Status:
    return fault(
        grpc.StatusCode.DEADLINE_EXCEEDED,
        Reason.CALL_TOO_LONG,
        f"no answer in time; a call gets {max_seconds:g} seconds, or less when the caller's deadline is sooner",
        metadata={"max_call_seconds": f"{max_seconds:g}"},
    )


def leaving() -> status_pb2.Status:
    text = "the server is leaving; connect again and send the newest version"
    return fault(grpc.StatusCode.UNAVAILABLE, Reason.SERVER_LEAVING, text)


def assist_not_configured() -> status_pb2.Status:
    return fault(
        grpc.StatusCode.FAILED_PRECONDITION,
        Reason.ASSIST_UNAVAILABLE,
        "this server has no language model; ask with ASSIST_MODE_PREFERRED to get the review without one",
        metadata={"reasons": "NOT_CONFIGURED"},
    )


def assist_failed(reasons: Sequence[str]) -> status_pb2.Status:
    told = ",".join(reasons)
    return fault(
        grpc.StatusCode.UNAVAILABLE,
        Reason.ASSIST_UNAVAILABLE,
        f"the language model could not help ({told}); ask with ASSIST_MODE_PREFERRED to get the review without it",
        metadata={"reasons": told},
    )


def internal(incident: str) -> status_pb2.Status:
    return fault(
        grpc.StatusCode.INTERNAL,
        Reason.INTERNAL_ERROR,
        f"internal error; incident {incident}",
        metadata={"incident": incident},
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status made ready to end calls with, be it thousands of them."""

    code: grpc.StatusCode
    text: str
    reason: str
    trailers: tuple[tuple[str, str | bytes], ...]

    @classmethod
    def of(cls, status: status_pb2.Status, *, pushback_ms: int | None = None) -> Self:
        """`pushback_ms` tells gRPC clients that retry by themselves how long to wait."""
        trailers: list[tuple[str, str | bytes]] = [("grpc-status-details-bin", status.SerializeToString())]
        if pushback_ms is not None:
            trailers.append(("grpc-retry-pushback-ms", str(pushback_ms)))
        return cls(_CODES[status.code], status.message, _reason(status), tuple(trailers))

    async def send(self, context: CallContext) -> Never:
        """Ends the call.

        A caller who has left in this very moment cannot be told: then it is cancelled, as it would have been a little later.
        """
        note_reason(self.reason)
        try:
            await context.abort(self.code, self.text, self.trailers)
        except grpc.aio.InternalError:
            raise asyncio.CancelledError from None


async def abort(context: CallContext, status: status_pb2.Status, *, pushback_ms: int | None = None) -> Never:
    """Ends the call with `status`, as `Refusal.of` would."""
    await Refusal.of(status, pushback_ms=pushback_ms).send(context)


def _reason(status: status_pb2.Status) -> str:
    info = error_details_pb2.ErrorInfo()
    return next((info.reason for detail in status.details if detail.Unpack(info)), "")
