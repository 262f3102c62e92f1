"""The paths, as an ASGI application. Its log tells paths, sizes and times, and never a word of a draft."""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.message import Message
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from apology.v1 import review_pb2
from apology_client import proto_json
from apology_client.aio import AsyncClient
from apology_client.errors import ApologyReviewError
from apology_client.http import mails
from apology_client.http.faults import TOO_LARGE, RefusedError, failed, fault
from apology_client.policy import Policy

M = TypeVar("M", bound=Message)
Answer = Callable[[Request], Awaitable[Any]]

_GONE = 499  # nobody is there to read it; for the log
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}  # answers quote drafts
_LOG = logging.getLogger(__name__)


def create_app(
    client: AsyncClient, policy: Policy, *, origins: Sequence[str] = (), seconds: float, max_bytes: int
) -> Starlette:
    """Ask `client` for everything, and close it in the end. `policy` judges mails, and pages of `origins` may call.

    A request has `seconds` to arrive and its answer as many to come; its body has at most `max_bytes`.
    """
    face = _Face(client, policy, seconds, max_bytes)
    posts = {"/v1/drafts:review": face.review, "/v1/drafts:batchReview": face.batch, "/v1/mails:check": face.check}
    gets = {"/v1/rules": face.rules, "/v1/capabilities": face.capabilities, "/healthz": face.health}
    routes = [Route(path, _endpoint(path, answer), methods=["POST"]) for path, answer in posts.items()]
    routes += [Route(path, _endpoint(path, answer), methods=["GET"]) for path, answer in gets.items()]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
        allow_private_network=True,  # a page from the public Web that asks a server on the writer's own machine
        expose_headers=["retry-after"],
    )

    @asynccontextmanager
    async def open_until_the_end(_app: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    faults = {HTTPException: _no_such}
    return Starlette(routes=routes, middleware=[cors], exception_handlers=faults, lifespan=open_until_the_end)


@dataclass(frozen=True, slots=True)
class _Face:
    client: AsyncClient
    policy: Policy
    seconds: float
    max_bytes: int

    async def review(self, request: Request) -> Any:
        return await self._pass_on("ReviewDraft", await self._body(request, review_pb2.ReviewDraftRequest()), request)

    async def batch(self, request: Request) -> Any:
        asked = await self._body(request, review_pb2.BatchReviewDraftsRequest())
        return await self._pass_on("BatchReviewDrafts", asked, request)

    async def rules(self, request: Request) -> Any:
        """The fields of the request are parameters of the URL; proto3 JSON takes numbers in quotation marks too."""
        asked = proto_json.parse(dict(request.query_params), review_pb2.ListRulesRequest(), "query")
        return await self._pass_on("ListRules", asked, request)

    async def capabilities(self, request: Request) -> Any:
        return await self._pass_on("GetCapabilities", review_pb2.GetCapabilitiesRequest(), request)

    async def check(self, request: Request) -> Any:
        draft = await self._body(request, review_pb2.Draft())
        token = _token(request)
        return (await mails.check(self.client, self.policy, draft, seconds=self.seconds, token=token)).to_dict()

    async def health(self, _request: Request) -> Any:
        if not await self.client.is_ready(timeout=self.seconds):
            raise RefusedError(fault(503, "UNAVAILABLE", "NOT_SERVING", "the reviewer is not ready"))
        return {"status": "SERVING"}

    async def _pass_on(self, method: str, asked: Message, request: Request) -> Any:
        token = _token(request)
        return proto_json.to_dict(await self.client.call(method, asked, timeout=self.seconds, token=token))

    async def _body(self, request: Request, into: M) -> M:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":  # any page may send other kinds without asking, CORS or not
            text = "the body must be JSON, and be sent as content-type: application/json"
            raise RefusedError(fault(415, "INVALID_ARGUMENT", "NOT_JSON", text))
        try:
            value = json.loads(await self._bytes(request))
        except (ValueError, RecursionError):
            raise RefusedError(fault(400, "INVALID_ARGUMENT", "MALFORMED_REQUEST", "the body is not JSON")) from None
        return proto_json.parse(value, into, "body")

    async def _bytes(self, request: Request) -> bytes:
        """The body, as long as it keeps within its bounds of size and of time."""
        body = bytearray()
        try:
            async with asyncio.timeout(self.seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > self.max_bytes:
                        text = f"the body has more than {self.max_bytes} bytes"
                        raise RefusedError(fault(TOO_LARGE, "INVALID_ARGUMENT", "REQUEST_TOO_LARGE", text))
        except TimeoutError:
            text = f"the body did not arrive within {self.seconds:g} seconds"
            raise RefusedError(fault(408, "DEADLINE_EXCEEDED", "REQUEST_TOO_SLOW", text)) from None
        return bytes(body)


def _endpoint(path: str, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        begun = time.monotonic()
        response = await _response(answer, request)
        took = round((time.monotonic() - begun) * 1000)
        probe = path == "/healthz" and response.status_code == 200  # there are many, and they say nothing
        _LOG.log(
            logging.DEBUG if probe else logging.INFO,
            "%s %s status=%d ms=%d",
            request.method,
            path,
            response.status_code,
            took,
        )
        return response

    return respond


async def _response(answer: Answer, request: Request) -> Response:
    try:
        return JSONResponse(await answer(request), headers=_HEADERS)
    except RefusedError as refused:
        return refused.response
    except ApologyReviewError as error:
        return failed(error)
    except ClientDisconnect:
        return Response(status_code=_GONE)
    except Exception as error:  # its own words may quote the draft, and would reach the log of the web server
        incident = secrets.token_hex(6)
        _LOG.error("incident=%s %s", incident, type(error).__name__)
        return fault(500, "INTERNAL", "INTERNAL_ERROR", f"internal error; incident {incident}", incident=incident)


def _token(request: Request) -> str:
    """The caller's own bearer token; without one, the client's speaks."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _no_such(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return fault(405, "UNIMPLEMENTED", "NO_SUCH_METHOD", "this path takes another method", headers=error.headers)
    return fault(error.status_code, "NOT_FOUND", "NO_SUCH_PATH", "there is nothing at this path")
