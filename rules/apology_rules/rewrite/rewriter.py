"""The rewriter: proposes mends, proves each by a second review, and composes the rewrite of the whole draft."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from apology_rules.draft import Context
from apology_rules.reading import Reading
from apology_rules.review import (
    Category,
    Change,
    Finding,
    Part,
    PromiseOwner,
    Review,
    Rewrite,
    Span,
    Suggestion,
    TextEdit,
)
from apology_rules.rewrite.additions import Addition, additions, placed
from apology_rules.rewrite.case import Case
from apology_rules.rewrite.edits import Edit, applied, composed, overlap, torn
from apology_rules.rewrite.facts import FactGuard
from apology_rules.rewrite.losses import may_go
from apology_rules.rewrite.mends import DROPPED, FREE, by_loss
from apology_rules.rewrite.proof import Gap, Judged, Proof, Refusal
from apology_rules.rewrite.rewording import Rewording
from apology_rules.rewrite.wording import WordingGuard
from apology_rules.rewrite.words import PLACEHOLDER, Voice, in_the_hand_of, voice_of

MAX_PROOFS = 22
"""At most this many second reviews to prove mends of the words of one draft; what comes after them is not offered."""

_MAX_ADDING = 4
"""At most this many more to prove sentences for what is missing."""

_MANY = 4
"""From so many open findings on, their next mends are looked at together first."""

_MOST_ALONE = 1
"""So many ways that did not look like holding are proved all the same before one that takes a fact."""

_MAX_PROOFS_EACH = 8
"""At most this many ways to mend one flaw are tried."""

_NEAR = 200
"""So many code points beside a flaw, words that turn out to carry it as well are mended with it."""

_MAX_COMPOSING = 5
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


@dataclass(frozen=True, slots=True)
class _Proved:
    """A mend that stood the proof. An addition is placed anew when the whole is composed."""

    finding: Finding
    edits: tuple[Edit, ...]
    told: str
    addition: Addition | None = None
    alone: bool = False
    """Whether it is to be proved by itself, whatever it looks like with others."""


class _Attempts:
    """The ways to mend one finding, one after the other."""

    def __init__(self, finding: Finding, ways: Iterator[_Proved]) -> None:
        self.finding = finding
        self.over = False
        self._ways = ways
        self._waiting: _Proved | None = None

    def next(self) -> _Proved | None:
        """The next one; none when there is no other."""
        one, self._waiting = self._waiting or next(self._ways, None), None
        self.over = one is None
        return one

    def wait(self, one: _Proved) -> None:
        """Puts one back, for the next time."""
        self._waiting = one


class Rewriter:
    """Mends one draft. `judge` reviews a subject and a body again; `read` reads a fact of the writer's by itself."""

    def __init__(
        self,
        *,
        first: Judged,
        context: Context,
        judge: Callable[[str, str], Judged],
        read: Callable[[str], Reading],
    ) -> None:
        self._first, self._spans = first, first.spans
        self._original = first.spans.whole
        self._read = read
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
        self._proof = Proof(first, judge, FactGuard(first.reading, context, self._facts))
        self._voice: Voice = voice_of(first.reading)

    def rewritten(self, review: Review) -> Review:
        """`review` with a suggestion for each finding that can be mended, and with the rewrite."""
        self._proof.grant(MAX_PROOFS)
        proved = self._proved([f for f in review.findings if f.span is not None])
        self._proof.grant(_MAX_ADDING)
        lacking = [f for f in review.findings if f.span is None and f.category in _MISSING]
        proved |= {id(p.finding): p for p in self._proved_additions(lacking)}
        findings = tuple(
            replace(f, suggestions=(self._suggestion(proved[id(f)]),)) if id(f) in proved else f
            for f in review.findings
        )
        chosen = [proved[id(f)] for f in review.findings if id(f) in proved]
        return replace(review, findings=findings, rewrite=self._rewrite(chosen))

    # the findings in words

    def _proved(self, findings: Sequence[Finding]) -> dict[int, _Proved]:
        """A mend for each finding that has one, by the finding's id: its first that stands the proof.

        Where many are open, the next mends of all of them are looked at in one review, and only those that seem to hold
        are proved, each by itself; one that does not look like holding there is proved when there is nothing else to try.
        """
        proved: dict[int, _Proved] = {}
        passed: list[_Proved] = []
        open_ = [_Attempts(finding, self._ways(finding)) for finding in findings]
        while open_ and self._proof.left:
            batch = self._batch(open_)
            if not batch:
                break
            promising = self._promising(batch)
            passed += [one for one in batch if one not in promising]
            for one in promising:
                if one.edits and id(one.finding) not in proved and self._proof.mends(one.finding, one.edits) is None:
                    proved[id(one.finding)] = one
            open_ = [a for a in open_ if id(a.finding) not in proved and not a.over]
        for one in passed:
            if id(one.finding) not in proved and self._proof.mends(one.finding, one.edits) is None:
                proved[id(one.finding)] = one
        return proved

    def _batch(self, attempts: Sequence["_Attempts"]) -> list[_Proved]:
        """The next mend of each finding; one that touches the words of another waits for the next time."""
        batch: list[_Proved] = []
        for attempt in attempts:
            one = attempt.next()
            if one is not None and any(overlap(one.edits, other.edits) or one.edits == other.edits for other in batch):
                attempt.wait(one)
            elif one is not None:
                batch.append(one)
        return batch

    def _promising(self, batch: Sequence[_Proved]) -> list[_Proved]:
        """Those that look like holding in one review of all of them, and those that are to be proved anyhow."""
        looked_at = [one for one in batch if not one.alone]
        if len(looked_at) < _MANY:
            return list(batch)
        together = composed(self._original, [edit for one in looked_at for edit in one.edits])
        after = self._proof.again(together)
        if isinstance(after, Refusal):
            return list(batch)
        return [one for one in batch if one.alone or self._proof.promises(one.finding, one.edits, together, after)]

    def _ways(self, finding: Finding) -> Iterator[_Proved]:
        """The ways to mend a finding, and then those to mend it with the words beside it that carry the flaw as well."""
        if finding.span is None:
            return
        case = self._case(finding, *self._spans.place(finding.span))
        tried: set[tuple[Edit, ...]] = set()
        for wider in (False, True):
            begin, end = self._reach(case, tried) if wider else (case.begin, case.end)
            if wider and (begin, end) == (case.begin, case.end):
                return
            spared: list[_Proved] = []
            for mend in by_loss(self._case(finding, begin, end)):
                edits = self._finished(mend.edits)
                if mend.loss > FREE and spared:  # before a fact goes, what keeps it is proved by itself
                    yield from (replace(one, alone=True) for one in spared[:_MOST_ALONE])
                    spared = []
                if edits and edits not in tried and not torn(self._original, edits):
                    if len(tried) >= _MAX_PROOFS_EACH:
                        return
                    tried.add(edits)
                    spared += [_Proved(finding, edits, mend.told)] if mend.loss <= FREE else []
                    yield _Proved(finding, edits, mend.told)

    def _reach(self, case: Case, tried: Iterable[tuple[Edit, ...]]) -> tuple[int, int]:
        """The words of a flaw, and those beside it in the paragraph that a second review takes for such a flaw instead."""
        begin, end = case.begin, case.end
        known = [self._spans.place(f.span) for f in self._first.review.findings if f.span is not None]
        for edits in tried:
            for first, last in self._proof.left_over(edits, case.finding.category):
                if any(a < last and first < b for a, b in known if (a, b) != (case.begin, case.end)):
                    continue  # it has a suggestion of its own
                between = self._original[min(last, end) : max(first, begin)]
                if "\n\n" not in between and "\r\n\r\n" not in between and len(between) < _NEAR:
                    begin, end = min(begin, first), max(end, last)
        return begin, end

    def _case(self, finding: Finding, begin: int, end: int) -> Case:
        first = self._first
        return Case(
            reading=first.reading,
            finding=finding,
            begin=begin,
            end=end,
            voice=self._voice,
            parse=self._parse,
            doomed=tuple(
                self._spans.place(f.span)
                for f in first.review.findings
                if f.span is not None and f.rule_id in DROPPED and f.span.part is Part.BODY
            ),
            flawed=tuple(
                self._spans.place(f.span)
                for f in first.review.findings
                if f.span is not None and may_go(f.rule_id, f.category) and f.span.part is Part.BODY
            ),
            evidence=tuple((c.kind, *self._spans.place(span)) for c in first.review.components for span in c.evidence),
            promised=tuple(
                self._spans.place(p.span)
                for p in first.review.promises
                if p.owner in {PromiseOwner.SENDER, PromiseOwner.ORGANISATION}
            ),
        )

    def _proved_additions(self, lacking: Sequence[Finding]) -> Iterator[_Proved]:
        """Sentences for all that is missing: at once where they stand together, else one by one."""
        first = [self._addition(f) for f in lacking]
        together = [p for p in first if p is not None]
        if len(together) > 1:
            edits = self._together(together)
            after = self._proof.again(edits)
            if not isinstance(after, Refusal) and self._proof.worse(after, edits) is None:
                told = [p for p in together if self._known(p.addition) or self._proof.tells(p.finding, after)]
                yield from told
                together = [p for p in together if p not in told]
        for one in together:
            proved = self._proved_addition(one.finding)
            if proved is not None:
                yield proved

    def _addition(self, finding: Finding) -> _Proved | None:
        """The first way to say what is missing, not yet proved."""
        found = additions(self._first.reading, finding.category, self._voice, self._parse)
        for addition in found:
            edits = self._finished(placed(self._first.reading, [addition], self._line_end))
            return _Proved(finding, edits, addition.told, addition) if edits else None
        return None

    def _proved_addition(self, finding: Finding) -> _Proved | None:
        for addition in additions(self._first.reading, finding.category, self._voice, self._parse):
            edits = self._finished(placed(self._first.reading, [addition], self._line_end))
            known = self._known(addition)
            if edits and (self._costs_nothing(edits) if known else self._proof.mends(finding, edits) is None):
                return _Proved(finding, edits, addition.told, addition)
            if known:
                return None  # what the writer knows is never asked for
        return None

    def _known(self, addition: Addition | None) -> bool:
        """Whether it says a fact of the writer's."""
        return (
            addition is not None
            and not PLACEHOLDER.search(addition.sentence)
            and addition.category is not Category.MISSING_REGRET
        )

    def _costs_nothing(self, edits: Sequence[Edit]) -> bool:
        """What the writer says as a fact stands as it is, unless the draft is the worse for it."""
        after = self._proof.again(edits)
        return not isinstance(after, Refusal) and after.score >= self._first.score

    def _parse(self, fact: str) -> Doc:
        return self._read(fact).doc

    @property
    def _line_end(self) -> str:
        return "\r\n" if "\r\n" in self._original[self._spans.lead :] else "\n"

    def _finished(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Sorted edits in the writer's hand; none when one reaches out of the subject or the body."""
        done = tuple(sorted(Edit(e.begin, e.end, in_the_hand_of(self._original, e.new)) for e in edits))
        first, last = self._spans.subject
        inside = all(e.begin >= self._spans.lead or first <= e.begin <= e.end <= last for e in done)
        if not inside or any(a.end > b.begin for a, b in itertools.pairwise(done)):
            return ()
        return tuple(e for e in done if self._original[e.begin : e.end] != e.new)

    # the whole draft

    def _rewrite(self, proved: list[_Proved]) -> Rewrite | None:
        """All mends together; where they break each other, as many as hold, the graver first."""
        self._proof.grant(_MAX_COMPOSING)
        chosen = self._holding(self._still_wanted(self._compatible(proved)), [])
        edits = self._together(chosen)
        after = self._proof.again(edits) if edits else Refusal.EMPTY
        if isinstance(after, Refusal):
            return None
        inside = [e for e in edits if e.begin >= self._spans.lead]
        text = applied(self._original, edits)
        shift = sum(len(e.new) - (e.end - e.begin) for e in edits if e.begin < self._spans.lead)
        lead = self._spans.lead + shift
        _, gaps = self._proof.example(edits)
        return Rewrite(
            subject=text[self._spans.subject[0] : self._spans.subject[1] + shift],
            text=text[lead:],
            edits=tuple(self._text_edit(e) for e in inside),
            placeholders=tuple(dict.fromkeys(gap.words for gap in gaps)),
            changes=tuple(dict.fromkeys(Change(rule_id=p.finding.rule_id, description=p.told) for p in chosen)),
            remaining=tuple(_remaining(after, gaps)),
        )

    def _compatible(self, proved: list[_Proved]) -> list[_Proved]:
        """Mends that do not touch one another; no question to the writer is put twice."""
        chosen: list[_Proved] = []
        asked: set[str] = set()
        for one in sorted(proved, key=lambda p: (p.finding.span is None, -p.finding.severity)):
            questions = _questions(one) if one.addition is None else set()
            fresh = [e for e in one.edits if not any(e in other.edits for other in chosen)]
            apart = not any(overlap(fresh, other.edits) for other in chosen)
            if one.addition is not None or (apart and not questions & asked):
                chosen.append(one)
                asked |= questions
        return sorted(chosen, key=lambda p: (p.finding.span is None, p.edits[0].begin))

    def _still_wanted(self, chosen: list[_Proved]) -> list[_Proved]:
        """Without the placeholders that the other mends have made needless; what the writer knows is said."""
        mended = [p for p in chosen if p.addition is None]
        after = self._proof.again(self._together(mended)) if 0 < len(mended) < len(chosen) else Refusal.EMPTY
        if isinstance(after, Refusal):
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
        mended = [edit for p in chosen if p.addition is None for edit in p.edits]
        added = self._finished(placed(self._first.reading, wanted, self._line_end)) if wanted else ()
        return composed(self._original, [*dict.fromkeys(mended), *added])

    def _holding(self, more: list[_Proved], kept: list[_Proved]) -> list[_Proved]:
        """As many of `more` as stand together with `kept`: all, or what holds of either half."""
        if not more:
            return kept
        edits = self._together([*kept, *more])
        after = self._proof.again(edits)
        if not isinstance(after, Refusal) and self._proof.worse(after, edits) is None:
            return [*kept, *more]
        if len(more) == 1:
            return kept
        half = len(more) // 2
        return self._holding(more[half:], self._holding(more[:half], kept))

    # words of another hand

    def reworded(self, review: Review, wordings: Mapping[int, str]) -> Review:
        """`review`, which has suggestions and a rewrite, with those of the `wordings` of its pieces that stand the proof."""
        self._proof.grant(MAX_PROOFS)
        guard = WordingGuard([self._first.reading.doc, *(reading.doc for reading in self._facts)])
        body = self._original[self._spans.lead :]
        return Rewording(body, guard, self._read, self._matches).reworded(review, wordings)

    def _matches(self, offline: Sequence[TextEdit], wording: Sequence[TextEdit]) -> bool:
        """Whether the wording stands the proof as well as the offline words do."""
        return self._proof.matches(*([self._edit(edit) for edit in edits] for edits in (offline, wording)))

    def _edit(self, edit: TextEdit) -> Edit:
        begin, end = self._spans.place(edit.span)
        return Edit(begin, end, in_the_hand_of(self._original, edit.new_text))

    def _suggestion(self, proved: _Proved) -> Suggestion:
        gaps = dict.fromkeys(m.group() for e in proved.edits for m in PLACEHOLDER.finditer(e.new))
        return Suggestion(
            edits=tuple(self._text_edit(e) for e in proved.edits), description=proved.told, placeholders=tuple(gaps)
        )

    def _text_edit(self, edit: Edit) -> TextEdit:
        part = Part.BODY if edit.begin >= self._spans.lead else Part.SUBJECT
        shift = self._spans.lead if part is Part.BODY else self._spans.subject[0]
        words = self._original[edit.begin : edit.end]
        return TextEdit(
            span=Span(begin=edit.begin - shift, end=edit.end - shift, text=words, part=part), new_text=edit.new
        )


def _questions(proved: _Proved) -> set[str]:
    """The whole sentences with a placeholder that a mend brings."""
    sentences = (e.new.strip(" .") for e in proved.edits if PLACEHOLDER.search(e.new))
    return {sentence for sentence in sentences if sentence[:1].isupper()}


def _remaining(after: Judged, gaps: Sequence[Gap]) -> Iterator[str]:
    """What the writer still has to do. Words are quoted with the placeholders, not with the examples of the proof."""
    yield from dict.fromkeys(f"Fill in {gap.words}." for gap in gaps)
    for finding in after.review.findings:
        if finding.span is not None:
            yield f'"{_quoted(after, finding.span, gaps)}": {finding.message}'
    for finding in after.review.findings:
        if finding.span is None:
            yield finding.message
    for question in after.review.questions:
        yield question.text


def _quoted(after: Judged, span: Span, gaps: Sequence[Gap]) -> str:
    begin, end = after.spans.place(span)
    inside = [
        Edit(gap.begin - begin, gap.end - begin, gap.words) for gap in gaps if begin <= gap.begin < gap.end <= end
    ]
    return applied(span.text, inside)
