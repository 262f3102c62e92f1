"""What can go without leaving words behind that mean nothing by themselves, and whose name stays."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from apology_rules import Context, Relation
from apology_rules.rewrite.composer import Composer
from apology_rules.rewrite.cuts import cut, cut_with_dependents, end_of, ends, without
from apology_rules.rewrite.edits import Edit, applied
from apology_rules.rewrite.proof import Judged
from apology_rules.rewrite.words import WE_VOICE, voice_of, was
from tests.rewrite.conftest import Readings


@pytest.mark.parametrize(
    ("gone", "behind"),
    [
        ("I had meant to weigh the flour.", "I have now done so."),
        ("The toast was meant as a joke.", "I was nervous. You know that Karl's was worse."),
        ("Bags are left at the owner's risk.", "It is a pity that you should find this harsh."),
        ("We wash 900 rugs a week.", "Two lost rugs at one address in one single week should be seen in that light."),
    ],
)
def test_a_sentence_stays_where_later_words_lean_on_it(gone: str, behind: str, reading_of: Readings) -> None:
    reading = reading_of(f"I was wrong. {gone} {behind} Ann")
    assert without(reading, 13, 13 + len(gone)) == ()


@pytest.mark.parametrize(
    ("behind", "left"),
    [
        ("Still on for Friday at noon?", "Still on for Friday at noon?"),
        ("Still, the bread was good and warm.", "The bread was good and warm."),
    ],
)
def test_still_leans_on_what_went_where_a_comma_follows(behind: str, left: str, reading_of: Readings) -> None:
    text = f"I was wrong. Your shoes were wet too. {behind}"
    assert applied(text, without(reading_of(text), 13, 37)) == f"I was wrong. {left}"


@pytest.mark.parametrize(
    ("text", "ends_there"),
    [("Ask Mrs D.", False), ("Ask J. R.", False), ("Take plan B.", True), ("It came at 9 a.m.", True)],
)
def test_initials_end_no_sentence(text: str, ends_there: bool) -> None:
    assert ends(f"{text} Fry about it.", len(text)) == ends_there


def test_the_mark_of_the_next_point_is_not_cut(reading_of: Readings) -> None:
    reading = reading_of("I am sorry.\n\u2014 We need jam jars.\n\u2014 Choir will be at noon.")
    mark = [t.i for t in reading.doc if t.text == "\u2014"][-1]
    torn_off = replace(reading.sentence_at(mark - 2), last=mark + 1)  # as the parser sometimes has it
    assert reading.text[: end_of(reading, torn_off)].endswith("jars.")


def test_a_name_behind_the_last_sentence_is_not_cut_with_it(reading_of: Readings) -> None:
    text = "sorry about the car. at least it still drives. mum"
    whole = SimpleNamespace(whole=text, lead=0, subject=(0, 0))
    composer = Composer(cast(Judged, SimpleNamespace(reading=reading_of(text), spans=whole)))
    edits = composer.finished([Edit(text.index(" at least"), len(text))])
    assert applied(text, edits) == "sorry about the car. mum"


def test_a_name_on_the_same_line_keeps_one_space(reading_of: Readings) -> None:
    text = "sorry about the car. at least it still drives. mum"
    whole = SimpleNamespace(whole=text, lead=0, subject=(0, 0))
    composer = Composer(cast(Judged, SimpleNamespace(reading=reading_of(text), spans=whole)))
    edits = composer.finished([Edit(text.index("at least"), text.index(" mum"))])
    assert applied(text, edits) == "sorry about the car. mum"


def test_a_quotation_ends_with_what_is_left_of_it(reading_of: Readings) -> None:
    text = 'She said: "The gate was open. You might look up now and then." We are sorry.'
    whole = SimpleNamespace(whole=text, lead=0, subject=(0, 0))
    composer = Composer(cast(Judged, SimpleNamespace(reading=reading_of(text), spans=whole)))
    edits = composer.finished([Edit(text.index("You might"), text.index("We are"))])
    assert applied(text, edits) == 'She said: "The gate was open." We are sorry.'


def test_a_condition_goes_with_its_then(reading_of: Readings) -> None:
    text = "If the soup was cold, then of course I am sorry."
    edits = cut_with_dependents(reading_of(text), 0, len("If the soup was cold"))
    assert edits is not None
    assert applied(text, edits) == "Of course I am sorry."


def test_there_were_several(reading_of: Readings) -> None:
    there = [reading_of(f"There might have been {what}.").doc[0] for what in ("some letters", "a letter")]
    assert [was(each) for each in there] == ["were", "was"]


def test_a_house_that_says_us_speaks_as_we(reading_of: Readings) -> None:
    reading = reading_of(
        "The shelf came without screws. I know, not ideal. Leave us a line.", Context(relation=Relation.CUSTOMER)
    )
    assert voice_of(reading) == WE_VOICE


@pytest.mark.parametrize(
    ("text", "form"),
    [("Some of you were late.", "were"), ("Some of it was late.", "was"), ("Several of them were late.", "were")],
)
def test_a_part_of_many_is_many(text: str, form: str, reading_of: Readings) -> None:
    subject = next(t for t in reading_of(text).doc if t.dep_ == "nsubj")
    assert was(subject) == form


def test_a_last_clause_that_the_parser_tore_off_goes_and_the_stop_stays(reading_of: Readings) -> None:
    text = "I was late. I keep picturing you alone at the bar on your 30th and I want to crawl into a hole. I am sorry."
    reading = reading_of(text)
    begin, end = text.index("I want"), text.index(". I am")
    assert reading.sentence_at(next(t.i for t in reading.doc if t.idx == begin)).begin == begin - len("and ")
    edits = cut(reading, begin, end)
    assert edits is not None
    assert applied(text, edits) == "I was late. I keep picturing you alone at the bar on your 30th. I am sorry."
