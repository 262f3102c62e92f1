"""A review as a writer likes to read it: the verdict, the draft with what to do under its paragraphs, a checklist."""

import re
from collections.abc import Iterator
from itertools import groupby

from apology_client.command.layout import Cell, Mark, cells, clean, fill, underlines, wrap
from apology_client.command.paint import Paint
from apology_client.command.phrasing import counted, opening, promised, quoted, state, suggested
from apology_client.enums import AssistState, DraftPart, Severity, Verdict
from apology_client.review import Component, Finding, Review, Rewrite

_LINE_END = re.compile(r"\r\n|\r|\n")
_ASSIST = {
    AssistState.COMPLETE: "The language model {model} took part",
    AssistState.PARTIAL: "The language model {model} took part, not in full",
    AssistState.UNAVAILABLE: "No language model took part",
}
_UNDER_COMPONENT = " " * 6


class Page:
    """One review, laid out for a terminal of `columns`. Its spans count in `text` and `subject`.

    `decided` says what else decides whether it passes, if anything.
    """

    def __init__(
        self, review: Review, text: str, subject: str, decided: str = "", *, paint: Paint, columns: int
    ) -> None:
        self._review, self._text, self._subject, self._decided = review, text, subject, decided
        self._paint, self._columns = paint, columns
        self._told: dict[str, int] = {}  # the rules that have explained themselves, and under which number

    def lines(self) -> list[str]:
        """The verdict comes first, and what was found is counted last, where a terminal has scrolled to."""
        lines = [*self._verdict(), ""]
        if self._review.verdict not in (Verdict.NOT_AN_APOLOGY, Verdict.NOT_REVIEWED):
            lines += (*self._draft(), *self._components(), *self._whole())
            lines += (*self._promises(), *self._questions(), *self._rewrite())
        lines += (*self._assist(), *self._found())
        return lines if lines[-1] else lines[:-1]

    def _verdict(self) -> Iterator[str]:
        if self._decided:
            yield from map(self._paint.bold, fill(self._decided, self._columns))
        for line in fill(opening(self._review, self._decided), self._columns):
            yield self._paint.verdict(line, self._review.verdict)

    def _found(self) -> list[str]:
        if not self._review.findings:
            return []
        return fill(f"{counted(self._review)} Examples: apology-review explain RULE", self._columns)

    def _draft(self) -> Iterator[str]:
        numbered = list(enumerate(self._review.findings, start=1))
        if self._subject:
            inside = [pair for pair in numbered if _in(pair[1], DraftPart.SUBJECT)]
            yield from self._paragraph([cells(self._subject)], inside, first="Subject: ")
            for number, finding in inside:
                yield from self._note(number, finding)
        body = [pair for pair in numbered if _in(pair[1], DraftPart.BODY)]
        for paragraph in _paragraphs(self._text):
            begin, end = paragraph[0][0].begin, paragraph[-1][-1].end
            here = [(n, f) for n, f in body if f.span and f.span.begin < end and begin < f.span.end]
            yield from self._paragraph(paragraph, here)
            for number, finding in here:
                if finding.span and finding.span.end <= end:
                    yield from self._note(number, finding)

    def _paragraph(self, lines: list[list[Cell]], found: list[tuple[int, Finding]], first: str = "") -> Iterator[str]:
        marks = [(Mark(f.span.begin, f.span.end, f"{n}"), f.severity) for n, f in found if f.span]
        room = max(self._columns - 6 - len(first), 20)  # the label of a mark stands behind its end
        for row in (row for line in lines for row in wrap(line, room)):
            yield ("  " + first + self._painted(row, marks)).rstrip()
            for line in underlines(row, (mark for mark, _ in marks)):
                yield "  " + " " * len(first) + self._paint.faint(line)
        yield ""

    def _painted(self, row: list[Cell], marks: list[tuple[Mark, Severity]]) -> str:
        runs = groupby(row, key=lambda cell: _severity(cell, marks))
        return "".join(self._paint.word("".join(cell.shown for cell in run), severity) for severity, run in runs)

    def _note(self, number: int, finding: Finding) -> Iterator[str]:
        lead = f"    {number} "
        indent = " " * len(lead)
        yield from self._fill(finding.message, first=f"    {self._paint.bold(str(number))} ", rest=indent, wide=lead)
        yield from self._reasons(finding, indent)
        self._told.setdefault(finding.rule_id, number)
        yield ""

    def _reasons(self, finding: Finding, indent: str) -> Iterator[str]:
        """Why, how it may be mended, and what says so. A rule explains itself once on a page."""
        about = f"{finding.severity.words} ({finding.rule_id})"
        about += "; only the language model sees it" if finding.by_model_alone else ""
        if finding.rule_id in self._told:
            about += f"; see {self._told[finding.rule_id]}"
        else:
            yield from self._faint(finding.why, indent)
            about += f". Source: {finding.reference}" if finding.reference else ""
        for suggestion in finding.suggestions:
            yield from self._fill(
                suggested(suggestion, self._text, self._subject), first=f"{indent}> ", rest=f"{indent}  "
            )
        yield from self._faint(about, indent)

    def _components(self) -> Iterator[str]:
        if self._review.components:
            yield self._paint.bold("What a good apology has")
            for component in self._review.components.values():
                yield from self._component(component)
                for finding in self._review.findings:
                    if finding.span is None and _lacks(finding, component):
                        yield from self._fill(finding.message, first=_UNDER_COMPONENT, rest=_UNDER_COMPONENT)
                        yield from self._reasons(finding, _UNDER_COMPONENT)
            yield ""

    def _component(self, component: Component) -> Iterator[str]:
        sign, words = state(component)
        lead = f"  {self._paint.sign(sign)} {component.kind.words:<15}"
        yield from self._fill(words, first=lead, rest=" " * 19, wide=" " * 19)

    def _whole(self) -> Iterator[str]:
        """What is said of the whole draft and belongs to no component."""
        components = self._review.components.values()
        rest = [f for f in self._review.findings if f.span is None and not any(_lacks(f, c) for c in components)]
        if rest:
            yield self._paint.bold("In the draft as a whole")
            for finding in rest:
                yield from self._fill(finding.message, first="  - ", rest="    ")
                yield from self._reasons(finding, "    ")
            yield ""

    def _promises(self) -> Iterator[str]:
        if self._review.promises:
            yield self._paint.bold("What you promise")
            for promise in self._review.promises:
                yield from self._fill(promised(promise), first="  - ", rest="    ")
            yield ""

    def _questions(self) -> Iterator[str]:
        if self._review.questions:
            yield self._paint.bold("What only you can answer")
            for question in self._review.questions:
                about = f" ({quoted(question.span.text)})" if question.span else ""
                yield from self._fill(question.text + about, first="  ? ", rest="    ")
                yield from self._faint(question.why, "    ")
            yield ""

    def _rewrite(self) -> Iterator[str]:
        rewrite = self._review.rewrite
        if rewrite is None:
            return
        yield self._paint.bold("A rewrite" + (", in part worded by the language model" * rewrite.worded_by_model))
        if rewrite.subject not in ("", self._subject):
            yield from self._fill(f"Subject: {rewrite.subject}", first="  ", rest="  ")
            yield ""
        for line in _LINE_END.split(rewrite.text.rstrip()):
            yield from (row.rstrip() for row in self._fill(line, first="  ", rest="  "))
        yield ""
        for remark in self._remarks(rewrite):
            yield from self._fill(remark, first="  - ", rest="    ")
        yield ""

    def _remarks(self, rewrite: Rewrite) -> Iterator[str]:
        """What the page has not said yet of the changes and of what remains."""
        told = {suggestion.description for finding in self._review.findings for suggestion in finding.suggestions}
        told |= {question.text for question in self._review.questions}
        told |= {f"Fill in {placeholder}." for placeholder in rewrite.placeholders}
        if rewrite.placeholders:
            yield f"Fill in {', '.join(rewrite.placeholders)}."
        for remark in (*(change.description for change in rewrite.changes), *rewrite.remaining):
            if remark not in told:
                yield remark

    def _assist(self) -> Iterator[str]:
        """What became of the wish for a language model; nothing when nobody asked for one."""
        review = self._review
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


def _lacks(finding: Finding, component: Component) -> bool:
    """Whether the finding is about what this component lacks: `missing_regret`, `absent_remedy`."""
    return finding.category.partition("_")[2] == component.kind


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
