"""What a house makes of a review: which findings weigh how much, which words it adds, and what passes.

A policy turns into options of the request where the contract has them; the rest is applied to the answer. Verdict and
score stay those of the server, which knows nothing of that rest; `Changes` counts it for those who show them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from apology.v1 import review_pb2
from apology_client.draft import Context, Options
from apology_client.enums import NotReviewedReason, Relation, Sensitivity, Severity
from apology_client.errors import ApologyReviewError
from apology_client.suppression import silenced_rules
from apology_client.unjudged import cause_of

OPEN, CLOSED = "open", "closed"
_QUOTED_LINE = re.compile(r"^>.*", re.M)
_NO_APOLOGY = (review_pb2.VERDICT_NOT_AN_APOLOGY, review_pb2.VERDICT_NOT_REVIEWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseRule:
    """Words that the house does not want in an apology.

    Compared without regard to case, to the kind of white space and of quotation marks, and in whole words; `*` stands
    for one word. In `bad`, `[[double brackets]]` mark what must be flagged; nothing in `good` may be.
    """

    id: str
    phrases: tuple[str, ...]
    message: str
    why: str = ""
    reference: str = ""
    severity: Severity = Severity.MODERATE
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the words stand in `text`, as code points `[begin, end)`; lines that quote others are passed over."""
        plain = _QUOTED_LINE.sub(lambda line: " " * len(line.group()), text).translate(_STRAIGHT)
        pattern = "|".join(_pattern(phrase) for phrase in self.phrases)
        yield from (found.span() for found in re.finditer(pattern, plain, re.I))


_STRAIGHT = str.maketrans("’‘“”", "''\"\"")


def _pattern(phrase: str) -> str:
    words = (r"[^\s]+?" if word == "*" else re.escape(word) for word in phrase.translate(_STRAIGHT).split())
    return r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """What becomes of a draft of which there is no judgement: `open` lets it pass, `closed` does not.

    `late` is no answer in time, `down` no answer at all; the others are reasons why a text was not reviewed. Credentials
    that are refused and a server that cannot start as it is set up are none of these: whoever set them up has to hear of
    it, and no draft passes meanwhile.
    """

    late: str = OPEN
    down: str = OPEN
    empty: str = OPEN
    language_not_supported: str = OPEN
    too_long: str = OPEN
    unreadable: str = CLOSED


NOTHING_PASSES = Unanswered(
    late=CLOSED, down=CLOSED, empty=CLOSED, language_not_supported=CLOSED, too_long=CLOSED, unreadable=CLOSED
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a draft may be sent, and in sentences why not, or what speaks against it all the same."""

    passes: bool
    reasons: tuple[str, ...] = ()
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """How many findings of a review a policy left out, weighed anew, and added."""

    left_out: int = 0
    weighed_anew: int = 0
    added: int = 0

    @classmethod
    def between(cls, before: review_pb2.Review, after: review_pb2.Review) -> "Changes":
        """What happened on the way from the server's review to the one to which the policy was applied."""
        old, new = Counter(map(_mark, before.findings)), Counter(map(_mark, after.findings))
        alike = Counter(map(_weight, before.findings)) & Counter(map(_weight, after.findings))
        return cls((old - new).total(), (old & new).total() - alike.total(), (new - old).total())


def _mark(finding: review_pb2.Finding) -> tuple[str, int, int, int]:
    span = finding.span
    return finding.rule_id, span.part, span.begin, span.end


def _weight(finding: review_pb2.Finding) -> tuple[str, int, int, int, int]:
    return *_mark(finding), finding.severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How one house reviews. `severities` maps a rule id, or the part before its dot, to a severity or to None for off.

    Findings at or above `threshold` stop a draft; without one none does. `within_seconds` is how long an answer may take.
    `suppression` says whether a sender may silence rules by a header field of the mail.
    """

    threshold: Severity | None = Severity.MODERATE
    sensitivity: Sensitivity = Sensitivity.UNSPECIFIED
    relation: Relation = Relation.UNSPECIFIED
    severities: Mapping[str, Severity | None] = field(default_factory=dict, hash=False)
    disabled_rules: tuple[str, ...] = ()
    rule_parameters: Mapping[str, Mapping[str, int]] = field(default_factory=dict, hash=False)
    allowed_phrases: tuple[str, ...] = ()
    phrases: tuple[PhraseRule, ...] = ()
    within_seconds: float | None = None
    suppression: bool = False
    unanswered: Unanswered = Unanswered()

    def options(self, given: Options) -> Options:
        """What to ask for; what the caller gave comes on top."""
        return replace(
            given,
            disabled_rules=(*self.disabled_rules, *given.disabled_rules),
            allowed_phrases=(*self.allowed_phrases, *given.allowed_phrases),
            rule_parameters={**self.rule_parameters, **given.rule_parameters},
            sensitivity=self.sensitivity if given.sensitivity == Sensitivity.UNSPECIFIED else given.sensitivity,
        )

    def context(self, given: Context) -> Context:
        return replace(given, relation=self.relation) if given.relation == Relation.UNSPECIFIED else given

    def applied(
        self, review: review_pb2.Review, text: str, subject: str = "", *, silenced: frozenset[str] = frozenset()
    ) -> review_pb2.Review:
        """A copy of `review` with the severities and the phrase rules of the house, without the `silenced` rules.

        `text` and `subject` are those in which the spans of the review count.
        """
        found = (
            [*review.findings] if review.verdict in _NO_APOLOGY else [*self._weighed(review), *self._own(text, subject)]
        )
        kept = [finding for finding in found if finding.rule_id not in silenced]
        copy = review_pb2.Review()
        copy.CopyFrom(review)
        del copy.findings[:]
        copy.findings.extend(sorted(kept, key=_place))
        return copy

    def silenced(self, message: bytes) -> frozenset[str]:
        """The rules that the sender of this mail silences, where the policy lets them."""
        return silenced_rules(message) if self.suppression else frozenset()

    def decide(self, answer: review_pb2.Review | ApologyReviewError) -> Decision:
        """What becomes of a draft with this answer, to which the policy was applied."""
        if isinstance(answer, ApologyReviewError):
            return self._undecided(answer, str(answer))
        if answer.verdict == review_pb2.VERDICT_NOT_REVIEWED:
            reason = NotReviewedReason.from_wire(answer.not_reviewed_reason)
            return self._undecided(answer, answer.not_reviewed_detail or reason.words)
        if answer.verdict not in _KNOWN:
            return Decision(False, ("the verdict is none that this version knows",), judged=False)
        stopping = self.stopping(answer)
        return Decision(not stopping, tuple(dict.fromkeys(f"{f.message} ({f.rule_id})" for f in stopping)))

    def stopping(self, review: review_pb2.Review) -> list[review_pb2.Finding]:
        """The findings of a review for which its draft must not be sent."""
        return [finding for finding in review.findings if self.stops(finding)]

    def stops(self, finding: review_pb2.Finding) -> bool:
        """Whether a draft with this finding must not be sent."""
        return self.threshold is not None and finding.severity >= self.threshold

    def _undecided(self, answer: review_pb2.Review | ApologyReviewError, why: str) -> Decision:
        """What has no line in `unanswered` passes under no policy."""
        passes = getattr(self.unanswered, cause_of(answer).value, CLOSED) == OPEN
        return Decision(passes, (why,), judged=False)

    def _weighed(self, review: review_pb2.Review) -> Iterator[review_pb2.Finding]:
        for finding in review.findings:
            severity = self._severity(finding.rule_id)
            if severity is Severity.UNSPECIFIED:
                yield finding
            elif severity is not None:
                copy = review_pb2.Finding()
                copy.CopyFrom(finding)
                copy.severity = severity.to_wire()
                yield copy

    def _severity(self, rule_id: str) -> Severity | None:
        """Unspecified where the house has none of its own."""
        family = self.severities.get(rule_id.partition(".")[0], Severity.UNSPECIFIED)
        return self.severities.get(rule_id, family)

    def _own(self, text: str, subject: str) -> Iterator[review_pb2.Finding]:
        parts = ((review_pb2.DRAFT_PART_SUBJECT, subject), (review_pb2.DRAFT_PART_BODY, text))
        for rule in self.phrases:
            for part, words in parts:
                for begin, end in rule.spans(words):
                    yield review_pb2.Finding(
                        rule_id=rule.id,
                        severity=rule.severity.to_wire(),
                        confidence=1,
                        span=review_pb2.Span(begin=begin, end=end, text=words[begin:end], part=part),
                        message=rule.message,
                        why=rule.why,
                        reference=rule.reference,
                    )


_KNOWN = frozenset(review_pb2.Verdict.values()) - {review_pb2.VERDICT_UNSPECIFIED}


def _place(finding: review_pb2.Finding) -> tuple[bool, bool, int]:
    """Words in the order of the draft, then what is missing from the whole of it."""
    span = finding.span
    return not finding.HasField("span"), span.part != review_pb2.DRAFT_PART_SUBJECT, span.begin
