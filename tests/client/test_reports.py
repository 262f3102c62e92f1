"""What `check --format` prints for CI, and the page of its own."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from google.rpc import code_pb2

from apology.v1 import review_pb2 as pb
from apology_client.command.reports import FORMATS
from tests.client.helpers import Replay, Run, error_status, review_of, write

FLAWED = "Dear Sam,\r\n\r\n\U0001f622 I am sorry if it hurt.\r\n"
FINE = "I am sorry. I broke it."


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    names: dict[str, str | bytes] = {
        "bad 50%,a.txt": FLAWED,
        "fine.txt": FINE,
        "other.txt": "Lunch?",
        "empty.txt": "",
        "binary.txt": b"\x81",
    }
    return [write(tmp_path / name, content) for name, content in names.items()]


def test_github_gets_a_workflow_command_a_finding(run: Run, files: list[str]) -> None:
    ran = run("check", "--format", "github", *files)
    place = files[0].replace("%", "%25").replace(",", "%2C")
    first, second, third = ran.out.splitlines()
    assert first == (
        f"::error file={place},line=3,endLine=3,col=8,endColumn=16,title=insincere-hedging.conditional::"
        "Say what you did. A condition doubts the harm."
    )
    assert second == f"::error file={files[3]},title=not reviewed::The draft is empty."
    assert third.startswith(f"::error file={files[4]},title=not reviewed::is neither UTF-8")
    assert ran.code == 2


def test_a_name_that_would_steer_the_terminal_is_shown_harmlessly(run: Run, tmp_path: Path) -> None:
    drafts = [write(tmp_path / f"a\x1b[31m\x01\x9b\n{number}.txt", FLAWED) for number in (1, 2)]
    policy = write(tmp_path / "b\x1b[31m.toml", "")
    shown = f"{tmp_path}/a\u241b[31m\u2401\N{REPLACEMENT CHARACTER}"
    quiet = run("check", "-q", *drafts).out.splitlines()
    assert [line.partition(".txt: ")[0] for line in quiet] == [f"{shown}\u240a{number}" for number in (1, 2)]
    assert run("check", *drafts).out.startswith(f"{shown}\u240a1.txt\n\n")
    assert run("check", "--format", "github", *drafts).out.startswith(f"::error file={shown}%0A1.txt,line=3,")
    assert run("policy", "check", policy).out == f"{tmp_path}/b\u241b[31m.toml is fine.\n"


def test_what_does_not_stop_a_draft_is_a_warning_or_a_notice(run: Run, replay: Replay) -> None:
    for severity, level in ((pb.SEVERITY_MAJOR, "warning"), (pb.SEVERITY_MINOR, "notice")):
        replay.review = lambda text, severity=severity: review_of(text, severity)  # type: ignore[misc]
        assert run("check", "--format", "github", "--fail-on", "critical", "--text", FLAWED).out.startswith(
            f"::{level} "
        )


def test_sarif_tells_rules_results_places_and_what_failed(run: Run, files: list[str]) -> None:
    ran = run("check", "--format", "sarif", *files)
    document = json.loads(ran.out)
    (told,) = document["runs"]
    (result,) = told["results"]
    place = result["locations"][0]["physicalLocation"]
    assert document["version"] == "2.1.0"
    assert [rule["id"] for rule in told["tool"]["driver"]["rules"]] == [result["ruleId"]]
    assert place["artifactLocation"]["uri"].endswith("/bad%2050%25%2Ca.txt")
    region = {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 16, "snippet": {"text": "sorry if"}}
    assert place["region"] == region
    assert result["level"] == "error"
    (invocation,) = told["invocations"]
    assert not invocation["executionSuccessful"]
    assert len(invocation["toolExecutionNotifications"]) == 2


def test_what_the_policy_lets_pass_unjudged_is_no_failure_of_the_run(run: Run) -> None:
    ran = run("check", "--policy", "support", "--format", "sarif", "--text", "")
    (invocation,) = json.loads(ran.out)["runs"][0]["invocations"]
    (told,) = invocation["toolExecutionNotifications"]
    assert (ran.code, invocation["executionSuccessful"]) == (0, True)
    assert (told["level"], told["message"]["text"]) == ("note", "The draft is empty.")


def told_by_every_report(run: Run, code: int, *arguments: str) -> dict[str, str]:
    """What each format says, where the exit code is the same for all."""
    ran = {form: run("check", "--policy", "support", "--format", form, *arguments) for form in FORMATS}
    assert {each.code for each in ran.values()} == {code}
    for each in ran.values():
        assert ("1 draft not reviewed, and the policy lets that pass" in each.err) == (code == 0)
    assert all("draft.txt: the " in ran[form].err for form in ("text", "json", "junit", "sarif", "html"))
    return {form: each.out for form, each in ran.items()}


def test_where_there_is_no_server_every_report_names_the_draft_that_passes(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "draft.txt", FINE)
    out = told_by_every_report(run, 0, "--server", f"unix:{tmp_path}/nobody", file)
    (invocation,) = json.loads(out["sarif"])["runs"][0]["invocations"]
    (told,) = invocation["toolExecutionNotifications"]
    assert (told["level"], "cannot be reached" in told["message"]["text"]) == ("note", True)
    suite = ElementTree.fromstring(out["junit"])[0]
    assert (suite.get("tests"), [child.tag for child in suite[0]]) == ("1", ["skipped"])
    assert out["github"].startswith(f"::notice file={file},title=not reviewed::the server cannot be reached")
    assert "Not reviewed: the server cannot be reached" in out["html"]
    line = json.loads(out["json"])
    assert (line["file"], line["error"]["code"]) == (file, "UNAVAILABLE")


def test_credentials_that_are_refused_are_a_failure_of_every_report(run: Run, replay: Replay, tmp_path: Path) -> None:
    replay.refusal = error_status(code_pb2.UNAUTHENTICATED, "the bearer token is not known here")
    out = told_by_every_report(run, 2, write(tmp_path / "draft.txt", FINE))
    (invocation,) = json.loads(out["sarif"])["runs"][0]["invocations"]
    (told,) = invocation["toolExecutionNotifications"]
    assert (told["level"], invocation["executionSuccessful"]) == ("error", False)
    suite = ElementTree.fromstring(out["junit"])[0]
    assert [(child.tag, child.get("message")) for child in suite[0]] == [
        ("error", "the bearer token is not known here")
    ]
    assert out["github"].startswith("::error file=")
    assert json.loads(out["json"])["error"]["code"] == "UNAUTHENTICATED"


def test_without_a_server_each_draft_is_told_with_its_own_reason(run: Run, tmp_path: Path) -> None:
    files = [write(tmp_path / "a.txt", FINE), str(tmp_path / "none"), write(tmp_path / "c.txt", FINE)]
    nobody = ["--server", f"unix:{tmp_path}/nobody"]
    rows = [json.loads(line) for line in run("check", *nobody, "--format", "json", *files).out.splitlines()]
    assert [row["file"] for row in rows] == files
    assert [row["error"]["code"] for row in rows] == ["UNAVAILABLE", "INVALID_ARGUMENT", "UNAVAILABLE"]


def test_sarif_names_files_as_code_scanning_wants_them(
    run: Run, replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below, outside = tmp_path / "here" / "a b.txt", tmp_path / "there.txt"
    below.parent.mkdir()
    paths = [write(below, FLAWED), write(outside, FLAWED), "a b.txt"]
    monkeypatch.chdir(below.parent)
    results = json.loads(run("check", "--format", "sarif", *paths).out)["runs"][0]["results"]
    places = [each["locations"][0]["physicalLocation"] for each in results]
    assert [each["artifactLocation"]["uri"] for each in places] == ["a%20b.txt", outside.as_uri(), "a%20b.txt"]
    lacking = review_of("sorry")
    lacking.findings.add(rule_id="absent-remedy", severity=pb.SEVERITY_MAJOR, message="Say what you do about it.")
    replay.review = lambda text: lacking
    (whole,) = json.loads(run("check", "--format", "sarif", "--text", "sorry").out)["runs"][0]["results"]
    assert whole["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_junit_has_a_case_a_draft(run: Run, files: list[str]) -> None:
    suite = ElementTree.fromstring(run("check", "--format", "junit", *files).out)[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "2",
        "skipped": "1",
    }
    kinds = [[child.tag for child in case] for case in suite]
    assert kinds == [["failure"], [], ["skipped"], ["error"], ["error"]]
    assert (suite[0][0].text or "").endswith(':3:8: Say what you did. (insincere-hedging.conditional) "sorry if"')


def test_what_never_fails_fails_in_no_report(run: Run) -> None:
    for more in (["--fail-on", "never"], ["--fail-on", "critical"]):
        ran = run("check", "--format", "junit", *more, "--text", FLAWED)
        suite = ElementTree.fromstring(ran.out)[0]
        assert (ran.code, suite.get("failures"), [child.tag for child in suite[0]]) == (0, "0", ["system-out"])
        assert "Say what you did." in (suite[0][0].text or "")
        assert "::warning" in run("check", "--format", "github", *more, "--text", FLAWED).out


def test_junit_takes_any_character(run: Run, replay: Replay) -> None:
    replay.review = lambda text: review_of("sorry if \x00\x1b")
    ElementTree.fromstring(run("check", "--format", "junit", "--text", "sorry if \x00\x1b").out)


class Page(HTMLParser):
    """Collects what a page marks and what it would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.marked, self.loads, self._mark = (
            "",
            [name for name in ("src=", "@import", "url(", "<script", "<link") if name in page],
            False,
        )
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._mark = tag == "mark" or (self._mark and tag != "sup")

    def handle_endtag(self, tag: str) -> None:
        self._mark = self._mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.marked += data if self._mark else ""


def test_the_page_marks_escapes_and_loads_nothing(run: Run, files: list[str], tmp_path: Path) -> None:
    hostile = write(tmp_path / "<b>.txt", "<script>alert(1)</script> sorry if & sorry if")
    ran = run("check", "--format", "html", *files, hostile)
    page = Page(ran.out)
    assert page.marked == "sorry if" * 3
    assert page.loads == []
    assert "&lt;script&gt;" in ran.out
    assert "&lt;b&gt;.txt" in ran.out
    assert len(re.findall("<section>", ran.out)) == 6


def test_marks_of_a_message_count_in_its_bytes(run: Run, replay: Replay, tmp_path: Path) -> None:
    message = "To: x\r\n\r\né, I am sorry if it hurt\r\n".encode()

    def placed(text: str) -> pb.Review:
        review = review_of(text)
        begin = message.index(b"sorry if")
        source = pb.SourceSpan(section="1", message_begin=begin, message_end=begin + 8)
        review.findings[0].span.source.CopyFrom(source)
        return review

    replay.review, replay.analysed = placed, "I am sorry if it hurt"
    ran = run("check", "--format", "github", write(tmp_path / "a.eml", message))
    assert "line=3,endLine=3,col=10,endColumn=18," in ran.out
