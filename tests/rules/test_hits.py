"""Hits: where the trained reader's word is taken, and where not."""

import pytest

from apology_rules.hits import in_heading
from apology_rules.reading import Mark
from tests.rules.conftest import Readings


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("Statement by the Head of School", True),
        ("We lost a letter", False),
        ("Our courier, once more.", False),
        ("Our courier once more", False),
    ],
)
def test_a_heading_stands_over_others_and_has_neither_verb_nor_stop(
    words: str, heading: bool, reading_of: Readings
) -> None:
    below = "" if words == "Our courier once more" else "\n\nA letter was sent to all parents."
    text = f"We are sorry.\n\n{words}{below}"
    begin = text.index(words)
    assert in_heading(reading_of(text), Mark(begin=begin, end=begin + len(words))) is heading
