"""One log line a call: how long, how much, how it ended; never a word of it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

import grpc

from apology_service.calls import SERVICE, CallContext, begin_figures
from apology_service.interceptors.handlers import Handler, Interceptor, rebuild, surrounded

_log = logging.getLogger(__name__)


class AccessLog(Interceptor):
    """Calls of the service are logged at INFO, those of probes and tools at DEBUG."""

    def wrap(self, handler: Handler, method: str) -> Handler:
        level = logging.INFO if method.startswith(f"/{SERVICE}/") else logging.DEBUG

        @asynccontextmanager
        async def logged(context: CallContext) -> AsyncIterator[None]:
            figures, began, code = begin_figures(), time.perf_counter(), "OK"
            try:
                yield
            except asyncio.CancelledError:
                code = "CANCELLED"
                raise
            except grpc.aio.AbortError:
                code = context.code().name
                raise
            except Exception:
                code = "INTERNAL"
                raise
            finally:
                milliseconds = round((time.perf_counter() - began) * 1000, 1)
                told = {"method": method, "code": code, "ms": milliseconds, **asdict(figures)}
                _log.log(level, "call", extra={"fields": told})

        return rebuild(handler, surrounded(logged))
