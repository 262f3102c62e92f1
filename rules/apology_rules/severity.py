"""How much a flaw weighs."""

from enum import IntEnum


class Severity(IntEnum):
    """How much a flaw weighs; ordered."""

    INFORMATION = 1
    MINOR = 2
    MODERATE = 3
    MAJOR = 4
    CRITICAL = 5
