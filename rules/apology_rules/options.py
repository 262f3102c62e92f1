"""How a draft is to be reviewed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from apology_rules.opinion import Opinion
from apology_rules.severity import Severity


class Sensitivity(Enum):
    """How readily the reviewer speaks up where it is unsure."""

    QUIET = "quiet"
    BALANCED = "balanced"
    THOROUGH = "thorough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to review.

    `rule_parameters` maps a rule id to values by parameter name. Findings below `minimum_severity` are left out of the
    answer, but still scored. A finding whose words lie within one of `allowed_phrases` is dropped. `include_rewrite` asks
    for suggestions and for a rewrite of the whole draft; each is proved by a second review, which takes its time.
    `include_names` asks where people, firms and places are named. With an `opinion` of a language model, what it says is
    weighed, and its wordings are proved against those of the review that it was shown.
    """

    disabled_rules: frozenset[str] = frozenset()
    rule_parameters: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    minimum_severity: Severity = Severity.INFORMATION
    allowed_phrases: tuple[str, ...] = ()
    sensitivity: Sensitivity = Sensitivity.BALANCED
    include_rewrite: bool = False
    include_names: bool = False
    opinion: Opinion | None = None
