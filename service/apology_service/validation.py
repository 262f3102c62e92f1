"""What a request must be: a table of checks, each yielding what it finds wrong.

A draft that is empty, too long or in another language is valid: its review says so.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from itertools import chain, islice

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import status_pb2

from apology.v1 import review_pb2 as pb
from apology_rules.catalogue import QUESTIONS, RULES
from apology_service.faults import MAX_VIOLATIONS, Reason, Violation, invalid
from apology_service.settings import Limits

_RULES = {rule.id: rule for rule in (*RULES, *QUESTIONS)}
_MOST_PARAMETERS = max(len(rule.parameters) for rule in _RULES.values())
_ENCODINGS = frozenset(pb.OffsetEncoding.values())
_MAX_GRAVITY = 4
_QUOTABLE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_NEEDS_ENCODING = (
    "says how offsets are counted, and must be set: OFFSET_ENCODING_UTF8 for C, C++, Go and Rust, "
    "OFFSET_ENCODING_UTF16 for Java, JavaScript and C#, OFFSET_ENCODING_UTF32 for Python"
)


def refusal(request: pb.ReviewDraftRequest, limits: Limits, *, path: str = "") -> status_pb2.Status | None:
    """Why `request` cannot be served, or None. `path` leads to it within a batch, such as `requests[3].`.

    This runs on the event loop, and a megabyte holds a great many wrong values: what is too many is told as that and not
    looked at one by one, and nobody looks for more violations than are told.
    """
    violations = list(_check_counts(request, limits, path)) or list(
        islice(chain.from_iterable(check(request, limits, path) for check in _CHECKS), MAX_VIOLATIONS)
    )
    return invalid(violations) if violations else None


def batch_refusal(request: pb.BatchReviewDraftsRequest, limits: Limits) -> status_pb2.Status | None:
    """Why the batch as a whole cannot be served, or None."""
    field, drafts = "requests", len(request.requests)
    if not drafts:
        return invalid([Violation(field=field, description="must hold a draft", reason=Reason.MISSING_REQUESTS)])
    if drafts > limits.max_batch_drafts:
        return invalid([_too_much(field, Reason.TOO_MANY_DRAFTS, "drafts", drafts, limits.max_batch_drafts)])
    characters = sum(map(_characters, request.requests))
    if characters > limits.max_batch_characters:
        wrong = _too_much(field, Reason.BATCH_TOO_LONG, "characters", characters, limits.max_batch_characters)
        return invalid([wrong])
    return None


def _characters(request: pb.ReviewDraftRequest) -> int:
    """What counts of a draft before it is read: of a message every byte."""
    draft = request.draft
    return len(draft.text) + len(draft.html) + len(draft.message) + len(draft.subject)


def _check_counts(request: pb.ReviewDraftRequest, limits: Limits, path: str) -> Iterator[Violation]:
    """More entries than there could be right ones."""
    options = request.options
    counts = (
        ("disabled_rules", Reason.TOO_MANY_RULES, "rules", len(options.disabled_rules), len(_RULES)),
        ("rule_parameters", Reason.TOO_MANY_RULES, "rules", len(options.rule_parameters), len(_RULES)),
        (
            "allowed_phrases",
            Reason.TOO_MANY_PHRASES,
            "phrases",
            len(options.allowed_phrases),
            limits.max_allowed_phrases,
        ),
    )
    for name, reason, unit, count, limit in counts:
        if count > limit:
            yield _too_much(f"{path}options.{name}", reason, unit, count, limit)


def _check_draft(request: pb.ReviewDraftRequest, _limits: Limits, path: str) -> Iterator[Violation]:
    body = request.draft.WhichOneof("body")
    if not request.HasField("draft"):
        yield Violation(field=f"{path}draft", description="must be set", reason=Reason.MISSING_DRAFT)
    elif body is None:
        yield Violation(field=f"{path}draft.text", description="must be set", reason=Reason.MISSING_DRAFT)


def _check_encoding(request: pb.ReviewDraftRequest, _limits: Limits, path: str) -> Iterator[Violation]:
    field = f"{path}offset_encoding"
    if request.offset_encoding == pb.OFFSET_ENCODING_UNSPECIFIED:
        yield Violation(field=field, description=_NEEDS_ENCODING, reason=Reason.MISSING_OFFSET_ENCODING)
    elif request.offset_encoding not in _ENCODINGS:
        yield _unknown_number(field, request.offset_encoding)


def _check_gravity(request: pb.ReviewDraftRequest, _limits: Limits, path: str) -> Iterator[Violation]:
    if not 0 <= request.context.gravity <= _MAX_GRAVITY:
        yield _out_of_range(f"{path}context.gravity", request.context.gravity, 0, _MAX_GRAVITY)


def _check_values(request: pb.ReviewDraftRequest, limits: Limits, path: str) -> Iterator[Violation]:
    """The checks that hold for every field of a kind: enums, strings, instants."""
    parts = ((f"{path}context", request.context), (f"{path}options", request.options))
    for field, description, value in chain.from_iterable(_values(message, name) for name, message in parts):
        if description.enum_type is not None and value not in description.enum_type.values_by_number:
            yield _unknown_number(field, value)
        elif isinstance(value, str) and len(value) > limits.max_field_characters:
            yield _too_much(field, Reason.FIELD_TOO_LONG, "characters", len(value), limits.max_field_characters)
        elif isinstance(value, Timestamp) and not _is_instant(value):
            yield Violation(
                field=field,
                description="must lie between the years 1 and 9999, with 0 to 999999999 nanos",
                reason=Reason.INVALID_TIMESTAMP,
            )


def _check_rules(request: pb.ReviewDraftRequest, _limits: Limits, path: str) -> Iterator[Violation]:
    options = request.options
    for index, rule_id in enumerate(options.disabled_rules):
        if rule_id not in _RULES:
            yield _unknown(f"{path}options.disabled_rules[{index}]", "rule", rule_id, _RULES, Reason.UNKNOWN_RULE)
    for rule_id, given in sorted(options.rule_parameters.items()):
        field = f"{path}options.rule_parameters[{_quoted(rule_id)}]"
        if rule_id in _RULES:
            yield from _check_parameters(field, rule_id, given)
        else:
            yield _unknown(field, "rule", rule_id, _RULES, Reason.UNKNOWN_RULE)


def _check_parameters(path: str, rule_id: str, given: pb.RuleParameters) -> Iterator[Violation]:
    known = {parameter.name: parameter for parameter in _RULES[rule_id].parameters}
    if len(given.values) > _MOST_PARAMETERS:
        field, count = f"{path}.values", len(given.values)
        yield _too_much(field, Reason.TOO_MANY_PARAMETERS, "parameters", count, _MOST_PARAMETERS)
        return
    for name, value in sorted(given.values.items()):
        field = f"{path}.values[{_quoted(name)}]"
        if name not in known:
            yield _unknown(field, "parameter of this rule", name, known, Reason.UNKNOWN_PARAMETER)
        elif not known[name].minimum <= value <= known[name].maximum:
            yield _out_of_range(field, value, known[name].minimum, known[name].maximum)


_Check = Callable[[pb.ReviewDraftRequest, Limits, str], Iterator[Violation]]
_CHECKS: tuple[_Check, ...] = (
    _check_draft,
    _check_encoding,
    _check_gravity,
    _check_values,
    _check_rules,
)


def _values(message: Message, path: str) -> Iterator[tuple[str, FieldDescriptor, object]]:
    """Every value that is set in `message` and below it, but for maps, with its path."""
    for field, value in message.ListFields():
        if isinstance(value, str | int | Message):
            elements = [(f"{path}.{field.name}", value)]
        elif field.message_type is not None and field.message_type.GetOptions().map_entry:
            continue
        else:
            elements = [(f"{path}.{field.name}[{index}]", element) for index, element in enumerate(value)]
        for name, element in elements:
            yield name, field, element
            if isinstance(element, Message) and not isinstance(element, Timestamp):
                yield from _values(element, name)


def _is_instant(timestamp: Timestamp) -> bool:
    try:
        timestamp.ToDatetime()
    except (ValueError, OverflowError):
        return False
    return True


def _too_much(field: str, reason: Reason, unit: str, count: int, limit: int) -> Violation:
    return Violation(
        field=field,
        description=f"has {count} {unit}, the limit is {limit}",
        reason=reason,
        metadata={"count": str(count), "limit": str(limit)},
    )


def _out_of_range(field: str, value: int, low: int, high: int) -> Violation:
    return Violation(
        field=field,
        description=f"must lie between {low} and {high}, and is {value}",
        reason=Reason.OUT_OF_RANGE,
        metadata={"value": str(value), "minimum": str(low), "maximum": str(high)},
    )


def _unknown_number(field: str, number: object) -> Violation:
    return Violation(
        field=field,
        description=f"has no value with the number {number}",
        reason=Reason.UNKNOWN_ENUM_VALUE,
        metadata={"value": str(number)},
    )


def _unknown(field: str, kind: str, name: str, known: Iterable[str], reason: Reason) -> Violation:
    near = get_close_matches(name[:64], known, n=1)
    hint = f"; did you mean {near[0]}?" if near else "; ListRules tells what there is"
    metadata = {"value": _quoted(name).strip('"')} | ({"suggestion": near[0]} if near else {})
    return Violation(field=field, description=f"is no {kind}: {_quoted(name)}{hint}", reason=reason, metadata=metadata)


def _quoted(name: str) -> str:
    """`name` if it looks like an identifier: what looks like a text is never repeated."""
    return f'"{name}"' if _QUOTABLE.fullmatch(name) else '"..."'
