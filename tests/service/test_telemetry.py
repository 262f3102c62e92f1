"""What the server tells of itself: metrics, traces, and answers to probes."""

import asyncio
import io
import json
import socket
import struct
import threading
import urllib.error
import urllib.request
from typing import Any

import grpc
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, Tracer
from prometheus_client.parser import text_string_to_metric_families

from apology.v1 import review_pb2 as pb
from apology_rules import Reviewer
from apology_rules.catalogue import RULES
from apology_service.addresses import AddressError
from apology_service.analysis import ThreadAnalyst
from apology_service.settings import Security, Telemetry
from tests.certificates import Authority
from tests.service.conftest import Serve
from tests.service.helpers import Served, Stumbling, failure_of, request_for, review_of
from tests.service.test_interceptors import Gated

METHOD = "apology.v1.ApologyReviewService/ReviewDraft"
HTTP = Telemetry(metrics_address="127.0.0.1:0")
TRACE_ID, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


async def asked(served: Served, path: str) -> tuple[int, str]:
    """Status and body."""

    def get() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{served.server.probes.metrics}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return await asyncio.to_thread(get)


async def samples(served: Served) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    _, text = await asked(served, "/metrics")
    families = text_string_to_metric_families(text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


async def value(served: Served, name: str, **labels: str) -> float | None:
    return (await samples(served)).get((name, frozenset(labels.items())))


async def test_calls_are_measured_by_the_names_of_the_conventions(serve: Serve) -> None:
    served = await serve(telemetry=HTTP)
    await review_of(served, request_for())
    await failure_of(served.stub.ReviewDraft(pb.ReviewDraftRequest()))
    name = "rpc_server_call_duration_seconds_count"
    call = {"rpc_system_name": "grpc", "rpc_method": METHOD}
    assert await value(served, name, **call, rpc_response_status_code="OK", error_type="") == 1
    refused = {"rpc_response_status_code": "INVALID_ARGUMENT", "error_type": "MISSING_DRAFT"}
    assert await value(served, name, **call, **refused) == 1


async def test_drafts_verdicts_and_rules_are_counted(serve: Serve) -> None:
    served = await serve(telemetry=HTTP)
    review = await review_of(served, request_for())
    verdict = pb.Verdict.Name(review.verdict).removeprefix("VERDICT_")
    assert await value(served, "apology_review_drafts_total", verdict=verdict) == 1
    assert await value(served, "apology_review_draft_duration_seconds_count") == 1
    assert await value(served, "apology_review_draft_characters_sum") == len(request_for().draft.text)
    told = {dict(labels)["rule"] for name, labels in await samples(served) if name == "apology_review_findings_total"}
    assert told == {finding.rule_id for finding in review.findings} <= {rule.id for rule in RULES}
    ((_, build),) = [each for each in await samples(served) if each[0] == "apology_review_build_info"]
    assert dict(build)["version"] == review.versions.package


async def test_a_message_that_cannot_be_read_is_counted(serve: Serve, log: io.StringIO) -> None:
    served = await serve(telemetry=HTTP)
    await review_of(
        served,
        pb.ReviewDraftRequest(draft=pb.Draft(message=b"We are sorry."), offset_encoding=pb.OFFSET_ENCODING_UTF32),
    )
    assert await value(served, "apology_review_drafts_total", verdict="NOT_REVIEWED") == 1
    assert await value(served, "apology_review_draft_characters_sum") == 0
    calls = [json.loads(line) for line in log.getvalue().splitlines() if METHOD in line]
    assert [(call["drafts"], call["characters"], call["findings"]) for call in calls] == [(1, 0, 0)]


async def test_the_end_of_a_certificate_is_told(serve: Serve, tmp_path: Any) -> None:
    issued = Authority(tmp_path).issue("server", "127.0.0.1")
    security = Security(tls_certificate=issued.certificate, tls_key=issued.key)
    served = await serve(telemetry=HTTP, security=security)
    assert (await value(served, "apology_review_certificate_expiry_timestamp_seconds") or 0) > 1.7e9


async def test_workers_and_idle_ones_are_told(serve: Serve, reviewer: Reviewer) -> None:
    gated = Gated(reviewer)
    served = await serve(ThreadAnalyst(lambda: gated), telemetry=HTTP)
    names = ("apology_review_workers", "apology_review_idle_workers")
    assert [await value(served, name) for name in names] == [1, 1]
    call = asyncio.ensure_future(served.stub.ReviewDraft(request_for("gated")))
    await gated.is_busy()
    assert [await value(served, name) for name in names] == [1, 0]
    gated.gate.set()
    await call


async def test_probes_over_http_tell_life_from_readiness(serve: Serve) -> None:
    served = await serve(telemetry=HTTP, ready=False)
    assert await asked(served, "/healthz") == (200, "OK\n")
    assert await asked(served, "/readyz") == (503, "Service Unavailable\n")
    assert (await asked(served, "/other"))[0] == 404
    await served.server.warm_up()
    assert (await asked(served, "/readyz"))[0] == 200
    await served.server.drain(lame_duck_seconds=0, grace_seconds=0)
    assert (await asked(served, "/readyz"))[0] == 503
    assert (await asked(served, "/healthz"))[0] == 200


async def test_health_in_plain_text_stands_beside_tls_and_serves_nothing_else(serve: Serve, tmp_path: Any) -> None:
    authority = Authority(tmp_path)
    issued = authority.issue("server", "127.0.0.1")
    security = Security(tls_certificate=issued.certificate, tls_key=issued.key, tls_client_ca=authority.ca)
    served = await serve(security=security, telemetry=Telemetry(health_address="127.0.0.1:0"))
    async with grpc.aio.insecure_channel(served.server.probes.health) as opened:
        channel: Any = opened
        assert await channel.unary_unary("/grpc.health.v1.Health/Check")(b"") == b"\x08\x01"
        failure = await failure_of(channel.unary_unary(f"/{METHOD}")(request_for().SerializeToString()))
    assert failure.code == grpc.StatusCode.UNIMPLEMENTED


async def test_a_connection_that_breaks_off_leaves_no_traceback(
    serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    served = await serve(telemetry=HTTP)
    host, _, port = served.server.probes.metrics.rpartition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closes with a reset
    assert (await asked(served, "/healthz"))[0] == 200
    while any("process_request_thread" in thread.name for thread in threading.enumerate()):
        await asyncio.sleep(0.01)
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
async def test_probes_answer_over_ipv6(serve: Serve) -> None:
    served = await serve(telemetry=Telemetry(metrics_address="[::1]:0"))
    assert served.server.probes.metrics.startswith("[::1]:")
    assert (await asked(served, "/healthz"))[0] == 200


@pytest.mark.parametrize("address", ["unix:/tmp/x", "127.0.0.1", "127.0.0.1:99999"])
async def test_an_address_for_metrics_that_cannot_be_had_is_refused(serve: Serve, address: str) -> None:
    with pytest.raises(AddressError, match="cannot listen on"):
        await serve(telemetry=Telemetry(metrics_address=address))


def named(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    (span,) = [span for span in spans.get_finished_spans() if span.name == name]
    return span


async def test_a_call_is_a_span_of_its_callers_trace(serve: Serve, tracer: Tracer, spans: InMemorySpanExporter) -> None:
    served = await serve(tracer=tracer)
    sent = (("traceparent", f"00-{TRACE_ID}-{PARENT}-01"), ("tracestate", "a=canary"), ("baggage", "b=canary"))
    answer = await served.stub.ReviewDraft(request_for(), metadata=sent)
    call, review = named(spans, METHOD), named(spans, "review")
    assert call.kind == SpanKind.SERVER
    assert call.attributes
    assert {key: value for key, value in call.attributes.items() if key.startswith("rpc.")} == {
        "rpc.system.name": "grpc",
        "rpc.method": METHOD,
        "rpc.response.status_code": "OK",
    }
    assert call.attributes["apology_review.findings"] == len(answer.review.findings)
    assert call.parent
    assert call.parent.span_id == int(PARENT, 16)
    assert review.parent
    assert review.parent.span_id == call.context.span_id
    assert {span.context.trace_id for span in (call, review)} == {int(TRACE_ID, 16)}
    assert "canary" not in call.to_json() + review.to_json()


async def test_failures_of_the_server_are_errors_and_refusals_are_not(
    serve: Serve, reviewer: Reviewer, tracer: Tracer, spans: InMemorySpanExporter
) -> None:
    served = await serve(ThreadAnalyst(lambda: Stumbling(reviewer)), tracer=tracer)
    await failure_of(served.stub.ReviewDraft(request_for("SECRET")))
    await failure_of(served.stub.ListRules(pb.ListRulesRequest(page_size=-1)))
    failed, refused = named(spans, METHOD), named(spans, METHOD.replace("ReviewDraft", "ListRules"))
    assert (failed.status.status_code, refused.status.status_code) == (StatusCode.ERROR, StatusCode.UNSET)
    assert failed.attributes
    assert refused.attributes
    assert failed.attributes["error.type"] == "INTERNAL_ERROR"
    assert refused.attributes["error.type"] == "OUT_OF_RANGE"
    assert not failed.events
    assert failed.status.description is None


async def test_log_lines_name_their_trace(serve: Serve, tracer: Tracer, log: io.StringIO) -> None:
    served = await serve(tracer=tracer)
    await served.stub.ReviewDraft(request_for(), metadata=(("traceparent", f"00-{TRACE_ID}-{PARENT}-01"),))
    (line,) = [line for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "call"]
    assert line["trace_id"] == TRACE_ID
