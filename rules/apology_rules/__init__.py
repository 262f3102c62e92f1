"""Reads a draft apology and judges it: `Reviewer().review(Draft(text=...))`."""

from apology_rules.catalogue import RULES
from apology_rules.draft import (
    Channel,
    Context,
    Draft,
    Facts,
    IncidentPhase,
    Options,
    Party,
    Relation,
    Sensitivity,
)
from apology_rules.engine import Reviewer, check_options
from apology_rules.errors import InvalidParameterError, PipelineNotFoundError, ReviewError, UnknownRuleError
from apology_rules.language import LANGUAGES
from apology_rules.pipeline import DEFAULT_PIPELINE
from apology_rules.review import (
    Category,
    Component,
    ComponentKind,
    ComponentState,
    Finding,
    FindingSource,
    NotReviewedReason,
    Part,
    Promise,
    PromiseOwner,
    Question,
    Readability,
    Review,
    Span,
    Verdict,
    Versions,
)
from apology_rules.rule import Parameter, Rule
from apology_rules.severity import Severity

__all__ = [
    "DEFAULT_PIPELINE",
    "LANGUAGES",
    "RULES",
    "Category",
    "Channel",
    "Component",
    "ComponentKind",
    "ComponentState",
    "Context",
    "Draft",
    "Facts",
    "Finding",
    "FindingSource",
    "IncidentPhase",
    "InvalidParameterError",
    "NotReviewedReason",
    "Options",
    "Parameter",
    "Part",
    "Party",
    "PipelineNotFoundError",
    "Promise",
    "PromiseOwner",
    "Question",
    "Readability",
    "Relation",
    "Review",
    "ReviewError",
    "Reviewer",
    "Rule",
    "Sensitivity",
    "Severity",
    "Span",
    "UnknownRuleError",
    "Verdict",
    "Versions",
    "check_options",
]
