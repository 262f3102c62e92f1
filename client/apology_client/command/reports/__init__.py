"""What `check` prints: for people, for programs, for CI."""

from typing import Protocol

from apology.v1 import review_pb2
from apology_client.command.inputs import Source
from apology_client.errors import ApologyReviewError
from apology_client.policy import Policy

FORMATS = ("text", "json", "github", "sarif", "junit", "html")


class Report(Protocol):
    """Is told of each draft in turn, and then that there are no more.

    `decided` says what decides whether the draft passes, where the verdict, which is the server's, does not say it.
    """

    def review(self, source: Source, message: review_pb2.Review, decided: str) -> None: ...

    def error(self, source: Source, error: ApologyReviewError) -> None: ...

    def close(self) -> None: ...


def report(form: str, policy: Policy, *, several: bool, quiet: bool, color: str) -> Report:
    """The report of that format; only its own module is loaded.

    `several` says whether it is of more than one draft; `quiet` and `color` are for people.
    """
    match form:
        case "json":
            from apology_client.command.reports.json import JsonReport

            return JsonReport(several)
        case "github":
            from apology_client.command.reports.github import GithubReport

            return GithubReport(policy)
        case "sarif":
            from apology_client.command.reports.sarif import SarifReport

            return SarifReport(policy)
        case "junit":
            from apology_client.command.reports.junit import JunitReport

            return JunitReport(policy)
        case "html":
            from apology_client.command.reports.html import HtmlReport

            return HtmlReport()
    from apology_client.command.reports.text import TextReport

    return TextReport(several, quiet=quiet, color=color)
