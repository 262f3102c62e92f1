"""What the model is to answer: schemas for the wire, a lenient parse, and a strict check.

On the wire stand plain types alone, since servers drop what their grammar engines cannot take, and answer without any
constraint; lengths and numbers are checked here.
"""

import json
import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from apology_rules import RULES, ComponentKind
from apology_rules.hits import COMPONENTS
from apology_rules.review import Category
from apology_service.assist.failures import AssistError, Shortfall

LABELS = tuple(rule.id for rule in RULES if rule.category not in {*COMPONENTS, Category.PLACEHOLDER_LEFT})
"""The rules over words: what a second reader may find."""

_KINDS = tuple(kind.value for kind in ComponentKind)
_MOST = 40
_Words = Annotated[str, StringConstraints(max_length=1_000)]
_M = TypeVar("_M", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Label(_Strict):
    """A flaw that the model sees, and the words that show it."""

    label: Annotated[str, StringConstraints(max_length=80)]
    quote: _Words


class Seen(_Strict):
    """What the model sees of one component."""

    component: Annotated[str, StringConstraints(max_length=40)]
    state: Literal["present", "weak", "absent"]


class ReadingAnswer(_Strict):
    """The answer of the second reader. `doubted` holds numbers of findings that were shown to it."""

    labels: Annotated[list[Label], Field(max_length=_MOST)]
    doubted: Annotated[list[int], Field(max_length=_MOST)]
    components: Annotated[list[Seen], Field(max_length=_MOST)]


class Worded(_Strict):
    """The model's words for one numbered piece."""

    number: int
    text: Annotated[str, StringConstraints(max_length=4_000)]


class WordingAnswer(_Strict):
    """The model's words for the pieces that were shown to it."""

    pieces: Annotated[list[Worded], Field(max_length=_MOST)]


READING_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "labels": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"label": {"type": "string", "enum": list(LABELS)}, "quote": {"type": "string"}},
                "required": ["label", "quote"],
                "additionalProperties": False,
            },
        },
        "doubted": {"type": "array", "items": {"type": "integer"}},
        "components": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "component": {"type": "string", "enum": list(_KINDS)},
                    "state": {"type": "string", "enum": ["present", "weak", "absent"]},
                },
                "required": ["component", "state"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["labels", "doubted", "components"],
    "additionalProperties": False,
}
WORDING_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "pieces": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"number": {"type": "integer"}, "text": {"type": "string"}},
                "required": ["number", "text"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["pieces"],
    "additionalProperties": False,
}

_FENCE = re.compile(r"\A\s*```[a-z]*\s*\n(.*)\n\s*```\s*\Z", re.S)


def parsed(kind: type[_M], text: str) -> _M:
    """The answer in `text`, which may stand in a code fence or between other words. AssistError when there is none."""
    try:
        return kind.model_validate(_object(text))
    except (ValidationError, ValueError, RecursionError):
        raise AssistError(Shortfall.MALFORMED) from None  # the cause quotes the answer


def _object(text: str) -> Any:
    fenced = _FENCE.match(text)
    inner = fenced.group(1) if fenced else text
    try:
        return json.loads(inner)
    except ValueError:
        begin, end = inner.find("{"), inner.rfind("}")
        return json.loads(inner[begin : end + 1])
