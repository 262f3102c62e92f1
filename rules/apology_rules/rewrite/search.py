"""The search: tries the ways to mend each finding, the least loss first, until one stands the proof."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from spacy.tokens import Doc

from apology_rules.hits import COMPONENTS
from apology_rules.reading import lexicon
from apology_rules.reading.acts import Strength, owns
from apology_rules.reading.clauses import Clause
from apology_rules.reading.layout import BLANK_LINE
from apology_rules.review import Category, ComponentKind, Finding, Part, PromiseOwner, Span
from apology_rules.rewrite.additions import Addition, additions
from apology_rules.rewrite.case import Case, Mend, disowns
from apology_rules.rewrite.composer import Composer, Proposal
from apology_rules.rewrite.cuts import behind_greeting
from apology_rules.rewrite.doubts import drops_news
from apology_rules.rewrite.edits import Edit, composed, overlap, torn
from apology_rules.rewrite.flaws import DROPPED, FLAWS, NEEDLESS, Flaw
from apology_rules.rewrite.focus import carried, focused, widened
from apology_rules.rewrite.instead import instead
from apology_rules.rewrite.losses import FREE, askable, bearable, loss
from apology_rules.rewrite.mends import hides, unsays, ways
from apology_rules.rewrite.proof import Proof, Refusal
from apology_rules.rewrite.remains import beheaded, orphans
from apology_rules.rewrite.words import OWN_PART, PLACEHOLDER, Voice, voice_in, voice_of_doing

_MAX_PROVING = 5
"""At most this many second reviews to prove mends of the words of one draft; what comes after them is not offered."""

_MAX_ALONE = 3
"""At most this many more to prove by themselves mends that were refused beside others."""

_MAX_ADDING = 2
"""At most this many more to prove sentences for what is missing."""

_MOST_IN_A_SENTENCE = 8
"""At most this many flaws of one sentence are mended: the ways to mend one are searched in all of it."""

_MOST_WAYS = 2
"""At most this many careful ways to mend one flaw are tried before the last resort: a third seldom holds."""

_MAX_ASKING = 2
"""At most this many more second reviews for flaws whose mends hold only alone."""

_SURE = 0.5
"""From which confidence a finding may reach further than it says."""

_NEAR = 200
"""So many code points beside a flaw, words that turn out to carry it as well are mended with it."""


class Search:
    """Searches mends for the findings of one draft. `parse` parses a fact of the writer's."""

    def __init__(self, proof: Proof, composer: Composer, voice: Voice, parse: Callable[[str], Doc]) -> None:
        self._proof, self._composer = proof, composer
        self._first = proof.first
        self._original = proof.whole
        self._voice, self._parse = voice, parse
        self._refused: dict[int, list[Proposal]] = {}  # beside others
        self._tried: dict[int, dict[tuple[Edit, ...], Sequence[Edit]]] = {}  # with what they were reviewed together

    # the findings in words

    def mends(self, findings: Sequence[Finding]) -> Mapping[int, Proposal]:
        """A mend for each finding in words that has one, by the finding's id: its first that stands the proof.

        The next mends of all open findings are reviewed together, and each must hold where it stands. Of a sentence that
        holds flaw upon flaw only the first ones are mended: what is left of it is to be written anew.
        """
        findings = [f for place, f in self._placed(findings) if place < _MOST_IN_A_SENTENCE]
        self._proof.grant(_MAX_PROVING)
        proved = self._proved([_Attempts(f, self._ways(f)) for f in findings])
        self._proof.grant(_MAX_ALONE)
        return proved | self._alone([f for f in findings if id(f) not in proved])

    def _placed(self, findings: Sequence[Finding]) -> Iterator[tuple[int, Finding]]:
        """The findings, each with the number of those before it in its sentence."""
        seen: Counter[int] = Counter()
        for finding in findings:
            begin, _ = self._first.spans.place(finding.span) if finding.span is not None else (0, 0)
            token = self._first.reading.token_from(begin)
            number = self._first.reading.sentence_at(token.i).number if token is not None else -1
            yield seen[number], finding
            seen[number] += 1

    def _alone(self, findings: Sequence[Finding]) -> dict[int, Proposal]:
        """Mends that hold by themselves, of those that were refused beside others."""
        proved: dict[int, Proposal] = {}
        for one in (one for f in findings for one in self._refused.get(id(f), ())):
            if id(one.finding) not in proved and self._proof.refusal(one.finding, one.mended) is None:
                proved[id(one.finding)] = one
        return proved

    def asking(self, findings: Sequence[Finding]) -> Mapping[int, Proposal]:
        """Mends by the last resort alone, such as ask the writer something, by the finding's id."""
        self._proof.grant(_MAX_ASKING)
        return self._proved([_Attempts(f, filter(_asks, self._instead(f))) for f in findings])

    def made_good(self, one: Proposal) -> Proposal | None:
        """The mend with a sentence for each component that the draft loses by it; None where it loses none."""
        after = self._proof.again(self._composer.edits(one))
        if isinstance(after, Refusal):
            return None
        fell = [category for category, kind in COMPONENTS.items() if after.rank(kind) < self._first.rank(kind)]
        added = tuple(a for category in fell if category is not None for a in self._additions(category)[:1])
        return replace(one, additions=added) if added else None

    def _proved(self, attempts: Sequence["_Attempts"]) -> dict[int, Proposal]:
        proved: dict[int, Proposal] = {}
        while self._proof.left and (batch := _next(attempts, proved)):
            proved |= {id(one.finding): one for one in self._standing(batch)}
        return proved

    def _standing(self, batch: Sequence[Proposal]) -> list[Proposal]:
        """Those of a batch that mend their flaws. Where nothing can be said of all together, that is asked of each half."""
        together = composed(self._original, dict.fromkeys(edit for one in batch for edit in one.mended))
        if isinstance(self._proof.again(together), Refusal) and len(batch) > 1:
            half = len(batch) // 2
            return [*self._standing(batch[:half]), *self._standing(batch[half:])]
        return [one for one in batch if self._holds(one, together)]

    def _holds(self, one: Proposal, together: Sequence[Edit]) -> bool:
        """Whether it mends its flaw where it stands."""
        self._tried[id(one.finding)][one.mended] = together
        refusal = self._proof.refusal(one.finding, one.mended, together)
        if refusal is not None and together != one.mended:
            self._refused.setdefault(id(one.finding), []).append(one)
        return refusal is None

    def _ways(self, finding: Finding) -> Iterator[Proposal]:
        """Ways that cost no fact, then those that do; first over the words, then with those beside that carry the flaw too."""
        if finding.span is None:
            return
        tried = self._tried.setdefault(id(finding), {})
        place = self._place(finding, finding.span)
        for least, most in ((-1, FREE), (FREE, bearable(finding))):
            for begin, end in itertools.chain([place], self._wider(finding, place)):
                case = self._case(finding, begin, end)
                for mend in ways(case):
                    edits = self._composer.finished(mend.edits)
                    if asks_needlessly(case, edits):
                        continue
                    if not least < mend.loss <= most or not edits or edits in tried or self._broken(mend, edits):
                        continue
                    if len(tried) >= _MOST_WAYS:
                        break
                    tried[edits] = ()
                    yield Proposal(finding=finding, told=mend.told, mended=edits)
        yield from self._instead(finding)

    def _instead(self, finding: Finding) -> Iterator[Proposal]:
        """The last resort, over the words and then with those beside that carry the flaw too."""
        if finding.span is None or finding.category is Category.PLACEHOLDER_LEFT:
            return  # only the writer can fill a placeholder
        tried = self._tried.setdefault(id(finding), {})
        place = self._place(finding, finding.span)
        for begin, end in itertools.chain([place], self._wider(finding, place)):
            case = self._case(finding, begin, end)
            for mend in instead(case):
                edits = self._composer.finished(mend.edits)
                if asks_needlessly(case, edits) or hides(case, mend) or unsays(case, mend) or drops_news(case, mend):
                    continue
                if edits and edits not in tried and not self._broken(mend, edits):
                    tried[edits] = ()
                    yield Proposal(finding=finding, told=mend.told, mended=edits)

    def _place(self, finding: Finding, span: Span) -> tuple[int, int]:
        """Where the words of a flaw stand, without a greeting before them, and without what hardly carries it."""
        begin, end = self._first.spans.place(span)
        end = self._composer.unsigned(begin, end)
        reading, label = self._first.reading, finding.category.name.lower()
        feels = finding.category is Category.OVERLONG_DRAMA  # "I have not slept" owns up to nothing
        kept = self._promised if feels else self._promised | self._owned
        kept = kept | self._given(begin, end) if finding.category is Category.PREMATURE_SELLING else kept
        begin, end = focused(reading, label, begin, end, kept if FLAWS[finding.rule_id] in DROPPED else ())
        if FLAWS[finding.rule_id] in DROPPED and finding.confidence >= _SURE:
            places = (self._first.spans.place(f.span) for f in self._first.review.findings if f.span and f != finding)
            others = {i for first, last in places for i in range(first, last)}
            begin, end = widened(reading, label, begin, end, self._needed | others)
        first = next((s for s in reading.sentences if s.begin <= begin < s.end), None)
        past_greeting = behind_greeting(reading, first) if first is not None else begin
        return (max(begin, past_greeting), end) if past_greeting < end else (begin, end)

    @cached_property
    def _promised(self) -> frozenset[int]:
        """Where the sender promises something: that is no flaw, whatever stands around it."""
        return frozenset(self._first.spans.place(p.span)[0] for p in self._first.review.promises)

    @cached_property
    def _owned(self) -> frozenset[int]:
        """Where the sender owns up."""
        reading = self._first.reading
        return frozenset(c.root.idx for c in reading.body_clauses if owns(reading, c) is Strength.FULL)

    def _given(self, begin: int, end: int) -> frozenset[int]:
        """The words of sentences that make amends, where others in `[begin, end)` sell more."""
        reading, label = self._first.reading, Category.PREMATURE_SELLING.name.lower()
        inside = [s for s in reading.sentences if s.begin < end and begin < s.end]
        evidence = [c.evidence for c in self._first.review.components if c.kind is ComponentKind.REMEDY]
        places = [self._first.spans.place(span) for spans in evidence for span in spans]
        amends = [s for s in inside if any(s.begin < last and first < s.end for first, last in places)]
        sells = {s.number: carried(reading, label, s.begin, s.end) or 0.0 for s in inside}
        least = min((sells[s.number] for s in inside if s not in amends), default=0.0)
        given = [s for s in amends if sells[s.number] < least]
        return frozenset(t.idx for s in given for t in reading.doc[s.first : s.last])

    @cached_property
    def _needed(self) -> frozenset[int]:
        """Where the verbs stand that an apology needs: its own, those that tell the failure, and what is promised."""
        first = self._first
        apologies = {a.head.idx for a in first.reading.real_apologies}
        failures = {c.root.idx for c in first.reading.failures}
        return frozenset(apologies | failures) | self._promised

    def _wider(self, finding: Finding, place: tuple[int, int]) -> Iterator[tuple[int, int]]:
        reach = self._reach(finding, place)
        if reach != place:
            yield reach

    def _broken(self, mend: Mend, edits: Sequence[Edit]) -> bool:
        """Whether edits tear a word, or leave one without what it needs. A construction that is turned does not."""
        reading = self._first.reading
        turned = mend.sure and not any(edit.inserts for edit in edits)
        return torn(self._original, edits) or beheaded(reading, edits) or (not turned and orphans(reading, edits))

    def _reach(self, finding: Finding, place: tuple[int, int]) -> tuple[int, int]:
        """The words of a flaw, and those beside it in the paragraph that a second review takes for such a flaw instead."""
        begin, end = place
        others = [self._first.spans.place(f.span) for f in self._first.review.findings if f.span is not None]
        for together in self._tried[id(finding)].values():
            for first, last in self._proof.left_over(together, finding.category):
                if any(a < last and first < b for a, b in others if (a, b) != place):
                    continue  # it has a suggestion of its own
                between = self._original[min(last, end) : max(first, begin)]
                if not BLANK_LINE.search(between) and len(between) < _NEAR:
                    begin, end = min(begin, first), max(end, last)
        return begin, end

    def _case(self, finding: Finding, begin: int, end: int) -> Case:
        first, place = self._first, self._first.spans.place
        voice = voice_in(first.reading, begin, end, self._voice) if FLAWS[finding.rule_id] is Flaw.HALF else self._voice
        voice = voice_of_doing(first.reading, voice) if finding.category is Category.BLAME_SHIFTING else voice
        inside = [f for f in first.review.findings if f.span is not None and f.span.part is Part.BODY]
        return Case(
            reading=first.reading,
            finding=finding,
            begin=begin,
            end=end,
            voice=voice,
            parse=self._parse,
            doomed=tuple(place(f.span) for f in inside if f.span is not None and FLAWS[f.rule_id] in DROPPED),
            flawed=tuple(
                place(f.span) for f in inside if f.span is not None and FLAWS[f.rule_id] in NEEDLESS | {Flaw.HALF}
            ),
            evidence=tuple((c.kind, *place(span)) for c in first.review.components for span in c.evidence),
            promised=tuple(
                place(p.span)
                for p in first.review.promises
                if p.owner in {PromiseOwner.SENDER, PromiseOwner.ORGANISATION}
            ),
        )

    # what is missing

    def sentences(self, lacking: Sequence[Finding], mends: Sequence[Proposal]) -> Mapping[int, Proposal]:
        """A sentence for each component that is missed, by the finding's id: at once where they stand beside the mends."""
        self._proof.grant(_MAX_ADDING)
        first = [p for f in lacking for p in self._sayings(f)[:1]]
        edits = self._composer.edits(*mends, *first)
        after = self._proof.again(edits) if first else Refusal.EMPTY
        proved: dict[int, Proposal] = {}
        if not isinstance(after, Refusal) and self._proof.costs(after, edits) is None:
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
            if self._proof.refusal(finding, edits) is None:
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
        if one is not None and any(one.mended != b.mended and overlap(one.mended, b.mended) for b in batch):
            attempt.waiting = one
        elif one is not None:
            batch.append(one)
    return batch


def _asks(proposal: Proposal) -> bool:
    """Whether it leaves something to the writer to say."""
    return any(PLACEHOLDER.search(edit.new) for edit in proposal.mended)


def asks_needlessly(case: Case, edits: Sequence[Edit]) -> bool:
    """Whether the writer is asked for what the draft has told, or for a part in what nobody can have had one in."""
    new = " ".join(edit.new for edit in edits)
    if OWN_PART in new and (
        case.finding.confidence < _RATHER
        or not case.came_about
        or not case.causes
        or not case.acts
        or case.to_go
        or _owned_beside(case)
        or any(_of_them(c) for c in case.clauses if c.dependency == "ROOT")
        or (case.flaw is Flaw.SHARE and not any(edit.cuts or edit.end > edit.begin for edit in edits))
        or _disowned_next(case)
    ):
        return True
    if "[what you did" in new and case.somebody_elses:
        return True
    return PLACEHOLDER.search(new) is not None and loss(case, edits) > askable(case.finding, new)


def _of_them(clause: Clause) -> bool:
    """ "Some of you went to the papers"."""
    named = clause.subject.subtree if clause.subject is not None else ()
    return any(t.lower_ in lexicon.SECOND_PRONOUNS and t.dep_ != "poss" for t in named)


_RATHER = 0.5
"""Of 27 questions beside blame that is less likely than this, readers called none right, six sendable, and in twelve the words
no blame at all."""


def _disowned_next(case: Case) -> bool:
    """Whether one of the next two sentences says that nobody could have helped it: "there was nothing that I could do"."""
    number = case.reading.sentence_at(case.tokens[-1].i).number if case.tokens else -1
    if any(case.reading.sentence_has("powerless", following) for following in (number + 1, number + 2)):
        return True
    beside = case.reading.clauses_of(number + 1)
    return any(disowns(case.reading, c) for c in beside) and any("could" in c.modals for c in beside)


def _owned_beside(case: Case) -> bool:
    """Whether the sentence of the words, or one beside it, tells what the sender did to bring it about."""
    number = case.reading.sentence_at(case.tokens[-1].i).number if case.tokens else -1
    return any(abs(number - owned) <= 1 for owned in case.reading.owned_sentences)


def _known(proposal: Proposal) -> bool:
    """Whether it says a fact of the writer's."""
    return not any(PLACEHOLDER.search(a.sentence) or a.category is Category.MISSING_REGRET for a in proposal.additions)
