"""What is private by its shape or by its name, what is not, and that no text makes the search for it long."""

import re
import subprocess
import sys
from collections.abc import Iterator
from re import _compiler, _constants, _parser  # type: ignore[attr-defined] # the only way to see what a pattern repeats

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apology_service.assist import people, shapes
from apology_service.assist.disguise import Disguise

PRIVATE = {
    "ring 01.23.45.67.89 now": "01.23.45.67.89",
    "ring 01.02.03 04 05 now": "01.02.03 04 05",
    "ring 030 - 12 34 56 now": "030 - 12 34 56",
    "ring 089 / 12 34 56 now": "089 / 12 34 56",
    "ring +44 (0) 20 7946 0958 now": "+44 (0) 20 7946 0958",
    "ring 555\u2011010\u20119999 now": "555\u2011010\u20119999",
    "ring 020\u20137946\u20130958 now": "020\u20137946\u20130958",
    "£5 020 794 6095": "020 794 6095",
    "Tel.020 7946 0958": "020 7946 0958",
    "phone 12345": "12345",
    "ext. 4471": "4471",
    "from 192.168.10.24 on": "192.168.10.24",
    "from fe80::1ff:fe23:4567:890a on": "fe80::1ff:fe23:4567:890a",
    "to de89370400440532013000 now": "de89370400440532013000",
    "to gb29 nwbk 6016 1331 9268 19 now": "gb29 nwbk 6016 1331 9268 19",
    "to Gb29-NWBK-6016-1331-9268-19 now": "Gb29-NWBK-6016-1331-9268-19",
    "sort code 12-34-56": "12-34-56",
    "sort code 12-03-19": "12-03-19",
    "insured as QQ 12 34 56 C": "QQ 12 34 56 C",
    "our order ab12345": "ab12345",
    "booking Xk7J2m, please": "Xk7J2m",
    "parcel rr123456785gb": "rr123456785gb",
    "invoice INV-2026-03-14-0042": "INV-2026-03-14-0042",
    "order 2026-05-12-7781": "2026-05-12-7781",
    "card no. 17": "17",
    "room B12": "B12",
    "trace 550e8400-e29b-41d4-a716-446655440000": "550e8400-e29b-41d4-a716-446655440000",
    "in van AB12 CDE": "AB12 CDE",
    "at tn23 1ab": "tn23 1ab",
    "you live at 14 Acacia Avenue, as I know": "14 Acacia Avenue",
    '"maria gonzalez"@example.com': '"maria gonzalez"@example.com',
    "maria@localhost": "maria@localhost",
    "maria @ example.com": "maria @ example.com",
    "(maria@[10.0.0.1])": "maria@[10.0.0.1",
    "maria (at) example.com": "maria (at) example.com",
    "maria[at]example[dot]com": "maria[at]example[dot]com",
    "maria at example dot com": "maria at example dot com",
    "a&b.jones@example.com": "a&b.jones@example.com",
    "see example.com/reset?token=abcdef": "example.com/reset?token=abcdef",
    "see t.me/mariag": "t.me/mariag",
    "see maria-gonzalez.com": "maria-gonzalez.com",
    "see ftp://host/x": "ftp://host/x",
    "ask @zoe_mueller": "@zoe_mueller",
    "user mgonzalez81": "mgonzalez81",
}
PLAIN = (
    "We lost it on 3 May 2027 at 10:30, 10.30 - 12.45, 9am-5pm, 10.30am and 2027-05-04T10:30.",
    "It cost £1200, £1,200.50, £ 12, €1 200 000, 1200 EUR, EUR 1200, 1200 euros, 1200.50, 50%, $5m and £1.2 million.",
    "In 2024-2026, 2024/25, the 1990s, mid-2019, 12/2026, on 12/03/1981, 3.5.26, 5-12-2026, May 3rd, MAY 2027, 1st of May",
    "an 18-year-old, 24/7, 3/4, 10-15 days, 100-200, 2x, 20kg, 1500km, 3rd, 100th, COVID-19, MP3, A4, Q3, 100-page, 9-to-5",
    "your order 2 weeks ago, in case 3 people came, your order of 3 May, booking 3 May, claim 2nd, 1,200 accounts, 312 labels",
    "Sorry.I was late.We met at 3.Then left. and/or him/her e.g. this; p.m. a.m./p.m. i.e./that; look at polka dot dresses",
    "Page 12, 5 of 12, Room for more, flatly 2, from 9 to 5, 2 @ £5 each, ten for 2 @ 3.50; no more at home dot",
)


@pytest.mark.parametrize("text", PRIVATE)
def test_what_leads_to_somebody_is_private(text: str) -> None:
    disguise = Disguise((), on=True)
    shown = disguise.veiled(text)
    before, after = text.split(PRIVATE[text])
    assert re.fullmatch(rf"{re.escape(before)}{shapes.TOKEN.pattern}{re.escape(after)}", shown)
    assert disguise.restored(shown) == text


@pytest.mark.parametrize("text", PLAIN)
def test_what_leads_to_nobody_is_shown(text: str) -> None:
    assert Disguise((), on=True).veiled(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hi maria, tell gonzalez. jo", "hi Name_1, tell Name_2. Name_3"),
        ("MARIA GONZALEZ was right, MARIA!", "Name_1 was right, Name_2!"),
        ("See Gonz\u00e1lez_Maria.pdf, maria.gonzalez and Mari\u0301a", "See Name_1_Name_2.pdf, Name_3 and Name_4"),
        ("Will, I will hope so; HOPE FOR ALL", "Name_1, I will hope so; HOPE FOR ALL"),
        ("will hope and may come", "will hope and may come"),
        ("ROYAL Mail, by royal mail; QUILL quills quill", "ROYAL Mail, by royal mail; Name_1 quills quill"),
        ("ROYAL QUILL and royal quill", "Name_1 and royal quill"),
    ],
)
def test_names_are_found_in_other_case_where_they_are_no_ordinary_words(text: str, shown: str) -> None:
    disguise = Disguise(("Royal Quill",), ("maria gonzalez", "Will Hope", "Jo Miller"), on=True)
    assert disguise.veiled(text) == shown
    assert disguise.restored(shown) == text


def test_a_name_that_begins_in_other_peoples_words_is_hidden_where_it_goes_on() -> None:
    text = "I am sorry.\n\n> You never wrote to Maria\n\nGonzalez wrote."
    assert "Gonzalez" not in Disguise((), ("Maria Gonzalez",), on=True).veiled(text)


_BESIDE = (
    "Maria maria Gonzalez Name_1 Name_ Email_2x _ 1 12 a \u00b2 . - \u2013 / @ # ( ) : £ ' \" order tel at dot".split()
)
_PIECES = st.sampled_from([*PRIVATE.values(), *PLAIN, *_BESIDE, " ", "  ", "\u00a0", "\n"])


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_whatever_stands_beside_it_comes_back_exactly(text: str) -> None:
    disguise = Disguise(("Maria",), ("Maria Gonzalez",), on=True)
    copy = disguise.copy(text)
    assert disguise.restored(copy.text) == Disguise((), on=False).copy(text).text


# How long it takes


PATTERNS = [value for module in (shapes, people) for value in vars(module).values() if isinstance(value, re.Pattern)]
_ENDLESS = 1_000
_ALPHABET = [chr(code) for code in range(0x250)] + ["\u2013", "\u2019", "\u0301", "\u20ac"]


def _ambiguous(parsed: "_parser.SubPattern", endless: set[str]) -> Iterator[str]:
    """Characters that two repeats without a bound may share out between them, one beside the other or inside it.

    `endless` are those that the repeat before may have taken; only what must take a character parts two repeats.
    """
    for place, (kind, detail) in enumerate(parsed):
        if kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
            least, most, inner = detail
            if most >= _ENDLESS and inner.getwidth()[1] == 1:
                taken = {c for c in _ALPHABET if _compiler.compile(inner).fullmatch(c)}
                yield from endless & taken
                endless = taken | (set() if least else endless)
                continue
            yield from _ambiguous(inner, endless)
            if most >= _ENDLESS:  # what may end one round must not begin the next
                yield from _ambiguous(inner, _last(inner))
            endless = _last(inner) | (set() if least and inner.getwidth()[0] else endless)
        elif kind is _constants.SUBPATTERN:
            yield from _ambiguous(detail[3], endless)
            endless = _last(detail[3]) | (set() if detail[3].getwidth()[0] else endless)
        elif kind is _constants.BRANCH:
            for branch in detail[1]:
                yield from _ambiguous(branch, endless)
            endless = set().union(*map(_last, detail[1]))
        elif parsed[place : place + 1].getwidth()[0]:
            endless = set()


def _last(parsed: "_parser.SubPattern") -> set[str]:
    """What repeats without a bound may take at the end."""
    taken: set[str] = set()
    for place in reversed(range(len(parsed))):
        kind, detail = parsed[place]
        if (
            kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}
            and detail[1] >= _ENDLESS
            and detail[2].getwidth()[1] == 1
        ):
            taken |= {c for c in _ALPHABET if _compiler.compile(detail[2]).fullmatch(c)}
        elif kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
            taken |= _last(detail[2])
        elif kind is _constants.SUBPATTERN:
            taken |= _last(detail[3])
        if parsed[place : place + 1].getwidth()[0]:
            break
    return taken


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:30])
def test_no_two_repeats_share_out_the_same_characters(pattern: re.Pattern[str]) -> None:
    assert not set(_ambiguous(_parser.parse(pattern.pattern, pattern.flags & re.I), set()))


@pytest.mark.parametrize("text", [r"order\s*(?:no)?\s*:?\s*(\d+)", r"(?:a+b?)+c", r"(?:\w+-?)*!", r"\w+(\w*)"])
def test_and_that_is_noticed(text: str) -> None:
    assert set(_ambiguous(_parser.parse(text), set()))


HOSTILE = (
    "order" + " " * 19_000, "ref:", "no ", "a", "a.", "A-", "1 ", "www.", "a@", "a@b.", "ab dot ", "ab at ", "3 May ", "1,000 ",
    "- ", "aa:", '"a', "14 Ab ", "a[at] ", "Maria ", "_",
)  # fmt: skip


def test_no_text_holds_the_search_up() -> None:
    """The limit is a net for what needs hours, and says nothing about seconds."""
    code = "import sys; from apology_service.assist.disguise import Disguise; Disguise(['Maria'], on=True).copy(sys.stdin.read())"
    text = "\n".join(piece * (20_000 // len(piece)) for piece in HOSTILE)
    done = subprocess.run([sys.executable, "-c", code], input=text, text=True, timeout=300, check=False)
    assert done.returncode == 0
