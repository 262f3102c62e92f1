"""Paragraphs are parsed one by one; what is kept of them changes nothing but the time, and is kept within bounds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apology_rules import Draft, Reviewer, pipeline
from apology_rules.reading import layout, paragraphs
from apology_rules.reading.paragraphs import Paragraph, ParagraphCache

PARAGRAPHS = (
    "Dear Ms Ortiz,",
    "I am sorry if anyone was upset by the delay. It won't happen again.",
    "We lost your parcel on Monday, and you had to wait for six days.",
    "> You promised it for Tuesday!",
    "  - indented, and without an end",
    "Had you called, we could have helped\nbut nobody did",
    "Sorry\u2019s not enough. \U0001f614 I\u2019ll pay for it.",
    "From: Jo Braun",
    "Kind regards,\nJo Braun\nHead of Operations",
)
NLP = pipeline.load()
PARSE = paragraphs.parse(NLP, "a", layout.lines("a"), ParagraphCache(characters=0, seconds=1)).to_array("DEP")


@pytest.fixture(scope="module")
def keeping() -> Reviewer:
    """So little that paragraphs come and go."""
    return Reviewer(trained_reader=False, cache_characters=200, cache_seconds=600)


drafts = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=6).flatmap(
    lambda chosen: st.sampled_from(("\n\n", "\r\n\r\n", "\n \n  ", "\n")).map(lambda space: space.join(chosen))
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drafts)
def test_a_review_is_the_same_with_and_without_kept_paragraphs(
    keeping: Reviewer, grammar_reviewer: Reviewer, text: str
) -> None:
    assert keeping.review(Draft(text=text)) == grammar_reviewer.review(Draft(text=text))


@given(text=st.text(alphabet=st.sampled_from("ab .>-\n\r\t\u2029\u00a0\U0001f614")))
def test_paragraphs_make_up_the_text_and_their_sentences_begin_inside(text: str) -> None:
    lines = layout.lines(text)
    own = layout.analysis_text(text, lines)
    found = list(paragraphs._paragraphs(own, lines))
    assert "".join(p.text for p in found) == own
    assert all(0 < start < len(p.text) for p in found for start in p.starts)


@given(st.lists(st.sampled_from(PARAGRAPHS), max_size=6).map("\n\n".join))
@settings(max_examples=30, deadline=None)
def test_the_words_of_a_draft_are_those_of_its_paragraphs(text: str) -> None:
    lines = layout.lines(text)
    doc = paragraphs.parse(NLP, layout.analysis_text(text, lines), lines, ParagraphCache(characters=0, seconds=1))
    assert doc.text == layout.analysis_text(text, lines)
    assert [token.text for token in doc] == [token.text for token in NLP.make_doc(doc.text)]


def test_no_sentence_begins_within_a_run_of_one_symbol() -> None:
    text = "Sorry! A review would make our day \u2b50\u2b50\u2b50\u2b50\u2b50"
    doc = paragraphs.parse(NLP, text, layout.lines(text), ParagraphCache(characters=0, seconds=1))
    assert next(reversed(list(doc.sents))).text.endswith("day \u2b50\u2b50\u2b50\u2b50\u2b50")


def test_no_more_text_is_kept_than_allowed_and_what_was_asked_for_last_stays() -> None:
    cache = ParagraphCache(characters=10, seconds=600)
    first, second, third = (Paragraph(letter * 4, ()) for letter in "abc")
    cache.put(first, PARSE)
    cache.put(second, PARSE)
    assert cache.get(first) is not None
    cache.put(third, PARSE)
    assert cache.characters == 8
    assert cache.get(second) is None
    assert cache.get(first) is not None
    cache.put(Paragraph("d" * 11, ()), PARSE)
    assert cache.characters == 8


def test_nothing_is_kept_when_it_is_turned_off() -> None:
    cache = ParagraphCache(characters=0, seconds=600)
    cache.put(Paragraph("a", ()), PARSE)
    assert (cache.characters, cache.get(Paragraph("a", ()))) == (0, None)


def test_what_nobody_asks_for_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(paragraphs, "monotonic", lambda: now)
    cache = ParagraphCache(characters=100, seconds=10)
    old, used = Paragraph("old", ()), Paragraph("used", ())
    cache.put(old, PARSE)
    cache.put(used, PARSE)
    now = 9.0
    assert cache.get(used) is not None
    now = 10.0
    cache.forget_old()
    assert cache.characters == len(used.text)
    now = 19.0
    assert cache.get(used) is None


def test_the_same_words_under_another_layout_are_another_paragraph() -> None:
    cache = ParagraphCache(characters=100, seconds=10)
    cache.put(Paragraph("Best, Jo", (6,)), PARSE)
    assert cache.get(Paragraph("Best, Jo", ())) is None
