"""Health, reflection, addresses, and a stop that loses nothing."""

import asyncio
import io
import json
import os
import socket
import stat
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]
from grpc_reflection.v1alpha import reflection_pb2  # type: ignore[import-untyped]

from apology_rules import Reviewer
from apology_service.addresses import AddressError
from apology_service.analysis import ThreadAnalyst
from apology_service.calls import SERVICE
from apology_service.server import create_server
from apology_service.settings import Settings
from tests.service.conftest import Serve
from tests.service.helpers import Served, failure_of, request_for, review_of
from tests.service.test_interceptors import Gated

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
SERVICE_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


def health_of(served: Served) -> Any:
    return health_pb2_grpc.HealthStub(served.channel)


async def checked(served: Served, name: str) -> int:
    return int((await health_of(served).Check(health_pb2.HealthCheckRequest(service=name))).status)


@pytest.mark.parametrize("name", ["", SERVICE])
async def test_health_says_no_until_the_pipeline_is_warm(serve: Serve, name: str) -> None:
    served = await serve(ready=False)
    assert await checked(served, name) == NOT_SERVING
    await served.server.warm_up()
    assert await checked(served, name) == SERVING


class Unmanned(ThreadAnalyst):
    """An analyst whose workers come and go."""

    workers = 1


async def test_health_says_no_while_there_are_no_workers(
    serve: Serve, reviewer: Reviewer, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    monkeypatch.setattr("apology_service.server._LOOK_SECONDS", 0.01)
    monkeypatch.setattr("apology_service.server._LACKING_SECONDS", 0.05)
    analyst = Unmanned(lambda: reviewer)
    served = await serve(analyst)
    watch = health_of(served).Watch(health_pb2.HealthCheckRequest(service=SERVICE))
    async with asyncio.timeout(60):
        assert (await watch.read()).status == SERVING
        analyst.workers = 0
        assert (await watch.read()).status == NOT_SERVING
        analyst.workers = 1
        assert (await watch.read()).status == SERVING
    told = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
    assert [event for event in told if "workers" in event] == ["no workers", "workers again"]


async def test_a_server_that_leaves_is_not_ready_again_because_it_has_workers(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apology_service.server._LOOK_SECONDS", 0)
    served = await serve()
    drain = asyncio.ensure_future(served.server.drain(lame_duck_seconds=60, grace_seconds=0))
    await asyncio.sleep(0)
    for _ in range(100):
        assert await checked(served, SERVICE) == NOT_SERVING
    drain.cancel()


async def test_watchers_beyond_the_bound_are_told_to_do_without(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apology_service.health._MOST_WATCHES", 1)
    served = await serve()
    watch = health_of(served).Watch(health_pb2.HealthCheckRequest())
    assert (await watch.read()).status == SERVING
    failure = await failure_of(health_of(served).Watch(health_pb2.HealthCheckRequest()).read())
    assert failure.code is grpc.StatusCode.UNIMPLEMENTED
    assert await checked(served, "") == SERVING
    watch.cancel()
    async with asyncio.timeout(60):
        while served.server._health._watches:
            await asyncio.sleep(0.01)
    watch = health_of(served).Watch(health_pb2.HealthCheckRequest())
    assert (await watch.read()).status == SERVING
    watch.cancel()


async def test_an_unknown_service_has_no_health(serve: Serve) -> None:
    failure = await failure_of(health_of(await serve()).Check(health_pb2.HealthCheckRequest(service="other")))
    assert failure.code is grpc.StatusCode.NOT_FOUND


async def test_health_lists_every_name(serve: Serve) -> None:
    answer = await health_of(await serve()).List(health_pb2.HealthListRequest())
    assert {name: entry.status for name, entry in answer.statuses.items()} == {"": SERVING, SERVICE: SERVING}


async def test_a_watcher_sees_every_change_and_the_end(serve: Serve) -> None:
    served = await serve(ready=False)
    watch = health_of(served).Watch(health_pb2.HealthCheckRequest(service=SERVICE))
    assert (await watch.read()).status == NOT_SERVING
    await served.server.warm_up()
    assert (await watch.read()).status == SERVING
    draining = asyncio.ensure_future(served.server.drain(lame_duck_seconds=0, grace_seconds=60))
    assert (await watch.read()).status == NOT_SERVING  # asked before the end: after it, gRPC drops what nobody has read
    assert await watch.read() is grpc.aio.EOF
    await draining


async def test_a_watcher_of_an_unknown_service_is_told_so(serve: Serve) -> None:
    watch = health_of(await serve()).Watch(health_pb2.HealthCheckRequest(service="other"))
    assert (await watch.read()).status == SERVICE_UNKNOWN
    watch.cancel()


async def test_a_call_that_comes_before_the_server_is_warm_is_answered(serve: Serve) -> None:
    assert (await review_of(await serve(ready=False), request_for())).findings


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_the_schema_can_be_asked_for(serve: Serve, version: str) -> None:
    served = await serve()
    call = served.channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )()
    await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    names = {service.name for service in (await call.read()).list_services_response.service}
    assert {SERVICE, "grpc.health.v1.Health"} <= names
    await call.write(reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE))
    assert (await call.read()).file_descriptor_response.file_descriptor_proto
    await call.done_writing()


async def test_the_schema_can_be_kept_back(serve: Serve) -> None:
    served = await serve(reflection=False)
    call = served.channel.unary_unary("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")(b"")
    assert (await failure_of(call)).code is grpc.StatusCode.UNIMPLEMENTED


async def test_a_draining_server_finishes_its_calls(serve: Serve, reviewer: Reviewer) -> None:
    gated = Gated(reviewer)
    served = await serve(ThreadAnalyst(lambda: gated))
    call = asyncio.ensure_future(served.stub.ReviewDraft(request_for("gated: I am sorry that I lost it.")))
    await gated.is_busy()
    drain = asyncio.ensure_future(served.server.drain(lame_duck_seconds=0, grace_seconds=60))
    await asyncio.sleep(0)
    gated.gate.set()
    assert (await call).review.text_sha256
    await drain


async def test_a_lame_duck_still_serves(serve: Serve) -> None:
    served = await serve()
    drain = asyncio.ensure_future(served.server.drain(lame_duck_seconds=60, grace_seconds=0))
    await asyncio.sleep(0)
    assert await checked(served, SERVICE) == NOT_SERVING
    assert (await review_of(served, request_for())).findings
    drain.cancel()


async def test_a_port_in_use_is_said_to_be(serve: Serve, reviewer: Reviewer) -> None:
    served = await serve()
    with pytest.raises(AddressError, match="address already in use"):
        await serve(address=served.server.address)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("nonsense", "host:port"),
        ("127.0.0.1:http", "host:port"),
        ("127.0.0.1:99999", "host:port"),
        ("unix:/no/such/folder/socket", "no such file or directory"),
        ("192.0.2.1:0", "cannot assign requested address"),
    ],
)
async def test_an_impossible_address_is_explained(serve: Serve, address: str, why: str) -> None:
    with pytest.raises(AddressError, match=why):
        await serve(address=address)


async def test_a_unix_socket_is_its_owners_alone_and_is_gone_afterwards(tmp_path: Path, reviewer: Reviewer) -> None:
    path = tmp_path / "socket"
    async with create_server(Settings(address=f"unix:{path}"), ThreadAnalyst(lambda: reviewer)) as server:
        await server.warm_up()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        async with grpc.aio.insecure_channel(server.address) as channel:
            assert (await review_of(Served(server, channel), request_for())).findings
    assert not path.exists()


async def test_a_socket_left_by_a_dead_server_is_replaced(tmp_path: Path, serve: Serve) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(os.fspath(path))
    assert (await review_of(await serve(address=f"unix:{path}"), request_for())).findings


async def test_a_second_server_does_not_take_the_socket_of_a_living_one(tmp_path: Path, serve: Serve) -> None:
    served = await serve(address=f"unix:{tmp_path / 'socket'}")
    with pytest.raises(AddressError, match="another server holds it"):
        await serve(address=served.server.address)
    assert (await review_of(served, request_for())).findings


async def test_a_server_without_calls_is_found_to_be_idle(serve: Serve) -> None:
    served = await serve()
    await review_of(served, request_for())
    await served.server.quiet_for(0.05)
