"""The proof: a new text is read and reviewed again, and stands only if the draft is the better for it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from spacy.tokens import Token

from apology_rules.hits import COMPONENTS
from apology_rules.reading import Reading
from apology_rules.review import Category, ComponentKind, ComponentState, Finding, Part, Review
from apology_rules.rewrite.additions import with_example
from apology_rules.rewrite.edits import Edit, applied
from apology_rules.rewrite.facts import FactGuard
from apology_rules.rewrite.focus import alight_from, focused
from apology_rules.rewrite.words import PLACEHOLDER
from apology_rules.spans import DraftSpans

_KEPT = (
    ComponentKind.RESPONSIBILITY,
    ComponentKind.REGRET,
    ComponentKind.REMEDY,
    ComponentKind.PREVENTION,
    ComponentKind.CONTACT,
)
"""What no mend may weaken. An explanation may go when it is nothing but blame."""

_FULL = 2
_RANK = {ComponentState.PRESENT: _FULL, ComponentState.WEAK: 1}


class Refusal(Enum):
    """Why a mend is not offered."""

    TOO_MANY = "no review left to prove it by"
    EMPTY = "nothing is left"
    INVENTED = "it says what neither draft nor facts say"
    NO_APOLOGY = "what is left is no apology"
    SCORE = "the score is lower"
    NEW_FLAW = "another flaw stands in its place"
    COMPONENT = "a component went with the words"
    STILL_THERE = "the flaw is still there"
    FORM = "it is no sentence"


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, read and reviewed with every finding, left placeholders not counted; `spans` leads back to the draft."""

    reading: Reading
    review: Review
    spans: DraftSpans

    @property
    def score(self) -> int:
        return self.review.score or 0

    def rank(self, kind: ComponentKind) -> int:
        """How fully a component is there, from 0 to 2."""
        return next((_RANK.get(c.state, 0) for c in self.review.components if c.kind is kind), 0)


@dataclass(frozen=True, slots=True)
class Gap:
    """A placeholder, and where its example stands in the text that was judged."""

    begin: int
    end: int
    words: str


class Proof:
    """Proves edits of one draft by reviewing what they make of it, with an example in every new placeholder.

    `judge` reviews a subject and a body. A text is judged once; no more texts than `grant` allows.
    """

    def __init__(self, first: Judged, judge: Callable[[str, str], Judged], guard: FactGuard) -> None:
        self.first = first
        self.whole = first.spans.whole
        self._judge, self._guard = judge, guard
        self._left = 0
        self._known: dict[str, Judged | Refusal] = {}

    def grant(self, reviews: int) -> None:
        """Allows so many second reviews from now on."""
        self._left = reviews

    @property
    def left(self) -> int:
        """How many second reviews are still allowed."""
        return self._left

    def again(self, edits: Sequence[Edit]) -> Judged | Refusal:
        """The second review of the whole draft with the edits."""
        text, gaps = self.example(edits)
        if text not in self._known:
            if self._left <= 0:
                return Refusal.TOO_MANY
            self._left -= 1
            self._known[text] = self._judged(text, edits, gaps)
        return self._known[text]

    def _judged(self, text: str, edits: Sequence[Edit], gaps: Sequence[Gap]) -> Judged | Refusal:
        lead = self.first.spans.lead
        begin, end = self.first.spans.subject
        shift = sum(len(e.new) - (e.end - e.begin) for e in _with_examples(edits) if e.begin < lead)
        lead, end = lead + shift, end + shift
        if not text[lead:].strip() or (end > begin and not text[begin:end].strip()):
            return Refusal.EMPTY
        after = self._judge(text[begin:end], text[lead:])
        if not after.reading.is_apology:
            return Refusal.NO_APOLOGY
        invented = self._guard.inventions(after.reading, [(gap.begin, gap.end) for gap in gaps])
        return Refusal.INVENTED if invented else after

    def example(self, edits: Sequence[Edit]) -> tuple[str, list[Gap]]:
        """The new text with an example in each new placeholder, and where those stand."""
        gaps, shift = [], 0
        for edit in edits:
            begin, grown = edit.begin + shift, 0
            for gap in PLACEHOLDER.finditer(edit.new):
                start = begin + gap.start() + grown
                gaps.append(Gap(start, start + len(with_example(gap.group())), gap.group()))
                grown += len(with_example(gap.group())) - len(gap.group())
            shift += len(edit.new) + grown - (edit.end - edit.begin)
        return applied(self.whole, _with_examples(edits)), gaps

    def refusal(
        self, finding: Finding, edits: Sequence[Edit], together: Sequence[Edit] | None = None
    ) -> Refusal | None:
        """Why edits do not mend the flaw in a review of them, `together` with others: they must do so where they stand.

        What the trained reader makes of words far from the edits, which nobody has touched, is not held against them.
        """
        together = edits if together is None else together
        after = self.again(together)
        if isinstance(after, Refusal):
            return after
        if finding.span is None:
            return self.worse(after, edits) or (None if self.tells(finding, after) else Refusal.STILL_THERE)
        carrying = focused(self.first.reading, finding.category.name.lower(), *self.first.spans.place(finding.span))
        places = [*(self._words(e.begin, e.end) for e in edits), carrying]
        old, new = self._sentences(places, together)
        if not _well_formed(after.reading, self.first.reading, new):
            return Refusal.FORM
        before, now = _flaws_in(self.first, old), _flaws_in(after, new)
        if now - before:
            return Refusal.NEW_FLAW
        if now[finding.category] >= before[finding.category]:
            return Refusal.STILL_THERE
        kept_on_purpose = any(e.inserts for e in edits)  # with a question beside them
        touched = [(begin, end) for begin, end in old if any(e.begin < end and begin < e.end for e in edits)]
        if not kept_on_purpose and self._alight(finding, after, touched, together):
            return Refusal.STILL_THERE
        excuses = finding.category in {Category.BLAME_SHIFTING, Category.OVERLONG_DRAMA}
        kept = set(ComponentKind) - ({ComponentKind.EXPLANATION} if excuses else set())
        return Refusal.COMPONENT if self._cut_away(after, edits, kept) else None

    def _alight(
        self, finding: Finding, after: Judged, touched: Sequence[tuple[int, int]], together: Sequence[Edit]
    ) -> bool:
        """Whether what is left of its sentences still carries the flaw, if too little of it to be found again."""
        notes, label = after.reading.notes, finding.category.name.lower()
        if notes is None or label not in notes.cuts:
            return False
        same = [f for f in self.first.review.findings if f.category is finding.category and f != finding]
        others = [self.first.spans.place(f.span) for f in same if f.span is not None]
        alone = [(b, e) for b, e in touched if not any(first < e and b < last for first, last in others)]
        places = [(_moved(b, together, left=True), _moved(e, together, left=False)) for b, e in alone]
        least = alight_from(after.reading, label)
        return any(begin < end and notes.probability(label, begin, end) >= least for begin, end in places)

    def _words(self, begin: int, end: int) -> tuple[int, int]:
        """A place without the gaps around its words."""
        words = self.whole[begin:end]
        lead, tail = len(words) - len(words.lstrip()), len(words) - len(words.rstrip())
        return (begin + lead, end - tail) if words.strip() else (begin, end)

    def matches(self, offline: Sequence[Edit], wording: Sequence[Edit]) -> bool:
        """Whether a wording of proved edits brings no flaw that these lack, and tells as fully what they tell."""
        was, now = self.again(offline), self.again(wording)
        if isinstance(was, Refusal) or isinstance(now, Refusal) or self.worse(now, wording) is not None:
            return False
        mended = [kind for kind in ComponentKind if was.rank(kind) > self.first.rank(kind)]
        told = all(now.rank(kind) > self.first.rank(kind) for kind in mended)
        return (
            told
            and not _flaws(now) - _flaws(was)
            and _well_formed(now.reading, was.reading, [(0, len(now.reading.text))])
        )

    def left_over(self, edits: Sequence[Edit], category: Category) -> Iterator[tuple[int, int]]:
        """Where flaws of a category stand after edits that were tried, in words that the edits left: places before them."""
        text, _ = self.example(edits)
        after = self._known.get(text)
        if isinstance(after, Judged):
            for finding in after.review.findings:
                if finding.category is category and finding.span is not None and finding.span.part is Part.BODY:
                    begin, end = (_origin(place, edits) for place in after.spans.place(finding.span))
                    if begin < end:
                        yield begin, end

    def tells(self, finding: Finding, after: Judged) -> bool:
        """Whether a component that was missed is there more fully."""
        kind = COMPONENTS[finding.category]
        return after.rank(kind) > self.first.rank(kind)

    def worse(self, after: Judged, edits: Sequence[Edit]) -> Refusal | None:
        """Whether the draft is the poorer for the edits, or a flaw is new where words changed."""
        old, new = self._sentences([(e.begin, e.end) for e in edits], edits)
        if _flaws_in(after, new) - _flaws_in(self.first, old):
            return Refusal.NEW_FLAW
        return self.costs(after, edits)

    def costs(self, after: Judged, edits: Sequence[Edit]) -> Refusal | None:
        """Whether the score is lower, or a component went with words cut."""
        if after.score < self.first.score:
            return Refusal.SCORE
        return Refusal.COMPONENT if self._cut_away(after, edits, _KEPT) else None

    def _cut_away(self, after: Judged, edits: Sequence[Edit], kinds: Iterable[ComponentKind]) -> bool:
        """Whether one of the components is told less fully, and words that told it were cut."""
        lost = {kind for kind in kinds if after.rank(kind) < self.first.rank(kind)}
        evidence = [
            self.first.spans.place(span)
            for component in self.first.review.components
            if component.kind in lost
            for span in component.evidence
        ]
        return any(e.begin < end and begin < e.end for begin, end in evidence for e in edits)

    def _sentences(
        self, places: Sequence[tuple[int, int]], edits: Sequence[Edit]
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The sentences at some places, and where they stand after the edits."""
        old = [
            self._words(s.begin, s.end)
            for s in self.first.reading.sentences
            if any((s.begin < end and begin < s.end) or s.begin <= begin == end <= s.end for begin, end in places)
        ]
        new = [(_moved(begin, edits, left=True), _moved(end, edits, left=False)) for begin, end in old]
        return old, [(begin, end) for begin, end in new if begin < end]  # in what has gone there is no flaw any more


def _with_examples(edits: Iterable[Edit]) -> list[Edit]:
    return [Edit(e.begin, e.end, PLACEHOLDER.sub(lambda m: with_example(m.group()), e.new)) for e in edits]


def _moved(place: int, edits: Sequence[Edit], *, left: bool) -> int:
    """Where a place is after the edits; one within a cut is at its edge."""
    shift = 0
    for edit in _with_examples(edits):
        if edit.begin >= place and not (edit.begin == place and not left):
            break
        if edit.end > place:
            return edit.begin + shift + (0 if left else len(edit.new))
        shift += len(edit.new) - (edit.end - edit.begin)
    return place + shift


def _origin(place: int, edits: Sequence[Edit]) -> int:
    """Where a place of the new text was before the edits; one in new words is where these begin."""
    shift = 0
    for edit in _with_examples(edits):
        begin = edit.begin + shift
        if place < begin:
            break
        if place < begin + len(edit.new):
            return edit.begin
        shift += len(edit.new) - (edit.end - edit.begin)
    return place - shift


def _flaws(judged: Judged) -> Counter[Category]:
    return Counter(f.category for f in judged.review.findings if f.span is not None)


def _flaws_in(judged: Judged, places: Sequence[tuple[int, int]]) -> Counter[Category]:
    found = [(f.category, judged.spans.place(f.span)) for f in judged.review.findings if f.span is not None]
    return Counter(
        category for category, (begin, end) in found if any(begin < last and first < end for first, last in places)
    )


_DANGLING = frozenset(
    "and but or that which who because to of for with by if as so the a an our my your than not".split()
)
_CLOSING = frozenset({"pobj", "dobj", "attr", "nsubj", "neg", "advmod", "prt", "acomp"})
_LONG = 4


def _has_subject(token: Token) -> bool:
    """Whether a sentence's root stands behind its subject, whatever form the tagger takes it for: "orders left late"."""
    return token.dep_ == "ROOT" and any(t.dep_ in {"nsubj", "nsubjpass", "expl"} for t in token.lefts)


def _well_formed(reading: Reading, before: Reading, places: Sequence[tuple[int, int]]) -> bool:
    """Whether every new sentence at one of the places ends on a word that can end it, and has a verb if it is long."""
    known = {" ".join(before.text[s.begin : s.end].split()) for s in before.sentences}
    for sentence in reading.sentences:
        if not any(sentence.begin < end and begin < sentence.end for begin, end in places):
            continue
        words = [t for t in reading.doc[sentence.first : sentence.last] if not t.is_space and not t.is_punct]
        if not words or " ".join(reading.text[sentence.begin : sentence.end].split()) in known:
            continue
        finite = any(t.tag_ in {"VBD", "VBP", "VBZ", "MD", "VB"} or _has_subject(t) for t in words)
        apologises = any(a.clause.sentence == sentence.number for a in reading.real_apologies)
        last = words[-1]
        dangles = (last.lower_ in _DANGLING and last.dep_ not in _CLOSING) or (
            last.lemma_ == "be" and last.dep_ == "ROOT"
        )
        root = next((t for t in words if t.dep_ == "ROOT"), None)
        hangs = root is not None and any(
            c.dep_ == "mark" and c == words[0] for c in root.children
        )  # "While it is open."
        if dangles or hangs or (len(words) > _LONG and not finite and not apologises):
            return False
    return True
