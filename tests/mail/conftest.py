import pytest

from apology_rules import Reviewer


@pytest.fixture(scope="session")
def reviewer() -> Reviewer:
    return Reviewer()
