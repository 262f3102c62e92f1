import pytest

from apology_rules import Context, Reviewer
from apology_rules.pipeline import load
from apology_rules.reading import DraftParser, Reading


class Readings:
    """Reads texts by grammar alone."""

    def __init__(self) -> None:
        self._parser = DraftParser(load())

    def __call__(self, text: str, context: Context | None = None) -> Reading:
        return self._parser.read(text, context or Context())


@pytest.fixture(scope="session")
def reading_of() -> Readings:
    return Readings()


@pytest.fixture(scope="session")
def reviewer() -> Reviewer:
    return Reviewer()
