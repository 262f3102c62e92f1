"""JUnit XML: every draft a test case, for the test pages of CI servers."""

import re
from xml.etree import ElementTree

from apology.v1 import review_pb2
from apology_client import answers
from apology_client.command import output
from apology_client.command.inputs import Source
from apology_client.command.phrasing import verdict
from apology_client.command.reports.spots import spot
from apology_client.command.wording import told
from apology_client.errors import ApologyReviewError
from apology_client.policy import Policy

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JunitReport:
    """A draft that is stopped fails, one that was not judged is an error, one that is no apology is skipped.

    What is found in a draft that passes is its output.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._suite = ElementTree.Element("testsuite", name="apology-review")

    def review(self, source: Source, message: review_pb2.Review, decided: str) -> None:
        case, decision = self._case(source), self._policy.decide(message)
        if not decision.judged:
            self._unjudged(case, decision.passes, decision.reasons[0])
        elif not decision.passes:
            _add(case, "failure", verdict(answers.review(message), decided), _lines(source, message))
        elif message.verdict == review_pb2.VERDICT_NOT_AN_APOLOGY:
            _add(case, "skipped", "no apology")
        elif message.findings:
            ElementTree.SubElement(case, "system-out").text = _clean(_lines(source, message))

    def error(self, source: Source, error: ApologyReviewError) -> None:
        self._unjudged(self._case(source), self._policy.decide(error).passes, told(error))
        output.complain(f"{source.name}: {told(error)}")

    def close(self) -> None:
        counts = {"tests": "testcase", "failures": ".//failure", "errors": ".//error", "skipped": ".//skipped"}
        for name, path in counts.items():
            self._suite.set(name, str(len(self._suite.findall(path))))
        root = ElementTree.Element("testsuites")
        root.append(self._suite)
        ElementTree.indent(root)
        output.document(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")

    def _case(self, source: Source) -> ElementTree.Element:
        return ElementTree.SubElement(self._suite, "testcase", classname="apology-review", name=_clean(source.name))

    def _unjudged(self, case: ElementTree.Element, passes: bool, reason: str) -> None:
        _add(case, "skipped" if passes else "error", reason)


def _add(case: ElementTree.Element, kind: str, message: str, text: str = "") -> None:
    child = ElementTree.SubElement(case, kind, message=_clean(message))
    child.text = _clean(text) or None


def _lines(source: Source, message: review_pb2.Review) -> str:
    return "\n".join(_line(source, finding) for finding in message.findings)


def _line(source: Source, finding: review_pb2.Finding) -> str:
    at = spot(source, finding)
    where = f"{source.name}:{at.line}:{at.column}" if at else source.name
    return f'{where}: {finding.message} ({finding.rule_id}) "{finding.span.text}"'.removesuffix(' ""')


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
