"""A request that is no message of its type is the caller's mistake: by itself, gRPC calls it an unknown failure."""

from typing import Any

import grpc
from google.protobuf.message import DecodeError

from apology_service.calls import CallContext
from apology_service.faults import Reason, abort, fault
from apology_service.interceptors.handlers import Handler, Layer, rebuild, receiving


class ParseGuard(Layer):
    """Answers bytes that do not parse with INVALID_ARGUMENT, and the log stays quiet.

    The interceptors around it see the bytes: nothing is parsed for a caller who is turned away.
    """

    def wrap(self, handler: Handler, method: str) -> Handler:
        parse = handler.request_deserializer
        if parse is None:
            return handler

        async def parsed(data: bytes, context: CallContext) -> Any:
            try:
                return parse(data)
            except DecodeError:
                pass  # the abort stands outside, so that its own exception does not carry this one
            text = "the request is not a valid message of its type (are all its strings UTF-8?)"
            return await abort(context, fault(grpc.StatusCode.INVALID_ARGUMENT, Reason.MALFORMED_REQUEST, text))

        return rebuild(handler, receiving(parsed, streaming=handler.request_streaming), deserializer=bytes)
