"""The rewriter: a proved suggestion for each finding, and the rewrite of the whole draft composed of them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from apology_rules.draft import Context
from apology_rules.reading import Reading
from apology_rules.review import Category, Change, Finding, Part, Review, Rewrite, Span, Suggestion, TextEdit
from apology_rules.rewrite.composer import Composer, Proposal
from apology_rules.rewrite.edits import Edit, applied
from apology_rules.rewrite.facts import FactGuard
from apology_rules.rewrite.flaws import FLAWS, Flaw
from apology_rules.rewrite.proof import Gap, Judged, Proof, Refusal
from apology_rules.rewrite.rewording import Rewording
from apology_rules.rewrite.search import Search
from apology_rules.rewrite.wording import WordingGuard
from apology_rules.rewrite.words import PLACEHOLDER, voice_of

_MAX_BEARING, _MAX_COMPOSING = 6, 4
"""At most this many second reviews to see that nothing is lost where all mends are taken, and to put them together."""

_SORRY = re.compile(r"\b(?:sorry|apolog)", re.I)

_MAX_REWORDING = 18
"""At most this many to prove words of another hand."""

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
        self._composer = Composer(first)
        self._search = Search(self._proof, self._composer, voice_of(first.reading), lambda fact: read(fact).doc)

    def rewritten(self, review: Review) -> Review:
        """`review` with a suggestion for each finding that can be mended, and with the rewrite."""
        found = {**self._search.mends([f for f in review.findings if f.span is not None])}
        mends = self._composer.apart([*found.values()])
        lacking = [f for f in review.findings if f.span is None and f.category in _MISSING]
        found |= self._search.sentences(lacking, mends)
        self._proof.grant(_MAX_BEARING)
        chosen = [found[id(f)] for f in review.findings if id(f) in found]
        proved = {id(p.finding): p for p in self._bearable(chosen)}
        dropped = [p.finding for p in chosen if id(p.finding) not in proved and p.finding.span is not None]
        asking = self._search.asking(dropped)
        lost = [p for p in chosen if p.finding in dropped and id(p.finding) not in asking]
        made_good = [p for one in lost if (p := self._search.made_good(one)) is not None]
        for p in self._holding([*asking.values(), *made_good], [], self._costs_no_points):
            proved[id(p.finding)] = p
        chosen = [proved.get(id(p.finding), p) for p in chosen]
        self._proof.grant(_MAX_COMPOSING)
        findings = tuple(
            replace(f, suggestions=(self._suggestion(proved[id(f)]),)) if id(f) in proved else f
            for f in review.findings
        )
        return replace(review, findings=findings, rewrite=self._rewrite(chosen, review))

    def _bearable(self, found: Sequence[Proposal]) -> list[Proposal]:
        """Without those for which the draft would be the poorer if all that ask the writer nothing were taken."""
        asking = [p for p in found if any(PLACEHOLDER.search(e.new) for e in self._composer.edits(p))]
        plain = [p for p in found if p not in asking]
        held = [*asking]
        while plain:  # those that touch graver ones are taken in their stead
            apart = self._composer.apart(plain)
            held += self._holding(apart, [], self._costs_no_points)
            plain = [p for p in plain if p not in apart]
        return [p for p in found if p in held]

    def _costs_no_points(self, after: Judged, _: Sequence[Edit]) -> bool:
        return after.score >= self._first.score

    def _suggestion(self, proved: Proposal) -> Suggestion:
        edits = self._composer.edits(proved)
        gaps = dict.fromkeys(m.group() for e in edits for m in PLACEHOLDER.finditer(e.new))
        return Suggestion(
            edits=tuple(self._text_edit(e) for e in edits), description=proved.told, placeholders=tuple(gaps)
        )

    def _text_edit(self, edit: Edit) -> TextEdit:
        part = Part.BODY if edit.begin >= self._spans.lead else Part.SUBJECT
        shift = self._spans.lead if part is Part.BODY else self._spans.subject[0]
        words = self._original[edit.begin : edit.end]
        return TextEdit(
            span=Span(begin=edit.begin - shift, end=edit.end - shift, text=words, part=part), new_text=edit.new
        )

    # the whole draft

    def _rewrite(self, proved: Sequence[Proposal], review: Review) -> Rewrite | None:
        """All mends together; where they break each other, as many as hold, the graver first."""
        wanted = self._still_wanted(self._composer.apart(proved))
        chosen = self._holding(wanted, [], lambda after, edits: self._proof.costs(after, edits) is None)
        edits = self._composer.edits(*chosen)
        after = self._proof.again(edits) if edits else Refusal.EMPTY
        if isinstance(after, Refusal):
            return None
        text = applied(self._original, edits)
        shift = sum(len(e.new) - (e.end - e.begin) for e in edits if e.begin < self._spans.lead)
        lead = self._spans.lead + shift
        _, gaps = self._proof.example(edits)
        return Rewrite(
            subject=text[self._spans.subject[0] : self._spans.subject[1] + shift],
            text=text[lead:],
            edits=tuple(self._text_edit(e) for e in edits if e.begin >= self._spans.lead),
            placeholders=tuple(dict.fromkeys(gap.words for gap in gaps)),
            changes=tuple(dict.fromkeys(Change(rule_id=p.finding.rule_id, description=p.told) for p in chosen)),
            remaining=tuple(_remaining(after, gaps, self._untouched(review, edits))),
        )

    def _untouched(self, review: Review, edits: Sequence[Edit]) -> list[Finding]:
        """The flaws whose words stay as they were: what is mended around them does not mend them."""
        spans = ((f, self._spans.place(f.span)) for f in review.findings if f.span is not None)
        return [f for f, (begin, end) in spans if not any(e.begin < end and begin < e.end for e in edits)]

    def _still_wanted(self, chosen: list[Proposal]) -> list[Proposal]:
        """Without the placeholders that the other mends have made needless; what the writer knows is said."""
        mended = [p for p in chosen if p.mended]
        edits = self._composer.edits(*mended)
        after = self._proof.again(edits) if 0 < len(mended) < len(chosen) else Refusal.EMPTY
        if isinstance(after, Refusal):
            return chosen
        hedged = any(FLAWS[p.finding.rule_id] is Flaw.HALF for p in mended) and _SORRY.search(after.reading.text)
        if after.reading.real_apologies or hedged:  # a mend has made it an apology
            chosen = [p for p in chosen if p.mended or p.finding.category is not Category.MISSING_REGRET]
        if self._proof.costs(after, edits) is not None:
            return chosen
        left = {f.rule_id for f in after.review.findings}
        return [p for p in chosen if p.mended or p.finding.rule_id in left or self._unsaid(p, mended)]

    def _unsaid(self, one: Proposal, mended: Sequence[Proposal]) -> bool:
        """Whether it is a fact of the writer's that no other mend has said yet."""
        text = applied(self._original, self._composer.edits(*mended)).lower()
        sentences = [a.sentence for a in one.additions]
        return not any(PLACEHOLDER.search(said) or said.rstrip(".!").lower() in text for said in sentences)

    def _holding(
        self, more: list[Proposal], kept: list[Proposal], holds: Callable[[Judged, Sequence[Edit]], bool]
    ) -> list[Proposal]:
        """As many of `more` as stand together with `kept`: all, or what holds of either half."""
        if not more:
            return kept
        edits = self._composer.edits(*kept, *more)
        after = self._proof.again(edits)
        if not isinstance(after, Refusal) and holds(after, edits):
            return [*kept, *more]
        if len(more) == 1:
            return kept
        half = len(more) // 2
        return self._holding(more[half:], self._holding(more[:half], kept, holds), holds)

    # words of another hand

    def reworded(self, review: Review, wordings: Mapping[int, str]) -> Review:
        """`review`, which has suggestions and a rewrite, with those of the `wordings` of its pieces that stand the proof."""
        self._proof.grant(_MAX_REWORDING)
        guard = WordingGuard([self._first.reading.doc, *(reading.doc for reading in self._facts)])
        body = self._original[self._spans.lead :]
        return Rewording(body, guard, self._read, self._matches).reworded(review, wordings)

    def _matches(self, offline: Sequence[TextEdit], wording: Sequence[TextEdit]) -> bool:
        """Whether the wording stands the proof as well as the offline words do."""
        return self._proof.matches(*([self._edit(edit) for edit in edits] for edits in (offline, wording)))

    def _edit(self, edit: TextEdit) -> Edit:
        return self._composer.written(Edit(*self._spans.place(edit.span), edit.new_text))


def _remaining(after: Judged, gaps: Sequence[Gap], untouched: Sequence[Finding]) -> Iterator[str]:
    """What the writer still has to do. Words are quoted with the placeholders, not with the examples of the proof."""
    yield from dict.fromkeys(f"Fill in {gap.words}." for gap in gaps)
    found = {_quoted(after, f.span, gaps): f.message for f in after.review.findings if f.span is not None}
    stay = {f.span.text: f.message for f in untouched if f.span is not None}
    for words, message in (found | stay).items():
        yield f'"{words}": {message}'
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
