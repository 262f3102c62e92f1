"""A whole message: which of its parts hold the sender's own words, and the way back to its bytes."""

import re

from apology_service.mail.faults import UnreadableError
from apology_service.mail.flowed import unfolded
from apology_service.mail.html import html_words
from apology_service.mail.mime import MimePart, children, top_part
from apology_service.mail.octets import characters, decoded
from apology_service.mail.origin import Piece, ReadDraft, read_draft
from apology_service.mail.quotes import own_words
from apology_service.mail.subject import own_subject
from apology_service.mail.tracked import Tracked

_TEXTS = frozenset({"text/plain", "text/html"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SMIME_FAULTS = {  # by smime-type, which need not be given (RFC 8551, section 3.2.2)
    "": "is encrypted, or signed in a form that is not read",
    "signed-data": "is signed in a form that is not read",
    "compressed-data": "is compressed in a form that is not read",
}
_FAULTS = {"multipart/encrypted": "is encrypted", "message/partial": "is one piece of several"}
_ONE_MATTERS = frozenset({"multipart/signed", "multipart/report"})
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]+)", re.I)
_META_WITHIN = 1024  # bytes, as browsers do


def read_message(message: bytes, subject: str = "") -> ReadDraft:
    """The sender's own words in a message, or an UnreadableError.

    A text that is the whole message is the body, whatever it is called and marked as, since mail programs show it. Of
    alternatives the last that has words counts, for the same reason. Attached files and forwarded messages are not the
    sender's words.
    """
    top = top_part(message)
    pieces = _text(message, top) if top.kind in _TEXTS else _pieces(message, top, first=True)
    return read_draft(pieces, own_subject(message), subject)


def _pieces(message: bytes, part: MimePart, *, first: bool) -> list[Piece]:
    """`first` says that no words came before. Then a text is the body even if it is called like a file."""
    if part.kind in _SMIME:
        raise UnreadableError(_SMIME_FAULTS.get(part.parameter("smime-type").lower(), "is encrypted"))
    if fault := _FAULTS.get(part.kind):
        raise UnreadableError(fault)
    if part.multiple:
        return _of_multipart(message, part, first=first)
    if part.kind not in _TEXTS or part.attached or (part.named and not first):
        return []
    return _text(message, part)


def _text(message: bytes, part: MimePart) -> list[Piece]:
    piece = _piece(message, part)
    return [piece] if piece.words.text.strip() else []


def _of_multipart(message: bytes, part: MimePart, *, first: bool) -> list[Piece]:
    inside = children(message, part)
    if part.kind == "multipart/alternative":
        return next(filter(None, (_pieces(message, child, first=first) for child in reversed(inside))), [])
    if part.kind in _ONE_MATTERS:
        inside = inside[:1]
    elif part.kind == "multipart/related":
        inside = [_root(part, inside)] if inside else []
    pieces: list[Piece] = []
    for child in inside:
        pieces += _pieces(message, child, first=first and not pieces)
    return pieces


def _root(part: MimePart, inside: list[MimePart]) -> MimePart:
    """The part of a multipart/related that refers to the others (RFC 2387)."""
    start = part.parameter("start")
    named = (child for child in inside if start and str(child.head.get("Content-ID", "")).strip() == start)
    return next(named, inside[0])


def _piece(message: bytes, part: MimePart) -> Piece:
    octets = decoded(message, part.begin, part.end, part.encoding)
    content = characters(octets, _charset(part, octets.data))
    if part.kind == "text/html":
        return Piece(part.section, html_words(content.text), content)
    if part.parameter("format").lower() == "flowed":
        body = unfolded(content.text, delete_space=part.parameter("delsp").lower() == "yes")
    else:
        body = Tracked.whole(content.text)
    return Piece(part.section, own_words(body), content)


def _charset(part: MimePart, data: bytes) -> str:
    named = part.parameter("charset").lower()
    if not named and part.kind == "text/html" and (meta := _META_CHARSET.search(data[:_META_WITHIN])):
        named = meta[1].decode("ascii")
    return named or "us-ascii"
