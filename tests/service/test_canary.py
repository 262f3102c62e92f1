"""A word that stands in every draft and every secret, driven down every path, and then looked for everywhere."""

import asyncio
import gzip
import io
import threading
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from apology.v1 import review_pb2 as pb
from apology_rules import Context, Draft, Options, Review, Reviewer
from apology_service.analysis import ThreadAnalyst
from apology_service.settings import Limits, Quotas, Security, Telemetry
from apology_service.tokens import append, new_token
from tests.service.conftest import Serve
from tests.service.helpers import Failure, Served, failure_of, request_for, taken_apart

CANARY = "canary8F3K"
REVIEW_DRAFT = "/apology.v1.ApologyReviewService/ReviewDraft"
FLAWED = f"I am sorry if you were upset, but the {CANARY} made us do it. Please buy our {CANARY} again."


class Troubled:
    """A reviewer that crashes, quoting the draft, or that hangs, when the draft says so."""

    def __init__(self, reviewer: Reviewer) -> None:
        self._reviewer = reviewer
        self.versions = reviewer.versions
        self.hanging, self.release = threading.Event(), threading.Event()

    def review(self, draft: Draft, *, context: Context | None = None, options: Options | None = None) -> Review:
        if "hang" in draft.text:
            self.hanging.set()
            assert self.release.wait(60)
        if "crash" in draft.text:
            try:
                raise KeyError(draft.text)
            except KeyError as error:
                raise ValueError(f"cannot parse {draft.text!r}") from error
        return self._reviewer.review(draft, context=context, options=options)

    def forget_old(self) -> None:
        self._reviewer.forget_old()


class Watched:
    """A server, and everything that it says beside its answers."""

    def __init__(self, served: Served, troubled: Troubled, token: str, log: io.StringIO) -> None:
        self.served, self.troubled, self.log = served, troubled, log
        mine = [("authorization", f"Bearer {token}"), ("tracestate", f"a={CANARY}"), ("x-note", CANARY)]
        self.metadata = tuple(mine)

    def review(self, text: str, **more: Any) -> Awaitable[pb.ReviewDraftResponse]:
        return self.served.stub.ReviewDraft(request_for(text, subject=CANARY), metadata=self.metadata, **more)

    def raw(self, data: bytes, method: str = REVIEW_DRAFT, **more: Any) -> Awaitable[bytes]:
        call: Awaitable[bytes] = self.served.channel.unary_unary(method)(data, metadata=self.metadata, **more)
        return call


@pytest.fixture
async def watched(
    serve: Serve, reviewer: Reviewer, tmp_path: Path, tracer: Tracer, log: io.StringIO
) -> AsyncIterator[Watched]:
    troubled = Troubled(reviewer)
    token, line = new_token("mail")
    append(str(tmp_path / "hashes"), line)
    served = await serve(
        ThreadAnalyst(lambda: troubled),
        tracer=tracer,
        limits=Limits(max_request_bytes=20_000, max_call_seconds=20),
        max_concurrent_calls=1,
        security=Security(token_hashes=str(tmp_path / "hashes")),
        quotas=Quotas(drafts_per_minute=1, drafts_at_once=5),
        telemetry=Telemetry(metrics_address="127.0.0.1:0"),
    )
    yield Watched(served, troubled, token, log)
    troubled.release.set()


async def success(on: Watched) -> list[Failure]:
    review = (await on.review(FLAWED)).review
    assert CANARY in str(review)  # the answer is where it belongs
    return []


async def crash(on: Watched) -> list[Failure]:
    return [await failure_of(on.review(f"crash {CANARY}"))]


async def invalid(on: Watched) -> list[Failure]:
    request = request_for(CANARY)
    request.context.facts.cause = CANARY * 300
    request.options.disabled_rules.append(CANARY)
    request.options.allowed_phrases.append(CANARY * 300)
    request.options.rule_parameters[CANARY].values[CANARY] = 3
    call = on.served.stub.ListRules(pb.ListRulesRequest(page_token=CANARY), metadata=on.metadata)
    return [await failure_of(on.raw(request.SerializeToString())), await failure_of(call)]


async def malformed(on: Watched) -> list[Failure]:
    return [await failure_of(on.raw(garbage + CANARY.encode())) for garbage in (b"\xff", b"\x0a\x05", b"\x0a\x7f")]


async def too_large(on: Watched) -> list[Failure]:
    bomb = request_for(CANARY * 100_000).SerializeToString()
    call = on.served.channel.unary_unary(REVIEW_DRAFT)
    squeezed = call(bomb, metadata=on.metadata, compression=grpc.Compression.Gzip)
    assert len(gzip.compress(bomb)) < 20_000
    return [await failure_of(on.review(CANARY * 3_000)), await failure_of(squeezed)]


async def too_late(on: Watched) -> list[Failure]:
    failure = await failure_of(on.review(f"hang {CANARY}", timeout=1))
    assert on.troubled.hanging.is_set()
    return [failure]


async def given_up(on: Watched) -> list[Failure]:
    call: Any = on.review(f"hang {CANARY}")
    await asyncio.to_thread(on.troubled.hanging.wait, 60)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    return []


async def overload(on: Watched) -> list[Failure]:
    first = asyncio.ensure_future(on.review(f"hang {CANARY}"))
    await asyncio.to_thread(on.troubled.hanging.wait, 60)
    failure = await failure_of(on.review(CANARY))
    on.troubled.release.set()
    await first
    return [failure]


async def over_quota(on: Watched) -> list[Failure]:
    for _ in range(5):
        await on.review(CANARY)
    return [await failure_of(on.review(CANARY))]


async def wrong_token(on: Watched) -> list[Failure]:
    on.metadata = (("authorization", f"Bearer {CANARY}"),)
    return [await failure_of(on.review(CANARY))]


async def failing_items(on: Watched) -> list[Failure]:
    broken = request_for(CANARY)
    broken.options.disabled_rules.append(CANARY)
    batch = pb.BatchReviewDraftsRequest(requests=[request_for(f"crash {CANARY}"), broken, request_for(FLAWED)])
    results = (await on.served.stub.BatchReviewDrafts(batch, metadata=on.metadata)).results
    assert results[2].HasField("review")
    return [taken_apart(result.status) for result in results[:2]]


async def unknown_method(on: Watched) -> list[Failure]:
    return [await failure_of(on.raw(CANARY.encode(), method=f"/{CANARY}/{CANARY}"))]


PATHS: list[Callable[[Watched], Awaitable[list[Failure]]]] = [
    success, crash, invalid, malformed, too_large, too_late, given_up, overload, over_quota, wrong_token, failing_items,
    unknown_method,
]  # fmt: skip


async def told_of(spans: InMemorySpanExporter) -> None:
    """Waits for the end of the call's span, which is the last that is told of a call.

    A caller who gives up is free at once; the service learns of it a moment later.
    """
    async with asyncio.timeout(60):
        while not spans.get_finished_spans():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
async def test_no_path_tells_what_the_draft_says(
    watched: Watched,
    spans: InMemorySpanExporter,
    capfd: pytest.CaptureFixture[str],
    path: Callable[[Watched], Awaitable[list[Failure]]],
) -> None:
    failures = await path(watched)
    watched.troubled.release.set()
    observed = path not in (too_large, unknown_method)  # which gRPC answers by itself
    if observed:
        await told_of(spans)
    address = f"http://{watched.served.server.probes.metrics}/metrics"
    metrics = await asyncio.to_thread(lambda: urllib.request.urlopen(address, timeout=30).read().decode())
    traces = "".join(span.to_json() for span in spans.get_finished_spans())
    printed = "".join(capfd.readouterr())
    assert "rpc_server_call_duration" in metrics
    if observed:
        assert "rpc.method" in traces
        assert '"event": "call"' in watched.log.getvalue()
    for place in (repr(failures), watched.log.getvalue(), metrics, traces, printed):
        assert CANARY not in place
