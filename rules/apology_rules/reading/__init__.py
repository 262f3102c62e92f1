"""The reading of a draft: see `apology_rules.reading.reading.Reading`."""

from apology_rules.reading.parsed import Mark, Sentence
from apology_rules.reading.parser import DraftParser
from apology_rules.reading.reading import Reading

__all__ = ["DraftParser", "Mark", "Reading", "Sentence"]
