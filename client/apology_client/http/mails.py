"""One mail before it is sent, and what its program should do: the words are those of Smart Alerts in Outlook."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from apology.v1 import review_pb2
from apology_client import core
from apology_client.aio import AsyncClient
from apology_client.draft import Context, Options
from apology_client.errors import AccessDeniedError, ApologyReviewError, InvalidRequestError
from apology_client.policy import CLOSED, Decision, Policy
from apology_client.requests import to_context, to_options
from apology_client.slim import slim


class Action(StrEnum):
    """What the program does with the mail.

    `promptUser` shows the reasons and leaves the choice to the writer; the other two do not let the mail go. They differ in
    what happens where the check cannot run at all: `softBlock` then lets mail go, `block` does not.
    """

    ALLOW = "allow"
    PROMPT_USER = "promptUser"
    SOFT_BLOCK = "softBlock"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Check:
    """`judged` is false where the policy had to decide without a judgement; `verdict` is then empty or NOT_REVIEWED."""

    action: Action
    judged: bool
    verdict: str
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"action": self.action, "judged": self.judged, "verdict": self.verdict, "reasons": [*self.reasons]}


async def check(client: AsyncClient, policy: Policy, draft: review_pb2.Draft, *, seconds: float, token: str) -> Check:
    """Raises what is wrong with the request or with its credentials; for all else without an answer the policy decides."""
    request = _request(policy, draft)
    within = min(seconds, policy.within_seconds or seconds)
    try:
        response = await client.call("ReviewDraft", request, timeout=within, token=token)
        review = core.checked(request, cast(review_pb2.ReviewDraftResponse, response))
    except AccessDeniedError:
        raise
    except ApologyReviewError as error:
        if isinstance(error, InvalidRequestError) and not error.too_large:
            raise
        return _check(policy, policy.decide(error), review_pb2.Review())
    text, subject = review.analysed_text or draft.text, review.analysed_subject or draft.subject
    applied = policy.applied(review, text, subject, silenced=policy.silenced(draft.message))
    return _check(policy, policy.decide(applied), applied)


def action_of(policy: Policy, decision: Decision, review: review_pb2.Review) -> Action:
    """What the decision means: the writer may overrule all but what is grave, and what could not be judged."""
    if decision.passes:
        return Action.ALLOW
    harmful = review.verdict == review_pb2.VERDICT_DO_NOT_SEND
    critical = any(finding.severity >= review_pb2.SEVERITY_CRITICAL for finding in review.findings)
    if decision.judged and not harmful and not critical:
        return Action.PROMPT_USER
    return Action.BLOCK if policy.unanswered.down == CLOSED else Action.SOFT_BLOCK


def _check(policy: Policy, decision: Decision, review: review_pb2.Review) -> Check:
    known = review.verdict in review_pb2.Verdict.values() and review.verdict != review_pb2.VERDICT_UNSPECIFIED
    verdict = review_pb2.Verdict.Name(review.verdict) if known else ""
    return Check(action_of(policy, decision, review), decision.judged, verdict, decision.reasons)


def _request(policy: Policy, draft: review_pb2.Draft) -> review_pb2.ReviewDraftRequest:
    request = review_pb2.ReviewDraftRequest(
        draft=draft,
        context=to_context(policy.context(Context())),
        options=to_options(policy.options(Options())),
        offset_encoding=review_pb2.OFFSET_ENCODING_UTF32,
    )
    if draft.message:
        request.draft.message = slim(draft.message).message
    return request
