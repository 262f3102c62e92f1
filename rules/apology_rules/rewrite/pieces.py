"""Pieces: what the suggestions and the rewrite change, sentence by sentence, so that it can be worded better."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apology_rules.review import Part, Review, Span, TextEdit

_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s|$)|[\r\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One changed stretch of whole sentences.

    `span` holds the words of the draft (none for an addition), `new_text` what stands there instead. `finding` is the
    place of the finding that it mends, None for a piece of the rewrite; `rule_id` is empty there.
    """

    span: Span
    new_text: str
    finding: int | None
    rule_id: str = ""

    @property
    def edit(self) -> TextEdit:
        return TextEdit(span=self.span, new_text=self.new_text)


def pieces(body: str, review: Review) -> tuple[Piece, ...]:
    """The pieces of every suggestion, by finding, and then those of the rewrite. Pieces that only cut are among them."""
    return tuple(_pieces(body, review))


def _pieces(body: str, review: Review) -> Iterator[Piece]:
    for place, finding in enumerate(review.findings):
        for suggestion in finding.suggestions[:1]:
            if any(edit.span.part is not Part.BODY for edit in suggestion.edits):
                continue  # a subject is no sentence
            for edit in widened(body, suggestion.edits):
                yield Piece(span=edit.span, new_text=edit.new_text, finding=place, rule_id=finding.rule_id)
    if review.rewrite is not None:
        for edit in widened(body, review.rewrite.edits):
            yield Piece(span=edit.span, new_text=edit.new_text, finding=None)


def widened(body: str, edits: Sequence[TextEdit]) -> Iterator[TextEdit]:
    """The same edits, each over the whole sentences that it touches; those that meet become one."""
    group: list[TextEdit] = []
    reach = (0, 0)
    for edit in edits:
        begin, end = _reach(body, edit)
        if group and begin < reach[1]:
            group, reach = [*group, edit], (reach[0], max(reach[1], end))
            continue
        if group:
            yield _joined(body, group, *reach)
        group, reach = [edit], (begin, end)
    if group:
        yield _joined(body, group, *reach)


def _joined(body: str, edits: Sequence[TextEdit], begin: int, end: int) -> TextEdit:
    parts, position = [], begin
    for edit in edits:
        parts += [body[position : edit.span.begin], edit.new_text]
        position = edit.span.end
    new = "".join([*parts, body[position:end]])
    return TextEdit(span=Span(begin=begin, end=end, text=body[begin:end]), new_text=new)


def _reach(body: str, edit: TextEdit) -> tuple[int, int]:
    """The sentences whose words the edit touches, and the gap that a cut closes with them."""
    begin, end = edit.span.begin, edit.span.end
    if edit.new_text or not (gone := edit.span.text.strip()):
        return _sentences(body, begin, end)
    first = begin + edit.span.text.index(gone)
    left, right = _sentences(body, first, first + len(gone))
    return min(left, begin), max(right, end)


def _sentences(body: str, begin: int, end: int) -> tuple[int, int]:
    """Where the sentences that `[begin, end)` touches begin and end; an insertion between sentences touches none."""
    ends = [m.end() for m in _END.finditer(body)]
    if begin == end and (begin in (0, len(body)) or begin in ends or body[:begin].rstrip(" \t") != body[:begin]):
        before = body[:begin].rstrip(" \t")
        if not before or len(before) in ends:
            return begin, end
    left = max((e for e in ends if e <= begin), default=0)
    left += len(body[left:begin]) - len(body[left:begin].lstrip())
    if begin != end and body[end - 1 : end] in {"\n", "\r"}:
        return left, end
    right = (
        end if end in ends and begin != end else min((e for e in ends if e > max(begin, end - 1)), default=len(body))
    )
    right -= len(body[end:right]) - len(body[end:right].rstrip("\r\n"))
    return left, max(right, end)
