"""A request that is no message of its type is the caller's mistake: by itself, gRPC calls it an unknown failure."""

import inspect
from collections.abc import AsyncIterator
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError

from apology_service.calls import CallContext
from apology_service.faults import Reason, abort, fault
from apology_service.interceptors.handlers import Behaviour, Handler, Interceptor, rebuild

_MALFORMED: Final = object()


class ParseGuard(Interceptor):
    """Answers bytes that do not parse with INVALID_ARGUMENT, and the log stays quiet."""

    def wrap(self, handler: Handler, method: str) -> Handler:
        parse = handler.request_deserializer
        if parse is None:
            return handler

        def deserialize(data: bytes) -> Any:
            try:
                return parse(data)
            except DecodeError:
                return _MALFORMED

        return rebuild(handler, _guarded_stream if handler.request_streaming else _guarded, deserializer=deserialize)


def _guarded(behaviour: Behaviour) -> Behaviour:
    async def answer(request: Any, context: CallContext) -> Any:
        return await behaviour(await _checked(request, context), context)

    async def answers(request: Any, context: CallContext) -> AsyncIterator[Any]:
        async for response in behaviour(await _checked(request, context), context):
            yield response

    return answers if inspect.isasyncgenfunction(behaviour) else answer


def _guarded_stream(behaviour: Behaviour) -> Behaviour:
    async def requests(stream: AsyncIterator[Any], context: CallContext) -> AsyncIterator[Any]:
        async for request in stream:
            yield await _checked(request, context)

    async def answer(stream: AsyncIterator[Any], context: CallContext) -> Any:
        return await behaviour(requests(stream, context), context)

    async def answers(stream: AsyncIterator[Any], context: CallContext) -> AsyncIterator[Any]:
        async for response in behaviour(requests(stream, context), context):
            yield response

    return answers if inspect.isasyncgenfunction(behaviour) else answer


async def _checked(request: Any, context: CallContext) -> Any:
    if request is _MALFORMED:
        text = "the request is not a valid message of its type (are all its strings UTF-8?)"
        await abort(context, fault(grpc.StatusCode.INVALID_ARGUMENT, Reason.MALFORMED_REQUEST, text))
    return request
