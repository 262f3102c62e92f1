"""The shapes of what is private without being a name: addresses, links, and numbers that lead to somebody.

What a model needs is kept by its exact shape: dates, times, amounts, small numbers, `18-year-old`. Whatever else holds digits
is private. No pattern takes more than a bounded number of steps at a place where it may begin: what is repeated without a
bound can be read in one way alone, and cannot begin again inside itself.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

KINDS = ("Name", "Email", "Link", "Account", "Phone", "Number")

GONE = "\0"
"""In the place of a character that is spoken for: nothing is found in it or across it."""

TOKEN = re.compile(rf"(?:{'|'.join(KINDS)})_\d+")
"""What stands in the place of private words, such as `Name_1`."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Code points `[begin, end)` that are private, and which of KINDS they are."""

    begin: int
    end: int
    kind: str


_Span = tuple[int, int]

_DASHES = "\u2010-\u2015\u2212-"  # last in a class of characters
_SPACE = r"[ \t\u00a0\u2007\u2009\u202f]"
_BEGIN, _END = r"(?<![^\W_])", r"(?![^\W_])"  # of a word; an underscore parts words

# Addresses

_LOCAL = r"(?<![\w.+'’-])[\w.+'’-]{1,64}"
_LABEL = r"[\w-]{1,63}"
_OPENED, _CLOSED = rf"{_SPACE}{{0,2}}[(\[{{<]{_SPACE}?", rf"{_SPACE}?[)\]}}>]{_SPACE}{{0,2}}"
_SAID_DOT = rf"{_SPACE}{{1,2}}dot{_SPACE}{{1,2}}"
_ANY_DOT = rf"(?:\.|{_OPENED}(?:dot|\.){_CLOSED}|{_SAID_DOT})"
_QUOTED_EMAILS = re.compile(rf"[\"“][^\"“”\r\n{GONE}]{{1,64}}[\"”]@[^\s<>(),;…—{GONE}]+")  # "jo miller"@example.com
_ODD_EMAILS = re.compile(
    rf"{_LOCAL}{_OPENED}(?:at|@){_CLOSED}{_LABEL}(?:{_ANY_DOT}{_LABEL}){{0,8}}{_END}|"  # jo (at) example.com
    rf"{_LOCAL}(?:{_SAID_DOT}{_LABEL}){{0,3}}{_SPACE}{{1,2}}at{_SPACE}{{1,2}}{_LABEL}"
    rf"(?:{_ANY_DOT}{_LABEL}){{0,4}}{_SAID_DOT}[a-z]{{2,4}}{_END}|"  # jo at example dot com
    rf"{_LOCAL}{_SPACE}{{0,2}}@{_SPACE}{{0,2}}{_LABEL}(?:\.{_LABEL}){{0,7}}\.[^\W\d_]{{2,24}}{_END}",  # jo @ example.com
    re.I,
)
_UNBROKEN = re.compile(rf"[^\s<>(),;…—{GONE}]+")
_AROUND = "\"'‘’“”.:!?[]{}*|~"
_HANDLES = re.compile(rf"{_BEGIN}@\w+(?:[.-]\w+)*")
_OF_LINK = rf"[^\s<>\"“”)\]}}{GONE}]"
_LINKS = re.compile(
    rf"{_BEGIN}(?:[a-z][a-z0-9+.-]{{1,30}}://|www\.){_OF_LINK}+|"
    rf"(?<![\w.@-])(?:{_LABEL}\.){{1,8}}[^\W\d_]{{2,24}}(?::\d{{1,5}})?[/?#]{_OF_LINK}+|"  # example.com/reset?x=1
    rf"(?<![\w.@-])(?:{_LABEL}\.){{1,5}}(?:com|org|net|info|biz|edu|gov|io|dev|eu|uk|de|fr|nl|ch|ie){_END}",
    re.I,
)
_STREETS = re.compile(
    rf"{_BEGIN}\d{{1,4}}[a-zA-Z]?,?{_SPACE}(?:[A-Z][\w'’]{{0,30}}{_SPACE}){{1,3}}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|"
    rf"Close|Court|Place|Square|Way|Gardens|Terrace|Crescent|Row|Hill|Park|Grove|Walk|Mews){_END}"
)

# What is kept

_YEAR = r"(?:19|20)\d\d"
_DAY_NUMBER, _MONTH_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DAY = rf"{_DAY_NUMBER}(?:st|nd|rd|th)?"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
)
_APART, _ALONE = rf"(?<![\w/.{_DASHES}])", rf"(?![^\W_]|[/.{_DASHES}]\d)"  # of numbers that others are joined to
_CLOCK = r"(?:[01]?\d|2[0-4])"
_MONEY_SIGN = "[£$€¥₹]"
_MONEY_CODE = "(?:GBP|USD|EUR|CHF|INR|AUD|CAD|JPY|SEK|NOK|DKK|PLN)"
_MONEY_WORD = rf"(?:euros?|pounds?|dollars?|pence|cents?|francs?|rupees?|per{_SPACE}?cent)"
_SUM = (
    r"(?:\d{1,3}(?:[,.'’ \u00a0\u202f]\d{3}){1,4}(?! ?\d)|\d{1,9})(?:[.,]\d{1,2})?(?!\d)"
    rf"(?:{_SPACE}?(?:k|m|bn|thousand|million|billion){_END})?"
)
_KEPT = re.compile(
    "|".join(
        (
            *(
                rf"{_APART}(?:{_YEAR}{part}{_MONTH_NUMBER}{part}{_DAY_NUMBER}(?:T\d\d:\d\d(?::\d\d)?Z?)?|"
                rf"(?:{_DAY_NUMBER}{part}{_MONTH_NUMBER}|{_MONTH_NUMBER}{part}{_DAY_NUMBER}){part}(?:{_YEAR}|\d\d))"
                rf"{_ALONE}(?!{_SPACE}\d\d{_SPACE}\d\d(?!\d))"  # else a number of a phone
                for part in ("-", "/", r"\.")
            ),
            rf"{_BEGIN}(?:{_DAY}{_SPACE}{{1,2}}(?:of{_SPACE})?)?(?:{_MONTH}|{_MONTH.upper()})"
            rf"(?:{_SPACE}{{1,2}}{_DAY}(?!\d))?(?:,?{_SPACE}{{1,2}}{_YEAR})?{_END}",
            rf"{_APART}{_YEAR}{_SPACE}?[/{_DASHES}]{_SPACE}?(?:{_YEAR}|\d\d){_ALONE}",
            rf"(?<![\w:]){_CLOCK}:[0-5]\d(?::[0-5]\d)?(?![\w:])",
            rf"{_APART}{_CLOCK}\.[0-5]\d{_SPACE}?[{_DASHES}]{_SPACE}?{_CLOCK}\.[0-5]\d{_ALONE}",
            rf"(?:{_MONEY_SIGN}|{_BEGIN}{_MONEY_CODE}){_SPACE}?{_SUM}",
            rf"(?<![\w.,/{_DASHES}]){_SUM}{_SPACE}?"
            rf"(?:{_MONEY_SIGN}(?!{_SPACE}?\d)|%|(?:{_MONEY_CODE}|{_MONEY_WORD}){_END})",
        )
    )
)

# Numbers

_ACCOUNT_GAP = rf"[ \u00a0\u202f.{_DASHES}]?"
_ACCOUNTS = re.compile(  # as an IBAN is written: only the first group of four may hold no digit
    rf"{_BEGIN}[A-Z]{{2}}\d\d{_ACCOUNT_GAP}[A-Z0-9]{{4}}(?:{_ACCOUNT_GAP}(?=[A-Z]{{0,3}}\d)[A-Z0-9]{{4}}){{1,7}}"
    rf"(?:{_ACCOUNT_GAP}(?=[A-Z]{{0,2}}\d)[A-Z0-9]{{1,3}})?{_END}",
    re.I,
)
_PAIRS = rf"\d\d{_ACCOUNT_GAP}\d\d{_ACCOUNT_GAP}\d\d"
_SORT_CODES = re.compile(rf"{_BEGIN}sort[ -]?codes?[\s.:#]{{1,6}}(?:is\s{{1,3}})?({_PAIRS}){_END}", re.I)
_INSURANCE = re.compile(rf"{_BEGIN}[A-Z]{{2}}{_ACCOUNT_GAP}{_PAIRS}{_ACCOUNT_GAP}[A-D]{_END}")
_HEXADECIMAL = re.compile(rf"{_BEGIN}(?:[0-9a-f]{{1,4}}:{{1,2}}){{3,7}}[0-9a-f]{{1,4}}{_END}", re.I)  # IPv6, MAC
_PLATES = re.compile(
    rf"{_BEGIN}(?:[A-Z]{{2}}\d\d ?[A-Z]{{3}}|"  # of British cars, and postcodes: their last letters are never those of units
    r"[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}|"
    rf"[a-z]{{1,2}}\d[a-z\d]? ?\d(?!st|nd|rd|th)[abd-hjlnp-uw-z]{{2}}){_END}"
)
_MARKED = r"(?:(?:no|nr|num|number|id|code|ref|reference)\b[\s.:#]{0,6}){0,2}"
_CODE = rf"[^\W_]+(?:[_/.{_DASHES}][^\W_]+)*"
_NAMED = re.compile(
    r"\b(?:(?P<place>room|flat|ward|apartment|apt|suite)|account|order|reference|ref|invoice|ticket|booking|pnr|policy|claim|"
    r"case|customer|member|card|tracking|parcel|passport|licen[cs]e|patient|student|contract)s?"
    rf"(?P<gap>[\s.:#]{{1,6}}{_MARKED})(?=[\w/.{_DASHES}]{{0,40}}\d)(?P<code>{_CODE})",
    re.I,
)
_PHONE_GAP = rf"[ \t\u00a0\u2007\u2009\u202f()./{_DASHES}]{{0,4}}"
_NAMED_PHONES = re.compile(
    r"\b(?:tel|telephone|phone|mobile|cell|fax|ext|extn|extension|whatsapp)s?[\s.:#]{1,6}(?:(?:no|nr|number|is)\b[\s.:#]{0,6}){0,2}"
    rf"([+(]{{0,2}}\d(?:{_PHONE_GAP}\d){{2,18}}){_END}",
    re.I,
)
_PHONES = re.compile(
    # behind a point stands a decimal, behind a letter or digit with a dash the end of something longer
    rf"{_BEGIN}(?<!\d[.,])(?<![^\W_][_/{_DASHES}])(?<!{_MONEY_SIGN})[+(]{{0,2}}\d(?:{_PHONE_GAP}\d){{6,18}}{_END}"
)
_HASHED = re.compile(r"#\s?\d[\w-]*")
_CODES = re.compile(_CODE)
_JOINTS = re.compile(rf"[_/.{_DASHES}]")
_DECIMAL = re.compile(r"\d{1,6}\.\d{1,2}")
_WHOLE_YEAR = re.compile(_YEAR)
_QUANTITY = re.compile(
    r"\d{1,4}(?:st|nd|rd|th|s|am|pm|k|m|bn|mg|g|kg|mm|cm|km|mi|in|ft|lbs?|oz|cl|ml|l|h|hrs?|mins?|secs?|d|yrs?|x|[mgt]b|kwh|"
    r"kw|w|v|mph|p|px|pt|c|f)",
    re.I,
)


def private(text: str) -> tuple[list[Stretch], str]:
    """Private stretches of `text`, apart from each other and in no order, and `text` with GONE in their place."""
    found: list[Stretch] = []
    rest = text
    for kind, look in _LOOKS:
        spans = list(look(rest))
        found += [Stretch(begin, end, kind) for begin, end in spans if kind]
        rest = _without(rest, spans)
    return found, _without(text, ((s.begin, s.end) for s in found))


def _every(pattern: re.Pattern[str], group: int = 0) -> Callable[[str], Iterator[_Span]]:
    return lambda text: (match.span(group) for match in pattern.finditer(text))


def _emails(text: str) -> Iterator[_Span]:
    """Whatever holds an @ between other characters and no white space, however odd."""
    for match in _UNBROKEN.finditer(text):
        begin, end = _bare(match)
        if "@" in text[begin + 1 : end - 1]:
            yield begin, end


def _links(text: str) -> Iterator[_Span]:
    return (span for match in _LINKS.finditer(text) if (span := _bare(match)))


def _bare(match: re.Match[str]) -> _Span:
    """Without the punctuation around it."""
    words = match.group()
    begin = match.start() + len(words) - len(words.lstrip(_AROUND))
    return begin, max(begin, match.start() + len(words.rstrip(_AROUND)))


def _named(text: str) -> Iterator[_Span]:
    """Numbers whose names stand before them; a small one must be marked as a number, or lead to a door."""
    for match in _NAMED.finditer(text):
        code, marked = match["code"], bool(match["gap"].strip() or match["place"])
        telling = len(code) > 2 and not _QUANTITY.fullmatch(code)
        if (marked or telling) and any(c.isdecimal() for c in code):
            yield match.span("code")


def _codes(text: str) -> Iterator[_Span]:
    return (match.span() for match in _CODES.finditer(text) if _telling(match.group()))


def _telling(words: str) -> bool:
    """Whether letters and digits without white space lead to somebody, and are no quantity, year or hyphened word."""
    digits = sum(c.isdecimal() for c in words)
    if not digits or _DECIMAL.fullmatch(words):
        return False
    pieces = _JOINTS.split(words)
    if sum(map(len, pieces)) < 4:
        return False
    if not all(map(_plain, pieces)):
        return True
    numbers = [piece for piece in pieces if piece.isdecimal()]
    if len(numbers) == len(pieces):
        return len(pieces) > 2
    after = [number for before, number in pairwise(pieces) if before.isalpha() and number.isdecimal()]
    shouted = any(piece.isalpha() and piece.isupper() for piece in pieces)
    return bool(after) and (digits > 4 or len(after[0]) == 3 or (len(after[0]) > 3 and shouted))


def _plain(piece: str) -> bool:
    """A word, a number of up to three digits, a year or a quantity."""
    if piece.isdecimal():
        return len(piece) < 4 or bool(_WHOLE_YEAR.fullmatch(piece))
    return not any(c.isdecimal() for c in piece) or bool(_QUANTITY.fullmatch(piece))


def _without(text: str, spans: Iterable[_Span]) -> str:
    """`text` with GONE in the place of each of the spans."""
    characters = list(text)
    for begin, end in spans:
        characters[begin:end] = GONE * (end - begin)
    return "".join(characters)


_LOOKS: tuple[tuple[str, Callable[[str], Iterator[_Span]]], ...] = (
    ("Number", _every(TOKEN)),  # a draft may hold what looks like one of ours
    ("Email", _every(_QUOTED_EMAILS)),
    ("Email", _emails),
    ("Email", _every(_ODD_EMAILS)),
    ("Link", _links),
    ("Name", _every(_HANDLES)),
    ("Account", _every(_ACCOUNTS)),
    ("Number", _every(_INSURANCE)),
    ("Number", _every(_SORT_CODES, 1)),
    ("Number", _every(_HEXADECIMAL)),
    ("", _every(_KEPT)),
    ("Number", _named),
    ("Phone", _every(_NAMED_PHONES, 1)),
    ("Phone", _every(_PHONES)),
    ("Number", _every(_PLATES)),
    ("Name", _every(_STREETS)),
    ("Number", _every(_HASHED)),
    ("Number", _codes),
)
"""What is looked for, in this order: what comes first wins. The kind of what is kept is empty."""
