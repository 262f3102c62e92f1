"""A draft that is watched: the newest version goes out, its review comes back, and a broken stream is mended."""

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import grpc
import pytest
from google.rpc import code_pb2

from apology.v1 import review_pb2 as pb
from apology_client import (
    AsyncClient,
    Client,
    Draft,
    InvalidRequestError,
    OverloadedError,
    Review,
    ServerUnavailableError,
)
from tests.client.helpers import Replay, error_status, start

FLAWED = "I am sorry if it hurt."


class Writer:
    """An iterator of versions that come when the test says so."""

    def __init__(self, *drafts: str) -> None:
        self._drafts: queue.Queue[str | None] = queue.Queue()
        for draft in drafts:
            self.write(draft)

    def write(self, draft: str | None) -> None:
        """Another version; None for no more."""
        self._drafts.put(draft)

    def __iter__(self) -> Iterator[str]:
        return iter(self._drafts.get, None)

    async def __aiter__(self) -> AsyncIterator[str]:
        while (draft := await asyncio.to_thread(self._drafts.get)) is not None:
            yield draft


def test_each_version_comes_back_with_its_review(client: Client) -> None:
    writer = Writer(FLAWED)
    watched = client.watch(writer)
    draft, review = next(watched)
    assert isinstance(review, Review)
    span = review.findings[0].span
    assert span is not None
    assert draft[span.slice] == "sorry if"
    writer.write("I am sorry.")
    draft, review = next(watched)
    assert draft == "I am sorry."
    assert isinstance(review, Review)
    assert not review.findings
    writer.write(None)
    assert list(watched) == []


async def test_the_asyncio_client_watches_as_well(address: str) -> None:
    writer = Writer(FLAWED)
    async with AsyncClient(address) as client:
        watched = client.watch(writer)
        draft, review = await anext(watched)
        assert isinstance(review, Review)
        assert (draft, review.score) == (FLAWED, 70)
        writer.write(None)
        assert [pair async for pair in watched] == []


def test_what_is_wrong_with_a_version_is_its_result(client: Client, replay: Replay) -> None:
    replay.review = lambda text: error_status(code_pb2.INVALID_ARGUMENT, "draft.html is not supported")
    writer = Writer(FLAWED)
    watched = client.watch(writer)
    _, error = next(watched)
    assert isinstance(error, InvalidRequestError)
    writer.write("and on")
    assert next(watched)[0] == "and on"
    writer.write(None)
    assert list(watched) == []


def test_a_version_that_was_answered_late_is_left_out(client: Client) -> None:
    *_, (last, _) = client.watch([f"{FLAWED} {number}" for number in range(100)])
    assert last == f"{FLAWED} 99"


def test_a_broken_stream_is_opened_again_and_the_newest_version_is_sent_once_more(
    client: Client, replay: Replay
) -> None:
    replay.failures = [grpc.StatusCode.UNAVAILABLE] * 6
    assert [draft for draft, _ in client.watch([FLAWED])] == [FLAWED]
    assert {call.revision for call in replay.calls} == {1}


async def test_the_asyncio_client_opens_a_broken_stream_again(address: str, replay: Replay) -> None:
    replay.failures = [grpc.StatusCode.CANCELLED] * 3
    writer = Writer(FLAWED)
    writer.write(None)
    async with AsyncClient(address) as client:
        assert [draft async for draft, _ in client.watch(writer)] == [FLAWED]


def test_a_server_that_stays_away_is_given_up(client: Client, replay: Replay) -> None:
    replay.failures = [grpc.StatusCode.UNAVAILABLE] * 100
    with pytest.raises(ServerUnavailableError):
        list(client.watch([FLAWED]))


def test_too_many_watchers_are_told_so(client: Client, replay: Replay) -> None:
    replay.failures = [error_status(code_pb2.RESOURCE_EXHAUSTED, "busy")] * 10
    with pytest.raises(OverloadedError):
        list(client.watch([FLAWED]))


def test_an_error_of_the_writer_is_raised_after_the_last_answer(client: Client) -> None:
    def broken() -> Iterator[str]:
        yield FLAWED
        raise OSError("disk full")

    watched = client.watch(broken())
    assert next(watched)[0] == FLAWED
    with pytest.raises(OSError, match="disk full"):
        next(watched)


def test_a_draft_that_cannot_be_sent_is_refused_before_anything_is_sent(client: Client, replay: Replay) -> None:
    with pytest.raises(InvalidRequestError):
        list(client.watch([Draft(text="a", html="b")]))
    assert replay.calls == []


def test_who_stops_watching_is_let_go(client: Client) -> None:
    writer = Writer(FLAWED)
    for _ in client.watch(writer):
        break
    writer.write("nobody reads this")
    writer.write(None)
    assert client.review(FLAWED).score == 70


class Impatient(Replay):
    """Ends a stream at its first answer, as proxies end idle ones, and counts those that bring nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.empty = 0
        self.ended = threading.Event()

    def WatchDraft(
        self, requests: Iterator[pb.WatchDraftRequest], context: grpc.ServicerContext
    ) -> Iterator[pb.WatchDraftResponse]:
        if self.ended.is_set():
            self.empty += 1
            context.abort(grpc.StatusCode.UNAVAILABLE, "idle")
        yield next(super().WatchDraft(requests, context))
        self.ended.set()
        context.abort(grpc.StatusCode.UNAVAILABLE, "idle")


def test_a_writer_who_pauses_is_watched_on_however_often_the_stream_ends(tmp_path: Path) -> None:
    impatient = Impatient()
    server, _ = start(f"unix:{tmp_path}/s", impatient)

    def versions() -> Iterator[str]:
        yield FLAWED
        impatient.ended.wait()
        time.sleep(0.3)  # streams opened for nothing would use up all patience in the end
        impatient.ended.clear()
        yield "I am sorry."

    with Client(f"unix:{tmp_path}/s") as client:
        assert [draft for draft, _ in client.watch(versions())] == [FLAWED, "I am sorry."]
    assert impatient.empty == 0
    server.stop(None).wait()
