"""Reads a draft apology and judges it: `Reviewer().review(Draft(text=...))`."""

from apology_rules.catalogue import RULES
from apology_rules.draft import (
    Channel,
    Context,
    Draft,
    Facts,
    IncidentPhase,
    Party,
    Relation,
)
from apology_rules.engine import Reviewer, check_options
from apology_rules.errors import InvalidParameterError, PipelineNotFoundError, ReviewError, UnknownRuleError
from apology_rules.language import LANGUAGES
from apology_rules.opinion import Opinion, SeenFlaw
from apology_rules.options import Options, Sensitivity
from apology_rules.pipeline import DEFAULT_PIPELINE
from apology_rules.review import (
    Category,
    Change,
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
    Rewrite,
    Span,
    Suggestion,
    TextEdit,
    Verdict,
    Versions,
    Wordings,
)
from apology_rules.rewrite import Piece, pieces
from apology_rules.rule import Parameter, Rule
from apology_rules.severity import Severity

__all__ = [
    "DEFAULT_PIPELINE",
    "LANGUAGES",
    "RULES",
    "Category",
    "Change",
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
    "Opinion",
    "Options",
    "Parameter",
    "Part",
    "Party",
    "Piece",
    "PipelineNotFoundError",
    "Promise",
    "PromiseOwner",
    "Question",
    "Readability",
    "Relation",
    "Review",
    "ReviewError",
    "Reviewer",
    "Rewrite",
    "Rule",
    "SeenFlaw",
    "Sensitivity",
    "Severity",
    "Span",
    "Suggestion",
    "TextEdit",
    "UnknownRuleError",
    "Verdict",
    "Versions",
    "Wordings",
    "check_options",
    "pieces",
]
