"""A review as a writer likes to read it: the draft, and under each paragraph what to do about its marked words."""

import re
from collections import Counter
from collections.abc import Iterator
from textwrap import shorten

from apology_client.command.layout import Cell, Mark, cells, clean, fill, underlines, wrap
from apology_client.command.paint import Paint
from apology_client.enums import AssistState, Category, ComponentState, DraftPart, PromiseOwner, Severity, Verdict
from apology_client.review import Component, Finding, Promise, Review, Span

_LINE_END = re.compile(r"\r\n|\r|\n")
_VERDICTS = {
    Verdict.READY: "Ready to send.",
    Verdict.REVISE: "Revise before you send it.",
    Verdict.DO_NOT_SEND: "Do not send it as it is: it would do harm.",
    Verdict.NOT_AN_APOLOGY: "This is not an apology: nothing was judged, and nothing is wrong with that.",
}
_ASSIST = {
    AssistState.COMPLETE: "The language model {model} took part",
    AssistState.PARTIAL: "The language model {model} took part, not in full",
    AssistState.UNAVAILABLE: "No language model took part",
}
_OWNERS = {
    PromiseOwner.SENDER: "you",
    PromiseOwner.ORGANISATION: "your organisation",
    PromiseOwner.NOBODY: "nobody is named",
}


class Page:
    """Lays out one review for a terminal of `columns`."""

    def __init__(self, paint: Paint, columns: int) -> None:
        self._paint, self._columns = paint, columns

    def lines(self, text: str, subject: str, review: Review) -> Iterator[str]:
        if review.verdict not in (Verdict.NOT_AN_APOLOGY, Verdict.NOT_REVIEWED):
            yield from self._draft(text, subject, review)
            yield from self._missing(review)
            yield from self._components(review)
            yield from self._promises(review)
            yield from self._questions(review)
            yield from self._rewrite(review)
        yield from self._assist(review)
        yield from self.verdict(review)

    def verdict(self, review: Review) -> Iterator[str]:
        """The last word, on one line if it fits."""
        yield from (self._paint.verdict(line, review.verdict) for line in fill(verdict(review), self._columns))

    def _draft(self, text: str, subject: str, review: Review) -> Iterator[str]:
        numbered = list(enumerate(review.findings, start=1))
        told: dict[str, int] = {}
        if subject:
            inside = [pair for pair in numbered if _in(pair[1], DraftPart.SUBJECT)]
            yield from self._paragraph([cells(subject)], inside, first="Subject: ")
            for number, finding in inside:
                yield from self._note(str(number), finding, told)
        body = [pair for pair in numbered if _in(pair[1], DraftPart.BODY)]
        for paragraph in _paragraphs(text):
            begin, end = paragraph[0][0].begin, paragraph[-1][-1].end
            here = [(n, f) for n, f in body if f.span and f.span.begin < end and begin < f.span.end]
            yield from self._paragraph(paragraph, here)
            for number, finding in here:
                if finding.span and finding.span.end <= end:
                    yield from self._note(str(number), finding, told)

    def _paragraph(self, lines: list[list[Cell]], found: list[tuple[int, Finding]], first: str = "") -> Iterator[str]:
        marks = [(Mark(f.span.begin, f.span.end, f"{n}"), f.severity) for n, f in found if f.span]
        room = max(self._columns - 6 - len(first), 20)  # the label of a mark stands behind its end
        for row in (row for line in lines for row in wrap(line, room)):
            yield "  " + first + "".join(self._paint.word(c.shown, _severity(c, marks)) for c in row).rstrip()
            for line in underlines(row, (mark for mark, _ in marks)):
                yield "  " + " " * len(first) + self._paint.faint(line)
        yield ""

    def _note(self, label: str, finding: Finding, told: dict[str, int]) -> Iterator[str]:
        """What to do and why. A rule explains itself once on a page."""
        indent = "    " + " " * (len(label) + 1)
        yield from self._fill(f"{finding.message}", first=f"    {self._paint.bold(label)} ", rest=indent, wide=indent)
        family = f", {finding.category.words}" if finding.category != Category.UNSPECIFIED else ""
        about = f"{finding.severity.words}{family} ({finding.rule_id})"
        about += "; only the language model sees it" if finding.by_model_alone else ""
        if finding.rule_id in told:
            about += f"; see {told[finding.rule_id]}"
        else:
            yield from self._faint(finding.why, indent)
            yield from self._faint(f"Source: {finding.reference}" if finding.reference else "", indent)
            if label.isdecimal():
                told[finding.rule_id] = int(label)
        for suggestion in finding.suggestions:
            edits = "; ".join(_edit(edit.span, edit.new_text) for edit in suggestion.edits)
            edits += " (in the words of the language model)" if suggestion.worded_by_model else ""
            yield from self._fill(f"{suggestion.description} {edits}".strip(), first=f"{indent}> ", rest=f"{indent}  ")
        yield from self._faint(about, indent)
        yield ""

    def _missing(self, review: Review) -> Iterator[str]:
        found = [finding for finding in review.findings if finding.span is None]
        if found:
            yield self._paint.bold("What the draft lacks")
            yield ""
            for finding in found:
                yield from self._note("-", finding, {})

    def _components(self, review: Review) -> Iterator[str]:
        if review.components:
            yield self._paint.bold("What a good apology has")
            for component in review.components.values():
                yield from self._component(component)
            yield ""

    def _component(self, component: Component) -> Iterator[str]:
        sign = self._paint.sign(component.state)
        words = ", ".join(_quote(span) for span in component.evidence)
        remark = {
            ComponentState.WEAK: "vague",
            ComponentState.ABSENT: "missing",
            ComponentState.NOT_EXPECTED: "not needed here",
        }.get(component.state, "" if component.state == ComponentState.PRESENT else component.state.words)
        text = ": ".join(filter(None, (remark, words)))
        name = f"{component.kind.words:<15}"
        yield from self._fill(text, first=f"  {sign} {name}", rest=" " * 19, wide=" " * 19)

    def _promises(self, review: Review) -> Iterator[str]:
        if review.promises:
            yield self._paint.bold("What you promise")
            for promise in review.promises:
                yield from self._fill(_promise(promise), first="  - ", rest="    ")
            yield ""

    def _questions(self, review: Review) -> Iterator[str]:
        if review.questions:
            yield self._paint.bold("What only you can answer")
            for question in review.questions:
                about = f" ({_quote(question.span)})" if question.span else ""
                yield from self._fill(question.text + about, first="  ? ", rest="    ")
                yield from self._faint(question.why, "    ")
            yield ""

    def _rewrite(self, review: Review) -> Iterator[str]:
        if review.rewrite:
            yield self._paint.bold(
                "A rewrite" + (", in part worded by the language model" * review.rewrite.worded_by_model)
            )
            for line in _LINE_END.split(review.rewrite.text):
                yield from self._fill(line, first="  ", rest="  ")
            for change in (*(c.description for c in review.rewrite.changes), *review.rewrite.remaining):
                yield from self._fill(change, first="  - ", rest="    ")
            yield ""

    def _assist(self, review: Review) -> Iterator[str]:
        """What became of the wish for a language model; nothing when nobody asked for one."""
        if review.assist.state in _ASSIST:
            reasons = ", ".join(reason.lower().replace("_", " ") for reason in review.assist.reasons)
            told = _ASSIST[review.assist.state].format(model=clean(review.versions.model))
            yield from self._fill(told + (f" ({clean(reasons)})" if reasons else "") + ".", first="", rest="")
            yield ""

    def _fill(self, text: str, *, first: str, rest: str, wide: str | None = None) -> list[str]:
        """`first` may be painted; `wide` is then what it measures."""
        lines = fill(text, self._columns, first=wide or first, rest=rest)
        return [first + lines[0].removeprefix(wide or first), *lines[1:]]

    def _faint(self, text: str, indent: str) -> list[str]:
        lines = fill(text, self._columns, first=indent, rest=indent) if text else []
        return [indent + self._paint.faint(line.removeprefix(indent)) for line in lines]


def verdict(review: Review) -> str:
    """Verdict, score and number of findings, in words."""
    if review.verdict == Verdict.NOT_REVIEWED:
        reason = review.not_reviewed_reason.words if review.not_reviewed_reason else "no reason given"
        return f"Not reviewed: {clean(review.not_reviewed_detail or reason)}"
    score = "" if review.score is None else f" Score {review.score} of 100."
    counts = Counter(finding.severity for finding in review.findings)
    found = ", ".join(f"{counts[severity]} {severity.words}" for severity in sorted(counts, reverse=True))
    sentence = _VERDICTS.get(review.verdict, f"Verdict: {review.verdict.words}.")
    return sentence + score + (f" Found: {found}." if found else "")


def _in(finding: Finding, part: DraftPart) -> bool:
    return finding.span is not None and finding.span.part == part


def _paragraphs(text: str) -> Iterator[list[list[Cell]]]:
    """Lines of cells between blank lines, which may end in LF, CRLF or CR."""
    lines: list[list[Cell]] = []
    start = 0
    for end in (*_LINE_END.finditer(text), None):
        line = cells(text[start : end.start() if end else len(text)], start)
        start = end.end() if end else len(text)
        if any(cell.shown.strip() for cell in line):
            lines.append(line)
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _severity(cell: Cell, marks: list[tuple[Mark, Severity]]) -> Severity | None:
    return max((s for mark, s in marks if mark.begin < cell.end and cell.begin < mark.end), default=None)


def _quote(span: Span) -> str:
    return f'"{shorten(span.text, 58, placeholder=" ...")}"'


def _edit(span: Span, new: str) -> str:
    if not span.text:
        return f'Insert "{new}".'
    return f"{_quote(span)} -> " + (f'"{new}"' if new else "leave it out")


def _promise(promise: Promise) -> str:
    owner = _quote(promise.owner_span) if promise.owner == PromiseOwner.OTHER and promise.owner_span else None
    who = owner or _OWNERS.get(promise.owner, promise.owner.words)
    when = f"when: {_quote(promise.due_span)}" if promise.due_span else "no date"
    return f"{_quote(promise.span)} (who: {who}; {when})"
