"""The lines of a batch: each is a request, or the reason why it is none."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, BinaryIO

from apology.v1 import review_pb2
from apology_client import core
from apology_client.errors import InvalidRequestError
from apology_client.proto_json import parse

_LONGEST = 16 << 20  # bytes of a line; what a server takes is far less
# Other keys are the caller's own and passed over, but for those that look like one of these misspelt.
_KEYS = ("id", "text", "draft", "context", "options")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the input: its number from 1, its bytes, its id (and whether it had one), and what to ask."""

    number: int
    size: int
    id: Any
    named: bool
    ask: core.Ask


def read_lines(source: BinaryIO, base: review_pb2.ReviewDraftRequest) -> Iterator[Line]:
    """Every line but the blank ones. `base` holds the context and the options that a line may override."""
    number = 0
    while data := source.readline(_LONGEST):
        number += 1
        size = len(data)
        if size == _LONGEST and not data.endswith(b"\n"):
            size += _skip(source)
            yield Line(number, size, None, False, InvalidRequestError(f"the line is longer than {_LONGEST >> 20} MiB"))
        elif data.strip():
            yield _line(number, data, base)


def _skip(source: BinaryIO) -> int:
    """Read to the end of the line without keeping it; how much there was."""
    skipped = 0
    while data := source.readline(_LONGEST):
        skipped += len(data)
        if data.endswith(b"\n"):
            break
    return skipped


def _line(number: int, data: bytes, base: review_pb2.ReviewDraftRequest) -> Line:
    name, named = None, False
    ask: core.Ask
    try:
        row = _object(data)
        name, named = row.get("id"), "id" in row
        ask = _request(row, base)
    except InvalidRequestError as error:
        ask = error
    return Line(number, len(data), name, named, ask)


def _object(data: bytes) -> dict[str, Any]:
    try:
        row = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise InvalidRequestError(f"the line is not UTF-8: byte {error.start} of it cannot be decoded") from None
    except json.JSONDecodeError as error:
        raise InvalidRequestError(f"the line is not JSON: {error.msg} at character {error.pos + 1}") from None
    except (ValueError, RecursionError):
        raise InvalidRequestError("the line is JSON that nests too deeply or holds a number too long") from None
    if not isinstance(row, dict):
        raise InvalidRequestError("the line is JSON, but not an object")
    return row


def _no_number(word: str) -> None:
    """Python's `json` would take it, and nobody else the line that it comes back in."""
    raise InvalidRequestError(f"the line is not JSON: {word} is no number there")


def _request(row: dict[str, Any], base: review_pb2.ReviewDraftRequest) -> review_pb2.ReviewDraftRequest:
    for key in row:
        if key not in _KEYS and (meant := get_close_matches(key.lower(), _KEYS, n=1, cutoff=0.8)):
            raise InvalidRequestError(f'"{key}" is no key of a line; did you mean "{meant[0]}"?')
    if ("text" in row) == ("draft" in row):
        raise InvalidRequestError('a line has either "text" or "draft"')
    request = review_pb2.ReviewDraftRequest(offset_encoding=review_pb2.OFFSET_ENCODING_UTF32)
    request.MergeFrom(base)
    parse({"text": row["text"]} if "text" in row else row["draft"], request.draft, "draft")
    if row.get("context") is not None:
        request.context.MergeFrom(parse(row["context"], review_pb2.Context(), "context"))
    if row.get("options") is not None:
        request.options.MergeFrom(parse(row["options"], review_pb2.ReviewOptions(), "options"))
    return request
