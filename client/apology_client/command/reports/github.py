"""Workflow commands of GitHub Actions: marks on the changed lines of a pull request."""

from urllib.parse import quote

from apology.v1 import review_pb2
from apology_client.command import output
from apology_client.command.inputs import Source
from apology_client.command.layout import clean
from apology_client.command.reports.spots import spot
from apology_client.command.wording import told
from apology_client.enums import Severity
from apology_client.errors import ApologyReviewError
from apology_client.policy import Policy


class GithubReport:
    """What stops a draft is an error, what is moderate a warning, and the rest a notice."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def review(self, source: Source, message: review_pb2.Review, _decided: str) -> None:
        for finding in message.findings:
            level = "warning" if finding.severity >= Severity.MODERATE else "notice"
            level = "error" if self._policy.stops(finding) else level
            place = {"file": source.name}
            if at := spot(source, finding):
                place |= {"line": str(at.line), "endLine": str(at.end_line), "col": str(at.column)}
                place |= {"endColumn": str(at.end_column)} if at.line == at.end_line else {}
            _command(level, {**place, "title": finding.rule_id}, f"{finding.message} {finding.why}".strip())
        decision = self._policy.decide(message)
        if not decision.judged:
            self._unjudged(source, decision.passes, decision.reasons[0])

    def error(self, source: Source, error: ApologyReviewError) -> None:
        self._unjudged(source, self._policy.decide(error).passes, told(error))

    def close(self) -> None:
        """Nothing is left to say."""

    def _unjudged(self, source: Source, passes: bool, reason: str) -> None:
        _command("notice" if passes else "error", {"file": source.name, "title": "not reviewed"}, reason)


def _command(level: str, properties: dict[str, str], text: str) -> None:
    told = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
    output.line(f"::{level} {told}::{_escaped(text)}")


def _escaped(text: str, more: str = "") -> str:
    """Percent, line ends, and what separates properties; nothing else is escaped, or it would be shown as it is.

    A log is read on terminals, too: what could steer one does not get there.
    """
    return "".join(quote(character, safe="") if character in f"%\r\n{more}" else clean(character) for character in text)
