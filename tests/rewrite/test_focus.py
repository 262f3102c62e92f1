"""Which words of a finding carry the flaw, by a trained reader that is stood in for here."""

from types import SimpleNamespace
from typing import cast

import pytest

from apology_rules.reader.notes import Notes
from apology_rules.reading import Reading
from apology_rules.rewrite.focus import focused, widened
from tests.rewrite.conftest import Readings

_LABEL = "overlong_drama"


class _Noted:
    """A reading with notes of its own."""

    def __init__(self, reading: Reading, notes: Notes) -> None:
        self.doc, self.text, self.sentences, self.notes = reading.doc, reading.text, reading.sentences, notes
        self.sentence_at = reading.sentence_at


def noted(text: str, carrying: str, readings: Readings, elsewhere: float = 0.1) -> Reading:
    """A reading whose reader finds the flaw in every word of `carrying`, and hardly in any other."""
    reading = readings(text)
    words = [(t.idx, t.idx + len(t)) for t in reading.doc if not t.is_space]
    begin = text.index(carrying)

    def probability(_: str, first: int, last: int) -> float:
        return 0.9 if begin <= first and last <= begin + len(carrying) else elsewhere

    def pieces(first: int, last: int) -> list[tuple[int, int]]:
        return [(b, e) for b, e in words if first <= b and e <= last]

    notes = SimpleNamespace(cuts={_LABEL: (0.5, 0.3)}, pieces=pieces, probability=probability)
    return cast(Reading, _Noted(reading, cast(Notes, notes)))


@pytest.mark.parametrize(
    ("finding", "carrying"),
    [
        ("I wept for a week.\n\nThe shop is open again", "I wept for a week"),
        ("Nine had paid. I shall never sing again", "I shall never sing again"),
        ("My heart is in pieces and the new lamp is here", "My heart is in pieces"),
    ],
)
def test_what_hardly_carries_the_flaw_is_left_out_of_it(finding: str, carrying: str, reading_of: Readings) -> None:
    text = f"I lost the lamp. {finding}. Ann"
    begin = text.index(finding)
    reading = noted(text, carrying, reading_of)
    first, last = focused(reading, _LABEL, begin, begin + len(finding))
    assert text[first:last].rstrip(".") == carrying


def test_a_promise_is_left_out_of_a_flaw(reading_of: Readings) -> None:
    text = "I lost it. I am a wreck, I will pay for it on Friday. Ann"
    begin, end = text.index("I am a wreck"), text.index(". Ann")
    reading = noted(text, text[begin:end], reading_of)
    assert focused(reading, _LABEL, begin, end) == (begin, end)
    first, last = focused(reading, _LABEL, begin, end, [text.index("pay")])
    assert text[first:last] == "I am a wreck"


def test_a_clause_beside_the_flaw_that_carries_it_too_goes_with_it(reading_of: Readings) -> None:
    text = "I lost it. I have not slept and I cannot look at the sea. Ann"
    begin = text.index("I have")
    reading = noted(text, "I have not slept and I cannot look at the sea", reading_of)
    place = (begin, begin + len("I have not slept"))
    first, last = widened(reading, _LABEL, *place, ())
    assert text[first:last] == "I have not slept and I cannot look at the sea"
    assert widened(reading, _LABEL, *place, [text.index("look")]) == place


def test_without_a_trained_reader_a_finding_is_taken_at_its_word(reading_of: Readings) -> None:
    reading = reading_of("I lost it. I wept. I sang.")
    assert focused(reading, _LABEL, 11, 25) == widened(reading, _LABEL, 11, 25, ()) == (11, 25)


def test_scraps_beside_a_flaw_go_with_it_and_a_line_further_down_does_not(reading_of: Readings) -> None:
    text = "I broke it. I beg you to write. Please. Please.\n\nPlease"
    carrying = "I beg you to write. Please. Please.\n\nPlease"
    reading = noted(text, carrying, reading_of)
    begin, end = text.index("I beg"), text.index(". Please")
    first, last = widened(reading, _LABEL, begin, end, [])
    assert text[first:last] == "I beg you to write. Please. Please"


def test_a_paragraph_further_down_goes_only_where_it_is_a_flaw_of_its_own(reading_of: Readings) -> None:
    text = "Order as a squad for 10% off.\n\nSee you on Thursday."
    for elsewhere, kept in ((0.45, "Order as a squad for 10% off"), (0.55, text)):
        reading = noted(text, "Order as a squad for 10% off.", reading_of, elsewhere)
        begin, end = focused(reading, _LABEL, 0, len(text))
        assert text[begin:end] == kept
