"""Whatever is sent, the server answers as the contract says, lives on, and tells nothing of it.

The short profile runs by default; FUZZ_EXAMPLES=20000 makes it a long one.
"""

import asyncio
import gzip
import io
import os
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apology.v1 import review_pb2 as pb
from apology_service.faults import DOMAIN, Reason
from apology_service.settings import Limits
from tests.service.conftest import Serve
from tests.service.helpers import Failure, Served, failure_of, request_for

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
METHODS: dict[str, type[Message]] = {
    "ReviewDraft": pb.ReviewDraftRequest,
    "BatchReviewDrafts": pb.BatchReviewDraftsRequest,
    "ListRules": pb.ListRulesRequest,
    "GetCapabilities": pb.GetCapabilitiesRequest,
}
CANARY = "canary8F3K"
DEEPEST = 5
REFUSALS = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.UNIMPLEMENTED,
}
_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_DOUBLE: st.floats(),
    FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32),
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
}
_ODD = ("\r\n\r\n", "\U0001f469\u200d\U0001f4bb", "\x00", "\u202e", CANARY)
_WORDS = st.sampled_from(["I am sorry", " if you were upset", ", but ", "you", *_ODD])
_TEXTS = st.lists(_WORDS, max_size=12).map("".join) | st.text(max_size=40)


def messages(kind: type[Message], depth: int = 0) -> st.SearchStrategy[Message]:
    """Messages with any of their fields set to anything of its type; enums also to what they do not know."""

    @st.composite
    def build(draw: st.DrawFn) -> Message:
        message = kind()
        for field in kind.DESCRIPTOR.fields:
            if depth < DEEPEST and draw(st.booleans()):
                _fill(draw, message, field, depth)
        return message

    return build()


def _fill(draw: st.DrawFn, message: Message, field: Any, depth: int) -> None:
    target = getattr(message, field.name)
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        key, value = draw(_TEXTS), entry.fields_by_name["value"]
        if value.message_type is None:
            target[key] = draw(_value(value))
        else:
            target[key].CopyFrom(draw(messages(GetMessageClass(value.message_type), depth + 1)))
    elif field.is_repeated:
        for _ in range(draw(st.integers(0, 3))):
            if entry is None:
                target.append(draw(_value(field)))
            else:
                target.add().CopyFrom(draw(messages(GetMessageClass(entry), depth + 1)))
    elif entry is not None:
        target.CopyFrom(draw(messages(GetMessageClass(entry), depth + 1)))
    else:
        setattr(message, field.name, draw(_value(field)))


def _value(field: Any) -> st.SearchStrategy[Any]:
    if field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        return st.sampled_from([*(value.number for value in field.enum_type.values), 99, -1])
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return _TEXTS if field.type == FieldDescriptor.TYPE_STRING else st.binary(max_size=40)
    return _SCALARS[field.cpp_type]


async def outcome(served: Served, method: str, data: bytes, **more: Any) -> Failure | None:
    """None when it was answered."""
    call = served.channel.unary_unary(f"/apology.v1.ApologyReviewService/{method}")
    try:
        await call(data, timeout=30, **more)
    except grpc.aio.AioRpcError as error:
        return await failure_of(_raising(error))
    return None


async def _raising(error: grpc.aio.AioRpcError) -> None:
    raise error


def _run(count: int) -> Callable[[Any], Any]:
    allowed = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=max(1, count), deadline=None, suppress_health_check=allowed, derandomize=EXAMPLES < 1000
    )


@pytest.mark.parametrize("method", METHODS)
async def test_any_message_of_the_type_is_answered_or_refused_by_name(
    serve: Serve, log: io.StringIO, method: str
) -> None:
    served = await serve()
    loop = asyncio.get_running_loop()

    @_run(EXAMPLES if "Review" in method else EXAMPLES // 5)
    @given(message=messages(METHODS[method]))
    def fuzz(message: Message) -> None:
        call = outcome(served, method, message.SerializeToString())
        failure = asyncio.run_coroutine_threadsafe(call, loop).result(60)
        if failure:
            assert failure.code in REFUSALS, failure
            assert failure.domain == DOMAIN
            assert failure.reason in set(Reason)
            assert len(repr(failure.trailers)) < 8_000
            assert CANARY not in repr(failure)

    await asyncio.to_thread(fuzz)
    assert CANARY not in log.getvalue()
    assert '"ERROR"' not in log.getvalue()


async def test_any_bytes_are_answered_or_refused_by_name(serve: Serve, log: io.StringIO) -> None:
    served = await serve()
    loop = asyncio.get_running_loop()
    whole = request_for(f"I am sorry if the {CANARY} upset you.").SerializeToString()

    @_run(EXAMPLES)
    @given(
        method=st.sampled_from(list(METHODS)),
        data=st.binary(max_size=300)
        | st.tuples(st.integers(0, len(whole)), st.binary(max_size=9)).map(
            lambda cut: whole[: cut[0]] + cut[1] + whole[cut[0] + len(cut[1]) :]
        ),
    )
    def fuzz(method: str, data: bytes) -> None:
        failure = asyncio.run_coroutine_threadsafe(outcome(served, method, data), loop).result(60)
        if failure:
            assert failure.code in REFUSALS, failure
            assert failure.reason in set(Reason)
            assert CANARY not in repr(failure)

    await asyncio.to_thread(fuzz)
    assert CANARY not in log.getvalue()
    assert '"ERROR"' not in log.getvalue()


def nested(depth: int) -> bytes:
    """Length-delimited fields within one another, all of number 1."""
    data = b""
    for _ in range(depth):
        size, head = len(data), bytearray()
        while size > 0x7F:
            head.append(size & 0x7F | 0x80)
            size >>= 7
        data = b"\x0a" + bytes([*head, size]) + data
    return data


HOSTILE: dict[str, tuple[bytes, dict[str, Any], set[grpc.StatusCode]]] = {
    "gzip bomb": (
        request_for("a" * 20_000_000).SerializeToString(),
        {"compression": grpc.Compression.Gzip},
        {grpc.StatusCode.RESOURCE_EXHAUSTED},
    ),
    "16 KB of metadata": (
        request_for().SerializeToString(),
        {"metadata": (("x-large", "a" * 16_384),)},
        {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE},
    ),
    "deep nesting": (nested(10_000), {}, {grpc.StatusCode.INVALID_ARGUMENT}),
    "deep groups": (b"\x0b" * 100_000, {}, {grpc.StatusCode.INVALID_ARGUMENT}),
    "invalid UTF-8": (b"\x0a\x07\x0a\x05\xed\xa0\xbd\xff\xfe", {}, {grpc.StatusCode.INVALID_ARGUMENT}),
    "unknown fields": (b"\x98\x3f\x01" * 50_000, {}, {grpc.StatusCode.INVALID_ARGUMENT}),
    "one long word": (request_for("sorry" * 4_000).SerializeToString(), {}, set()),
    "only marks": (request_for("e" + "\u0301" * 19_000).SerializeToString(), {}, set()),
    "only brackets": (request_for("([{<\u00ab" * 4_000).SerializeToString(), {}, set()),
}


@pytest.mark.parametrize("attack", HOSTILE)
async def test_an_attack_is_refused_and_others_are_served(serve: Serve, log: io.StringIO, attack: str) -> None:
    served = await serve(limits=Limits(max_request_bytes=300_000))
    data, more, codes = HOSTILE[attack]
    if attack == "gzip bomb":
        assert len(gzip.compress(data)) < 300_000
    failure = await outcome(served, "ReviewDraft", data, **more)
    assert (failure.code in codes) if failure else not codes, failure
    assert await outcome(served, "ReviewDraft", request_for().SerializeToString()) is None
    assert '"ERROR"' not in log.getvalue()
