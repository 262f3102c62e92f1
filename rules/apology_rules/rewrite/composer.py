"""Proposals, and what several of them do to one draft together."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from apology_rules.reading import Reading
from apology_rules.review import Finding
from apology_rules.rewrite.additions import Addition, placed
from apology_rules.rewrite.edits import Edit, composed, overlap
from apology_rules.rewrite.proof import Judged
from apology_rules.rewrite.words import PLACEHOLDER, in_the_hand_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A way to mend a finding: edits of its words, and sentences that are placed where such sentences belong.

    `told` says in one sentence what it does.
    """

    finding: Finding
    told: str
    mended: tuple[Edit, ...] = ()
    additions: tuple[Addition, ...] = ()

    @property
    def asks(self) -> frozenset[str]:
        """The questions to the writer that stand beside the words."""
        beside = (e.new for e in self.mended if e.inserts or e.new.startswith(","))
        return frozenset(gap for new in beside for gap in PLACEHOLDER.findall(new))


class Composer:
    """Puts proposals into one draft."""

    def __init__(self, first: Judged) -> None:
        self._reading, self._spans = first.reading, first.spans
        self._text = first.spans.whole
        self._name = _name_at_the_end(first.reading)
        self._line_end = "\r\n" if "\r\n" in self._text[first.spans.lead :] else "\n"

    def edits(self, *proposals: Proposal) -> tuple[Edit, ...]:
        """What they do together, sorted. What several of them do or add stands once."""
        wanted = {addition.category: addition for p in proposals for addition in p.additions}
        mended = dict.fromkeys(edit for p in proposals for edit in p.mended)
        added = self.finished(placed(self._reading, [*wanted.values()], self._line_end)) if wanted else ()
        return composed(self._text, [*mended, *added])

    def finished(self, edits: Iterable[Edit]) -> tuple[Edit, ...]:
        """Sorted edits in the writer's hand; none when one reaches out of the subject or the body."""
        done = tuple(sorted(self.written(e) for e in edits))
        first, last = self._spans.subject
        inside = all(e.begin >= self._spans.lead or first <= e.begin <= e.end <= last for e in done)
        if not inside or any(a.end > b.begin for a, b in itertools.pairwise(done)):
            return ()
        return tuple(e for e in done if self._text[e.begin : e.end] != e.new)

    def written(self, edit: Edit) -> Edit:
        """The edit with the apostrophes of the draft, and without the end of a line that others' words begin behind."""
        edit = replace(edit, end=self.unsigned(edit.begin, edit.end))
        gone = self._text[edit.begin : edit.end]
        tail = len(gone) - len(gone.rstrip())
        if edit.cuts and gone.strip() and "\n" in gone[len(gone) - tail :] and self._text[: edit.begin].endswith(" "):
            return Edit(edit.begin - 1, edit.end - tail)
        if edit.cuts and self._text[: edit.begin].endswith(" ") and self._text[edit.end : edit.end + 1] == " ":
            return Edit(edit.begin - 1, edit.end)
        new, quote = in_the_hand_of(self._text, edit.new), _lone_quote(gone)
        if not quote or quote in new:
            return Edit(edit.begin, edit.end, new)
        if gone.lstrip().startswith(quote):
            return Edit(edit.begin, edit.end, f"{quote}{new}")
        if new:
            return Edit(edit.begin, edit.end, f"{new}{quote}")
        before = len(self._text[: edit.begin].rstrip(" "))  # what stands before them ends the quotation now
        return Edit(before, edit.end, quote + gone[len(gone.rstrip()) :])

    def unsigned(self, begin: int, end: int) -> int:
        """`end`, or where the last sentence ends if only the sender's name stands behind it: "... soon. Ann"."""
        return self._name if begin < self._name < end else end

    def apart(self, proposals: Sequence[Proposal]) -> list[Proposal]:
        """Those that do not touch each other, the graver first; no question is put beside the words twice."""
        chosen: list[Proposal] = []
        asked: frozenset[str] = frozenset()
        for one in sorted(proposals, key=lambda p: (p.finding.span is None, -p.finding.severity)):
            fresh = [e for e in one.mended if not any(e in other.mended for other in chosen)]
            touching = any(overlap(fresh, other.mended) for other in chosen)
            if not touching and not (fresh and one.asks & asked):
                chosen.append(one)
                asked |= one.asks
        return sorted(chosen, key=lambda p: (p.finding.span is None, p.mended[0].begin if p.mended else 0))


def _name_at_the_end(reading: Reading) -> int:
    """Where the last stop of a draft stands that has but a name behind it, on its line; the end of the text without one."""
    found = _NAME.search(reading.text)
    if found is None:
        return len(reading.text)
    begin, end = found.span(1)
    notes = reading.notes
    flawed = notes is not None and any(notes.probability(label, begin, end) >= _LIKELY for label in notes.cuts)
    return len(reading.text) if flawed else found.start()


_NAME = re.compile(r"(?<=[.!?\u2026])[ \t]+([^\W\d_]+(?:[ \t][^\W\d_]+){0,2})\s*\Z")
_LIKELY = 0.5


def _lone_quote(gone: str) -> str:
    """The mark that opens or closes a quotation whose other end stays, where words that go begin or end with it."""
    words = gone.strip()
    for pair in ('""', "\u201c\u201d"):
        marks = [c for c in words if c in pair]
        if len(marks) == 1 and (words[0] in pair or words[-1] in pair):
            return marks[0]
    return ""
