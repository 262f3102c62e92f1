"""Why a language model did not help."""

from enum import StrEnum


class Shortfall(StrEnum):
    """The codes in `Review.assist.reasons`; stable for ever."""

    NOT_CONFIGURED = "NOT_CONFIGURED"
    """The operator has set no model."""
    NOTHING_TO_DO = "NOTHING_TO_DO"
    """The draft is no apology or was not reviewed, so that no model saw it; or the model's uses did not apply."""
    DRAFT_TOO_LONG = "DRAFT_TOO_LONG"
    """The draft is longer than what the operator sends to a model."""
    NO_TIME = "NO_TIME"
    """The deadline left no time for the model, or none to prove what it said."""
    NO_PROOF = "NO_PROOF"
    """What the model said could not be weighed; an incident is in the server's log."""
    TIMEOUT = "TIMEOUT"
    """The model did not answer in time: in its own, or in what the caller's deadline left of that."""
    BUSY = "BUSY"
    """The endpoint refused for load."""
    UNREACHABLE = "UNREACHABLE"
    """No connection to the endpoint, or it broke."""
    ENDPOINT_ERROR = "ENDPOINT_ERROR"
    """The endpoint failed."""
    REJECTED = "REJECTED"
    """The endpoint did not take the request: wrong key, model or dialect."""
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    """The model failed often of late and is left alone for a while."""
    BUDGET_SPENT = "BUDGET_SPENT"
    """The operator's budget of tokens is spent."""
    REFUSED = "REFUSED"
    """The model declined, or a filter of the endpoint did."""
    TRUNCATED = "TRUNCATED"
    """The answer was cut off, or larger than anything that makes sense."""
    MALFORMED = "MALFORMED"
    """The answer was not of the form asked for."""
    QUOTES_DROPPED = "QUOTES_DROPPED"
    """Some labels quoted words that are not in the draft, and were dropped."""
    WORDINGS_REFUSED = "WORDINGS_REFUSED"
    """Some wordings did not pass the guards; the offline text stands in their place."""


class AssistError(Exception):
    """The model could not help with one question. Never holds words of a draft or of the model.

    `of_endpoint` says that the endpoint failed, so that other questions would fare no better. A timeout is such a failure
    when the endpoint had the time that the operator gives it, and not when the deadline of one caller cut it short.
    """

    def __init__(self, reason: Shortfall, *, of_endpoint: bool = False) -> None:
        super().__init__(reason.value)
        self.reason, self.of_endpoint = reason, of_endpoint
