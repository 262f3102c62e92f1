"""Messages of the contract as proto3 JSON, and back. Importing this costs 40 ms, so it is imported where it is used."""

import json
from typing import Any, TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message

from apology_client.errors import InvalidRequestError

M = TypeVar("M", bound=Message)


def to_dict(message: Message) -> dict[str, Any]:
    """Every field is named, set or not, so that a reader need not know that `begin: 0` is the default."""
    return json_format.MessageToDict(message, always_print_fields_with_no_presence=True)


def to_json(message: Message, *, indent: int | None = None) -> str:
    return json.dumps(to_dict(message), ensure_ascii=False, indent=indent)


def parse(value: object, into: M, name: str) -> M:
    """Fill `into` from the JSON value of the field `name`; keys may be `camelCase` or `snake_case`."""
    if not isinstance(value, dict):
        raise InvalidRequestError(f'"{name}" is not an object')
    if _fits(value, into):
        return json_format.ParseDict(value, into)
    # protobuf's own message quotes the value, which may be the draft: only the path is told
    fault = ".".join((name, *_fault(value, into)))
    raise InvalidRequestError(f'"{fault}" is no field of apology.v1.{into.DESCRIPTOR.name}, or its value does not fit')


def _fits(value: dict[str, Any], message: Message) -> bool:
    try:
        json_format.ParseDict(value, type(message)())
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError):
        return False
    return True


def _fault(value: dict[str, Any], message: Message) -> tuple[str, ...]:
    """The keys that lead to the first value that does not fit."""
    for key, item in value.items():
        if _fits({key: item}, message):
            continue
        field = message.DESCRIPTOR.fields_by_camelcase_name.get(key) or message.DESCRIPTOR.fields_by_name.get(key)
        inner = getattr(message, field.name) if field and field.message_type and not field.is_repeated else None
        return (key, *(_fault(item, inner) if isinstance(item, dict) and inner is not None else ()))
    return ()
