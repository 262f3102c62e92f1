"""The rewriter: proposes mends, proves each by a second review, and composes the rewrite of the whole draft."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from apology_rules.draft import Context
from apology_rules.hits import COMPONENTS
from apology_rules.reading import Reading
from apology_rules.review import (
    Category,
    Change,
    ComponentKind,
    ComponentState,
    Finding,
    Part,
    Review,
    Rewrite,
    Span,
    Suggestion,
    TextEdit,
)
from apology_rules.rewrite.additions import Addition, additions, filled, placed
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit, applied, composed, overlap
from apology_rules.rewrite.facts import FactGuard
from apology_rules.rewrite.mends import DROPPED, MENDERS
from apology_rules.rewrite.rewording import Rewording
from apology_rules.rewrite.wording import WordingGuard
from apology_rules.rewrite.words import PLACEHOLDER, Voice, in_the_hand_of, voice_of

MAX_PROOFS = 32
"""At most this many second reviews to prove the suggestions for one draft; what comes after them is not offered."""

_MAX_COMPOSING = 24
"""At most this many more to put them together."""

_MISSING = frozenset(
    {
        Category.MISSING_RESPONSIBILITY,
        Category.MISSING_REGRET,
        Category.MISSING_EXPLANATION,
        Category.ABSENT_REMEDY,
        Category.MISSING_EMPATHY,
        Category.MISSING_PREVENTION,
        Category.MISSING_CONTACT,
    }
)
_KEPT = (
    ComponentKind.RESPONSIBILITY,
    ComponentKind.REGRET,
    ComponentKind.REMEDY,
    ComponentKind.PREVENTION,
    ComponentKind.CONTACT,
)
"""What no mend may weaken. An explanation may go when it is nothing but blame."""

_RANK = {ComponentState.PRESENT: 2, ComponentState.WEAK: 1}


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, read and reviewed with every finding, left placeholders not counted."""

    reading: Reading
    review: Review

    @property
    def score(self) -> int:
        return self.review.score or 0


@dataclass(frozen=True, slots=True)
class _Proved:
    """A mend that stood the proof. An addition is placed anew when the whole is composed."""

    finding: Finding
    edits: tuple[Edit, ...]
    told: str
    addition: Addition | None = None


class Rewriter:
    """Mends one draft. `judge` reviews a whole text again; `parse` parses a fact of the writer's.

    `lead` is the number of code points before the body in the analysed text, `body` the body as received.
    """

    def __init__(
        self,
        *,
        first: Judged,
        body: str,
        lead: int,
        context: Context,
        judge: Callable[[str], Judged],
        read: Callable[[str], Reading],
    ) -> None:
        self._first, self._body, self._lead = first, body, lead
        self._judge, self._read = judge, read
        self._original = first.reading.text[:lead] + body
        facts = context.facts
        told = [
            facts.what_happened,
            facts.cause,
            facts.impact,
            facts.remedy,
            facts.remedy_date,
            facts.prevention,
            facts.contact,
        ]
        self._facts = [read(fact) for fact in told if fact.strip()]
        self._guard = FactGuard(first.reading, context, self._facts)
        self._voice: Voice = voice_of(first.reading)
        self._proofs_left = MAX_PROOFS

    def rewritten(self, review: Review) -> Review:
        """`review` with a suggestion for each finding that can be mended, and with the rewrite."""
        proved = {id(f): p for f in review.findings if (p := self._proved(f)) is not None}
        findings = tuple(
            replace(f, suggestions=(self._suggestion(proved[id(f)]),)) if id(f) in proved else f
            for f in review.findings
        )
        return replace(review, findings=findings, rewrite=self._rewrite(list(proved.values())))

    # one finding

    def _proved(self, finding: Finding) -> _Proved | None:
        if finding.span is None:
            return self._proved_addition(finding)
        for mend in self._mends(finding):
            edits = self._finished(mend.edits)
            if edits and self._holds(finding, edits):
                return _Proved(finding, edits, mend.told)
        return None

    def _mends(self, finding: Finding) -> Iterator[Mend]:
        mender = MENDERS.get(finding.rule_id)
        if mender is None or finding.span is None or finding.span.part is not Part.BODY:
            return
        yield from mender(
            Case(
                reading=self._first.reading,
                finding=finding,
                begin=finding.span.begin + self._lead,
                end=finding.span.end + self._lead,
                voice=self._voice,
                parse=self._parse,
                doomed=tuple(
                    (f.span.begin + self._lead, f.span.end + self._lead)
                    for f in self._first.review.findings
                    if f.span is not None and f.rule_id in DROPPED and f.span.part is Part.BODY
                ),
            )
        )

    def _proved_addition(self, finding: Finding) -> _Proved | None:
        if finding.category not in _MISSING:
            return None
        for addition in additions(self._first.reading, finding.category, self._voice, self._parse):
            edits = self._finished(placed(self._first.reading, [addition], self._line_end))
            known = not PLACEHOLDER.search(addition.sentence) and finding.category is not Category.MISSING_REGRET
            if edits and (self._costs_nothing(edits) if known else self._holds(finding, edits)):
                return _Proved(finding, edits, addition.told, addition)
            if known:
                return None  # what the writer knows is never asked for
        return None

    def _costs_nothing(self, edits: Sequence[Edit]) -> bool:
        """What the writer says as a fact stands as it is, unless the draft is the worse for it."""
        after = self._again(edits)
        return after is not None and after.score >= self._first.score

    def _parse(self, fact: str) -> Doc:
        return self._read(fact).doc

    @property
    def _line_end(self) -> str:
        return "\r\n" if "\r\n" in self._body else "\n"

    def _finished(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Sorted edits of the body in the writer's hand; none when one reaches out of the body."""
        done = tuple(sorted(Edit(e.begin, e.end, in_the_hand_of(self._body, e.new)) for e in edits))
        if any(e.begin < self._lead for e in done) or any(a.end > b.begin for a, b in itertools.pairwise(done)):
            return ()
        return tuple(e for e in done if self._original[e.begin : e.end] != e.new)

    def _holds(self, finding: Finding, edits: Sequence[Edit]) -> bool:
        """The proof: the flaw is gone, no other one comes in its place, nothing is lost or invented, and it is a sentence."""
        after = self._again(edits)
        if after is None or not self._no_worse(after, edits):
            return False
        if finding.span is None:
            return _state(after, finding) > _state(self._first, finding)
        before_, after_ = self._around(after, edits, finding)
        gone = after_[finding.category] < before_[finding.category]
        return gone and _well_formed(after.reading, self._first.reading)

    def _again(self, edits: Sequence[Edit]) -> Judged | None:
        """The second review, with an example in every new placeholder."""
        text = applied(self._original, edits)
        if self._proofs_left <= 0 or not text[self._lead :].strip():
            return None
        self._proofs_left -= 1
        example = applied(self._original, _filled(edits))
        if example != text and self._guard.inventions(self._read(text)):
            return None
        after = self._judge(example[self._lead :])
        return None if example == text and self._guard.inventions(after.reading) else after

    def _no_worse(self, after: Judged, edits: Sequence[Edit]) -> bool:
        """Whether the score is not lower, no flaw is new where words changed, and no component went with words cut."""
        if after.score < self._first.score:
            return False
        before_, after_ = self._around(after, edits)
        if after_ - before_:
            return False
        was, now = _components(self._first.review), _components(after.review)
        lost = {kind for kind in _KEPT if now[kind] < was[kind]}
        return not any(
            edit.begin < span.end + self._lead and span.begin + self._lead < edit.end
            for component in self._first.review.components
            if component.kind in lost
            for span in component.evidence
            for edit in edits
        )

    def _around(
        self, after: Judged, edits: Sequence[Edit], finding: Finding | None = None
    ) -> tuple[Counter[Category], Counter[Category]]:
        """The flaws in the sentences that the edits touch, before and after. Elsewhere no word has changed."""
        places = [(e.begin, e.end) for e in edits]
        if finding is not None and finding.span is not None:
            places.append((finding.span.begin + self._lead, finding.span.end + self._lead))
        old = [
            (s.begin, s.end)
            for s in self._first.reading.sentences
            if any((s.begin < end and begin < s.end) or s.begin <= begin == end <= s.end for begin, end in places)
        ]
        new = [(_moved(begin, edits, left=True), _moved(end, edits, left=False)) for begin, end in old]
        return self._flaws_in(self._first.review, old), self._flaws_in(after.review, new)

    def _flaws_in(self, review: Review, places: Sequence[tuple[int, int]]) -> Counter[Category]:
        spans = [(f.category, f.span) for f in review.findings if f.span is not None]
        return Counter(
            category
            for category, span in spans
            if any(span.begin + self._lead < end and begin < span.end + self._lead for begin, end in places)
        )

    # the whole draft

    def _rewrite(self, proved: list[_Proved]) -> Rewrite | None:
        """All mends together; where they break each other, as many as hold, the graver first."""
        self._proofs_left = _MAX_COMPOSING
        chosen = self._still_wanted(self._compatible(proved))
        edits = self._together(chosen)
        after = self._again(edits) if edits else None
        if edits and (after is None or not self._stands(after, edits)):
            chosen, after = self._one_by_one(chosen)
            edits = self._together(chosen)
        if not edits or after is None:
            return None
        text = applied(self._original, edits)[self._lead :]
        gaps = tuple(dict.fromkeys(m.group() for e in edits for m in PLACEHOLDER.finditer(e.new)))
        return Rewrite(
            text=text,
            edits=tuple(self._text_edit(e) for e in edits),
            placeholders=gaps,
            changes=tuple(dict.fromkeys(Change(rule_id=p.finding.rule_id, description=p.told) for p in chosen)),
            remaining=tuple(_remaining(self._judge(text).review if gaps else after.review, after.review, gaps)),
        )

    def _compatible(self, proved: list[_Proved]) -> list[_Proved]:
        chosen: list[_Proved] = []
        for one in sorted(proved, key=lambda p: (p.finding.span is None, -p.finding.severity)):
            fresh = [e for e in one.edits if not any(e in other.edits for other in chosen)]
            if one.addition is not None or not any(overlap(fresh, other.edits) for other in chosen):
                chosen.append(one)
        return sorted(chosen, key=lambda p: (p.finding.span is None, p.edits[0].begin))

    def _still_wanted(self, chosen: list[_Proved]) -> list[_Proved]:
        """Without the placeholders that the other mends have made needless; what the writer knows is said."""
        mended = [p for p in chosen if p.addition is None]
        after = self._again(self._together(mended)) if 0 < len(mended) < len(chosen) else None
        if after is None:
            return chosen
        left = {f.rule_id for f in after.review.findings}
        return [
            p for p in chosen if p.addition is None or p.finding.rule_id in left or self._unsaid(p.addition, mended)
        ]

    def _unsaid(self, addition: Addition, mended: Sequence[_Proved]) -> bool:
        """Whether it is a fact of the writer's that no other mend has said yet."""
        text = applied(self._original, self._together(mended)).lower()
        return not PLACEHOLDER.search(addition.sentence) and addition.sentence.rstrip(".!").lower() not in text

    def _together(self, chosen: Sequence[_Proved]) -> tuple[Edit, ...]:
        wanted = [p.addition for p in chosen if p.addition is not None]
        mends = [edit for p in chosen if p.addition is None for edit in p.edits]
        added = self._finished(placed(self._first.reading, wanted, self._line_end)) if wanted else ()
        return composed(self._original, [*dict.fromkeys(mends), *added])

    def _stands(self, after: Judged, edits: Sequence[Edit]) -> bool:
        return after.reading.is_apology and self._no_worse(after, edits)

    def _one_by_one(self, proved: Sequence[_Proved]) -> tuple[list[_Proved], Judged | None]:
        kept: list[_Proved] = []
        last: Judged | None = None
        for one in proved:
            edits = self._together([*kept, one])
            after = self._again(edits)
            if after is not None and self._stands(after, edits):
                kept, last = [*kept, one], after
        return kept, last

    # words of another hand

    def reworded(self, review: Review, wordings: Mapping[int, str]) -> Review:
        """`review`, which has suggestions and a rewrite, with those of the `wordings` of its pieces that stand the proof."""
        return Rewording(self._body, self._wording_guard(), self._read, self._matches).reworded(review, wordings)

    def _wording_guard(self) -> WordingGuard:
        return WordingGuard([self._first.reading.doc, *(reading.doc for reading in self._facts)])

    def _matches(self, offline: Sequence[TextEdit], wording: Sequence[TextEdit]) -> bool:
        """Whether the wording stands the proof, brings no flaw that the offline text lacks, and mends what that mends."""
        edits = [self._edit(edit) for edit in wording]
        was, now = self._again([self._edit(edit) for edit in offline]), self._again(edits)
        if was is None or now is None or not self._stands(now, edits) or not _well_formed(now.reading, was.reading):
            return False
        first, had, has = (_components(judged.review) for judged in (self._first, was, now))
        mended = all(has[kind] > first[kind] for kind in had if had[kind] > first[kind])
        return mended and not _flaws(now) - _flaws(was)

    def _edit(self, edit: TextEdit) -> Edit:
        return Edit(edit.span.begin + self._lead, edit.span.end + self._lead, in_the_hand_of(self._body, edit.new_text))

    def _suggestion(self, proved: _Proved) -> Suggestion:
        gaps = dict.fromkeys(m.group() for e in proved.edits for m in PLACEHOLDER.finditer(e.new))
        return Suggestion(
            edits=tuple(self._text_edit(e) for e in proved.edits), description=proved.told, placeholders=tuple(gaps)
        )

    def _text_edit(self, edit: Edit) -> TextEdit:
        begin, end = edit.begin - self._lead, edit.end - self._lead
        return TextEdit(span=Span(begin=begin, end=end, text=self._body[begin:end]), new_text=edit.new)


def _filled(edits: Sequence[Edit]) -> list[Edit]:
    return [replace(e, new=filled(e.new)) for e in edits]


def _moved(place: int, edits: Sequence[Edit], *, left: bool) -> int:
    """Where a place is after the edits; one within a cut is at its edge."""
    shift = 0
    for edit in _filled(edits):
        if edit.begin >= place and not (edit.begin == place and not left):
            break
        if edit.end > place:
            return edit.begin + shift + (0 if left else len(edit.new))
        shift += len(edit.new) - (edit.end - edit.begin)
    return place + shift


def _components(review: Review) -> dict[ComponentKind, int]:
    return {c.kind: _RANK.get(c.state, 0) for c in review.components}


def _flaws(judged: Judged) -> Counter[Category]:
    return Counter(f.category for f in judged.review.findings if f.span is not None)


def _state(judged: Judged, finding: Finding) -> int:
    kind = COMPONENTS[finding.category]
    return _components(judged.review).get(kind, 0)


_DANGLING = frozenset(
    "and but or that which who because to of for with by if as so the a an our my your than not".split()
)
_LONG = 4


def _well_formed(reading: Reading, before: Reading) -> bool:
    """Whether every sentence that is new ends on a word that can end it, and has a verb if it is long."""
    known = {" ".join(before.text[s.begin : s.end].split()) for s in before.sentences}
    for sentence in reading.sentences:
        words = [t for t in reading.doc[sentence.first : sentence.last] if not t.is_space and not t.is_punct]
        if not words or " ".join(reading.text[sentence.begin : sentence.end].split()) in known:
            continue
        finite = any(t.tag_ in {"VBD", "VBP", "VBZ", "MD", "VB"} for t in words)
        apologises = any(a.clause.sentence == sentence.number for a in reading.real_apologies)
        if words[-1].lower_ in _DANGLING or (len(words) > _LONG and not finite and not apologises):
            return False
    return True


def _remaining(unfilled: Review, proved: Review, gaps: Sequence[str]) -> Iterator[str]:
    """What the writer still has to do. Words are quoted from the rewrite as it is, not from the proof with its examples."""
    for gap in gaps:
        yield f"Fill in {gap}."
    known = {f.rule_id for f in proved.findings}
    for finding in unfilled.findings:
        if finding.rule_id in known and finding.span is not None:
            yield f'"{finding.span.text}": {finding.message}'
    for finding in proved.findings:
        if finding.span is None:
            yield finding.message
    for question in proved.questions:
        yield question.text
