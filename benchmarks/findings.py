"""What became of the findings: confirmed or not, by rule; how loud they are on good drafts; how well calibrated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from labelled import COMPONENTS, FLAWED, Drafts, Judgement

_BINS = 10


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts of one label. With several annotators each one's word on each draft counts.

    Of the `told` findings, `confirmed` ones are flaws of their family to the annotator; of the `labelled` flaws,
    `found` ones were told under some rule of the family.
    """

    told: int = 0
    confirmed: int = 0
    labelled: int = 0
    found: int = 0

    @property
    def precision(self) -> float | None:
        return self.confirmed / self.told if self.told else None

    @property
    def recall(self) -> float | None:
        return self.found / self.labelled if self.labelled else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How loud a reader is where all annotators find nothing."""

    non_apologies: int
    findings_on_non_apologies: int
    silent_non_apologies: int
    good_apologies: int
    span_findings_on_good_apologies: int
    component_findings_on_good_apologies: int
    good_apologies_without_span_findings: int

    @property
    def goals(self) -> Mapping[str, float]:
        """The shares that should be 1."""
        return {
            "silent on non-apologies": self.silent_non_apologies / max(1, self.non_apologies),
            "no span finding on good apologies": self.good_apologies_without_span_findings
            / max(1, self.good_apologies),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Findings of like confidence: how many, their mean confidence, and the share that annotators confirmed."""

    findings: int
    confidence: float
    confirmed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Reliability by bins of confidence, empty ones left out, and the expected calibration error."""

    bins: tuple[Bin, ...]

    @property
    def findings(self) -> int:
        return sum(one.findings for one in self.bins)

    @property
    def expected_error(self) -> float:
        return sum(one.findings * abs(one.confidence - one.confirmed) for one in self.bins) / max(1, self.findings)


def tallies(drafts: Drafts, judgements: Sequence[Judgement]) -> Mapping[str, Tally]:
    """A tally for each rule, subtype, family and component, by label."""
    found: dict[str, Tally] = {}

    def at(label: str) -> Tally:
        return found.setdefault(label, Tally())

    for mine, theirs in _pairs(drafts, judgements):
        for flaw in mine.flaws:
            right = any(flaw.matches(other) for other in theirs.flaws)
            for label in {flaw.family, flaw.label}:
                at(label).told += 1
                at(label).confirmed += right
        for flaw in theirs.flaws:
            seen = any(flaw.matches(other) for other in mine.flaws)
            for label in {flaw.family, flaw.label}:
                at(label).labelled += 1
                at(label).found += seen
        for label in COMPONENTS.values():
            wanting = theirs.states.get(label) in FLAWED
            at(label).told += label in mine.missing
            at(label).confirmed += label in mine.missing and wanting
            at(label).labelled += wanting
            at(label).found += label in mine.missing and wanting
    return dict(sorted(found.items()))


def noise(drafts: Drafts, judgements: Sequence[Judgement]) -> Noise:
    """How loud a reader is on mails that are no apologies, and on apologies that lack nothing."""
    labels = list(zip(*drafts.annotators, strict=True))
    others = [mine for mine, all_of in zip(judgements, labels, strict=True) if not any(o.is_apology for o in all_of)]
    good = [mine for mine, all_of in zip(judgements, labels, strict=True) if all(o.good for o in all_of)]
    return Noise(
        non_apologies=len(others),
        findings_on_non_apologies=sum(one.findings for one in others),
        silent_non_apologies=sum(not one.findings for one in others),
        good_apologies=len(good),
        span_findings_on_good_apologies=sum(len(one.flaws) for one in good),
        component_findings_on_good_apologies=sum(len(one.missing) for one in good),
        good_apologies_without_span_findings=sum(not one.flaws for one in good),
    )


def calibration(drafts: Drafts, judgements: Sequence[Judgement], *, spans: bool) -> Calibration:
    """How far the confidence of the findings is the share that annotators confirm; of those in words, or the others."""
    told = list(_flaws(drafts, judgements) if spans else _missing(drafts, judgements))
    bins = [[one for one in told if min(_BINS - 1, int(one[0] * _BINS)) == place] for place in range(_BINS)]
    return Calibration(
        bins=tuple(
            Bin(
                findings=len(here),
                confidence=sum(confidence for confidence, _ in here) / len(here),
                confirmed=sum(right for _, right in here) / len(here),
            )
            for here in bins
            if here
        )
    )


def _flaws(drafts: Drafts, judgements: Sequence[Judgement]) -> Iterator[tuple[float, bool]]:
    for mine, theirs in _pairs(drafts, judgements):
        for flaw in mine.flaws:
            yield flaw.confidence, any(flaw.matches(other) for other in theirs.flaws)


def _missing(drafts: Drafts, judgements: Sequence[Judgement]) -> Iterator[tuple[float, bool]]:
    for mine, theirs in _pairs(drafts, judgements):
        for label, confidence in mine.missing.items():
            yield confidence, theirs.states.get(label) in FLAWED


def _pairs(drafts: Drafts, judgements: Sequence[Judgement]) -> Iterator[tuple[Judgement, Judgement]]:
    for labels in drafts.annotators:
        yield from zip(judgements, labels, strict=True)
