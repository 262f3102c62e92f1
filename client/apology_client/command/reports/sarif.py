"""SARIF 2.1.0: for code scanning and for editors."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from apology.v1 import review_pb2
from apology_client.command import output
from apology_client.command.inputs import Source
from apology_client.command.reports.spots import spot
from apology_client.command.wording import told
from apology_client.enums import Severity
from apology_client.errors import ApologyReviewError
from apology_client.policy import Decision, Policy
from apology_client.version import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.MODERATE: "warning", Severity.MAJOR: "error", Severity.CRITICAL: "error"}


class SarifReport:
    """One run over all drafts. One that was not judged is named in it; if the policy stops it, the run is unsuccessful."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._rules: dict[str, dict[str, Any]] = {}
        self._results: list[dict[str, Any]] = []
        self._unjudged: list[dict[str, Any]] = []

    def review(self, source: Source, message: review_pb2.Review, _decided: str) -> None:
        decision = self._policy.decide(message)
        if not decision.judged:
            self._not_judged(source, decision)
        for finding in message.findings:
            self._rules.setdefault(finding.rule_id, _rule(finding))
            self._results.append(_result(source, finding))

    def error(self, source: Source, error: ApologyReviewError) -> None:
        self._not_judged(source, self._policy.decide(error))
        output.complain(f"{source.name}: {told(error)}")

    def close(self) -> None:
        driver = {"name": "apology-review", "version": __version__, "rules": list(self._rules.values())}
        run = {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "invocations": [
                {
                    "executionSuccessful": all(each["level"] != "error" for each in self._unjudged),
                    "toolExecutionNotifications": self._unjudged,
                },
            ],
            "results": self._results,
        }
        output.json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, 2)

    def _not_judged(self, source: Source, decision: Decision) -> None:
        location = {"physicalLocation": {"artifactLocation": {"uri": _uri(source)}}}
        level = "note" if decision.passes else "error"
        self._unjudged.append({"level": level, "message": {"text": decision.reasons[0]}, "locations": [location]})


def _rule(finding: review_pb2.Finding) -> dict[str, Any]:
    about = "\n\n".join(filter(None, (finding.why, f"Source: {finding.reference}" if finding.reference else "")))
    described = {"fullDescription": {"text": finding.why}, "help": {"text": about}} if finding.why else {}
    return {"id": finding.rule_id, "shortDescription": {"text": finding.message}, **described}


def _result(source: Source, finding: review_pb2.Finding) -> dict[str, Any]:
    whole = {"startLine": 1}  # code scanning shows no result without a line
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(source)}, "region": whole}
    if at := spot(source, finding):
        place["region"] = {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
            "snippet": {"text": finding.span.text},
        }
    severity = Severity(finding.severity)
    return {
        "ruleId": finding.rule_id,
        "level": _LEVELS.get(severity, "note"),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
        "properties": {"severity": severity.words, "confidence": finding.confidence},
    }


def _uri(source: Source) -> str:
    """Relative to where the command runs if it lies below; a relative reference must not begin with a slash."""
    path = Path(source.name)
    if path.is_absolute() and not path.is_relative_to(Path.cwd()):
        return path.as_uri()
    return quote((path.relative_to(Path.cwd()) if path.is_absolute() else path).as_posix())
