"""What comes out: the critique of one draft, as frozen values.

Offsets count Unicode code points, so that `draft[finding.span.slice] == finding.span.text` for a draft that is a `str`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apology.v1 import review_pb2
from apology_client.enums import (
    AssistState,
    Category,
    Channel,
    ComponentKind,
    ComponentState,
    DraftPart,
    FindingSource,
    NotReviewedReason,
    PromiseOwner,
    Relation,
    Severity,
    Verdict,
)


@dataclass(frozen=True, slots=True, order=True)
class SourceSpan:
    """Where words stood in HTML or in a message.

    Code points `[begin, end)` of the decoded MIME part `section` (numbered as in IMAP, `HEADER` for the subject, empty
    for HTML given alone), and bytes `[message_begin, message_end)` of the message.
    """

    section: str
    begin: int
    end: int
    message_begin: int
    message_end: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Words of the draft: code points `[begin, end)` of `part`, and the words themselves.

    For HTML and messages the offsets count in `Review.analysed_text`, and `source` says where the words stood.
    """

    begin: int
    end: int
    text: str
    part: DraftPart = DraftPart.BODY
    source: SourceSpan | None = None

    @property
    def slice(self) -> slice:
        return slice(self.begin, self.end)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class TextEdit:
    """A replacement of some words; an empty span inserts, an empty text deletes."""

    span: Span
    new_text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way to mend a flaw; what nobody has said stands in it as a `[placeholder]`.

    `worded_by_model` says that a language model chose the words, which passed the same guards and the same proof.
    """

    edits: tuple[TextEdit, ...]
    description: str
    placeholders: tuple[str, ...]
    worded_by_model: bool = False


@dataclass(frozen=True, slots=True, repr=False)
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
    suggestions: tuple[Suggestion, ...]
    sources: tuple[FindingSource, ...]

    @property
    def by_model_alone(self) -> bool:
        """Whether nobody but a language model saw it."""
        return self.sources == (FindingSource.MODEL,)

    def __repr__(self) -> str:
        where = f" {self.span.begin}:{self.span.end} {self.span.text!r}" if self.span else ""
        return f"<Finding {self.rule_id} {self.severity}{where}>"

    def __str__(self) -> str:
        words = f' "{self.span}"' if self.span else ""
        return f"{self.severity} {self.rule_id}{words}: {self.message}"


@dataclass(frozen=True, slots=True)
class Component:
    """What the draft does about one part of a good apology, with the words that show it."""

    kind: ComponentKind
    state: ComponentState
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment of the draft. `owner_span` and `due_span` are None when nobody or no time is named."""

    span: Span
    owner: PromiseOwner
    owner_span: Span | None = None
    due_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only the writer can answer. Never a flaw."""

    rule_id: str
    text: str
    why: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a rewrite, explained."""

    rule_id: str
    description: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The whole draft, mended: `text` is the new body, `subject` the new subject line; `remaining` says what stays open."""

    text: str
    edits: tuple[TextEdit, ...]
    placeholders: tuple[str, ...]
    changes: tuple[Change, ...]
    remaining: tuple[str, ...]
    worded_by_model: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Readability:
    """How hard the sender's own words are to read."""

    words: int
    sentences: int
    words_per_sentence: float
    automated_readability_index: float
    coleman_liau_index: float
    lix: float
    reading_seconds: float


@dataclass(frozen=True, slots=True)
class Assist:
    """What became of the wish for help by a language model; the reasons are codes."""

    state: AssistState
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """What produced a review; empty where nothing of the kind took part."""

    package: str
    rules: str
    pipeline: str
    reader: str
    model: str
    prompt: str


@dataclass(frozen=True, slots=True, repr=False)
class Review:
    """The critique of one draft: `print(review)` shows it, `review.to_json()` is its proto3 JSON.

    `score` (0 to 100), `gravity` and `readability` are None when nothing was judged. `components` is keyed by kind, and
    a kind's word will do: `review.components["remedy"].state`. `analysed_text` and `analysed_subject` are the sender's own
    words in HTML or in a message, and empty for plain text. `wire` is the answer as it came.
    """

    verdict: Verdict
    score: int | None
    findings: tuple[Finding, ...]
    components: Mapping[ComponentKind | str, Component] = field(hash=False)
    promises: tuple[Promise, ...]
    questions: tuple[Question, ...]
    rewrite: Rewrite | None
    readability: Readability | None
    not_reviewed_reason: NotReviewedReason | None
    not_reviewed_detail: str
    language: str
    relation: Relation
    channel: Channel
    gravity: int | None
    text_sha256: str
    versions: Versions
    assist: Assist
    analysed_text: str
    analysed_subject: str
    wire: review_pb2.Review = field(compare=False)

    @property
    def ready(self) -> bool:
        """Whether nothing of weight is wrong. A text that was not reviewed, or is no apology, is not ready."""
        return self.verdict == Verdict.READY

    @property
    def headline(self) -> str:
        """The verdict, the score and the number of findings on one line."""
        score = "" if self.score is None else f", {self.score} of 100"
        count = len(self.findings)
        findings = f", {count} finding{'s' * (count != 1)}" if count else ""
        return f"{self.verdict.words}{score}{findings}"

    def to_json(self, *, indent: int | None = None) -> str:
        from apology_client.proto_json import to_json

        return to_json(self.wire, indent=indent)

    def __repr__(self) -> str:
        return f"<Review {self.headline}>"

    def __str__(self) -> str:
        detail = f"\n  {self.not_reviewed_detail}" if self.not_reviewed_detail else ""
        return self.headline + detail + "".join(f"\n  {finding}" for finding in self.findings)
