import pytest
from hypothesis import given
from hypothesis import strategies as st

from apology_client.command.layout import Mark, cells, clean, fill, underlines, width, wrap


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("sorry", 5),
        ("née", 3),
        ("ne\u0301e", 3),
        ("申し訳", 6),
        ("😀", 2),
        ("👩\u200d👩\u200d👧", 2),
        ("👍🏽", 2),
        ("❤\ufe0f", 2),
        ("🇬🇧", 2),
        ("\t", 4),
        ("", 0),
    ],
)
def test_a_text_is_as_wide_as_the_terminal_shows_it(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\r", "\u2028", "\ud800"])
def test_nothing_in_a_draft_steers_the_terminal(character: str) -> None:
    assert character not in clean(f"a{character}b")


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_wrapping_loses_nothing_but_spaces_and_keeps_to_the_width(text: str, columns: int) -> None:
    line = cells(text)
    rows = list(wrap(line, columns))
    kept = [cell for row in rows for cell in row if cell.shown != " "]
    assert kept == [cell for cell in line if cell.shown != " "]
    assert all(len(row) == 1 or sum(cell.width for cell in row) <= columns for row in rows)


@given(st.text(max_size=60), st.data())
def test_a_mark_covers_exactly_its_words(text: str, data: st.DataObject) -> None:
    line = cells(text)
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    drawn = underlines(line, [Mark(begin, end, "1")])
    covered = [cell for cell in line if begin < cell.end and cell.begin < end and begin < end]
    if any(cell.shown != " " and cell.width for cell in covered):
        assert drawn[0].count("^") <= sum(cell.width for cell in covered)
        assert drawn[0].strip().startswith("^")


def test_a_mark_stands_under_its_words_behind_wide_and_combining_characters() -> None:
    draft = "申😀e\u0301 sorry if"
    begin = draft.index("sorry if")
    (line,) = underlines(cells(draft), [Mark(begin, len(draft), "1")])
    assert line == " " * 6 + "^" * 8 + "1"


def test_marks_that_overlap_get_lines_of_their_own() -> None:
    draft = "I am sorry if you felt hurt"
    marks = [Mark(5, 27, "1"), Mark(18, 22, "2")]
    assert underlines(cells(draft), marks) == [" " * 5 + "^" * 22 + "1", " " * 18 + "^" * 4 + "2"]


def test_a_mark_over_two_rows_is_labelled_once() -> None:
    draft = "I am sorry if you felt hurt"
    rows = list(wrap(cells(draft), 14))
    drawn = [underlines(row, [Mark(5, 27, "1")]) for row in rows]
    assert drawn == [["     ^^^^^^^^"], ["^^^^^^^^^^^^^1"]]


def test_a_note_is_indented_under_its_number() -> None:
    assert fill("Say what you did.", 16, first="  1 ", rest="    ") == ["  1 Say what you", "    did."]
