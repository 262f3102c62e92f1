"""The words of the contract as Python values. A value that this version does not know is kept, never refused."""

from enum import IntEnum, StrEnum
from typing import Any, Self

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from apology.v1 import review_pb2

_UNKNOWN = "unknown_"


class WireEnum(StrEnum):
    """A word such as `"do_not_send"`, equal to that string; `unknown_9` stands for a number from a newer server."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        word = value.strip().lower().replace(" ", "_").replace("-", "_")
        if not (word.startswith(_UNKNOWN) and word.removeprefix(_UNKNOWN).isdecimal()):
            return next((member for member in cls if member.value == word), None)
        member = str.__new__(cls, word)
        member._name_, member._value_ = word.upper(), word
        return member

    @classmethod
    def _wire(cls) -> tuple[EnumTypeWrapper, str]:
        wire: EnumTypeWrapper = getattr(review_pb2, cls.__name__)  # the same name on both sides
        return wire, wire.Name(0).removesuffix("UNSPECIFIED")

    @classmethod
    def from_wire(cls, number: int) -> Self:
        wire, prefix = cls._wire()
        known = number in wire.values()
        return cls(wire.Name(number).removeprefix(prefix).lower() if known else f"{_UNKNOWN}{number}")

    def to_wire(self) -> Any:  # each wire enum has an int type of its own
        if self.startswith(_UNKNOWN):
            return int(self.removeprefix(_UNKNOWN))
        wire, prefix = self._wire()
        return wire.Value(prefix + self.name)

    @property
    def words(self) -> str:
        """As people write it: `do not send`."""
        return self.replace("_", " ")


class Severity(IntEnum):
    """How much a flaw weighs; ordered. A number from a newer server keeps its place in the order."""

    UNSPECIFIED = 0
    INFORMATION = 1
    MINOR = 2
    MODERATE = 3
    MAJOR = 4
    CRITICAL = 5

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"UNKNOWN_{value}", value
        return member

    @classmethod
    def of(cls, value: "Severity | str") -> "Severity":
        """The severity itself, or the one with that name."""
        if isinstance(value, Severity):
            return value
        try:
            return cls[value.strip().upper()]
        except (KeyError, AttributeError):
            raise ValueError(f"{value!r} is not a valid Severity") from None

    def to_wire(self) -> Any:
        return self.value

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """As people write it: `major`."""
        return self.name.lower().replace("_", " ")


class Verdict(WireEnum):
    """What the sender should do with the draft."""

    UNSPECIFIED = "unspecified"
    READY = "ready"
    REVISE = "revise"
    DO_NOT_SEND = "do_not_send"
    NOT_AN_APOLOGY = "not_an_apology"
    NOT_REVIEWED = "not_reviewed"


class NotReviewedReason(WireEnum):
    """Why a draft was not reviewed."""

    UNSPECIFIED = "unspecified"
    EMPTY = "empty"
    LANGUAGE_NOT_SUPPORTED = "language_not_supported"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"


class Category(WireEnum):
    """The family of a flaw; `unspecified` for a rule that asks a question."""

    UNSPECIFIED = "unspecified"
    BLAME_SHIFTING = "blame_shifting"
    INSINCERE_HEDGING = "insincere_hedging"
    OVERLONG_DRAMA = "overlong_drama"
    MINIMISING = "minimising"
    PREMATURE_SELLING = "premature_selling"
    MISSING_RESPONSIBILITY = "missing_responsibility"
    MISSING_REGRET = "missing_regret"
    MISSING_EXPLANATION = "missing_explanation"
    ABSENT_REMEDY = "absent_remedy"
    MISSING_EMPATHY = "missing_empathy"
    MISSING_PREVENTION = "missing_prevention"
    MISSING_CONTACT = "missing_contact"
    PLACEHOLDER_LEFT = "placeholder_left"


class FindingSource(WireEnum):
    """Who saw a flaw."""

    UNSPECIFIED = "unspecified"
    GRAMMAR = "grammar"
    READER = "reader"
    MODEL = "model"


class DraftPart(WireEnum):
    """The part of a draft that a span's offsets count in; `unspecified` means the body."""

    UNSPECIFIED = "unspecified"
    BODY = "body"
    SUBJECT = "subject"


class ComponentKind(WireEnum):
    """A part that a good apology has."""

    UNSPECIFIED = "unspecified"
    RESPONSIBILITY = "responsibility"
    REGRET = "regret"
    EXPLANATION = "explanation"
    REMEDY = "remedy"
    EMPATHY = "empathy"
    PREVENTION = "prevention"
    CONTACT = "contact"


class ComponentState(WireEnum):
    """Whether a component is there; `not_expected` means that nobody would miss it."""

    UNSPECIFIED = "unspecified"
    PRESENT = "present"
    WEAK = "weak"
    ABSENT = "absent"
    NOT_EXPECTED = "not_expected"


class PromiseOwner(WireEnum):
    """Who is to keep a promise."""

    UNSPECIFIED = "unspecified"
    SENDER = "sender"
    ORGANISATION = "organisation"
    OTHER = "other"
    NOBODY = "nobody"


class AssistState(WireEnum):
    """Whether a language model took part."""

    UNSPECIFIED = "unspecified"
    OFF = "off"
    COMPLETE = "complete"
    PARTIAL = "partial"
    UNAVAILABLE = "unavailable"


class Relation(WireEnum):
    """What binds the sender to the recipient; `unspecified` lets the server infer it."""

    UNSPECIFIED = "unspecified"
    CUSTOMER = "customer"
    WORKPLACE = "workplace"
    PERSONAL = "personal"
    PRESS = "press"


class Channel(WireEnum):
    """The way by which the draft will travel; `unspecified` lets the server infer it."""

    UNSPECIFIED = "unspecified"
    EMAIL = "email"
    LETTER = "letter"
    CHAT = "chat"
    SOCIAL = "social"
    STATUS_PAGE = "status_page"
    PRESS_RELEASE = "press_release"


class IncidentPhase(WireEnum):
    """How far the handling of the incident has come."""

    UNSPECIFIED = "unspecified"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    RESOLVED = "resolved"


class AssistMode(WireEnum):
    """Whether a language model may take part; off unless asked for."""

    UNSPECIFIED = "unspecified"
    OFF = "off"
    PREFERRED = "preferred"
    REQUIRED = "required"


class Sensitivity(WireEnum):
    """How readily the reviewer speaks up where it is unsure."""

    UNSPECIFIED = "unspecified"
    QUIET = "quiet"
    BALANCED = "balanced"
    THOROUGH = "thorough"


class DraftFormat(WireEnum):
    """A form in which a draft can come."""

    UNSPECIFIED = "unspecified"
    TEXT = "text"
    HTML = "html"
    MESSAGE = "message"
