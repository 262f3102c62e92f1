"""What comes in: a draft, the case around it, and how to review it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from apology_rules.severity import Severity

if TYPE_CHECKING:
    from apology_rules.opinion import Opinion


class Relation(Enum):
    """What binds the sender to the recipient."""

    CUSTOMER = "customer"
    WORKPLACE = "workplace"
    PERSONAL = "personal"
    PRESS = "press"


class Channel(Enum):
    """The way by which the draft travels."""

    EMAIL = "email"
    LETTER = "letter"
    CHAT = "chat"
    SOCIAL = "social"
    STATUS_PAGE = "status page"
    PRESS_RELEASE = "press release"


class IncidentPhase(Enum):
    """How far the handling of the incident has come."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    RESOLVED = "resolved"


class Sensitivity(Enum):
    """How readily the reviewer speaks up where it is unsure."""

    QUIET = "quiet"
    BALANCED = "balanced"
    THOROUGH = "thorough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who sends or receives the draft."""

    name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the writer already knows; empty strings are unknown."""

    what_happened: str = ""
    cause: str = ""
    impact: str = ""
    remedy: str = ""
    remedy_date: str = ""
    prevention: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The case around the draft. What is None or empty is inferred from the text where it can be.

    `gravity` runs from 1 (a trifle) to 4 (injury, death, safety, discrimination).
    """

    relation: Relation | None = None
    channel: Channel | None = None
    gravity: int | None = None
    phase: IncidentPhase | None = None
    happened_at: datetime | None = None
    discovered_at: datetime | None = None
    sent_at: datetime | None = None
    sender: Party = Party()
    recipient: Party = Party()
    facts: Facts = Facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to review.

    `rule_parameters` maps a rule id to values by parameter name. Findings below `minimum_severity` are left out of the
    answer, but still scored. A finding whose words lie within one of `allowed_phrases` is dropped. `include_rewrite` asks
    for suggestions and for a rewrite of the whole draft; each is proved by a second review, which takes its time.
    `include_names` asks where people, firms and places are named. With an `opinion` of a language model, what it says is
    weighed, and its wordings are proved against those of the review that it was shown.
    """

    disabled_rules: frozenset[str] = frozenset()
    rule_parameters: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    minimum_severity: Severity = Severity.INFORMATION
    allowed_phrases: tuple[str, ...] = ()
    sensitivity: Sensitivity = Sensitivity.BALANCED
    include_rewrite: bool = False
    include_names: bool = False
    opinion: "Opinion | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft in plain text. `subject` is empty when the subject line is part of the text or unknown."""

    text: str
    subject: str = ""
