"""Drafts as they lie in files: read as bytes; texts and HTML decoded, messages left alone, nothing else touched.

HTML is in the charset that it declares. What declares none is UTF-8, or else Windows-1252, as in messages. Line ends stay
as they are. A byte order mark stays too, as the first character: so offsets hold in the file as most programs read it,
and the hash of what is UTF-8 is that of the file.
"""

import codecs
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from apology.v1 import review_pb2
from apology_client.draft import Draft
from apology_client.errors import InvalidRequestError, reason_of

FORMS = ("auto", "text", "html", "eml")
_BY_SUFFIX = {".eml": "eml", ".html": "html", ".htm": "html"}
# Fields that programs write into messages, and people do not write into letters; a byte order mark may stand before.
_MESSAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[!-9;-~]+[ \t]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)*?"
    rb"(?:message-id|mime-version|content-type|received|return-path)[ \t]*:",
    re.I,
)
# Where browsers look for the charset of a page that does not begin with a mark, and how far.
_CHARSET = re.compile(rb"<meta\b[^>]*?\bcharset\s*=[\s\"']*([\w.:-]+)", re.I)
_CHARSET_WITHIN = 1024
# What pages declare and what they mean, by the names of Python: no page of which the declaration can be read is UTF-16.
_MEANT = {"iso8859-1": "cp1252", "ascii": "", "utf-16": "", "utf-16-le": "", "utf-16-be": ""}
# Control characters but tabs, line ends and page breaks, and what Windows-1252 leaves undefined.
_IN_NO_TEXT = re.compile(rb"[^\t\n\f\r -~\x80\x82-\x8c\x8e\x91-\x9c\x9e-\xff]")
_REMEDY = ". Save it as UTF-8 and try again"
# How the files of word processors begin, and what they are.
_PROCESSED = {
    b"PK\x03\x04": "a document of a word processor",
    b"\xd0\xcf\x11\xe0": "a document of Office or Outlook",
    b"%PDF": "a PDF",
    b"{\\rtf": "rich text (RTF)",
}
_MOST = 16 << 20  # bytes; a server takes far less, and /dev/zero has no end
_NONE = Draft(text="")


@dataclass(frozen=True, slots=True)
class Source:
    """A draft and what to call it, or why it could not be read."""

    name: str
    draft: Draft = _NONE
    error: InvalidRequestError | None = None

    def analysed(self, review: review_pb2.Review) -> tuple[str, str]:
        """The text and the subject in which the spans of its review count."""
        text = review.analysed_text if self.draft.text is None else self.draft.text
        return text, self.draft.subject or review.analysed_subject


def sources(files: Iterable[str], texts: Iterable[str], *, form: str = "auto", subject: str = "") -> Iterator[Source]:
    """The texts, then the files. `form` is one of `FORMS`; `auto` goes by the suffix, or else by the first lines."""
    for number, text in enumerate(texts, start=1):
        draft = Draft(html=text, subject=subject) if form == "html" else Draft(text=text, subject=subject)
        yield Source("--text" if number == 1 else f"--text ({number})", draft)
    for path in files:
        yield _read(path, form, subject)


def _read(path: str, form: str, subject: str) -> Source:
    name = "standard input" if path == "-" else click.format_filename(path)
    try:
        with sys.stdin.buffer if path == "-" else Path(path).open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        return Source(name, error=InvalidRequestError(f"cannot be read: {reason_of(error)}"))
    if len(data) > _MOST:
        return Source(name, error=InvalidRequestError(f"is larger than {_MOST >> 20} MiB", code="RESOURCE_EXHAUSTED"))
    if form == "auto":
        form = _BY_SUFFIX.get(Path(path).suffix.lower()) or ("eml" if _MESSAGE.match(data) else "text")
    if what := next((what for begin, what in _PROCESSED.items() if data.startswith(begin)), None):
        return Source(
            name,
            error=InvalidRequestError(
                f"is {what}: save it as plain text, or paste its words into `apology-review check -`"
            ),
        )
    if form == "eml":
        return Source(name, Draft(message=data, subject=subject))
    try:
        text = _text(data, _declared(data) if form == "html" else "")
    except InvalidRequestError as error:
        return Source(name, error=error)
    return Source(name, Draft(html=text, subject=subject) if form == "html" else Draft(text=text, subject=subject))


def _declared(html: bytes) -> str:
    """The charset that browsers would take the page for; empty where it declares none that they believe."""
    found = _CHARSET.search(html[:_CHARSET_WITHIN])
    if found is None or html.startswith(codecs.BOM_UTF8):
        return ""
    charset = found[1].decode("ascii").lower()
    try:
        charset = codecs.lookup(charset).name
    except LookupError:
        return charset  # decoding will say so
    return _MEANT.get(charset, charset)


def _text(data: bytes, charset: str) -> str:
    """The text that the bytes are in `charset`, or in what they seem to be in; InvalidRequestError when there is none."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _alternates_with_zeros(data):
        raise InvalidRequestError(f"looks like UTF-16{_REMEDY}")
    try:
        return data.decode(charset or "utf-8")
    except LookupError:
        raise InvalidRequestError(f"declares a charset that is unknown here{_REMEDY}") from None
    except ValueError:
        if charset:
            raise InvalidRequestError(f"is not in the charset that it declares{_REMEDY}") from None
    if found := _IN_NO_TEXT.search(data):
        where = f"byte {found.start()} belongs to no text"
        raise InvalidRequestError(f"is neither UTF-8 nor Windows-1252: {where}{_REMEDY}")
    return data.decode("cp1252")


def _alternates_with_zeros(data: bytes) -> bool:
    """Whether every other byte is mostly 0, as in UTF-16 without a mark: it would pass for UTF-8."""
    return 2 * abs(data[::2].count(0) - data[1::2].count(0)) > len(data) // 2
