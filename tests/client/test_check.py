import json
from html import unescape
from pathlib import Path

import pytest
from google.protobuf import json_format
from google.rpc import code_pb2

from apology.v1 import review_pb2 as pb
from tests.client.helpers import Replay, Run, error_status, review_of, span, write

FLAWED = "Dear Sam,\n\nI am sorry if it hurt.\n\nJo"
FINE = "Dear Sam,\n\nI am sorry. I broke it.\n\nJo"


@pytest.mark.parametrize(
    ("draft", "code"),
    [(FINE, 0), (FLAWED, 1), ("Lunch at noon?", 0), ("", 2), ("\n \n", 2)],
)
def test_the_exit_code_says_what_was_found(run: Run, tmp_path: Path, draft: str, code: int) -> None:
    assert run("check", write(tmp_path / "draft.txt", draft)).code == code


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        (pb.SEVERITY_MINOR, "minor", 1),
        (pb.SEVERITY_MINOR, "moderate", 0),
        (pb.SEVERITY_MODERATE, "moderate", 1),
        (pb.SEVERITY_MAJOR, "critical", 0),
        (pb.SEVERITY_CRITICAL, "critical", 1),
        (pb.SEVERITY_CRITICAL, "never", 0),
    ],
)
def test_the_caller_decides_what_fails(
    run: Run, replay: Replay, severity: pb.Severity.ValueType, fail_on: str, code: int
) -> None:
    replay.review = lambda text: review_of(text, severity)
    assert run("check", "--text", FLAWED, "--fail-on", fail_on).code == code


def test_what_stops_a_draft_that_is_ready_is_named_first(run: Run, replay: Replay) -> None:
    def ready(text: str) -> pb.Review:
        review = review_of(text, pb.SEVERITY_MINOR)
        review.findings.add(rule_id="absent-remedy", severity=pb.SEVERITY_MODERATE, message="Say what you do.")
        review.verdict, review.score = pb.VERDICT_READY, 94
        return review

    def told(*more: str) -> tuple[int, str]:
        ran = run("check", "--text", FLAWED, *more)
        return ran.code, ran.out

    replay.review = ready
    own = "The reviewer's own verdict: Ready to send. Score 94 of 100."
    one = "Stopped: absent-remedy (moderate) is at or above the threshold, moderate."
    both = "Stopped: absent-remedy (moderate) and 1 more are at or above the threshold, minor."
    assert told()[0] == 1
    assert told()[1].startswith(f"{one}\n{own}\n\n")
    assert told("-q", "--fail-on", "minor") == (1, f"--text: {both} Found: 1 moderate, 1 minor. {own}\n")
    assert f'<failure message="{one} Found: 1 moderate, 1 minor. {own}">' in told("--format", "junit")[1]
    assert told("--fail-on", "major")[1].startswith("Ready to send. Score 94 of 100.\n\n")


def test_never_failing_still_tells_a_draft_that_was_not_reviewed(run: Run) -> None:
    assert run("check", "--text", " ", "--fail-on", "never").code == 2


def test_a_verdict_from_the_future_is_no_pass(run: Run, replay: Replay) -> None:
    def newer(text: str) -> pb.Review:
        review = review_of(text)
        review.verdict = 99  # type: ignore[assignment]
        return review

    replay.review = newer
    assert run("check", "--text", FINE).code == 2


def test_a_person_reads_the_draft_with_marks_and_what_to_do(run: Run, tmp_path: Path) -> None:
    ran = run("check", write(tmp_path / "draft.txt", FLAWED))
    assert "  I am sorry if it hurt.\n       ^^^^^^^^1\n\n    1 Say what you did.\n" in ran.out
    assert "A condition doubts the harm." in ran.out
    assert "    major (insincere-hedging.conditional). Source: Lazare 2004\n" in ran.out
    assert '✓ regret         "sorry"' in ran.out
    assert "✗ remedy         missing" in ran.out
    assert ran.out.startswith("Revise before you send it. Score 70 of 100.\n\n")
    assert ran.out.endswith("\nFound: 1 major. Examples: apology-review explain RULE\n")
    assert "\x1b" not in ran.out


def test_a_rule_explains_itself_once(run: Run) -> None:
    ran = run("check", "--text", "sorry if a\n\nsorry if b")
    assert ran.out.count("A condition doubts the harm.") == 1
    assert "see 1" in ran.out


def test_promises_questions_and_what_is_missing_have_their_place(run: Run, replay: Replay) -> None:
    def rich(text: str) -> pb.Review:
        review = review_of(text)
        review.findings.add(
            rule_id="missing-apology", severity=pb.SEVERITY_MINOR, message="Say sorry.", why="They wait."
        )
        review.promises.add(span=span(text, "ring you"), owner=pb.PROMISE_OWNER_SENDER, due_span=span(text, "Friday"))
        review.promises.add(span=span(text, "a refund"), owner=pb.PROMISE_OWNER_NOBODY)
        review.questions.add(rule_id="late-response", text="When did it happen?", why="Late is worse.")
        return review

    replay.review = rich
    out = run("check", "--text", "I am sorry. I will ring you on Friday, and a refund will come.").out
    assert "In the draft as a whole\n  - Say sorry.\n    They wait.\n    minor (missing-apology)\n" in out
    assert '- "ring you" (who: you; when: "Friday")' in out
    assert '- "a refund" (who: nobody is named; no date)' in out
    assert "? When did it happen?\n    Late is worse." in out


def test_what_a_component_lacks_is_said_once_and_under_its_name(run: Run, replay: Replay) -> None:
    def lacking(text: str) -> pb.Review:
        review = review_of(text)
        remedy = review.findings.add(rule_id="absent-remedy", category=pb.CATEGORY_ABSENT_REMEDY)
        remedy.severity, remedy.message, remedy.why = pb.SEVERITY_MAJOR, "Say what you do.", "Words are cheap."
        return review

    replay.review = lacking
    out = run("check", "--text", FINE).out
    said = "  ✗ remedy         missing\n      Say what you do.\n      Words are cheap.\n      major (absent-remedy)\n  · contact"
    assert said in out
    assert out.count("Say what you do.") == 1
    assert "as a whole" not in out


def test_a_suggestion_says_where_its_words_go(run: Run, replay: Replay) -> None:
    def suggesting(text: str) -> pb.Review:
        review = review_of(text)
        place, words = pb.Span(begin=len("I am sorry."), end=len("I am sorry.")), span(text, "Jo")
        for edit in (
            pb.TextEdit(span=place, new_text="\n\nWe will call [date]."),
            pb.TextEdit(span=words, new_text=" Jo Gray"),
            pb.TextEdit(span=words),
        ):
            finding = review.findings.add(rule_id="x", message="Mend it.")
            finding.span.CopyFrom(words)
            finding.suggestions.add(edits=[edit], description="Says more.")
        return review

    replay.review = suggesting
    out = run("check", "--text", "I am sorry.\nJo", "--rewrite").out
    assert '> Says more: insert "We will call [date]." after "... I am sorry."\n' in out
    assert '> Says more: "Jo" -> "Jo Gray"\n' in out
    assert '> Says more: leave out "Jo"\n' in out


def test_a_mail_that_is_no_apology_gets_one_line(run: Run) -> None:
    ran = run("check", "--text", "Lunch at noon?")
    assert ran.out == "This is not an apology: nothing was judged, and nothing is wrong with that.\n"


def test_a_draft_that_was_not_reviewed_gets_one_line(run: Run) -> None:
    assert run("check", "--text", "").out == "Not reviewed: The draft is empty.\n"


def test_colour_comes_only_when_asked_for_or_on_a_terminal(run: Run) -> None:
    assert "\x1b[" not in run("check", "--text", FLAWED).out
    assert "\x1b[" in run("check", "--text", FLAWED, "--color", "always").out


def test_json_is_one_review_as_the_contract_has_it(run: Run) -> None:
    draft = "😀 " + FLAWED
    ran = run("check", "--format", "json", "--text", draft)
    assert json_format.Parse(ran.out, pb.Review()) == review_of(draft)
    found = json.loads(ran.out)["findings"][0]["span"]
    assert draft[found["begin"] : found["end"]] == "sorry if"


def test_json_of_several_files_is_a_line_each_and_the_worst_exit_code(run: Run, tmp_path: Path) -> None:
    flawed, missing = write(tmp_path / "a.txt", FLAWED), str(tmp_path / "b.txt")
    ran = run("check", "--format", "json", flawed, missing, write(tmp_path / "c.txt", FINE))
    first, second, third = map(json.loads, ran.out.splitlines())
    assert [row["file"] for row in (first, second, third)] == [flawed, missing, str(tmp_path / "c.txt")]
    assert first["review"]["verdict"] == "VERDICT_REVISE"
    assert "no such file" in second["error"]["message"]
    assert third["review"]["findings"] == []
    assert ran.code == 2


def test_every_file_is_reported_even_after_one_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    ran = run("check", str(tmp_path), str(tmp_path / "none"), write(tmp_path / "c.txt", FLAWED))
    assert "is a directory" in ran.err
    assert "no such file" in ran.err
    assert "Revise before you send it." in ran.out
    assert ran.code == 2


@pytest.mark.parametrize("name", ["d.txt", "d.html"])
@pytest.mark.parametrize("stray", [b"\x81", b"\x00\xe9", b"\x1b[31m\xe9"])
def test_bytes_that_are_no_text_are_named_by_their_place_and_not_quoted(
    run: Run, tmp_path: Path, name: str, stray: bytes
) -> None:
    ran = run("check", write(tmp_path / name, b"I am sorry if" + stray + b" it hurt"))
    assert (ran.code, ran.out) == (2, "")
    assert "is neither UTF-8 nor Windows-1252: byte 13 belongs to no text" in ran.err
    assert "hurt" not in ran.err


def test_a_file_that_is_not_utf_8_is_read_as_windows_1252(run: Run, replay: Replay, tmp_path: Path) -> None:
    draft = "I\u2019m sorry if the caf\u00e9 hurt \u2013 Ren\u00e9e\r\n"
    ran = run("check", "--format", "json", write(tmp_path / "d.txt", draft.encode("cp1252")))
    assert replay.calls[-1].draft.text == draft
    found = json.loads(ran.out)["findings"][0]["span"]
    assert draft[found["begin"] : found["end"]] == "sorry if"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ("", "cp1252"),
        ("<meta charset='US-ASCII'>", "utf-8"),
        ("<meta charset='utf-16'>", "utf-8"),  # it could not be read if it were
        ('<META charset="windows-1252">', "cp1252"),
        ("<meta charset=koi8-r>", "koi8-r"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">', "cp1252"),
        ("\ufeff<meta charset=koi8-r>", "utf-8"),
    ],
)
def test_html_is_read_in_the_charset_that_browsers_would_take(
    run: Run, replay: Replay, tmp_path: Path, head: str, encoding: str
) -> None:
    page = f"<!doctype html>{head}<p>sorry \u00a9</p>" if not head.startswith("\ufeff") else f"{head}<p>sorry \u00a9"
    run("check", write(tmp_path / "d.html", page.encode(encoding)))
    assert replay.calls[-1].draft.html == page


@pytest.mark.parametrize(
    ("charset", "told"),
    [
        ("utf-8", "is not in the charset that it declares"),
        ("koi8-q", "declares a charset that is unknown here"),
        ("rot13", "declares a charset that is unknown here"),
    ],
)
def test_html_whose_charset_is_of_no_use_is_told(run: Run, tmp_path: Path, charset: str, told: str) -> None:
    ran = run("check", write(tmp_path / "d.html", f"<meta charset={charset}><p>sorry \u00e9".encode("cp1252")))
    assert (ran.code, ran.err.partition("d.html: ")[2]) == (2, f"{told}. Save it as UTF-8 and try again\n")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04SECRET", "a document of a word processor"),
        (b"\xd0\xcf\x11\xe0SECRET", "a document of Office or Outlook"),
        (b"%PDF-1.7 SECRET", "a PDF"),
        (b"{\\rtf1 SECRET}", "rich text (RTF)"),
    ],
)
def test_a_document_that_is_no_text_is_named_for_what_it_is(run: Run, tmp_path: Path, data: bytes, what: str) -> None:
    ran = run("check", write(tmp_path / "d.docx", data))
    assert (ran.code, ran.out) == (2, "")
    assert f"is {what}: save it as plain text" in ran.err
    assert "SECRET" not in ran.err


def test_a_file_in_the_place_of_a_command_gets_the_command(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "draft.txt", FLAWED)
    ran = run(file)
    assert (ran.code, ran.err) == (2, f"Error: {file} is a file, no command: apology-review check {file}\n")


def test_a_fault_of_the_command_is_no_finding_and_quotes_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(text: str, _start: int = 0) -> None:
        raise KeyError(text)

    monkeypatch.setattr("apology_client.command.page.cells", broken)
    ran = run("check", write(tmp_path / "d.txt", FLAWED))
    assert ran.code == 2
    assert ran.err.endswith("apology-review: KeyError: this is a fault of the command itself\n")
    assert "page.py" in ran.err
    assert "sorry" not in ran.err


@pytest.mark.parametrize("command", ["check", "batch", "gate", "http", "sendmail", "rules", "explain"])
def test_help_has_sections_and_ends_with_the_server(run: Run, command: str) -> None:
    options, *sections = run(command, "--help").out.split("\nOptions:\n")[1].split(":\n  -")
    assert "--help" in options
    assert sections[-1].startswith("-server ADDRESS")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_told_with_and_without_its_mark(run: Run, tmp_path: Path, encoding: str) -> None:
    ran = run("check", write(tmp_path / "d.txt", "I\u2019m sorry. I broke it.".encode(encoding)))
    assert (ran.code, ran.err.partition("d.txt: ")[2]) == (2, "looks like UTF-16. Save it as UTF-8 and try again\n")


@pytest.mark.parametrize("draft", ["\ufeffI am sorry if it hurt.\r\nJo\r\n", "sorry if\r", "one\x00sorry if"])
def test_a_draft_is_sent_exactly_as_it_lies_in_the_file(run: Run, replay: Replay, tmp_path: Path, draft: str) -> None:
    ran = run("check", "--format", "json", write(tmp_path / "d.txt", draft))
    assert replay.calls[-1].draft.text == draft
    found = json.loads(ran.out)["findings"][0]["span"]
    assert draft[found["begin"] : found["end"]] == "sorry if"


def test_a_dash_or_a_pipe_is_standard_input(run: Run) -> None:
    assert run("check", "-", stdin=FLAWED.encode()).code == 1
    assert run("check", stdin=FLAWED.encode()).code == 1
    assert run("check", "-q", stdin=b"").out == "standard input: Not reviewed: The draft is empty.\n"


def test_quiet_is_one_line_a_draft(run: Run) -> None:
    ran = run("check", "-q", "--text", FLAWED, "--text", FINE)
    assert ran.out.splitlines() == [
        "--text: Revise before you send it. Score 70 of 100. Found: 1 major.",
        "--text (2): Ready to send. Score 100 of 100.",
    ]


def test_the_options_reach_the_server(run: Run, replay: Replay) -> None:
    given = "--relation customer --channel status_page --gravity 3 --sender-role Head --disable x --allow 'y z'"
    more = [
        "--fact",
        "cause=a belt broke",
        "--parameter",
        "r:reach=7",
        "--sensitivity",
        "quiet",
        "--happened",
        "2027-05-12",
    ]
    run("check", "--text", FLAWED, *given.replace("'y z'", "y").split(), *more)
    sent = replay.calls[-1]
    assert (sent.context.relation, sent.context.channel) == (pb.RELATION_CUSTOMER, pb.CHANNEL_STATUS_PAGE)
    assert (sent.context.gravity, sent.context.sender.role) == (3, "Head")
    assert sent.context.facts.cause == "a belt broke"
    assert sent.context.HasField("happened_at")
    assert (list(sent.options.disabled_rules), list(sent.options.allowed_phrases)) == (["x"], ["y"])
    assert sent.options.rule_parameters["r"].values["reach"] == 7
    assert sent.options.sensitivity == pb.SENSITIVITY_QUIET


def test_a_date_may_follow_any_time_of_that_day(run: Run) -> None:
    assert run("check", "--happened", "2027-05-12T15:00", "--sent", "2027-05-12", "--text", FINE).code == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('options.disabled_rules[0] is no rule: "x"', 'what --disable or the policy names is no rule: "x"'),
        (
            'options.rule_parameters["x"] is no rule: "x"; ListRules tells what there is',
            'what --parameter or the policy names is no rule: "x"; `apology-review rules` tells what there is',
        ),
        (
            'options.rule_parameters["x"].values["reach"] must lie between 1 and 9, and is 12',
            "--parameter x:reach must lie between 1 and 9, and is 12",
        ),
        ("options.allowed_phrases[3] has 200 characters", "--allow has 200 characters"),
        ("context.facts.cause has 200 characters", "--fact cause has 200 characters"),
        ("context.sender.role has 200 characters", "--sender-role has 200 characters"),
        ("no language model; ask with ASSIST_MODE_PREFERRED", "no language model; ask with --assist preferred"),
        ("the server is leaving", "the server is leaving"),
    ],
)
def test_what_the_server_refuses_is_said_in_words_of_the_command_and_is_no_pass(
    run: Run, replay: Replay, said: str, told: str
) -> None:
    replay.review = lambda _text: error_status(code_pb2.INVALID_ARGUMENT, said)
    ran = run("check", "--text", FLAWED)
    assert (ran.code, ran.err) == (2, f"apology-review: --text: {told}\n")
    for form in ("github", "junit", "html", "json"):
        shown = unescape(run("check", "--format", form, "--text", FLAWED).out)
        assert (said if form == "json" else told) in shown.replace('\\"', '"')


def test_a_server_that_asks_for_a_token_is_told_with_the_option_for_it(run: Run, replay: Replay) -> None:
    said = "the metadata must hold one bearer token, as authorization"
    replay.refusal = error_status(code_pb2.UNAUTHENTICATED, said, reason="MISSING_TOKEN")
    for command in (["check", "--text", FLAWED], ["rules"]):
        ran = run(*command)
        assert ran.code == 2
        assert ran.err.endswith(
            "the server asks for a bearer token: name the file that holds it with --token-file, or in "
            "APOLOGY_REVIEW_TOKEN_FILE\n"
        )


def test_a_server_that_is_gone_is_no_pass(run: Run, tmp_path: Path) -> None:
    ran = run("check", "--text", FINE, "--server", f"unix:{tmp_path}/nobody")
    assert ran.code == 2
    assert "cannot be reached" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--nonsense"],
        ["check", "--fail-on", "sometimes", "x"],
        ["check", "--server", "nowhere", "--text", "x"],
        ["check", "--fact", "cause", "--text", "x"],
        ["check", "--fact", "mood=bad", "--text", "x"],
        ["check", "--parameter", "r=x", "--text", "x"],
        ["check", "--gravity", "9", "--text", "x"],
        ["check", "--parameter", "r:reach=--5", "--text", "x"],
        ["check", "--parameter", "r:reach=99999999999", "--text", "x"],
        ["check", "--parameter", "r:reach=" + "9" * 5000, "--text", "x"],
        ["check", "--happened", "0001-01-01T00:00:00+0500", "--text", "x"],
        ["check", "--happened", "2027-05-12", "--sent", "2027-05-11", "--text", "x"],
        ["check", "--happened", "2027-05-12", "--discovered", "2027-05-11", "--text", "x"],
        ["check", "--discovered", "2027-05-12", "--sent", "2027-05-11", "--text", "x"],
        ["check", "--server", "localhost:65536", "--text", "x"],
        ["check", "-", "-"],
        ["nonsense"],
    ],
)
def test_bad_usage_is_said_and_exits_with_2(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.err.startswith(("Usage:", "Error:"))
    assert "Traceback" not in ran.err


def test_a_person_who_asks_for_a_rewrite_sees_it_with_what_changed(run: Run, replay: Replay) -> None:
    def rewritten(text: str) -> pb.Review:
        review = review_of(text)
        hedge = span(text, " if it hurt")
        edit = pb.TextEdit(span=hedge)
        review.findings[0].suggestions.add(edits=[edit], description="Drops the condition.")
        review.rewrite.text = text.replace(" if it hurt", " for [what you did]")
        for change in ("Drops the condition.", "Names the act."):
            review.rewrite.changes.add(rule_id=review.findings[0].rule_id, description=change)
        review.rewrite.subject = "About your parcel"
        review.rewrite.placeholders[:] = ["[what you did]", "[date]"]
        review.rewrite.remaining[:] = ["Fill in [what you did].", "Fill in [date].", "Ring them."]
        return review

    replay.review = rewritten
    ran = run("check", "--text", FLAWED, "--rewrite")
    assert ran.out.count("Drops the condition") == 1
    assert "A rewrite\n  Subject: About your parcel\n\n  Dear Sam,\n\n  I am sorry for [what you did].\n" in ran.out
    assert "\n\n  - Fill in [what you did], [date].\n  - Names the act.\n  - Ring them.\n" in ran.out


def test_a_message_and_html_are_taken_for_what_they_are(run: Run, replay: Replay, tmp_path: Path) -> None:
    message = b"Message-ID: <1@x.example>\r\nSubject: x\r\n\r\nsorry"
    for name, content in {
        "a.eml": b"To: x\n\nsorry",
        "b.html": b"<p>sorry",
        "c.txt": message,
        "d.txt": b"To: x\n\nsorry",
        "e.txt": b"\xef\xbb\xbf" + message,
    }.items():
        write(tmp_path / name, content)
    files = [str(tmp_path / name) for name in ("a.eml", "b.html", "c.txt", "d.txt", "e.txt")]
    for file in files:  # one at a time: of several batches any may come first
        run("check", file)
    run("check", "--input", "html", files[3])
    run("check", "-", stdin=message)
    forms = [
        item.draft.WhichOneof("body")
        for call in replay.calls
        for item in getattr(call, "requests", [call])
        if hasattr(item, "draft")
    ]
    assert forms == ["message", "html", "message", "text", "message", "html", "message"]


def test_the_page_shows_the_words_that_were_analysed(run: Run, replay: Replay, tmp_path: Path) -> None:
    replay.analysed = FLAWED
    ran = run("check", write(tmp_path / "draft.html", "<p>Dear Sam,<p>I am sorry if it hurt.<p>Jo"))
    assert "  I am sorry if it hurt.\n       ^^^^^^^^1\n" in ran.out


def test_a_person_sees_what_a_language_model_had_to_do_with_it(run: Run, replay: Replay) -> None:
    def helped(text: str) -> pb.Review:
        review = review_of(text)
        review.findings[0].sources[:] = [pb.FINDING_SOURCE_MODEL]
        suggestion = review.findings[0].suggestions.add(description="Says what was done.", worded_by_model=True)
        suggestion.edits.add(span=review.findings[0].span, new_text="sorry for")
        review.rewrite.text, review.rewrite.worded_by_model = "I am sorry.", True
        review.versions.model = "some-model"
        review.assist.state, review.assist.reasons[:] = pb.ASSIST_STATE_PARTIAL, ["WORDINGS_REFUSED"]
        return review

    replay.review = helped
    out = " ".join(run("check", "--text", FLAWED, "--rewrite", "--assist", "preferred").out.split())
    assert replay.calls[-1].options.assist == pb.ASSIST_MODE_PREFERRED
    assert "only the language model sees it" in out
    assert "(in the words of the language model)" in out
    assert "A rewrite, in part worded by the language model" in out
    assert "The language model some-model took part, not in full (wordings refused)." in out


def test_a_person_who_wanted_a_language_model_is_told_that_there_is_none(run: Run, replay: Replay) -> None:
    def alone(text: str) -> pb.Review:
        review = review_of(text)
        review.assist.state, review.assist.reasons[:] = pb.ASSIST_STATE_UNAVAILABLE, ["NOT_CONFIGURED"]
        return review

    replay.review = alone
    assert "No language model took part (not configured)." in run("check", "--text", FLAWED).out
