"""A placeholder of a template is still in the draft."""

import re
from collections.abc import Iterator

from apology_rules.reading import Mark, Reading
from apology_rules.review import Category
from apology_rules.rule import Rule
from apology_rules.severity import Severity

_PLACEHOLDER = re.compile(
    r"\[(?!\d+\]|sic\]|\.\.\.\]|…\]|x\]|\s*\])[A-Za-z][^\[\]\n]{0,60}\](?!\()"  # [name], but no [1], [sic], [link](url)
    r"|\{\{[^{}\n]{1,60}\}\}|\{[A-Za-z_][\w .-]{0,40}\}|<<[^<>\n]{1,60}>>|%[A-Z][A-Z0-9_]{2,40}%"
    r"|<(?:insert|your|name|first|last|customer|recipient|company|date|amount|order)[^<>\n]{0,40}>"
    r"|\b(?:XXXX+|TBC|TBD|INSERT [A-Z ]{3,30})\b"
)

_LIST_TAG = re.compile(r"^\s*subject:(?:\s*(?:re|fwd?):)*\s*$", re.I)  # "Subject: [announce] ..." is a mailing list's

_SECTION = re.compile(r"^[ \t]*(\[)[\w.-]+\][ \t]*\r?\n[ \t]*[\w.-]+[ \t]*=", re.M)  # of a quoted file of settings


def _find(reading: Reading) -> Iterator[Mark]:
    sections = {match.start(1) for match in _SECTION.finditer(reading.text)}
    for match in _PLACEHOLDER.finditer(reading.text):
        if match.start() not in sections and not _LIST_TAG.search(reading.text[: match.start()]):
            yield Mark(begin=match.start(), end=match.end())


RULE = Rule(
    id="placeholder-left",
    name="Placeholder left in",
    category=Category.PLACEHOLDER_LEFT,
    severity=Severity.CRITICAL,
    points=20,
    message="Fill it in, or take it out.",
    why="Nothing says template so loudly: the recipient learns that the letter was not written for them.",
    reference="Practice of e-mail review; it needs no study.",
    confidence=0.98,
    find=_find,
    bad=(
        "Dear [[[Customer Name]]], we are sorry that we lost your order.",
        "Hi [[{{first_name}}]], we are sorry that we charged you twice.",
        "We are sorry. The refund of [[XXXX]] was sent today.",
    ),
    good=(
        "We are sorry that the report [1] named the wrong person.",
        "We are sorry. You wrote that we 'definately' [sic] lost it, and we did.",
        "We are sorry that we gave you the wrong settings. These are right:\n\n[limits]\ncalls = 5\n",
    ),
)
