"""What surrounds every call: garbage, streams that fail, too many calls, calls that are late or given up."""

import asyncio
import io
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import grpc
import pytest
from google.protobuf.message import DecodeError
from opentelemetry.trace import NoOpTracer

from apology.v1 import review_pb2 as pb
from apology_rules import Context, Draft, Options, Review, Reviewer
from apology_service.analysis import Session, ThreadAnalyst
from apology_service.calls import CallContext
from apology_service.faults import Reason, abort, leaving
from apology_service.interceptors import chain, refusals
from apology_service.interceptors.access import Access
from apology_service.interceptors.admission import Traffic
from apology_service.interceptors.handlers import Handler
from apology_service.interceptors.observation import Observation
from apology_service.metrics import Metrics
from apology_service.server import create_server
from apology_service.settings import Limits, Settings
from tests.service.conftest import Serve
from tests.service.helpers import Served, failure_of, request_for, review_of

CANCELLED, DEADLINE_EXCEEDED = grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED
REVIEW_DRAFT = "/apology.v1.ApologyReviewService/ReviewDraft"


class Gated:
    """A reviewer that waits at a gate, and counts what came through."""

    def __init__(self, reviewer: Reviewer) -> None:
        self._reviewer = reviewer
        self.versions = reviewer.versions
        self.gate, self.entered = threading.Event(), threading.Event()
        self.reviewed: list[str] = []

    def forget_old(self) -> None: ...

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review:
        if draft.text.startswith("gated"):
            self.entered.set()
            assert self.gate.wait(60)
            self.reviewed.append(draft.text)
        return self._reviewer.review(draft, context=context, options=options)

    async def is_busy(self) -> None:
        await asyncio.to_thread(self.entered.wait, 60)


class Watched(ThreadAnalyst):
    """Tells when calls reach it, and when they leave it."""

    def __init__(self, load: Callable[[], Gated]) -> None:
        super().__init__(load)
        self.events: asyncio.Queue[str] = asyncio.Queue()

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review:
        self.events.put_nowait("came")
        try:
            return await super().review(draft, context, options, deadline=deadline, session=session)
        finally:
            self.events.put_nowait("went")


@pytest.fixture
def gated(reviewer: Reviewer) -> Gated:
    return Gated(reviewer)


@pytest.mark.parametrize(
    "garbage", [b"\xff\xff\xff", b"\x0a\x05abc", b"\x0a\x03\x0a\x01\xff"], ids=["tag", "cut short", "invalid UTF-8"]
)
async def test_garbage_is_the_callers_mistake(serve: Serve, garbage: bytes) -> None:
    served = await serve()
    failure = await failure_of(served.channel.unary_unary(REVIEW_DRAFT)(garbage))
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT, Reason.MALFORMED_REQUEST)
    assert (await review_of(served, request_for())).findings


async def test_a_request_of_too_many_bytes_is_refused(serve: Serve) -> None:
    served = await serve(limits=Limits(max_request_bytes=2000))
    failure = await failure_of(served.stub.ReviewDraft(request_for("a" * 2001)))
    assert failure.code is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_an_unknown_method_is_unimplemented(serve: Serve) -> None:
    served = await serve()
    failure = await failure_of(served.channel.unary_unary("/apology.v1.ApologyReviewService/Nothing")(b""))
    assert failure.code is grpc.StatusCode.UNIMPLEMENTED


async def test_fields_from_the_future_are_ignored(serve: Serve) -> None:
    served = await serve()
    newer = request_for().SerializeToString() + b"\xfa\x3e\x03new"
    answer = pb.ReviewDraftResponse.FromString(await served.channel.unary_unary(REVIEW_DRAFT)(newer))
    assert answer.review == await review_of(served, request_for())


async def test_too_many_calls_are_refused_at_once_and_told_when_to_come_back(serve: Serve, gated: Gated) -> None:
    served = await serve(ThreadAnalyst(lambda: gated), max_concurrent_calls=2)
    admitted = [asyncio.ensure_future(served.stub.ReviewDraft(request_for(f"gated {n}"))) for n in range(2)]
    await gated.is_busy()
    failure = await failure_of(served.stub.ReviewDraft(request_for()))
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, Reason.SERVER_OVERLOADED)
    assert failure.retry_seconds is not None
    assert failure.retry_seconds * 1000 == int(failure.trailers["grpc-retry-pushback-ms"])
    gated.gate.set()
    await asyncio.gather(*admitted)
    assert (await review_of(served, request_for())).findings


async def test_a_refusal_waits_for_no_request_and_minds_no_large_one(serve: Serve, gated: Gated) -> None:
    served = await serve(ThreadAnalyst(lambda: gated), max_concurrent_calls=1)
    admitted = asyncio.ensure_future(served.stub.ReviewDraft(request_for("gated")))
    await gated.is_busy()
    large = request_for("a" * 1_000_000).SerializeToString()
    async with asyncio.timeout(60):
        for requests in (_never(), _sent(large)):
            failure = await failure_of(served.channel.stream_unary(REVIEW_DRAFT)(requests))
            assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, Reason.SERVER_OVERLOADED)
            assert failure.retry_seconds
    gated.gate.set()
    await admitted


async def test_refused_calls_are_logged_in_sums(serve: Serve, gated: Gated, log: io.StringIO) -> None:
    served = await serve(ThreadAnalyst(lambda: gated), max_concurrent_calls=1)
    admitted = asyncio.ensure_future(served.stub.ReviewDraft(request_for("gated")))
    await gated.is_busy()
    await asyncio.gather(*(failure_of(served.stub.ReviewDraft(request_for())) for _ in range(20)))
    await failure_of(served.stub.ListRules(pb.ListRulesRequest()))
    async with asyncio.timeout(60):
        while sum(line["calls"] for line in _refusals(log)) < 21:
            await asyncio.sleep(0.01)
    assert len(_refusals(log)) < 21
    assert {(line["code"], line["reason"]) for line in _refusals(log)} == {("RESOURCE_EXHAUSTED", "SERVER_OVERLOADED")}
    assert {line["method"].rpartition("/")[2] for line in _refusals(log)} == {"ReviewDraft", "ListRules"}
    assert '"event": "call"' not in log.getvalue()
    gated.gate.set()
    await admitted


async def test_refusals_are_told_before_the_server_ends(
    gated: Gated, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "_EVERY_SECONDS", 3600)
    settings = Settings(address="127.0.0.1:0", max_concurrent_calls=1)
    async with create_server(settings, ThreadAnalyst(lambda: gated)) as server:
        await server.warm_up()
        async with grpc.aio.insecure_channel(server.address) as channel:
            served = Served(server, channel)
            admitted = asyncio.ensure_future(served.stub.ReviewDraft(request_for("gated")))
            await gated.is_busy()
            await failure_of(served.stub.ReviewDraft(request_for()))
            gated.gate.set()
            await admitted
    assert [line["calls"] for line in _refusals(log)] == [1]


async def test_an_overloaded_server_is_still_healthy(serve: Serve, gated: Gated) -> None:
    served = await serve(ThreadAnalyst(lambda: gated), max_concurrent_calls=1)
    admitted = asyncio.ensure_future(served.stub.ReviewDraft(request_for("gated")))
    await gated.is_busy()
    answer = await served.channel.unary_unary("/grpc.health.v1.Health/Check")(b"")
    assert answer == b"\x08\x01"  # status: SERVING
    gated.gate.set()
    await admitted


async def test_a_call_that_takes_too_long_is_ended_and_its_work_is_not_begun(serve: Serve, gated: Gated) -> None:
    served = await serve(ThreadAnalyst(lambda: gated), limits=Limits(max_call_seconds=0.2))
    first = asyncio.ensure_future(failure_of(served.stub.ReviewDraft(request_for("gated first"))))
    await gated.is_busy()
    second = await failure_of(served.stub.ReviewDraft(request_for("gated second")))
    assert (second.code, second.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, Reason.CALL_TOO_LONG)
    assert second.metadata == {"max_call_seconds": "0.2"}
    assert (await first).reason == Reason.CALL_TOO_LONG
    gated.gate.set()
    await review_of(served, request_for())
    assert gated.reviewed == ["gated first"]


@pytest.mark.parametrize("give_up", ["cancel", "deadline"])
async def test_a_call_that_the_caller_gave_up_is_not_begun(serve: Serve, gated: Gated, give_up: str) -> None:
    analyst = Watched(lambda: gated)
    served = await serve(analyst)
    first = asyncio.ensure_future(served.stub.ReviewDraft(request_for("gated first")))
    await gated.is_busy()
    call = served.stub.ReviewDraft(request_for("gated second"), timeout=0.2 if give_up == "deadline" else None)
    assert [await analyst.events.get() for _ in range(2)] == ["came", "came"]
    if give_up == "cancel":
        call.cancel()
    assert await analyst.events.get() == "went"
    assert await call.code() is {"cancel": CANCELLED, "deadline": DEADLINE_EXCEEDED}[give_up]
    gated.gate.set()
    await first
    await review_of(served, request_for())
    assert gated.reviewed == ["gated first"]


async def test_a_batch_that_runs_out_of_time_keeps_what_is_done(serve: Serve, gated: Gated) -> None:
    served = await serve(ThreadAnalyst(lambda: gated), limits=Limits(max_call_seconds=2.0))
    batch = pb.BatchReviewDraftsRequest(requests=[request_for(), request_for("gated"), request_for()])
    results = (await served.stub.BatchReviewDrafts(batch)).results
    assert [result.WhichOneof("result") for result in results] == ["review", "status", "status"]
    gated.gate.set()


async def _fail(request: Any, context: CallContext) -> bytes:
    raise ValueError("SECRET")


async def _fail_later(request: Any, context: CallContext) -> AsyncIterator[bytes]:
    yield b"first"
    raise ValueError("SECRET")


async def _echo(requests: AsyncIterator[bytes], context: CallContext) -> AsyncIterator[bytes]:
    async for request in requests:
        yield request


async def _late(request: Any, context: CallContext) -> bytes:
    """Refuses the call in the moment in which the caller leaves."""
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    return await abort(context, leaving())


def _picky(data: bytes) -> bytes:
    if data == b"bad":
        raise DecodeError("SECRET")
    return data


KINDS: dict[str, Callable[[], Handler]] = {
    "unary_unary": lambda: grpc.unary_unary_rpc_method_handler(_fail, _picky),
    "unary_stream": lambda: grpc.unary_stream_rpc_method_handler(_fail_later, _picky),
    "stream_unary": lambda: grpc.stream_unary_rpc_method_handler(_fail, _picky),
    "stream_stream": lambda: grpc.stream_stream_rpc_method_handler(_fail_later, _picky),
    "late": lambda: grpc.unary_unary_rpc_method_handler(_late, _picky),
    "echo": lambda: grpc.stream_stream_rpc_method_handler(_echo, _picky),
}


@pytest.fixture
async def strangers() -> AsyncIterator[Any]:
    """A server with handlers of every kind behind our interceptors."""
    observation, access = Observation(Metrics(), NoOpTracer()), Access(allowed_clients=(), hashes=None)
    server = grpc.aio.server(interceptors=chain(Settings(), Traffic(), observation, access))
    handlers = {kind: make() for kind, make in KINDS.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Kinds", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    await server.stop(None)


def _refusals(log: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "calls refused"]


async def _never() -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


async def _sent(*requests: bytes) -> AsyncIterator[bytes]:
    for request in requests:
        yield request


async def _collected(call: AsyncIterator[bytes]) -> list[bytes]:
    return [answer async for answer in call]


async def test_a_stream_that_fails_says_no_more_than_a_single_answer(strangers: Any) -> None:
    failures = [
        await failure_of(strangers.unary_unary("/test.Kinds/unary_unary")(b"")),
        await failure_of(_collected(strangers.unary_stream("/test.Kinds/unary_stream")(b""))),
        await failure_of(strangers.stream_unary("/test.Kinds/stream_unary")(_sent(b""))),
        await failure_of(_collected(strangers.stream_stream("/test.Kinds/stream_stream")(_sent(b"")))),
    ]
    assert {failure.reason for failure in failures} == {Reason.INTERNAL_ERROR}
    assert "SECRET" not in repr(failures)


async def test_garbage_within_a_stream_ends_it(strangers: Any) -> None:
    call = strangers.stream_stream("/test.Kinds/echo")(_sent(b"good", b"bad", b"good"))
    assert await anext(aiter(call)) == b"good"
    failure = await failure_of(_collected(call))
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT, Reason.MALFORMED_REQUEST)


async def test_garbage_for_an_answer_in_stream_is_refused(strangers: Any) -> None:
    failure = await failure_of(_collected(strangers.unary_stream("/test.Kinds/unary_stream")(b"bad")))
    assert failure.reason == Reason.MALFORMED_REQUEST


async def test_a_refusal_that_nobody_hears_any_more_is_no_incident(strangers: Any, log: io.StringIO) -> None:
    await failure_of(strangers.unary_unary("/test.Kinds/late")(b"", timeout=0.2))
    async with asyncio.timeout(60):
        while '"call"' not in log.getvalue():
            await asyncio.sleep(0.005)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line for line in lines if line["level"] == "ERROR"] == []
    (call,) = [line for line in lines if line["event"] == "call"]
    assert (call["code"], call["reason"]) == ("CANCELLED", "SERVER_LEAVING")


async def test_a_stream_that_is_dropped_between_two_answers_is_told_as_cancelled(log: io.StringIO) -> None:
    observation, nobody = Observation(Metrics(), NoOpTracer()), Any
    handler: Any = observation.wrap(grpc.unary_stream_rpc_method_handler(_fail_later), "/test.Kinds/unary_stream")
    answers = handler.unary_stream(b"", nobody)
    assert await anext(answers) == b"first"
    await answers.aclose()
    assert json.loads(log.getvalue())["code"] == "CANCELLED"
