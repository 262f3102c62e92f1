"""Drafts as they lie in files: read as bytes; texts and HTML decoded as UTF-8, messages left alone, nothing else touched.

Line ends stay as they are. A byte order mark stays too, as the first character: so offsets hold in the file as most
programs read it, and the hash is that of the file.
"""

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
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        utf16 = "; it looks like UTF-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
        message = f"is not UTF-8: byte {error.start} cannot be decoded{utf16}. Save it as UTF-8 and try again"
        return Source(name, error=InvalidRequestError(message))
    return Source(name, Draft(html=text, subject=subject) if form == "html" else Draft(text=text, subject=subject))
