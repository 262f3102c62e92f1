"""The fixtures of the rules' tests: one reviewer, one reading."""

from tests.rules.conftest import Readings, reading_of, reviewer

__all__ = ["Readings", "reading_of", "reviewer"]
