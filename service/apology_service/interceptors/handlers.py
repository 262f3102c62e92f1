"""Rebuilds gRPC method handlers, whatever their kind, around a changed behaviour."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import grpc

from apology_service.calls import CallContext

if TYPE_CHECKING:
    Handler: TypeAlias = grpc.RpcMethodHandler[Any, Any]
else:
    Handler = grpc.RpcMethodHandler

Behaviour = Callable[[Any, CallContext], Any]
"""What serves one call: a coroutine function, or an async generator function of the answers."""

_KINDS: dict[tuple[bool, bool], tuple[str, Callable[..., Handler]]] = {
    (False, False): ("unary_unary", grpc.unary_unary_rpc_method_handler),
    (False, True): ("unary_stream", grpc.unary_stream_rpc_method_handler),
    (True, False): ("stream_unary", grpc.stream_unary_rpc_method_handler),
    (True, True): ("stream_stream", grpc.stream_stream_rpc_method_handler),
}


class Layer(Protocol):
    """Something that surrounds calls."""

    def wrap(self, handler: Handler, method: str) -> Handler:
        """The handler of `method` with this layer around it. Asked once for each method, not for each call."""


def rebuild(
    handler: Handler, change: Callable[[Behaviour], Behaviour], *, deserializer: Callable[[bytes], Any] | None = None
) -> Handler:
    """`handler` with its behaviour changed, and with another deserializer if one is given."""
    attribute, build = _KINDS[handler.request_streaming, handler.response_streaming]
    return build(
        change(getattr(handler, attribute)),
        request_deserializer=deserializer or handler.request_deserializer,
        response_serializer=handler.response_serializer,
    )


def surrounded(guard: Callable[[CallContext], AbstractAsyncContextManager[None]]) -> Callable[[Behaviour], Behaviour]:
    """A change that holds `guard(context)` open while a call is served."""

    def change(behaviour: Behaviour) -> Behaviour:
        async def answer(request: Any, context: CallContext) -> Any:
            async with guard(context):
                return await behaviour(request, context)

        async def answers(request: Any, context: CallContext) -> AsyncIterator[Any]:
            async with guard(context):
                async for response in behaviour(request, context):
                    yield response

        return answers if inspect.isasyncgenfunction(behaviour) else answer

    return change


def receiving(
    take: Callable[[Any, CallContext], Awaitable[Any]], *, streaming: bool
) -> Callable[[Behaviour], Behaviour]:
    """A change by which each request goes through `take` before it is served."""

    async def each(stream: AsyncIterator[Any], context: CallContext) -> AsyncIterator[Any]:
        async for request in stream:
            yield await take(request, context)

    async def taken(request: Any, context: CallContext) -> Any:
        return each(request, context) if streaming else await take(request, context)

    def change(behaviour: Behaviour) -> Behaviour:
        async def answer(request: Any, context: CallContext) -> Any:
            return await behaviour(await taken(request, context), context)

        async def answers(request: Any, context: CallContext) -> AsyncIterator[Any]:
            async for response in behaviour(await taken(request, context), context):
                yield response

        return answers if inspect.isasyncgenfunction(behaviour) else answer

    return change
