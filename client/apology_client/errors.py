"""What can go wrong, drawn:

    ApologyReviewError
    ├── InvalidRequestError        the request breaks a rule of the contract; `violations` name each field
    │   └── UnsupportedFormatError     this server does not read that form of draft
    ├── AccessDeniedError          no credentials, or not enough
    ├── OverloadedError            too much at once; `retry_after` says how many seconds to wait
    ├── DeadlineError              no answer in time
    ├── ServerUnavailableError     no server there, or it went away
    │   └── SetupError                 the command's own server cannot start as it is set up
    ├── AssistUnavailableError     a language model was required, and none could help
    ├── PolicyError                a policy file is wrong; the message says in which line
    └── ServerError                the server failed; `incident` is what to tell its operator
        └── AlteredTextError           the answer is about another text than the one sent

A draft that could not be judged (empty, not English, too long) is no error: its verdict is `not_reviewed`.
No error quotes a draft.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import grpc
from google.protobuf.message import DecodeError
from google.rpc import status_pb2

DOMAIN = "apology.v1"
# What gRPC's own core says when it cannot connect. Other texts come from a server that may quote the draft.
_CONNECTION = ("failed to connect", "connections to all backends failing", "errors resolving", "DNS resolution failed")
_NOISE = re.compile(r".*last error: (?:[A-Z_]+: )?|Failed to connect to remote host: ")
_ADDRESS = re.compile(r"ipv[46]:(\S+): (.+)")
_TOO_LARGE = re.compile(r"larger than max(?: \((\d+) vs\. (\d+)\))?")
_HANDSHAKE = {
    "unable to get local issuer": "its certificate comes from no authority that is trusted here: name yours in APOLOGY_REVIEW_CA",
    "self-signed": "its certificate comes from no authority that is trusted here: name yours in APOLOGY_REVIEW_CA",
    "self signed": "its certificate comes from no authority that is trusted here: name yours in APOLOGY_REVIEW_CA",
    "certificate has expired": "its certificate has expired",
    "not yet valid": "its certificate is not valid yet",
    "Hostname Verification Check failed": "its certificate bears another name than the one it was called by",
    "WRONG_VERSION_NUMBER": "it speaks no TLS",
    "Domain name not found": "no host of that name is known",
    "Socket closed": "it hung up, as one does that asks for TLS (https://) or for a certificate of yours",
}
"""What gRPC says of a connection that failed, and what it means."""
_HINTS = {"MISSING_TOKEN": "; the client takes it from APOLOGY_REVIEW_TOKEN"}


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A field of the request, such as `options.disabled_rules[0]`, and what is wrong with it."""

    field: str
    description: str


class ApologyReviewError(Exception):
    """Anything that can go wrong. `code` is gRPC's name, `reason` the server's stable code, `metadata` its details.

    `status` is what the server said, whole, for those who pass it on; None when it said nothing of its own.
    """

    default = "the call failed"
    default_code = "UNKNOWN"

    def __init__(
        self, message: str = "", *, code: str = "", reason: str = "", metadata: dict[str, str] | None = None
    ) -> None:
        super().__init__(message or self.default)
        self.code, self.reason, self.metadata = code or self.default_code, reason, metadata or {}
        self.violations: tuple[FieldViolation, ...] = ()
        self.retry_after: float | None = None
        self.status: status_pb2.Status | None = None

    @property
    def incident(self) -> str:
        """What to tell the operator, so that they find the failure in their log; empty when there is none."""
        return self.metadata.get("incident", "")


class InvalidRequestError(ApologyReviewError):
    """The request breaks a rule of the contract; `violations` name each field."""

    default = "the server refused the request"
    default_code = "INVALID_ARGUMENT"

    @property
    def too_large(self) -> bool:
        """Whether it has more bytes than the server takes: the code is then RESOURCE_EXHAUSTED."""
        return self.code == "RESOURCE_EXHAUSTED"


class UnsupportedFormatError(InvalidRequestError):
    """This server does not read that form of draft; `Client.capabilities()` says which ones it reads."""

    default = "the server does not read that form of draft"


class AccessDeniedError(ApologyReviewError):
    """No credentials, or not enough."""

    default = "the server asks for credentials, or for better ones"


class OverloadedError(ApologyReviewError):
    """Too much at once; `retry_after` says how many seconds to wait, if the server told."""

    default = "the server has too much to do"


class DeadlineError(ApologyReviewError):
    """No answer in time."""

    default = "no answer in time"


class ServerUnavailableError(ApologyReviewError):
    """No server there, or it went away."""

    default = "the server cannot be reached"
    default_code = "UNAVAILABLE"


class SetupError(ServerUnavailableError):
    """The command's own server cannot start as it is set up: not even a policy that lets drafts pass without one helps."""

    default = "the reviewer cannot be started"
    default_code = "FAILED_PRECONDITION"


class AssistUnavailableError(ApologyReviewError):
    """A language model was required, and none could help."""

    default = "no language model could help"


class PolicyError(ApologyReviewError):
    """A policy file is wrong; the message says in which line."""

    default = "the policy is wrong"
    default_code = "INVALID_ARGUMENT"


class ServerError(ApologyReviewError):
    """The server failed; `incident` is what to tell its operator."""

    default = "the server failed"
    default_code = "INTERNAL"


class AlteredTextError(ServerError):
    """The answer is about another text than the one sent; its offsets would be wrong."""

    default = "the server reviewed another text than the one sent"


_BY_REASON = {
    "UNSUPPORTED_DRAFT_FORMAT": UnsupportedFormatError,
    "ASSIST_UNAVAILABLE": AssistUnavailableError,
}
_BY_CODE: dict[str, type[ApologyReviewError]] = {
    "INVALID_ARGUMENT": InvalidRequestError,
    "OUT_OF_RANGE": InvalidRequestError,
    "FAILED_PRECONDITION": InvalidRequestError,
    "UNAUTHENTICATED": AccessDeniedError,
    "PERMISSION_DENIED": AccessDeniedError,
    "RESOURCE_EXHAUSTED": OverloadedError,
    "DEADLINE_EXCEEDED": DeadlineError,
    "UNAVAILABLE": ServerUnavailableError,
    "CANCELLED": ServerUnavailableError,  # not by us: a server that stops cancels what it had not begun
}
_CODES = {code.value[0]: code.name for code in grpc.StatusCode}


def reason_of(error: OSError) -> str:
    """Why the system refused, in words that can stand in a sentence; never empty."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def from_rpc(error: Any, target: str) -> ApologyReviewError:
    """The one mapping from a failed call to a resolved target; takes the `RpcError` of either API."""
    code, details = error.code(), error.details() or ""
    status = _status_of(error)
    if status is not None and status.code == code.value[0]:
        return from_status(status)
    if code == grpc.StatusCode.RESOURCE_EXHAUSTED and (found := _TOO_LARGE.search(details)):
        told = f": it has {found[1]} bytes, the limit is {found[2]}" if found[1] else ""
        return InvalidRequestError(f"the request is larger than the server takes{told}", code=code.name)
    kind = _BY_CODE.get(code.name, ServerError)
    why = _connection(details, target) if details.startswith(_CONNECTION) else ""
    return kind(": ".join(filter(None, (kind.default, why))), code=code.name)


def _connection(details: str, target: str) -> str:
    """Why there is no connection. Of a name with several addresses gRPC tells what befell one of them, and no more."""
    if known := next((why for words, why in _HANDSHAKE.items() if words in details), ""):
        return known
    why = _NOISE.sub("", details)
    found = _ADDRESS.fullmatch(why)
    if found is None:
        return why
    address, why = unquote(found[1]), f"{unquote(found[1])}: {found[2]}"
    if target.endswith(address):
        return why
    name = target.rpartition("/")[2].rpartition(":")[0]
    others = f"if {name} has other addresses, each may have failed for a reason of its own"
    return f"{why}; {others}, which a call to the address itself would tell"


def _status_of(error: Any) -> status_pb2.Status | None:
    """What a server attached to the call; None when nothing, or nothing that can be read."""
    try:
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                return status_pb2.Status.FromString(value)
    except DecodeError:
        pass
    return None


def from_status(status: status_pb2.Status) -> ApologyReviewError:
    """The one mapping from a status, of a call or of an item of a batch."""
    from google.rpc import error_details_pb2

    info, request, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    for detail in status.details:
        for message in (info, request, retry):
            detail.Unpack(message)
    code = _CODES.get(status.code, "UNKNOWN")
    kind = _BY_REASON.get(info.reason) or _BY_CODE.get(code, ServerError)
    ours = info.domain == DOMAIN  # others may quote the draft
    text = status.message + _HINTS.get(info.reason, "") if ours else ""
    error = kind(text, code=code, reason=info.reason, metadata=dict(info.metadata))
    error.status = status if ours else None
    error.violations = tuple(FieldViolation(v.field, v.description) for v in request.field_violations)
    error.retry_after = retry.retry_delay.ToMilliseconds() / 1000 if retry.HasField("retry_delay") else None
    return error
