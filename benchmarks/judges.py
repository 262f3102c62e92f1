"""The readers that are measured: the rules alone, the trained reader alone, and both together."""

from collections.abc import Callable, Iterator, Mapping

from labelled import COMPONENTS, FAMILIES, FLAWED, STATES, Flaw, Judgement, words_at

from apology_rules import Draft, Review, Reviewer
from apology_rules.reader import Notes, Reader
from apology_rules.review import Finding, Part, Verdict

Judge = Callable[[str], Judgement]
_ASKED_FOR_CONTACT = ("customer", "press")


def load() -> Mapping[str, Judge]:
    """Every reader by name."""
    return {"rules": _reviewing(Reviewer(trained_reader=False)), "reader": _noting(), "both": _reviewing(Reviewer())}


def _reviewing(reviewer: Reviewer) -> Judge:
    return lambda text: from_review(reviewer.review(Draft(text=text)), text)


def from_review(review: Review, text: str) -> Judgement:
    """What a review says, in the terms of the labels."""
    states = {COMPONENTS[c.kind.value]: c.state.value for c in review.components if c.state.value in STATES}
    missing = {label: f.confidence for f in review.findings if (label := _label(f)) in COMPONENTS.values()}
    flaws = tuple(_flaws(review, text))
    return Judgement(
        is_apology=review.verdict is not Verdict.NOT_AN_APOLOGY,
        states=states,
        flaws=flaws,
        missing=missing,
        other=len(review.findings) - len(missing) - len(flaws),
    )


def _flaws(review: Review, text: str) -> Iterator[Flaw]:
    for finding in review.findings:
        family = _label(finding).split(".")[0]
        span = finding.span
        if family in FAMILIES and span is not None and span.part is Part.BODY:
            words = words_at(text, span.begin, span.end)
            yield Flaw(family=family, label=_label(finding), words=words, confidence=finding.confidence)


def _label(finding: Finding) -> str:
    return finding.rule_id.replace("-", "_")


def _noting() -> Judge:
    reader = Reader.load()
    return lambda text: _from_notes(reader.read(text), text)


def _from_notes(notes: Notes, text: str) -> Judgement:
    if not notes.gate:
        return Judgement(is_apology=False)
    asked = max(notes.relation, key=lambda name: notes.relation[name]) in _ASKED_FOR_CONTACT
    states = {COMPONENTS[name]: state for name, state in notes.states.items()}
    missing = {
        COMPONENTS[name]: 1 - notes.components[name][-1]
        for name, state in notes.states.items()
        if state in FLAWED and (asked or name != "contact")
    }
    flaws = tuple(
        Flaw(family=family, label=family, words=words_at(text, begin, end), confidence=confidence)
        for family in FAMILIES
        for begin, end, confidence in notes.spans(family)
    )
    return Judgement(is_apology=True, states=states, flaws=flaws, missing=missing)
