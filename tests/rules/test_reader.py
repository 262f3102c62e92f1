import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apology_rules import Context
from apology_rules.pipeline import load
from apology_rules.reader import Reader
from apology_rules.reader.wordpiece import WordPiece
from apology_rules.reading import DraftParser
from apology_rules.reading.paragraphs import ParagraphCache

READER = Reader.load()
VOCABULARY = {piece: k for k, piece in enumerate(["[UNK]", "sorry", "cafe", "i", "##i", "so", "##rry", ",", "!", "mr"])}


def words(text: str) -> list[str]:
    return [text[begin:end] for _, begin, end in WordPiece(VOCABULARY).read(text)]


def test_offsets_count_code_points_after_an_emoji() -> None:
    assert list(WordPiece(VOCABULARY).read("😀 Sorry!")) == [(0, 0, 1), (1, 2, 7), (8, 7, 8)]


def test_accents_and_case_are_folded_without_moving_offsets() -> None:
    assert list(WordPiece(VOCABULARY).read("CAFÉ, cafe\u0301")) == [(2, 0, 4), (7, 4, 5), (2, 6, 10)]


def test_a_letter_that_folds_into_two_keeps_its_place() -> None:
    assert words("İ sorry") == ["İ", "sorry"]


def test_an_invisible_mark_inside_a_word_does_not_break_it() -> None:
    assert words("so\u200brry") == ["so\u200brry"]


def test_a_word_with_an_unknown_rest_is_unknown_as_a_whole() -> None:
    assert [piece for piece, _, _ in WordPiece(VOCABULARY).read("sorryx")] == [0]


def test_a_hedge_is_likelier_where_it_stands() -> None:
    text = "The meeting is at noon on Friday. I am sorry if anyone was offended by what I may have said."
    notes = READER.read(text)
    assert notes.probability("insincere_hedging", 34, len(text)) > notes.probability("insincere_hedging", 0, 33)


def test_the_gate_tells_an_apology_from_a_plain_mail() -> None:
    apology = READER.read("I'm sorry, I forgot to post your parcel. That was my fault. It goes out tomorrow at nine.")
    mail = READER.read(
        "Hi all, the quarterly figures are in the shared folder. Please read them before Monday's meeting."
    )
    assert apology.gate
    assert not mail.gate


def test_the_same_draft_gives_the_same_notes() -> None:
    text = "We are sorry for any inconvenience. The courier lost it."
    assert (READER.read(text).scores == READER.read(text).scores).all()


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b", "\ud800"])
def test_a_draft_without_words_has_no_spans(text: str) -> None:
    notes = READER.read(text)
    assert notes.probability("regret.present", 0, 10) == 0.0
    assert list(notes.spans("blame_shifting")) == []


def test_a_long_draft_is_read_to_its_end() -> None:
    text = "The report on the third quarter follows below. " * 150 + "I am so sorry that I lost your keys."
    notes = READER.read(text)
    assert notes.ends[-1] == len(text)
    filler = max(notes.probability("regret.present", at, at + 47) for at in range(0, len(text) - 100, 47))
    assert notes.probability("regret.present", len(text) - 37, len(text)) > 100 * filler


def test_words_left_out_are_as_if_they_were_not_there() -> None:
    text, aside = "I am sorry that I lost your keys. The bakery has moved. I will pay for new ones.", (34, 55)
    scores = READER.scores_without(READER.scores(text), [aside])
    without = READER.scores(text[: aside[0]] + text[aside[1] :])
    assert (scores.windows == without.windows).all()
    assert (scores.pieces[~scores.left_out] == without.pieces).all()
    assert READER.notes(scores).components == READER.notes(without).components


def test_words_left_out_keep_what_was_said_of_them() -> None:
    text = "I am sorry that I lost your keys. You should have kept a second set. I will pay for new ones."
    first = READER.scores(text)
    scores = READER.scores_without(first, [(34, 68)])
    assert (scores.pieces[scores.left_out] == first.pieces[scores.left_out]).all()
    assert READER.notes(scores).probability("blame_shifting", 34, 68) == READER.notes(first).probability(
        "blame_shifting", 34, 68
    )


def test_a_text_of_nothing_else_is_left_as_it_is() -> None:
    scores = READER.scores("The bakery has moved.")
    assert READER.scores_without(scores, [(0, 21)]) is scores


def test_of_a_long_draft_only_what_stood_near_is_read_again() -> None:
    text = "The report on the third quarter follows below. " * 150
    first = READER.scores(text)
    scores = READER.scores_without(first, [(0, 46)])
    assert len(first.plan) > 2
    assert (scores.windows[0] != first.windows[0]).any()
    assert (scores.windows[2:] == first.windows[2:]).all()


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=200))
def test_spans_lie_in_order_inside_any_text(text: str) -> None:
    notes = READER.read(text)
    for label in ("blame_shifting", "overlong_drama"):
        spans = [span[:2] for span in notes.spans(label)]
        assert spans == sorted(spans)
        assert all(0 <= begin < end <= len(text) for begin, end in spans)
    assert sum(notes.components["regret"]) == pytest.approx(1)


def test_the_runtime_of_the_network_reports_to_nobody(tmp_path: Path) -> None:
    """It would keep a device's id and a queue of events in the user's cache; on a CI machine it is silent anyway."""
    code = "from apology_rules.reader import Reader; Reader.load().read('I am sorry.'); print('read')"
    silent = {"CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS"}
    environment = {key: value for key, value in os.environ.items() if key not in silent and not key.startswith("XDG_")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env=environment | {"HOME": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "read\n"
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize("more", ["Sorry! ", "I am so very sorry. "])
def test_a_bare_sorry_before_or_behind_the_apology_is_not_read(more: str) -> None:
    parser = DraftParser(load(), READER, ParagraphCache(characters=0, seconds=0))

    def components(text: str) -> Mapping[str, tuple[float, float, float]]:
        notes = parser.read(text, Context()).notes
        assert notes is not None
        return notes.components

    once = components("Hi Ann, the vase broke when I packed it. I'm sorry that I broke it. Tom")
    assert components(f"Hi Ann, the vase broke when I packed it. {more}I'm sorry that I broke it. Tom") == once
    assert components(f"Hi Ann, the vase broke when I packed it. I'm sorry that I broke it. {more}Tom") == once
