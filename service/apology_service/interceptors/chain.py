"""The layers put together: gRPC's own chain of interceptors would be walked, and every handler built anew, for each call."""

from collections.abc import Awaitable, Callable, Sequence

import grpc

from apology_service.interceptors.admission import Admission
from apology_service.interceptors.handlers import Handler, Layer

_Ways = tuple[Handler, Handler]


class Chain(grpc.aio.ServerInterceptor):
    """Surrounds every method that exists, once, and shows each call its way: to be served, or to be refused for load.

    That is decided before the request has been received. The way out leads through the `outer` layers too: strangers are
    told that they are strangers, and refusals are counted by caller.
    """

    def __init__(self, outer: Sequence[Layer], admission: Admission, inner: Sequence[Layer]) -> None:
        self._outer = outer
        self._admission = admission
        self._inner = inner
        self._ways: dict[str, _Ways] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        method = handler_call_details.method
        if method not in self._ways:
            handler = await continuation(handler_call_details)
            if handler is None:  # nor is it remembered: there is no end of names that callers can make up
                return None
            self._ways[method] = self._both(handler, method)
        served, refused = self._ways[method]
        return refused if self._admission.is_full(served, method) else served

    def _both(self, handler: Handler, method: str) -> _Ways:
        served = _wrapped(handler, method, (*self._outer, self._admission, *self._inner))
        # Whoever takes a stream of requests, takes it when they want: so gRPC does not wait for one that nobody reads.
        refused: Handler = grpc.stream_unary_rpc_method_handler(self._admission.refuse)
        return served, _wrapped(refused, method, self._outer)


def _wrapped(handler: Handler, method: str, layers: Sequence[Layer]) -> Handler:
    for layer in reversed(layers):
        handler = layer.wrap(handler, method)
    return handler
