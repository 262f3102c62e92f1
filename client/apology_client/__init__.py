"""A thin client of Apology Review: send a draft, get a structured critique.

    from apology_client import Client

    with Client("localhost:50051") as client:
        review = client.review("I am sorry if you were upset.")
    print(review)

It needs gRPC and protobuf and nothing else; the reviewing is done by a server.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

from apology_client.version import __version__

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # read at import: our errors say what gRPC's lines on stderr would say

if TYPE_CHECKING:
    from apology_client.aio import AsyncClient
    from apology_client.catalogue import Capabilities, Limits, Parameter, Rule
    from apology_client.client import Client
    from apology_client.credentials import tls
    from apology_client.draft import Context, Draft, Facts, Options, Party
    from apology_client.enums import (
        AssistMode,
        AssistState,
        Category,
        Channel,
        ComponentKind,
        ComponentState,
        DraftFormat,
        DraftPart,
        FindingSource,
        IncidentPhase,
        NotReviewedReason,
        PromiseOwner,
        Relation,
        Sensitivity,
        Severity,
        Verdict,
    )
    from apology_client.errors import (
        AccessDeniedError,
        AlteredTextError,
        ApologyReviewError,
        AssistUnavailableError,
        DeadlineError,
        FieldViolation,
        InvalidRequestError,
        OverloadedError,
        PolicyError,
        ServerError,
        ServerUnavailableError,
        SetupError,
        UnsupportedFormatError,
    )
    from apology_client.policy import Decision, Policy
    from apology_client.policy_file import load_policy
    from apology_client.review import (
        Assist,
        Change,
        Component,
        Finding,
        Promise,
        Question,
        Readability,
        Review,
        Rewrite,
        SourceSpan,
        Span,
        Suggestion,
        TextEdit,
        Versions,
    )

__all__ = [
    "AccessDeniedError",
    "AlteredTextError",
    "ApologyReviewError",
    "Assist",
    "AssistMode",
    "AssistState",
    "AssistUnavailableError",
    "AsyncClient",
    "Capabilities",
    "Category",
    "Change",
    "Channel",
    "Client",
    "Component",
    "ComponentKind",
    "ComponentState",
    "Context",
    "DeadlineError",
    "Decision",
    "Draft",
    "DraftFormat",
    "DraftPart",
    "Facts",
    "FieldViolation",
    "Finding",
    "FindingSource",
    "IncidentPhase",
    "InvalidRequestError",
    "Limits",
    "NotReviewedReason",
    "Options",
    "OverloadedError",
    "Parameter",
    "Party",
    "Policy",
    "PolicyError",
    "Promise",
    "PromiseOwner",
    "Question",
    "Readability",
    "Relation",
    "Review",
    "Rewrite",
    "Rule",
    "Sensitivity",
    "ServerError",
    "ServerUnavailableError",
    "SetupError",
    "Severity",
    "SourceSpan",
    "Span",
    "Suggestion",
    "TextEdit",
    "UnsupportedFormatError",
    "Verdict",
    "Versions",
    "__version__",
    "load_policy",
    "tls",
]

if not TYPE_CHECKING:  # or any name would do
    _MODULES = (
        "aio",
        "catalogue",
        "client",
        "credentials",
        "draft",
        "enums",
        "errors",
        "policy",
        "policy_file",
        "review",
    )

    def __getattr__(name: str) -> object:
        """Load what a name needs when it is asked for: the command listens for Ctrl-C before it loads gRPC."""
        if name in __all__:
            for module in _MODULES:
                found = vars(import_module(f"{__name__}.{module}"))
                if name in found:
                    return globals().setdefault(name, found[name])
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
