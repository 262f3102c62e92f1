"""What both clients do, written once.

An operation is a generator: it yields a `Call` to make or a `Pause` to take, is sent the response (or has the error
thrown into it), and returns its result. `Client` and `AsyncClient` differ only in how they drive it.
"""

import hashlib
import math
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from apology.v1 import review_pb2
from apology_client import answers, requests
from apology_client.catalogue import Capabilities, Limits, Rule
from apology_client.draft import Context, Draft, Options
from apology_client.errors import (
    AlteredTextError,
    ApologyReviewError,
    InvalidRequestError,
    OverloadedError,
    ServerError,
    ServerUnavailableError,
    from_status,
)
from apology_client.review import Review

T = TypeVar("T")
# What to send, or why there is nothing to send; what came back, or why nothing did.
Ask = review_pb2.ReviewDraftRequest | ApologyReviewError
Answer = review_pb2.Review | ApologyReviewError

IN_FLIGHT = 4  # batches under way at a time: enough to keep a server busy while one answer is read and one is written
# Batches stay well below what servers take: several are under way at once, and each has to be done in its time.
_MOST_DRAFTS, _MOST_CHARACTERS = 8, 40_000
_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds to wait when a batch of ours was too much, unless the server says how long
_BATCH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Call:
    """A method of the service, by name, and what to send."""

    method: str
    request: Message


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds to wait."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The operation is over."""

    result: T


Steps = Generator[Call | Pause, Any, T]


def advance(steps: Steps[T], answer: object = None) -> Call | Pause | Done[T]:
    """The next step of an operation, once `answer` is known to it; an error is thrown into it."""
    try:
        return steps.throw(answer) if isinstance(answer, ApologyReviewError) else steps.send(answer)
    except StopIteration as done:
        return Done(done.value)


def jobs(drafts: Iterable[str | Draft], context: Context | None, options: Options | None) -> Iterator[tuple[None, Ask]]:
    """What to ask about each draft. TypeError for a text in the place of several: it would be taken letter by letter."""
    if isinstance(drafts, str):
        raise TypeError("several drafts are a list of them, not a str")
    return ((None, ask(draft, context, options)) for draft in drafts)


def ask(draft: str | Draft, context: Context | None, options: Options | None) -> Ask:
    try:
        return requests.review_request(draft, context, options)
    except InvalidRequestError as error:
        return error


def review(draft: str | Draft, context: Context | None, options: Options | None) -> Steps[Review]:
    request = requests.review_request(draft, context, options)
    response = yield from _ask(Call("ReviewDraft", request))
    return answers.review(checked(request, response))


def rules() -> Steps[tuple[Rule, ...]]:
    found: list[Rule] = []
    request = review_pb2.ListRulesRequest()
    while True:
        page = yield from _ask(Call("ListRules", request))
        found += (answers.rule(rule) for rule in page.rules)
        if not page.next_page_token:
            return tuple(found)
        request = review_pb2.ListRulesRequest(page_token=page.next_page_token)


def capabilities() -> Steps[Capabilities]:
    return answers.capabilities((yield from _ask(Call("GetCapabilities", review_pb2.GetCapabilitiesRequest()))))


def call(method: str, request: Message) -> Steps[Any]:
    return (yield from _ask(Call(method, request)))


def batch_timeout(limits: Limits, timeout: float | None) -> float:
    """A batch may take as long as the server itself allows a call."""
    return timeout or limits.max_call_seconds or _BATCH_SECONDS


def _ask(call: Call) -> Steps[Any]:
    try:
        return (yield call)
    except ServerUnavailableError as error:
        if error.code != "CANCELLED":
            raise
        return (yield call)  # a stopping server cancels calls that it had not begun: grpc/grpc#41785


def checked(
    request: review_pb2.ReviewDraftRequest,
    response: review_pb2.ReviewDraftResponse | review_pb2.BatchReviewResult | review_pb2.WatchDraftResponse,
) -> review_pb2.Review:
    """The review, if it is one, counts code points, and is about the text that was sent."""
    found = response.review
    if found.verdict == review_pb2.VERDICT_UNSPECIFIED:
        raise ServerError("the server answered without a verdict")
    if found.offset_encoding != review_pb2.OFFSET_ENCODING_UTF32:
        raise ServerError("the server counts in another unit than code points")
    if found.text_sha256 != hashlib.sha256(_body(request.draft)).hexdigest():
        raise AlteredTextError
    return found


def _body(draft: review_pb2.Draft) -> bytes:
    return draft.message or (draft.html or draft.text).encode()


@dataclass(frozen=True, slots=True)
class Bundle(Generic[T]):
    """Jobs that travel together. A job is a tag of the caller's, and what to ask."""

    jobs: list[tuple[T, Ask]]

    def exchange(self, patience: float | None = None) -> Steps[list[tuple[T, Answer]]]:
        """Never raises an `ApologyReviewError`: it becomes the answer of each job that it befell.

        A server that has too much to do is waited for, over `patience` seconds at most.
        """
        asked = [ask for _, ask in self.jobs if isinstance(ask, review_pb2.ReviewDraftRequest)]
        told = iter((yield from _answers(asked, patience)))
        return [(tag, ask if isinstance(ask, ApologyReviewError) else next(told)) for tag, ask in self.jobs]


def _answers(asked: list[review_pb2.ReviewDraftRequest], patience: float | None) -> Steps[list[Answer]]:
    if not asked:
        return []
    pauses = iter(_PAUSES)
    end = math.inf if patience is None else time.monotonic() + patience
    while True:
        try:
            return (yield from _send(asked))
        except OverloadedError as error:
            pause = next(pauses, None)
            seconds = error.retry_after or pause or 0.0
            if pause is None or time.monotonic() + seconds > end:
                return [error] * len(asked)
            yield Pause(seconds)
        except ApologyReviewError as error:
            return [error] * len(asked)


def _send(asked: list[review_pb2.ReviewDraftRequest]) -> Steps[list[Answer]]:
    if len(asked) == 1:
        return [checked(asked[0], (yield from _ask(Call("ReviewDraft", asked[0]))))]
    response = yield from _ask(Call("BatchReviewDrafts", review_pb2.BatchReviewDraftsRequest(requests=asked)))
    if len(response.results) != len(asked):
        raise ServerError(f"the server answered {len(response.results)} of {len(asked)} drafts")
    return [_item(request, result) for request, result in zip(asked, response.results, strict=True)]


def _item(request: review_pb2.ReviewDraftRequest, result: review_pb2.BatchReviewResult) -> Answer:
    if result.HasField("status"):
        return from_status(result.status)
    try:
        return checked(request, result)
    except ApologyReviewError as error:
        return error


def bundles(jobs: Iterable[tuple[T, Ask]], limits: Limits) -> Iterator[Bundle[T]]:
    """Bundles within the limits of the server, in order; a draft beyond them travels alone and gets its own answer."""
    most_drafts = min(limits.max_batch_drafts, _MOST_DRAFTS)
    most_characters = min(limits.max_batch_characters, _MOST_CHARACTERS)
    jobs_so_far: list[tuple[T, Ask]] = []
    characters = size = 0
    for tag, ask in jobs:
        more, heavier = _weight(ask)
        full = len(jobs_so_far) >= most_drafts or characters + more > most_characters
        full = full or size + heavier > limits.max_request_bytes
        if jobs_so_far and full:
            yield Bundle(jobs_so_far)
            jobs_so_far, characters, size = [], 0, 0
        jobs_so_far.append((tag, ask))
        characters, size = characters + more, size + heavier
    if jobs_so_far:
        yield Bundle(jobs_so_far)


def _weight(ask: Ask) -> tuple[int, int]:
    """Code points and bytes; HTML and messages count by the byte, which is never too little."""
    if isinstance(ask, ApologyReviewError):
        return 0, 0
    draft = ask.draft
    return len(draft.text) + len(draft.html) + len(draft.message) + len(draft.subject), ask.ByteSize() + 16
