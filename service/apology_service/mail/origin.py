"""Where the analysed words stood in what was given."""

from collections.abc import Sequence
from dataclasses import dataclass

from apology_rules import Draft, Part
from apology_service.mail.tracked import Tracked

_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """The sender's own words in one part of what was given.

    `section` numbers a MIME part as IMAP does, `HEADER` is the subject, and empty is HTML given alone. `words` point into
    `content`, the decoded text of the part, and that points into the bytes of the message.
    """

    section: str
    words: Tracked
    content: Tracked


@dataclass(frozen=True, slots=True)
class Place:
    """Code points `[begin, end)` of `content`, the decoded text of `section`, and bytes of the whole message."""

    section: str
    content: str
    begin: int
    end: int
    message_begin: int
    message_end: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The way back from the analysed text and subject to what was given."""

    body: tuple[Piece, ...]
    subject: tuple[Piece, ...] = ()

    def place(self, part: Part, begin: int, end: int) -> Place | None:
        """Where code points `[begin, end)` of the analysed part stood; of several MIME parts, in the first."""
        start = 0
        for piece in self.subject if part is Part.SUBJECT else self.body:
            length = len(piece.words.text)
            if begin < start + length:
                inside = piece.words.range(max(0, begin - start), min(length, end - start))
                octets = piece.content.range(*inside) if piece.section else (0, 0)  # HTML given alone has no message
                return Place(piece.section, piece.content.text, *inside, *octets)
            start += length + len(_BETWEEN)
        return None


@dataclass(frozen=True, slots=True)
class Unread:
    """A draft in HTML, or a whole message in bytes, and the subject that came beside it."""

    body: str | bytes
    subject: str


@dataclass(frozen=True, slots=True)
class ReadDraft:
    """The sender's own words as a draft in plain text, and the way back."""

    draft: Draft
    origin: Origin


def read_draft(body: Sequence[Piece], subject: Piece | None, given_subject: str) -> ReadDraft:
    """A subject that the caller gives stands before that of the message, and has no place in it."""
    text = _BETWEEN.join(piece.words.text for piece in body)
    if given_subject or subject is None:
        return ReadDraft(Draft(text=text, subject=given_subject), Origin(tuple(body)))
    return ReadDraft(Draft(text=text, subject=subject.words.text), Origin(tuple(body), (subject,)))
