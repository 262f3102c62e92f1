"""What comes in: a draft, and the case around it."""

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who sends or receives the draft."""

    name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the writer already knows; empty strings are unknown, and so is what has no word in it."""

    what_happened: str = ""
    cause: str = ""
    impact: str = ""
    remedy: str = ""
    remedy_date: str = ""
    prevention: str = ""
    contact: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            if not _WORD.search(getattr(self, field.name)):
                object.__setattr__(self, field.name, "")


_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The case around the draft. What is None or empty is inferred from the text where it can be.

    `gravity` runs from 1 (a trifle) to 4 (injury, death, safety, discrimination). A time without a zone is one of UTC.
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

    def __post_init__(self) -> None:
        for name in ("happened_at", "discovered_at", "sent_at"):
            if (time := getattr(self, name)) is not None and time.tzinfo is None:
                object.__setattr__(self, name, time.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft in plain text. `subject` is empty when the subject line is part of the text or unknown."""

    text: str
    subject: str = ""
