"""What a server tells of itself: its rules, its limits, its versions."""

from dataclasses import dataclass, field

from apology.v1 import review_pb2
from apology_client.enums import Category, DraftFormat, Severity
from apology_client.review import Versions


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a caller may set for a rule."""

    name: str
    description: str
    default: int
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, repr=False)
class Rule:
    """A rule of the catalogue. In `bad`, `[[double brackets]]` hold the guilty words; `wire` is the rule as it came."""

    id: str
    name: str
    category: Category
    severity: Severity
    message: str
    why: str
    reference: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    wire: review_pb2.RuleDescription = field(compare=False)

    def __repr__(self) -> str:
        return f"<Rule {self.id}>"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what a server takes; characters are code points. The proto file explains each."""

    max_draft_characters: int
    max_batch_drafts: int
    max_batch_characters: int
    max_request_bytes: int
    max_allowed_phrases: int
    max_field_characters: int
    max_call_seconds: float


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server can do."""

    versions: Versions
    limits: Limits
    languages: tuple[str, ...]
    draft_formats: tuple[DraftFormat, ...]
    assist_available: bool
    rewrite_available: bool
