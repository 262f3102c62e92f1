"""Where the sentences for what is missing go."""

import pytest

from apology_rules import Category
from apology_rules.rewrite.additions import Addition, placed
from apology_rules.rewrite.edits import applied
from tests.rewrite.conftest import Readings


def added(text: str, category: Category, readings: Readings) -> str:
    wanted = [Addition(order=0, category=category, sentence="Now this.", told="")]
    return applied(text, placed(readings(text), wanted, "\n"))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "Hi Tom,\n\nThe files are gone.\n\nSo so sorry,\nNat",
            "Hi Tom,\n\nThe files are gone. Now this.\n\nSo so sorry,\nNat",
        ),
        (
            "Hi Tom,\n\nThe files are gone.\n\nNat Lee\nHon. Sec.",
            "Hi Tom,\n\nThe files are gone. Now this.\n\nNat Lee\nHon. Sec.",
        ),
    ],
)
def test_what_is_done_about_it_stands_before_the_close(text: str, after: str, reading_of: Readings) -> None:
    assert added(text, Category.ABSENT_REMEDY, reading_of) == after


def test_what_it_meant_stands_behind_the_failure_where_nothing_apologises(reading_of: Readings) -> None:
    text = "Dear all,\n\nThank you for your letter.\n\nWe lost nine bins in May.\n\nThe hall is open.\n\nYours\nAnn"
    after = added(text, Category.MISSING_EMPATHY, reading_of)
    assert after == text.replace("bins in May.", "bins in May. Now this.")
