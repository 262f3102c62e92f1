"""What the tests of the service share: requests, and errors taken apart."""

import dataclasses
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2

from apology.v1 import review_pb2 as pb
from apology.v1 import review_pb2_grpc as pb_grpc
from apology_rules import Context, Draft, Options, Review, Reviewer, Versions
from apology_service.server import Server

BLAME = "you gave us the wrong address"
FLAWED = f"Hi Sam,\n\nWe lost your parcel on Monday. I am sorry if that upset you, but {BLAME}.\n\nBest,\nJo"


class Served:
    """A running server, with a channel to it."""

    def __init__(self, server: Server, channel: grpc.aio.Channel) -> None:
        self.server = server
        self.channel: Any = channel  # for methods of which there is no typed stub
        self.stub = pb_grpc.ApologyReviewServiceStub(channel)


@dataclass
class Failure:
    """An error as a caller sees it."""

    code: grpc.StatusCode
    message: str
    reason: str = ""
    domain: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    retry_seconds: float | None = None
    trailers: dict[str, str | bytes] = field(default_factory=dict)


class Stumbling:
    """A reviewer that fails, quoting the draft, on drafts that hold the word SECRET."""

    def __init__(self, reviewer: Reviewer) -> None:
        self._reviewer = reviewer
        self.versions: Versions = reviewer.versions

    def forget_old(self) -> None: ...

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review:
        if "SECRET" in draft.text:
            raise ValueError(f"cannot parse {draft.text!r}")
        return self._reviewer.review(draft, context=context, options=options)


def request_for(
    text: str = FLAWED, *, encoding: pb.OffsetEncoding.ValueType = pb.OFFSET_ENCODING_UTF32, subject: str = ""
) -> pb.ReviewDraftRequest:
    return pb.ReviewDraftRequest(draft=pb.Draft(text=text, subject=subject), offset_encoding=encoding)


async def review_of(served: Served, request: pb.ReviewDraftRequest) -> pb.Review:
    return (await served.stub.ReviewDraft(request)).review


async def failure_of(call: Awaitable[object]) -> Failure:
    """The error that `call` ends in; the test fails when it ends well."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        trailers = dict(error.trailing_metadata())
        status = status_pb2.Status.FromString(bytes(trailers.get("grpc-status-details-bin", b"")))
        failure = taken_apart(status)
        return dataclasses.replace(failure, code=error.code(), message=error.details() or "", trailers=trailers)
    raise AssertionError("the call succeeded")


def taken_apart(status: status_pb2.Status) -> Failure:
    codes = {code.value[0]: code for code in grpc.StatusCode}
    failure = Failure(codes[status.code], status.message)
    info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    for detail in status.details:
        if detail.Unpack(info):
            failure.reason, failure.domain, failure.metadata = info.reason, info.domain, dict(info.metadata)
        elif detail.Unpack(bad):
            failure.fields = {v.field: v.description for v in bad.field_violations}
            failure.reasons = {v.field: v.reason for v in bad.field_violations}
        elif detail.Unpack(retry):
            failure.retry_seconds = retry.retry_delay.ToMilliseconds() / 1000
    return failure
