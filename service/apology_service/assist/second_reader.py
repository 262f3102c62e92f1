"""The second reader: shows the model the draft, the codebook in short and the findings, and checks what it labels."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from apology_rules import ComponentKind, ComponentState, Draft, Review, SeenFlaw, Span
from apology_service.assist.answers import LABELS, READING_SCHEMA, ReadingAnswer, parsed
from apology_service.assist.disguise import Copy, Disguise
from apology_service.assist.endpoint import Question, Turn
from apology_service.assist.prompts import prompt

_STATES = {"present": ComponentState.PRESENT, "weak": ComponentState.WEAK, "absent": ComponentState.ABSENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """What the model sees, with quotes found in the draft. `dropped` counts labels whose quotes are not there."""

    flaws: tuple[SeenFlaw, ...]
    disputed: frozenset[int]
    components: dict[ComponentKind, ComponentState]
    dropped: int


def second_reading(draft: Draft, review: Review, disguise: Disguise) -> tuple[Question, Callable[[str], SecondReading]]:
    """The question, and how to read the answer."""
    copy = disguise.copy(draft.text)
    told = prompt("reading")
    turns = [Turn(role="system", text=told.system)]
    for example in told.examples:
        turns += [Turn(role="user", text=example.ask), Turn(role="assistant", text=example.answer)]
    turns.append(Turn(role="user", text=_shown(copy, draft, review, disguise)))
    question = Question(name="reading", turns=tuple(turns), schema=READING_SCHEMA)
    return question, lambda text: _read(parsed(ReadingAnswer, text), copy, review)


def _shown(copy: Copy, draft: Draft, review: Review, disguise: Disguise) -> str:
    """Subject and text between two lines that neither can hold, for they are made of the digest of both; then the findings."""
    subject = f"Subject: {disguise.veiled(' '.join(draft.subject.split()))}\n" if draft.subject else ""
    inside = subject + copy.text
    fence = hashlib.sha256(inside.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    findings = [
        {"number": number, "label": f.rule_id} | ({"quote": disguise.veiled(f.span.text)} if f.span else {})
        for number, f in enumerate(review.findings)
    ]
    components = [{"component": c.kind.value, "state": c.state.value} for c in review.components]
    return (
        f"DRAFT {fence} BEGINS\n{inside}\nDRAFT {fence} ENDS\n\n"
        f"FINDINGS\n{json.dumps(findings, ensure_ascii=False)}\n\n"
        f"COMPONENTS\n{json.dumps(components)}"
    )


def _read(answer: ReadingAnswer, copy: Copy, review: Review) -> SecondReading:
    flaws, dropped = [], 0
    for label in answer.labels:
        place = copy.find(label.quote) if label.label in LABELS else None
        if place is None:
            dropped += 1
            continue
        begin, end = place
        flaws.append(SeenFlaw(rule_id=label.label, span=Span(begin=begin, end=end, text=copy.original[begin:end])))
    return SecondReading(
        flaws=tuple(dict.fromkeys(flaws)),
        disputed=frozenset(n for n in answer.doubted if 0 <= n < len(review.findings)),
        components={
            kind: _STATES[seen.state]
            for seen in answer.components
            if (kind := next((k for k in ComponentKind if k.value == seen.component), None)) is not None
        },
        dropped=dropped,
    )
