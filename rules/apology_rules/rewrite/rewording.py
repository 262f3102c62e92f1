"""Puts wordings of another hand in the place of offline ones, piece by piece, as far as guard and proof let them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from apology_rules.reading import Reading
from apology_rules.review import Review, Rewrite, Suggestion, TextEdit, Wordings
from apology_rules.rewrite.edits import Edit, applied
from apology_rules.rewrite.pieces import Piece, pieces
from apology_rules.rewrite.wording import Refusal, WordingGuard

_MOST_TRIALS = 4
"""How many pieces of a rewrite are tried one by one when they do not stand together."""


class Rewording:
    """`matches(offline, wording)` proves edits of `body` against edits that have been proved; `read` reads a stretch."""

    def __init__(
        self,
        body: str,
        guard: WordingGuard,
        read: Callable[[str], Reading],
        matches: Callable[[Sequence[TextEdit], Sequence[TextEdit]], bool],
    ) -> None:
        self._body, self._guard, self._read, self._matches = body, guard, read, matches
        self._refused: Counter[str] = Counter()

    def reworded(self, review: Review, wordings: Mapping[int, str]) -> Review:
        """`review` with every wording that stands, and the tally of those that do not."""
        known = pieces(self._body, review)
        wordings = {place: _placed(known[place], text) for place, text in wordings.items() if place < len(known)}
        wordings = {place: text for place, text in wordings.items() if text != known[place].new_text}
        good = {place: text for place, text in wordings.items() if self._may(known[place], text)}
        kept, findings = 0, list(review.findings)
        for index, finding in enumerate(findings):
            mine = {place: piece for place, piece in enumerate(known) if piece.finding == index}
            if (words := {p: good[p] for p in mine if p in good}) and finding.suggestions:
                edits = [_edit(piece, words.get(place)) for place, piece in mine.items()]
                if self._stands([piece.edit for piece in mine.values()], edits, words):
                    findings[index] = replace(finding, suggestions=(_worded(finding.suggestions[0], edits),))
                    kept += len(words)
        rewrite, more = self._rewrite(review.rewrite, known, good)
        tally = Wordings(offered=len(wordings), kept=kept + more, refused=dict(self._refused), rewrites=int(more > 0))
        return replace(review, findings=tuple(findings), rewrite=rewrite, wordings=tally)

    def _may(self, piece: Piece, text: str) -> bool:
        refusal = self._guard.refusal(self._read(piece.new_text).doc, self._read(text).doc, before=piece.span.text)
        if refusal is not None:
            self._refused[refusal.name] += 1
        return refusal is None

    def _stands(self, offline: Sequence[TextEdit], wording: Sequence[TextEdit], words: Mapping[int, str]) -> bool:
        if self._matches(offline, wording):
            return True
        self._refused[Refusal.NO_PROOF.name] += len(words)
        return False

    def _rewrite(
        self, rewrite: Rewrite | None, known: Sequence[Piece], good: Mapping[int, str]
    ) -> tuple[Rewrite | None, int]:
        """The rewrite with as many wordings as stand together, and how many these are."""
        mine = {place: piece for place, piece in enumerate(known) if piece.finding is None}
        words = {place: good[place] for place in mine if place in good}
        if rewrite is None or not words:
            return rewrite, 0
        offline = [piece.edit for piece in mine.values()]
        if not self._matches(offline, [_edit(piece, words.get(place)) for place, piece in mine.items()]):
            tried = dict(list(words.items())[:_MOST_TRIALS]) if len(words) > 1 else {}
            chosen: dict[int, str] = {}
            for place, text in tried.items():
                trial = chosen | {place: text}
                if self._matches(offline, [_edit(piece, trial.get(at)) for at, piece in mine.items()]):
                    chosen = trial
            self._refused[Refusal.NO_PROOF.name] += len(words) - len(chosen)
            words = chosen
        if not words:
            return rewrite, 0
        edits = tuple(_edit(piece, words.get(place)) for place, piece in mine.items())
        return replace(rewrite, text=_text(self._body, edits), edits=edits, worded_by_model=True), len(words)


def _placed(piece: Piece, text: str) -> str:
    """`text` with the white space around it that its place needs."""
    old = piece.new_text
    return old[: len(old) - len(old.lstrip())] + text.strip() + old[len(old.rstrip()) :]


def _edit(piece: Piece, wording: str | None) -> TextEdit:
    return piece.edit if wording is None else replace(piece.edit, new_text=wording)


def _worded(suggestion: Suggestion, edits: Sequence[TextEdit]) -> Suggestion:
    return replace(suggestion, edits=tuple(edits), worded_by_model=True)


def _text(body: str, edits: Sequence[TextEdit]) -> str:
    return applied(body, [Edit(e.span.begin, e.span.end, e.new_text) for e in edits])
