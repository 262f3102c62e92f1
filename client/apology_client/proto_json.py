"""Messages of the contract as proto3 JSON, and back. Importing this costs 40 ms, so it is imported where it is used."""

import json
import re
from difflib import get_close_matches
from typing import Any, TypeVar

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from apology_client.errors import InvalidRequestError

M = TypeVar("M", bound=Message)
_Kind = Any  # the descriptor of a message; stubs of protobuf know two of them
_JSON = {
    FieldDescriptor.CPPTYPE_BOOL: "true or false",
    FieldDescriptor.CPPTYPE_INT32: "a whole number",
    FieldDescriptor.CPPTYPE_STRING: "text in quotation marks",
    FieldDescriptor.CPPTYPE_MESSAGE: "an object",
}
_BASE64 = re.compile(r"[A-Za-z0-9+/_\r\n-]*(?:=[\r\n]*){0,2}")  # of either alphabet; some programs break it into lines


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
    keys, what = _fault(value, into)
    raise InvalidRequestError(f'"{".".join((name, *keys))}" {what}')


def _fits(value: dict[str, Any], message: Message) -> bool:
    try:
        json_format.ParseDict(value, type(message)())
        return _is_base64_where_needed(value, message.DESCRIPTOR)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError):
        return False


def _is_base64_where_needed(value: Any, kind: _Kind) -> bool:
    """Of a value that fits otherwise: protobuf passes over what is no base64, up to the whole of it."""
    for key, item in value.items() if isinstance(value, dict) else ():
        field = _field(kind, key)
        if field is None:
            continue
        items = item if isinstance(item, list) else [item]
        if field.type == field.TYPE_BYTES:
            if not all(_BASE64.fullmatch(one) for one in items if isinstance(one, str)):
                return False
        elif field.message_type and not all(_is_base64_where_needed(one, field.message_type) for one in items):
            return False
    return True


def _fault(value: dict[str, Any], message: Message) -> tuple[tuple[str, ...], str]:
    """The keys that lead to the first value that does not fit, and what is wrong with it, where more can be told."""
    for key, item in value.items():
        if _fits({key: item}, message):
            continue
        field = _field(message.DESCRIPTOR, key)
        if field is None:
            names = [*message.DESCRIPTOR.fields_by_camelcase_name, *message.DESCRIPTOR.fields_by_name]
            near = get_close_matches(key, names, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            return (key,), f"is no field of {message.DESCRIPTOR.full_name}{hint}"
        if field.type == field.TYPE_STRING and isinstance(item, str) and not field.is_repeated:
            return (key,), "is no valid Unicode"
        if field.type == field.TYPE_BYTES and isinstance(item, str):
            return (key,), "is not base64"
        if field.message_type and isinstance(item, dict) and not field.is_repeated:
            keys, what = _fault(item, getattr(message, field.name))
            return (key, *keys), what
        if field.message_type and isinstance(item, list) and field.is_repeated and not _is_map(field):
            inner = getattr(type(message)(), field.name).add()
            for number, one in enumerate(item):
                if isinstance(one, dict) and not _fits(one, inner):
                    keys, what = _fault(one, inner)
                    return (f"{key}[{number}]", *keys), what
        return (key,), f"must be {_expected(field)}"
    return (), _rivals(value, message.DESCRIPTOR) or f"does not fit {message.DESCRIPTOR.full_name}"


def _expected(field: FieldDescriptor) -> str:
    """What the value of a field is, in JSON."""
    if _is_map(field):
        return "an object"
    if field.enum_type:
        one = f"one of {', '.join(field.enum_type.values_by_name)}"
    elif field.message_type and field.message_type.full_name == Timestamp.DESCRIPTOR.full_name:
        one = 'a time, such as "2027-05-12T09:30:00Z"'
    else:
        one = _JSON.get(field.cpp_type, "a number")
    return f"a list, of which each is {one}" if field.is_repeated else one


def _rivals(value: dict[str, Any], kind: _Kind) -> str:
    """Which keys exclude each other, as they set two of a `oneof`."""
    seen: dict[str, str] = {}
    for key, item in value.items():
        field = _field(kind, key)
        if field is None or field.containing_oneof is None or item is None:
            continue
        if (choice := field.containing_oneof.name) in seen:
            return f'has both "{seen[choice]}" and "{key}", of which one may be set'
        seen[choice] = key
    return ""


def _is_map(field: FieldDescriptor) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def _field(kind: _Kind, key: str) -> FieldDescriptor | None:
    found: FieldDescriptor | None = kind.fields_by_camelcase_name.get(key) or kind.fields_by_name.get(key)
    return found
