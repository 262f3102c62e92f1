"""Live review: the newest version is answered, a stale one never, and nothing piles up."""

import asyncio
import io
import json
import threading
from typing import Any

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology_rules import Context, Draft, Options, Review, Reviewer
from apology_service.analysis import ThreadAnalyst
from apology_service.faults import Reason
from apology_service.settings import Limits
from tests.service.conftest import Serve
from tests.service.helpers import FLAWED, Served, Stumbling, failure_of, request_for, review_of, taken_apart


class Editor:
    """An open stream."""

    def __init__(self, served: Served) -> None:
        self.call: Any = served.stub.WatchDraft()

    async def send(self, revision: int, text: str = FLAWED) -> None:
        await self.call.write(pb.WatchDraftRequest(revision=revision, request=request_for(text)))

    async def answer(self) -> pb.WatchDraftResponse:
        async with asyncio.timeout(60):
            found: Any = await self.call.read()
        assert isinstance(found, pb.WatchDraftResponse), "the stream has ended"
        return found

    async def rest(self) -> list[int]:
        """The revisions that are still answered once no more is sent."""
        await self.call.done_writing()
        revisions = []
        async with asyncio.timeout(60):
            while isinstance(found := await self.call.read(), pb.WatchDraftResponse):
                revisions.append(found.revision)
        return revisions


class Gated:
    """A reviewer that waits at a gate, and tells what came through."""

    def __init__(self, reviewer: Reviewer) -> None:
        self._reviewer = reviewer
        self.versions = reviewer.versions
        self.gate, self.entered = threading.Event(), threading.Event()
        self.reviewed: list[str] = []

    def forget_old(self) -> None: ...

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review:
        if draft.text.startswith("version"):
            self.entered.set()
            assert self.gate.wait(60)
            self.reviewed.append(draft.text)
        return self._reviewer.review(draft, context=context, options=options)


async def test_each_version_is_reviewed_as_by_a_call_of_its_own(serve: Serve) -> None:
    served = await serve()
    editor = Editor(served)
    for revision, text in enumerate((FLAWED, f"{FLAWED}\n\nP.S. It was nobody's fault.", "Sorry."), start=1):
        await editor.send(revision, text)
        answer = await editor.answer()
        assert answer.revision == revision
        assert answer.review == await review_of(served, request_for(text))
    assert await editor.rest() == []


async def test_of_many_versions_at_once_the_newest_is_answered_and_those_between_are_dropped(
    serve: Serve, reviewer: Reviewer
) -> None:
    gated = Gated(reviewer)
    editor = Editor(await serve(ThreadAnalyst(lambda: gated)))
    await editor.send(1, "version 1")
    await asyncio.to_thread(gated.entered.wait, 60)
    for revision in range(2, 50):
        await editor.send(revision, f"version {revision}")
    gated.gate.set()
    assert (await editor.rest())[-1] == 49
    assert gated.reviewed[-1] == "version 49"
    assert len(gated.reviewed) < 40


async def test_a_stale_version_is_never_answered(serve: Serve, reviewer: Reviewer) -> None:
    gated = Gated(reviewer)
    editor = Editor(await serve(ThreadAnalyst(lambda: gated)))
    await editor.send(1, "version 1")
    await asyncio.to_thread(gated.entered.wait, 60)
    await editor.send(2, "the next")
    await asyncio.sleep(0.2)  # time for it to arrive: there is nothing to see it by
    gated.gate.set()
    assert (await editor.answer()).revision == 2
    assert await editor.rest() == []


async def test_what_is_wrong_with_a_version_leaves_the_stream_open(serve: Serve, reviewer: Reviewer) -> None:
    editor = Editor(await serve(ThreadAnalyst(lambda: Stumbling(reviewer))))
    await editor.call.write(pb.WatchDraftRequest(revision=1))
    missing = taken_apart((await editor.answer()).status)
    assert (missing.code, missing.reason) == (grpc.StatusCode.INVALID_ARGUMENT, Reason.MISSING_DRAFT)
    assert "request.offset_encoding" in missing.fields
    await editor.send(2, "SECRET canary")
    broken = taken_apart((await editor.answer()).status)
    assert (broken.code, broken.reason) == (grpc.StatusCode.INTERNAL, Reason.INTERNAL_ERROR)
    assert "canary" not in repr(broken)
    await editor.send(3)
    assert (await editor.answer()).review.findings
    assert await editor.rest() == []


async def test_a_version_that_takes_too_long_leaves_the_stream_open(serve: Serve, reviewer: Reviewer) -> None:
    gated = Gated(reviewer)
    editor = Editor(await serve(ThreadAnalyst(lambda: gated), limits=Limits(max_call_seconds=1.0)))
    await editor.send(1, "version 1")
    late = taken_apart((await editor.answer()).status)
    assert (late.code, late.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, Reason.CALL_TOO_LONG)
    gated.gate.set()
    await editor.send(2, "another")
    assert (await editor.answer()).revision == 2


@pytest.mark.parametrize("garbage", [b"\xff\xff\xff", b"\x12\x03\x0a\x01\xff"])
async def test_garbage_ends_the_stream_and_is_the_callers_mistake(serve: Serve, garbage: bytes) -> None:
    served = await serve()
    call = served.channel.stream_stream("/apology.v1.ApologyReviewService/WatchDraft")(iter([garbage]))
    failure = await failure_of(call.read())
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT, Reason.MALFORMED_REQUEST)


async def test_watchers_take_no_place_from_calls_and_are_bounded_themselves(serve: Serve) -> None:
    served = await serve(max_concurrent_calls=1, max_watches=2)
    editors = [Editor(served) for _ in range(2)]
    for editor in editors:
        await editor.send(1)
        assert (await editor.answer()).review.findings
    assert (await review_of(served, request_for())).findings
    failure = await failure_of(Editor(served).call.read())
    assert (failure.code, failure.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, Reason.SERVER_OVERLOADED)
    assert await editors[0].rest() == []
    await editors[1].send(2)
    assert (await editors[1].answer()).revision == 2


async def test_a_server_that_leaves_gives_the_last_answer_and_sends_the_writer_away(
    serve: Serve, reviewer: Reviewer
) -> None:
    gated = Gated(reviewer)
    served = await serve(ThreadAnalyst(lambda: gated))
    busy, idle = Editor(served), Editor(served)
    await idle.send(1)
    await idle.answer()
    await busy.send(1, "version 1")
    await asyncio.to_thread(gated.entered.wait, 60)
    draining = asyncio.ensure_future(served.server.drain(lame_duck_seconds=0, grace_seconds=60))
    left = await failure_of(idle.call.read())
    assert (left.code, left.reason) == (grpc.StatusCode.UNAVAILABLE, Reason.SERVER_LEAVING)
    gated.gate.set()
    assert (await busy.answer()).revision == 1
    assert (await failure_of(busy.call.read())).reason == Reason.SERVER_LEAVING
    await draining


async def test_a_stream_that_ends_with_its_connection_is_not_logged_as_ended_well(
    serve: Serve, log: io.StringIO
) -> None:
    served = await serve(connection_age_seconds=0.1, limits=Limits(max_call_seconds=0.1))
    for _ in range(16):
        assert (await failure_of(Editor(served).call.read())).code is grpc.StatusCode.UNAVAILABLE
    async with asyncio.timeout(60):
        while len(codes := told(log)) < 16:
            await asyncio.sleep(0.01)
    assert codes == ["CANCELLED"] * 16


async def test_a_stream_whose_caller_has_no_more_to_send_is_logged_as_ended_well(
    serve: Serve, log: io.StringIO
) -> None:
    editor = Editor(await serve())
    await editor.send(1)
    assert await editor.rest() == [1]
    assert told(log) == ["OK"]


def told(log: io.StringIO) -> list[str]:
    """The codes of the calls that are logged."""
    return [line["code"] for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "call"]
