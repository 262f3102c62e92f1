"""From marks of the analysed text to spans of the draft as received."""

from apology_rules.draft import Draft
from apology_rules.reading import Mark, Reading
from apology_rules.review import Part, Span

_SUBJECT_LEAD = "Subject: "
_SUBJECT_END = "\n\n"


class DraftSpans:
    """Turns marks of the analysed text into spans of the draft as received."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._lead = f"{_SUBJECT_LEAD}{draft.subject}{_SUBJECT_END}" if draft.subject else ""

    @property
    def whole(self) -> str:
        """Subject and body as one text, to be analysed together."""
        return self._lead + self._draft.text

    @property
    def lead(self) -> int:
        """How many code points of the analysed text stand before the body."""
        return len(self._lead)

    @property
    def subject(self) -> tuple[int, int]:
        """Where the subject stands in the analysed text; without words when the draft has none."""
        return (len(_SUBJECT_LEAD), len(self._lead) - len(_SUBJECT_END)) if self._lead else (0, 0)

    def place(self, span: Span) -> tuple[int, int]:
        """Where a span of the draft stands in the analysed text."""
        shift = self.lead if span.part is Part.BODY else self.subject[0]
        return span.begin + shift, span.end + shift

    def span(self, mark: Mark) -> Span | None:
        if mark.begin is None or mark.end is None:
            return None
        begin, end = mark.begin - len(self._lead), mark.end - len(self._lead)
        if begin >= 0:
            return Span(begin=begin, end=end, text=self._draft.text[begin:end])
        begin = max(0, mark.begin - len(_SUBJECT_LEAD))
        end = min(mark.end - len(_SUBJECT_LEAD), len(self._draft.subject))
        return Span(begin=begin, end=end, text=self._draft.subject[begin:end], part=Part.SUBJECT)

    def mark(self, span: Span, reading: Reading) -> Mark | None:
        """Whole words of the analysed text for a span of the draft; None when the draft does not say so there."""
        part = self._draft.subject if span.part is Part.SUBJECT else self._draft.text
        if not 0 <= span.begin < span.end <= len(part) or part[span.begin : span.end] != span.text:
            return None
        lead = len(_SUBJECT_LEAD) if span.part is Part.SUBJECT else len(self._lead)
        return reading.mark_words(span.begin + lead, span.end + lead)
