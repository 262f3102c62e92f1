"""The search: tries the ways to mend each finding, the least loss first, until one stands the proof."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from apology_rules.review import Category, Finding, Part, PromiseOwner
from apology_rules.rewrite.additions import Addition, additions
from apology_rules.rewrite.case import Case
from apology_rules.rewrite.composer import Composer, Proposal
from apology_rules.rewrite.cuts import orphans
from apology_rules.rewrite.edits import Edit, composed, overlap, torn
from apology_rules.rewrite.losses import FREE, bearable, may_go
from apology_rules.rewrite.mends import DROPPED, ways
from apology_rules.rewrite.proof import Proof, Refusal
from apology_rules.rewrite.words import PLACEHOLDER, Voice

MAX_PROOFS = 18
"""At most this many second reviews to prove mends of the words of one draft; what comes after them is not offered."""

_PROOFS_OF_ONE = 7
"""So many for a draft with one finding. Each further finding allows one more."""

_MAX_ADDING = 3
"""At most this many more to prove sentences for what is missing."""

_MANY = 4
"""From so many open findings on, their next mends are looked at together first."""

_MOST_FREE_WAYS, _MOST_WAYS = 3, 5
"""At most this many ways to mend one flaw are tried that cost no fact, and at most this many in all."""

_NEAR = 200
"""So many code points beside a flaw, words that turn out to carry it as well are mended with it."""


class Search:
    """Searches mends for the findings of one draft. `parse` parses a fact of the writer's."""

    def __init__(self, proof: Proof, composer: Composer, voice: Voice, parse: Callable[[str], Doc]) -> None:
        self._proof, self._composer = proof, composer
        self._first = proof.first
        self._original = proof.whole
        self._voice, self._parse = voice, parse
        self._tried: dict[int, set[tuple[Edit, ...]]] = {}

    # the findings in words

    def mends(self, findings: Sequence[Finding]) -> Mapping[int, Proposal]:
        """A mend for each finding in words that has one, by the finding's id: its first that stands the proof.

        Where many are open, their next mends are looked at in one review, and only those that look like holding there are
        proved, each by itself; the others when nothing else is left to try. What costs a fact comes after what costs none.
        """
        self._proof.grant(min(MAX_PROOFS, _PROOFS_OF_ONE + len(findings) - 1))
        proved: dict[int, Proposal] = {}
        unlikely: list[Proposal] = []
        for costly in (False, True):
            attempts = [_Attempts(f, self._ways(f, costly=costly)) for f in findings if id(f) not in proved]
            while self._proof.left and (batch := _next(attempts, proved)):
                likely = self._likely(batch)
                unlikely += [one for one in batch if one not in likely]
                self._prove(likely, proved)
        self._prove(unlikely, proved)
        return proved

    def _prove(self, proposals: Sequence[Proposal], proved: dict[int, Proposal]) -> None:
        for one in proposals:
            if id(one.finding) not in proved and (holding := self._holding(one)) is not None:
                proved[id(one.finding)] = holding

    def _holding(self, one: Proposal) -> Proposal | None:
        """The proposal, where it stands the proof; else with what the draft lacks by it, asked for where it belongs."""
        edits = self._composer.edits(one)
        refusal = self._proof.mends(one.finding, edits)
        if refusal is None:
            return one
        if refusal not in {Refusal.SCORE, Refusal.COMPONENT} or one.asks:
            return None
        asked = [self._additions(category) for category in self._proof.poorer(one.finding, edits)]
        more = replace(one, additions=tuple(a for found in asked for a in found[:1]))
        holds = bool(more.additions) and self._proof.mends(one.finding, self._composer.edits(more)) is None
        return replace(more, told=f"{one.told[:-1]}, and asks for what the draft lacks then.") if holds else None

    def _likely(self, batch: Sequence[Proposal]) -> list[Proposal]:
        """Those that look like holding in one review of all of them; all, where they are few."""
        if len(batch) < _MANY:
            return list(batch)
        together = composed(self._original, [edit for one in batch for edit in one.mended])
        after = self._proof.again(together)
        if isinstance(after, Refusal):
            return list(batch)
        return [one for one in batch if self._proof.promises(one.finding, one.mended, together, after)]

    def _ways(self, finding: Finding, *, costly: bool) -> Iterator[Proposal]:
        """Ways that cost no fact, or those that do, then with the words beside that carry the flaw too."""
        if finding.span is None:
            return
        least, most = (FREE, bearable(finding)) if costly else (-1, FREE)
        tried = self._tried.setdefault(id(finding), set())
        place = self._first.spans.place(finding.span)
        for wider in (False, True):
            begin, end = self._reach(finding, place) if wider else place
            if wider and (begin, end) == place:
                return
            for mend in ways(self._case(finding, begin, end)):
                edits = self._composer.finished(mend.edits)
                if not least < mend.loss <= most or not edits or edits in tried or self._broken(edits):
                    continue
                if len(tried) >= (_MOST_WAYS if costly else _MOST_FREE_WAYS):
                    return
                tried.add(edits)
                yield Proposal(finding=finding, told=mend.told, mended=edits)

    def _broken(self, edits: Sequence[Edit]) -> bool:
        """Whether they tear a word, or leave one without what it needs."""
        return torn(self._original, edits) or orphans(self._first.reading, edits)

    def _reach(self, finding: Finding, place: tuple[int, int]) -> tuple[int, int]:
        """The words of a flaw, and those beside it in the paragraph that a second review takes for such a flaw instead."""
        begin, end = place
        others = [self._first.spans.place(f.span) for f in self._first.review.findings if f.span is not None]
        for edits in self._tried[id(finding)]:
            for first, last in self._proof.left_over(edits, finding.category):
                if any(a < last and first < b for a, b in others if (a, b) != place):
                    continue  # it has a suggestion of its own
                between = self._original[min(last, end) : max(first, begin)]
                if "\n\n" not in between and "\r\n\r\n" not in between and len(between) < _NEAR:
                    begin, end = min(begin, first), max(end, last)
        return begin, end

    def _case(self, finding: Finding, begin: int, end: int) -> Case:
        first, place = self._first, self._first.spans.place
        inside = [f for f in first.review.findings if f.span is not None and f.span.part is Part.BODY]
        return Case(
            reading=first.reading,
            finding=finding,
            begin=begin,
            end=end,
            voice=self._voice,
            parse=self._parse,
            doomed=tuple(place(f.span) for f in inside if f.span is not None and f.rule_id in DROPPED),
            flawed=tuple(place(f.span) for f in inside if f.span is not None and may_go(f.rule_id, f.category)),
            evidence=tuple((c.kind, *place(span)) for c in first.review.components for span in c.evidence),
            promised=tuple(
                place(p.span)
                for p in first.review.promises
                if p.owner in {PromiseOwner.SENDER, PromiseOwner.ORGANISATION}
            ),
        )

    # what is missing

    def sentences(self, lacking: Sequence[Finding]) -> Mapping[int, Proposal]:
        """A sentence for each component that is missed, by the finding's id: at once where they stand together."""
        self._proof.grant(_MAX_ADDING)
        first = [p for f in lacking for p in self._sayings(f)[:1]]
        proved: dict[int, Proposal] = {}
        if len(first) > 1:
            edits = self._composer.edits(*first)
            after = self._proof.again(edits)
            if not isinstance(after, Refusal) and self._proof.worse(after, edits) is None:
                proved = {id(p.finding): p for p in first if _known(p) or self._proof.tells(p.finding, after)}
        for one in first:
            if id(one.finding) not in proved and (holding := self._said(one.finding)) is not None:
                proved[id(one.finding)] = holding
        return proved

    def _sayings(self, finding: Finding) -> list[Proposal]:
        """Ways to say what is missing, not yet proved."""
        found = [Proposal(finding=finding, told=a.told, additions=(a,)) for a in self._additions(finding.category)]
        return [one for one in found if self._composer.edits(one)]

    def _additions(self, category: Category) -> list[Addition]:
        return list(additions(self._first.reading, category, self._voice, self._parse))

    def _said(self, finding: Finding) -> Proposal | None:
        for one in self._sayings(finding):
            edits = self._composer.edits(one)
            if _known(one):  # what the writer knows is never asked for
                return one if self._costs_nothing(edits) else None
            if self._proof.mends(finding, edits) is None:
                return one
        return None

    def _costs_nothing(self, edits: Sequence[Edit]) -> bool:
        """What the writer says as a fact stands as it is, unless the draft is the worse for it."""
        after = self._proof.again(edits)
        return not isinstance(after, Refusal) and after.score >= self._first.score


@dataclass(slots=True)
class _Attempts:
    """The ways to mend one finding, one after the other."""

    finding: Finding
    ways: Iterator[Proposal]
    waiting: Proposal | None = None


def _next(attempts: Sequence[_Attempts], proved: Mapping[int, Proposal]) -> list[Proposal]:
    """The next mend of each open finding; one that touches the words of another waits for the next time."""
    batch: list[Proposal] = []
    for attempt in attempts:
        one = None if id(attempt.finding) in proved else attempt.waiting or next(attempt.ways, None)
        attempt.waiting = None
        if one is not None and any(overlap(one.mended, b.mended) or one.mended == b.mended for b in batch):
            attempt.waiting = one
        elif one is not None:
            batch.append(one)
    return batch


def _known(proposal: Proposal) -> bool:
    """Whether it says a fact of the writer's."""
    return not any(PLACEHOLDER.search(a.sentence) or a.category is Category.MISSING_REGRET for a in proposal.additions)
