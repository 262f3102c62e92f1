"""What comes out: the critique of one draft, as frozen values.

Every offset counts Unicode code points (Python string indices) in the draft as received; spans are half-open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from apology_rules.draft import Channel, Relation
from apology_rules.severity import Severity


class Verdict(Enum):
    """What the sender should do with the draft."""

    READY = "ready"
    REVISE = "revise"
    DO_NOT_SEND = "do not send"
    NOT_AN_APOLOGY = "not an apology"
    NOT_REVIEWED = "not reviewed"


class NotReviewedReason(Enum):
    """Why a draft was not reviewed."""

    EMPTY = "empty"
    LANGUAGE_NOT_SUPPORTED = "language not supported"
    TOO_LONG = "too long"
    UNREADABLE = "unreadable"


class Category(Enum):
    """The family of a flaw, in the order in which rules are listed."""

    BLAME_SHIFTING = "blame shifting"
    INSINCERE_HEDGING = "insincere hedging"
    OVERLONG_DRAMA = "overlong drama"
    MINIMISING = "minimising"
    PREMATURE_SELLING = "premature selling"
    MISSING_RESPONSIBILITY = "missing responsibility"
    MISSING_REGRET = "missing regret"
    MISSING_EXPLANATION = "missing explanation"
    ABSENT_REMEDY = "absent remedy"
    MISSING_EMPATHY = "missing empathy"
    MISSING_PREVENTION = "missing prevention"
    MISSING_CONTACT = "missing contact"
    PLACEHOLDER_LEFT = "placeholder left"


class FindingSource(Enum):
    """Who saw a flaw."""

    GRAMMAR = "grammar"
    READER = "reader"
    MODEL = "model"


class ComponentKind(Enum):
    """A part that a good apology has."""

    RESPONSIBILITY = "responsibility"
    REGRET = "regret"
    EXPLANATION = "explanation"
    REMEDY = "remedy"
    EMPATHY = "empathy"
    PREVENTION = "prevention"
    CONTACT = "contact"


class ComponentState(Enum):
    """Whether a component is there."""

    PRESENT = "present"
    WEAK = "weak"
    ABSENT = "absent"
    NOT_EXPECTED = "not expected"


class Part(Enum):
    """The part of the draft that a span's offsets count in."""

    BODY = "body"
    SUBJECT = "subject"


class PromiseOwner(Enum):
    """Who is to keep a promise."""

    SENDER = "sender"
    ORGANISATION = "organisation"
    OTHER = "other"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Words of the draft: code points `[begin, end)` of `part`, and the words themselves."""

    begin: int
    end: int
    text: str
    part: Part = Part.BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEdit:
    """Words of the body to replace by `new_text`; a span without words for an insertion, no text for a deletion."""

    span: Span
    new_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One way to mend a flaw: edits that belong together and do not overlap, and what they do in one sentence.

    Nothing in it was invented: what nobody has said stands as a `[placeholder]`, to be filled by the writer.
    """

    edits: tuple[TextEdit, ...]
    description: str
    placeholders: tuple[str, ...] = ()
    worded_by_model: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A flaw. `span` is None when something is missing from the whole draft; `confidence` runs from 0 to 1."""

    rule_id: str
    category: Category
    severity: Severity
    confidence: float
    span: Span | None
    message: str
    why: str
    reference: str
    sources: tuple[FindingSource, ...]
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """What the draft does about one component, with the words that show it."""

    kind: ComponentKind
    state: ComponentState
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A commitment of the draft. `owner_span` and `due_span` are None when nobody or no time is named."""

    span: Span
    owner: PromiseOwner
    owner_span: Span | None = None
    due_span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that only the writer can answer. Never a flaw."""

    rule_id: str
    text: str
    why: str
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a rewrite: the rule whose finding it mends, and what it does and why."""

    rule_id: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """The whole draft, mended: the new body, the same as edits of the body, the placeholders, and what remains open.

    `subject` is the new subject line; as received where it needed no change, empty where the draft has none apart.
    """

    text: str
    edits: tuple[TextEdit, ...]
    placeholders: tuple[str, ...]
    changes: tuple[Change, ...]
    remaining: tuple[str, ...]
    worded_by_model: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readability:
    """How hard the sender's own words are to read, by textstat."""

    words: int
    sentences: int
    words_per_sentence: float
    automated_readability_index: float
    coleman_liau_index: float
    lix: float
    reading_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordings:
    """What became of a language model's wordings: how many there were, how many stood, and why the others did not.

    `refused` counts the others by reason. `rewrites` is 1 when the rewrite holds any that stood.
    """

    offered: int
    kept: int
    refused: Mapping[str, int]
    rewrites: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What produced a review; `reader` is empty when no trained reader took part."""

    package: str
    rules: str
    pipeline: str
    reader: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The critique of one draft.

    `score` (0 to 100), `relation`, `channel`, `gravity` and `readability` are None when nothing was judged;
    `language` is a BCP 47 tag, empty when it cannot be told; `text_sha256` is over the body in UTF-8 as received. `names`
    and `wordings` are for whoever asks a language model: they are no part of the critique.
    """

    verdict: Verdict
    versions: Versions
    text_sha256: str
    language: str = ""
    not_reviewed_reason: NotReviewedReason | None = None
    not_reviewed_detail: str = ""
    score: int | None = None
    findings: tuple[Finding, ...] = ()
    components: tuple[Component, ...] = ()
    promises: tuple[Promise, ...] = ()
    questions: tuple[Question, ...] = ()
    rewrite: Rewrite | None = None
    readability: Readability | None = None
    relation: Relation | None = None
    channel: Channel | None = None
    gravity: int | None = None
    names: tuple[str, ...] = ()
    wordings: Wordings | None = None
