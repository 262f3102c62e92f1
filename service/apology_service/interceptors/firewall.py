"""No exception of ours reaches a caller or a log with its text: gRPC by itself sends both."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any

import grpc

from apology_service.calls import CallContext
from apology_service.faults import abort, internal
from apology_service.incidents import report
from apology_service.interceptors.handlers import Behaviour, Handler, Layer, rebuild

_MEANT = (grpc.aio.AbortError, asyncio.CancelledError)


class Firewall(Layer):
    """Answers an unexpected error with INTERNAL and an incident id. Goes outermost.

    The abort stands outside of the `except` block, so that its own exception does not carry the first as context.
    """

    def wrap(self, handler: Handler, method: str) -> Handler:
        def change(behaviour: Behaviour) -> Behaviour:
            async def answer(request: Any, context: CallContext) -> Any:
                try:
                    return await behaviour(request, context)
                except _MEANT:
                    raise
                except Exception as error:
                    incident = report(error, method=method)
                return await abort(context, internal(incident))

            async def answers(request: Any, context: CallContext) -> AsyncIterator[Any]:
                try:
                    async for response in behaviour(request, context):
                        yield response
                    return
                except _MEANT:
                    raise
                except Exception as error:
                    incident = report(error, method=method)
                await abort(context, internal(incident))

            return answers if inspect.isasyncgenfunction(behaviour) else answer

        return rebuild(handler, change)
