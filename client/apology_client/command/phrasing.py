"""What a review says, in words: the same on a terminal, on a page and in CI."""

from collections import Counter
from collections.abc import Sequence
from textwrap import shorten

from apology.v1 import review_pb2
from apology_client.command.layout import clean
from apology_client.enums import ComponentState, DraftPart, PromiseOwner, Severity, Verdict
from apology_client.policy import Changes
from apology_client.review import Component, Promise, Review, Suggestion, TextEdit

_VERDICTS = {
    Verdict.READY: "Ready to send.",
    Verdict.REVISE: "Revise before you send it.",
    Verdict.DO_NOT_SEND: "Do not send it as it is: it would do harm.",
    Verdict.NOT_AN_APOLOGY: "This is not an apology: nothing was judged, and nothing is wrong with that.",
}
_STATES = {
    ComponentState.PRESENT: ("✓", ""),
    ComponentState.WEAK: ("~", "vague"),
    ComponentState.ABSENT: ("✗", "missing"),
    ComponentState.NOT_EXPECTED: ("·", "not needed here"),
}
_OWNERS = {
    PromiseOwner.SENDER: "you",
    PromiseOwner.ORGANISATION: "your organisation",
    PromiseOwner.NOBODY: "nobody is named",
}
_WORDS_BEFORE = 5  # that show where something is inserted


def decided(changes: Changes, stopping: Sequence[review_pb2.Finding], threshold: Severity | None) -> str:
    """What becomes of a draft and why, after what the policy changed; `stopping` are the findings that reach `threshold`."""
    counts = {"left out": changes.left_out, "weighed anew": changes.weighed_anew, "added": changes.added}
    told = ", ".join(f"{what}: {count}" for what, count in counts.items() if count)
    changed = f" (findings {told})" if told else ""
    if not stopping or threshold is None:
        return f"The policy lets it pass{changed}." if changed else ""
    decisive = max(stopping, key=lambda finding: finding.severity)  # of equals the first
    others = f" and {len(stopping) - 1} more are" if len(stopping) > 1 else " is"
    why = (
        f"{decisive.rule_id} ({Severity(decisive.severity).words}){others} at or above the threshold, {threshold.words}"
    )
    return f"{f'The policy stops it{changed}' if changed else 'Stopped'}: {clean(why)}."


def verdict(review: Review, decided: str = "") -> str:
    """Verdict, score and number of findings, in words, after what else decides."""
    parts = (decided, counted(review), opening(review, decided)) if decided else (opening(review), counted(review))
    return " ".join(filter(None, parts))


def opening(review: Review, decided: str = "") -> str:
    """Verdict and score, or why there is none. They are the server's, which knows nothing of what `decided` tells."""
    return ("The reviewer's own verdict: " if decided else "") + _judged(review)


def _judged(review: Review) -> str:
    if review.verdict == Verdict.NOT_REVIEWED:
        reason = review.not_reviewed_reason.words if review.not_reviewed_reason else "no reason given"
        return f"Not reviewed: {clean(review.not_reviewed_detail or reason)}"
    score = "" if review.score is None else f" Score {review.score} of 100."
    return _VERDICTS.get(review.verdict, f"Verdict: {review.verdict.words}.") + score


def counted(review: Review) -> str:
    """How many findings there are of each severity; empty for none."""
    counts = Counter(finding.severity for finding in review.findings)
    told = ", ".join(f"{counts[severity]} {severity.words}" for severity in sorted(counts, reverse=True))
    return f"Found: {told}." if told else ""


def state(component: Component) -> tuple[str, str]:
    """A sign for how far a component is there, and the word for it, with the words that show it."""
    sign, word = _STATES.get(component.state, ("?", component.state.words))
    evidence = ", ".join(quoted(span.text) for span in component.evidence)
    return sign, ": ".join(filter(None, (word, evidence)))


def suggested(suggestion: Suggestion, text: str, subject: str) -> str:
    """What a suggestion does, and its edits of `text` and `subject`."""
    edits = "; ".join(
        _edited(edit, subject if edit.span.part == DraftPart.SUBJECT else text) for edit in suggestion.edits
    )
    whose = " (in the words of the language model)" if suggestion.worded_by_model else ""
    return ": ".join(filter(None, (suggestion.description.removesuffix("."), edits))) + whose


def _edited(edit: TextEdit, text: str) -> str:
    span, new = edit.span, " ".join(edit.new_text.split())
    if span.text:
        return f'{quoted(span.text)} -> "{new}"' if new else f"leave out {quoted(span.text)}"
    before = " ".join(text[: span.begin].split()[-_WORDS_BEFORE:])
    return f'insert "{new}"' + (f' after "... {before}"' if before else "")


def promised(promise: Promise) -> str:
    """The words of a promise, who is to keep it, and by when."""
    owner = quoted(promise.owner_span.text) if promise.owner == PromiseOwner.OTHER and promise.owner_span else None
    who = owner or _OWNERS.get(promise.owner, promise.owner.words)
    when = f"when: {quoted(promise.due_span.text)}" if promise.due_span else "no date"
    return f"{quoted(promise.span.text)} (who: {who}; {when})"


def quoted(words: str) -> str:
    """On one line, and shortened if need be."""
    return f'"{shorten(words, 58, placeholder=" ...")}"'
