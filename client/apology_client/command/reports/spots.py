"""Where a span is in the file, as editors and CI count: lines and columns from 1."""

import re
from dataclasses import dataclass

from apology.v1 import review_pb2
from apology_client.command.inputs import Source

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Spot:
    """From the first column of a span to the one behind its last; columns count code points, or bytes of a message."""

    line: int
    column: int
    end_line: int
    end_column: int


def spot(source: Source, finding: review_pb2.Finding) -> Spot | None:
    """Where the guilty words are; None for a finding about the whole draft, and for a subject that is not in the file."""
    if not finding.HasField("span"):
        return None
    span, draft = finding.span, source.draft
    if draft.message is not None:
        if not span.source.section:
            return None
        text = draft.message.decode("latin-1")  # a character for each byte
        return _between(text, span.source.message_begin, span.source.message_end)
    if span.part == review_pb2.DRAFT_PART_SUBJECT:
        return None
    if draft.html is not None:
        return _between(draft.html, span.source.begin, span.source.end) if span.HasField("source") else None
    return _between(draft.text or "", span.begin, span.end)


def _between(text: str, begin: int, end: int) -> Spot:
    return Spot(*_position(text, begin), *_position(text, end))


def _position(text: str, place: int) -> tuple[int, int]:
    ends = [found.end() for found in _LINE_END.finditer(text, 0, place)]
    return len(ends) + 1, place - (ends[-1] if ends else 0) + 1
