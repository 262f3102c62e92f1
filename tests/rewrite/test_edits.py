"""Edits close the gap that they leave."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apology_rules import Draft, Reviewer
from apology_rules.rewrite.composer import Composer
from apology_rules.rewrite.edits import Edit, applied, composed, sentence_cut
from apology_rules.rewrite.proof import Judged
from apology_rules.spans import DraftSpans
from tests.rewrite.conftest import Readings


@pytest.mark.parametrize(
    ("text", "sentence", "left"),
    [
        ("One. Two. Three.", "Two.", "One. Three."),
        ("One. Two.", "Two.", "One."),
        ("One. Two.", "One.", "Two."),
        ("Dear Jo,\n\nOne.\n\nTwo.", "One.", "Dear Jo,\n\nTwo."),
        ("One.\r\n\r\nTwo.\r\n\r\nJo", "Two.", "One.\r\n\r\nJo"),
        ("One.\n\nTwo.\nJo", "Two.", "One.\n\nJo"),
        ("One.\nTwo.\n\nJo", "Two.", "One.\n\nJo"),
        ("One.\n\nTwo.", "Two.", "One."),
        ("One. Two.\nThree.", "Two.", "One.\nThree."),
        ("One.\n\n1. Two.\n2. Three.", "Three.", "One.\n\n1. Two."),
        ("One.\n- Two.\n- Three.", "Two.", "One.\n- Three."),
    ],
)
def test_a_sentence_goes_with_its_gap(text: str, sentence: str, left: str) -> None:
    begin = text.index(sentence)
    assert applied(text, [sentence_cut(text, begin, begin + len(sentence))]) == left


def test_two_sentences_of_a_paragraph_take_the_paragraph_along() -> None:
    text = "One.\n\nTwo. Three.\n\nFour."
    cuts = [sentence_cut(text, 6, 10), sentence_cut(text, 11, 17)]
    assert applied(text, composed(text, cuts)) == "One.\n\nFour."


def test_two_cuts_that_leave_only_the_stop_take_it_along() -> None:
    text = "I lost it. To be fair, you were slow, so I wept. Call me."
    assert applied(text, composed(text, [Edit(11, 41), Edit(36, 47)])) == "I lost it. Call me."


def test_two_cuts_in_the_middle_of_a_sentence_leave_its_stop() -> None:
    text = "I lost it, and wept, and howled. Call me."
    assert applied(text, composed(text, [Edit(9, 19), Edit(19, 31)])) == "I lost it. Call me."


def test_an_insertion_at_a_cut_stands_in_its_place() -> None:
    text = "One.\n\nTwo.\n\nThree."
    edits = [Edit(6, 6, "New. "), sentence_cut(text, 6, 10)]
    assert applied(text, composed(text, edits)) == "One.\n\nNew.\n\nThree."


def test_a_stop_is_brought_once_and_only_to_words_without_one() -> None:
    text = "I lost it. I weep"
    added = [Edit(17, 17, ". I will pay."), Edit(17, 17, ". It is on me.")]
    assert applied(text, composed(text, added)) == "I lost it. I weep. I will pay. It is on me."
    assert applied(text, composed(text, [Edit(10, 17), *added])) == "I lost it. I will pay. It is on me."


def test_an_insertion_at_the_end_of_a_cut_keeps_the_gaps() -> None:
    text = "One. Two. Three."
    edits = [sentence_cut(text, 5, 9), Edit(9, 9, " New.")]
    assert applied(text, composed(text, edits)) == "One. New. Three."


def test_a_cut_at_the_end_of_a_line_leaves_the_next_line_where_it_is(reviewer: Reviewer, reading_of: Readings) -> None:
    text = "I lost it. I weep.\nDear Mum, I am sorry."
    spans = DraftSpans(Draft(text=text))
    first = Judged(reading_of(spans.whole), reviewer.review(Draft(text=text)), spans)
    begin = text.index("I weep.")
    cut = Composer(first).written(Edit(begin, text.index("Dear")))
    assert applied(text, [cut]) == "I lost it.\nDear Mum, I am sorry."


@given(
    st.text(alphabet="ab .\n", max_size=40),
    st.lists(st.integers(0, 40), max_size=12),
    st.lists(st.sampled_from(["", "", "x", " y "]), min_size=6, max_size=6),
)
def test_composed_edits_are_sorted_and_do_not_overlap(text: str, places: list[int], news: list[str]) -> None:
    bounds = sorted({min(place, len(text)) for place in places})
    edits = [Edit(a, b, new) for a, b, new in zip(bounds[::2], bounds[1::2], news, strict=False)]
    whole = composed(text, edits)
    assert all(a.end <= b.begin for a, b in pairwise(whole))
    assert all(0 <= e.begin <= e.end <= len(text) for e in whole)
