"""What goes in: a draft, the case around it, and how to review it. Every field but the draft's body is optional.

Where an enum is expected its word will do: `Context(relation="customer", gravity=3)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from apology_client.enums import AssistMode, Channel, IncidentPhase, Relation, Sensitivity, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as the writer has it. Exactly one of `text`, `html` and `message` (a whole RFC 5322 message) is set."""

    text: str | None = None
    html: str | None = None
    message: bytes | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who sends or receives the draft: the name as the draft would spell it, and the role or title."""

    name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the writer already knows. Suggestions draw on these words and on the draft, and on nothing else."""

    what_happened: str = ""
    cause: str = ""
    impact: str = ""
    remedy: str = ""
    remedy_date: str = ""
    prevention: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The case around a draft. Relation, channel and gravity are inferred from the text where they are left out.

    `gravity` runs from 1 (a trifle) over 2 (an inconvenience) and 3 (serious) to 4 (grave). Times need a time zone.
    """

    relation: Relation | str = Relation.UNSPECIFIED
    channel: Channel | str = Channel.UNSPECIFIED
    gravity: int = 0
    phase: IncidentPhase | str = IncidentPhase.UNSPECIFIED
    happened_at: datetime | None = None
    discovered_at: datetime | None = None
    sent_at: datetime | None = None
    sender: Party = Party()
    recipient: Party = Party()
    facts: Facts = Facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to review.

    `disabled_rules` are ids to leave out, `rule_parameters` maps a rule's id to its parameters by name (they are no part of
    the hash). Nothing is flagged that lies wholly within one of the `allowed_phrases`. Findings below `minimum_severity`
    are left out of the answer; the score still counts them.
    """

    disabled_rules: tuple[str, ...] = ()
    rule_parameters: Mapping[str, Mapping[str, int]] = field(default_factory=dict, hash=False)
    minimum_severity: Severity | str = Severity.UNSPECIFIED
    allowed_phrases: tuple[str, ...] = ()
    assist: AssistMode | str = AssistMode.UNSPECIFIED
    include_rewrite: bool = False
    sensitivity: Sensitivity | str = Sensitivity.UNSPECIFIED
