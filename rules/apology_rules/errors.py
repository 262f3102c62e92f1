"""What can go wrong in the rules, besides a draft.

ReviewError
 +- PipelineNotFoundError   the parsing pipeline is not installed
 +- UnknownRuleError        the options name a rule that is not in the catalogue
 +- InvalidParameterError   the options set a parameter that the rule lacks, or set it out of its range

No message ever holds text of a draft.
"""


class ReviewError(Exception):
    """The base of every error of this package."""


class PipelineNotFoundError(ReviewError):
    """The parsing pipeline is not installed."""


class UnknownRuleError(ReviewError):
    """The options name a rule that is not in the catalogue."""


class InvalidParameterError(ReviewError):
    """The options set a parameter that the rule lacks, or set it out of its range."""
