"""Errors as HTTP tells them: `google.rpc.Status` in JSON, under the status code that HTTP has for it."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2  # the details that a status may hold are known by this import
from starlette.responses import JSONResponse

from apology_client import proto_json
from apology_client.errors import DOMAIN, ApologyReviewError, InvalidRequestError

_CODES = {code.name: code.value[0] for code in grpc.StatusCode}
# As `google/rpc/code.proto` maps them.
_HTTP = {
    "CANCELLED": 503,  # by a server that stops: nobody else cancels here
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
TOO_LARGE = 413
_REASONS = {400: "MALFORMED_REQUEST", 401: "MALFORMED_TOKEN", TOO_LARGE: "REQUEST_TOO_LARGE"}


class RefusedError(Exception):
    """The request gets no further; `response` says why."""

    def __init__(self, response: JSONResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


def fault(
    http: int, code: str, reason: str, text: str, *, headers: Mapping[str, str] | None = None, incident: str = ""
) -> JSONResponse:
    """A fault of the gateway's own finding. `code` is gRPC's name, `reason` a stable word for programs."""
    status = status_pb2.Status(code=_CODES[code], message=text)
    metadata = {"incident": incident} if incident else {}
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=metadata))
    return _response(http, status, headers)


def failed(error: ApologyReviewError) -> JSONResponse:
    """What the server answered, whole; or why it did not."""
    http = _HTTP.get(error.code, 500)
    if error.status is None:
        http = TOO_LARGE if isinstance(error, InvalidRequestError) and error.too_large else http
        reason = error.reason or _REASONS.get(http, "NO_ANSWER" if http >= 500 else "REFUSED")
        return fault(http, error.code, reason, str(error))
    headers = {"retry-after": str(math.ceil(error.retry_after))} if error.retry_after is not None else {}
    return _response(http, error.status, headers)


def _response(http: int, status: status_pb2.Status, headers: Mapping[str, str] | None) -> JSONResponse:
    headers = {**(headers or {}), **({"www-authenticate": "Bearer"} if http == 401 else {})}
    content = {"code": status.code, "message": status.message, "details": list(_details(status))}
    return JSONResponse(content, http, headers)


def _details(status: status_pb2.Status) -> Iterator[dict[str, Any]]:
    for detail in status.details:
        with suppress(TypeError):  # of a type that a newer server knows, and this gateway does not
            yield proto_json.to_dict(detail)
