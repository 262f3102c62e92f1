"""Why there is no judgement of a draft, in one word, and whether another try could bring one."""

from enum import StrEnum

from apology.v1 import review_pb2
from apology_client.enums import NotReviewedReason
from apology_client.errors import (
    AccessDeniedError,
    ApologyReviewError,
    DeadlineError,
    InvalidRequestError,
    OverloadedError,
    SetupError,
)


class Cause(StrEnum):
    """The words are those of a policy's `[unanswered]`, and three more for what no policy lets pass."""

    LATE = "late"
    DOWN = "down"
    EMPTY = "empty"
    LANGUAGE_NOT_SUPPORTED = "language_not_supported"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    SETUP = "setup"  # credentials that are refused, or a server of one's own that cannot start as it is set up
    INVALID_REQUEST = "invalid_request"  # such as a rule in the policy that the server does not know
    UNKNOWN = "unknown"  # an answer that this version does not know

    @classmethod
    def _missing_(cls, value: object) -> "Cause":
        return cls.UNKNOWN

    @property
    def lasting(self) -> bool:
        """Whether it lies in the draft, so that no other try will do better."""
        return self in (Cause.EMPTY, Cause.LANGUAGE_NOT_SUPPORTED, Cause.TOO_LONG, Cause.UNREADABLE)


def cause_of(answer: review_pb2.Review | ApologyReviewError) -> Cause:
    """Of an answer that a policy took for no judgement."""
    if isinstance(answer, InvalidRequestError):
        return Cause.TOO_LONG if answer.too_large else Cause.INVALID_REQUEST
    if isinstance(answer, AccessDeniedError | SetupError):
        return Cause.SETUP
    if isinstance(answer, ApologyReviewError):
        return Cause.LATE if isinstance(answer, DeadlineError | OverloadedError) else Cause.DOWN
    if answer.verdict != review_pb2.VERDICT_NOT_REVIEWED:
        return Cause.UNKNOWN
    return Cause(NotReviewedReason.from_wire(answer.not_reviewed_reason).value)
