"""One reviewer for all tests of the rules: loading takes a second or two."""

import pytest

from apology_rules import Context, Reviewer
from apology_rules.pipeline import load
from apology_rules.reading import DraftParser, Reading
from apology_rules.reading.paragraphs import ParagraphCache


class Readings:
    """Reads texts by grammar alone."""

    def __init__(self) -> None:
        self._parser = DraftParser(load(), None, ParagraphCache(characters=0, seconds=0))

    def __call__(self, text: str, context: Context | None = None) -> Reading:
        return self._parser.read(text, context or Context())


@pytest.fixture(scope="session")
def reading_of() -> Readings:
    return Readings()


@pytest.fixture(scope="session")
def reviewer() -> Reviewer:
    return Reviewer()


@pytest.fixture(scope="session")
def grammar_reviewer() -> Reviewer:
    return Reviewer(trained_reader=False)
