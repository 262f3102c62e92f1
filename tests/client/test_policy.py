import json
import re
from pathlib import Path

import pytest
from google.rpc import code_pb2

from apology.v1 import review_pb2 as pb
from apology_client.errors import (
    AccessDeniedError,
    DeadlineError,
    InvalidRequestError,
    PolicyError,
    ServerUnavailableError,
    SetupError,
)
from apology_client.policy import Decision, Policy, Unanswered
from apology_client.policy_file import READY_MADE, load_policy
from apology_client.suppression import silenced_rules, without_suppression
from tests.client.helpers import Replay, Run, error_status, review_of, write

FLAWED = "I am sorry if it hurt. Let us touch base."
PHRASE = """
[[phrase]]
id = "house.touch-base"
severity = "major"
phrases = ["touch base", "circle * back"]
message = "Say when you will call."
bad = ["Let us [[touch base]].", "We [[Circle  this back]]\\nsoon."]
good = ["We touched the base of the lamp."]
"""


@pytest.mark.parametrize("name", READY_MADE)
def test_every_ready_made_policy_can_be_loaded_shown_and_used(run: Run, tmp_path: Path, name: str) -> None:
    shown = run("policy", "show", name)
    assert load_policy(write(tmp_path / f"{name}.toml", shown.out)) == load_policy(name)
    assert run("check", "--policy", name, "--text", "Lunch?").code == 0


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("threshold = 'mayor'", 1, "threshold must be one of information, minor, moderate, major, critical"),
        ("\nthreshhold = 'major'", 2, "did you mean threshold?"),
        ("allowed_phrases = 'x'", 1, 'must be a list of texts: ["..."]'),
        ("within_seconds = 0", 1, "seconds"),
        ("[unanswered]\nlate = 'open'\ndown = 'ajar'", 3, "unanswered.down must be one of open, closed"),
        (
            "[severities]\n'missing-regret' = 'tiny'",
            2,
            "must be one of information, minor, moderate, major, critical, off",
        ),
        ("suppression = 1.5", 1, "true, false"),
        ("[parameters]\n'r' = { reach = 99999999999 }", 2, "whole numbers"),
        ("relation = ?", 1, "line 1"),
        ("\ufeff\nrelation = 'boss'", 2, "relation must be one of customer, workplace, personal, press"),
        (PHRASE + PHRASE, 11, "phrase.id is used twice: house.touch-base"),
        (PHRASE.replace("[[touch base]]", "touch base"), 7, "marks no words"),
        (PHRASE.replace("[[touch", "touch [["), 7, "does not flag"),
        (PHRASE.replace("We touched", "To touch base, we touched"), 8, "flags 'touch base', which is not marked"),
        (PHRASE.replace("message", "massage"), 6, "did you mean message?"),
        (PHRASE.replace('message = "Say when you will call."\n', ""), 2, "phrase.message is missing"),
        (PHRASE + PHRASE.replace("house.touch-base", "House!"), 11, "small letters"),
        (PHRASE + "why = ''", 9, "must be text in quotation marks"),
        (PHRASE.replace('severity = "major"', 'severity = ""'), 4, "must be one of information"),
    ],
)
def test_a_wrong_policy_is_told_with_its_line(run: Run, tmp_path: Path, text: str, line: int, told: str) -> None:
    file = write(tmp_path / "ours.toml", text)
    with pytest.raises(PolicyError, match=re.escape(told)) as caught:
        load_policy(file)
    assert str(caught.value).startswith((f"{file}:{line}: ", f"{file}: "))
    assert f":{line}: " in str(caught.value) or f"line {line}" in str(caught.value)
    assert run("check", "--policy", file, "--text", "sorry").code == 2


@pytest.mark.parametrize("text", ["x = " + "9" * 5000, "x = " + "[" * 5000])
def test_a_policy_beyond_all_measure_is_told(run: Run, tmp_path: Path, text: str) -> None:
    ran = run("policy", "check", write(tmp_path / "ours.toml", text))
    assert (ran.code, "ours.toml: " in ran.err) == (2, True)


def test_a_policy_that_is_not_there_is_told_with_those_that_are(run: Run) -> None:
    for name, hint in (("suport", "did you mean support?"), ("ours", "ready-made are internal, press, support")):
        ran = run("check", "--policy", name, "--text", "sorry")
        assert (ran.code, ran.err) == (
            2,
            f"apology-review: {name} cannot be read: no such file or directory; {hint}\n",
        )


def test_policy_check_knows_the_rules_of_the_server(run: Run, tmp_path: Path) -> None:
    good = "[severities]\n'insincere-hedging' = 'off'\n[parameters]\n'insincere-hedging.conditional' = { reach = 3 }\n"
    assert run("policy", "check", write(tmp_path / "a.toml", good + PHRASE)).out.endswith(
        "1 phrase rule, all examples read as marked.\n"
    )
    assert run("policy", "check", write(tmp_path / "a.toml", good)).out.endswith("a.toml is fine.\n")


def test_policy_check_tells_the_faults_of_the_file_and_those_of_its_rules_together(run: Run, tmp_path: Path) -> None:
    bad = "threshold = 'mayor'\nsensitivty = 'quiet'\nrelation = 'boss'\n[severities]\n'blame' = 'tiny'\n'guilt' = 'off'\n"
    bad += "[unanswered]\nlate = 'ajar'\ndown = 'ajar'\n[parameters]\n'x' = 5\n"
    phrase = PHRASE.replace('id = "house.touch-base"', "id = 'House!'").replace('severity = "major"', "severity = 5")
    missed = PHRASE.replace("We touched", "To touch base, we touched").replace("Let us [[touch base]]", "Let us meet")
    file = write(tmp_path / "b.toml", bad + phrase + missed)
    ran = run("policy", "check", file)
    assert (ran.code, ran.out) == (2, "")
    words = "information, minor, moderate, major, critical"
    told = [
        (1, f"threshold must be one of {words}"),
        (2, "sensitivty is no key of a policy; did you mean sensitivity?"),
        (3, "relation must be one of customer, workplace, personal, press"),
        (5, f"severities.blame must be one of {words}, off"),
        (8, "unanswered.late must be one of open, closed"),
        (9, "unanswered.down must be one of open, closed"),
        (11, "parameters.x needs whole numbers by name: { name = 3 }"),
        (14, "phrase.id must be made of small letters, digits, dots and hyphens, such as house.touch-base"),
        (15, f"phrase.severity must be one of {words}"),
        (26, "phrase.bad example: the rule house.touch-base marks no words with [[double brackets]]"),
        (27, "phrase.good example: the rule house.touch-base flags 'touch base', which is not marked"),
    ]
    rules = "severities: there is no rule and no family guilt; `apology-review rules` lists them"
    lines = [*(f"{file}:{line}: {fault}" for line, fault in told), f"{file}: {rules}"]
    assert ran.err.splitlines() == [f"apology-review: {line}" for line in lines]
    first = run("check", "--policy", file, "--text", "sorry")
    assert (first.code, first.err) == (
        2,
        f"apology-review: {lines[0]} (`apology-review policy check` tells {len(told) - 1} more)\n",
    )


def test_policy_check_tells_every_fault_and_what_may_be_meant(run: Run, tmp_path: Path) -> None:
    rule = "insincere-hedging.conditional"
    bad = "disabled_rules = ['missing-regrets']\n[severities]\n'blame' = 'off'\n[parameters]\n"
    bad += f"'x' = {{ reach = 3 }}\n'{rule}' = {{ reach = 12, rich = 1 }}\n"
    file = write(tmp_path / "b.toml", bad + PHRASE.replace("house.touch-base", "missing-regret"))
    ran = run("policy", "check", file)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        f"apology-review: {file}: {fault}"
        for fault in (
            "disabled_rules: there is no rule missing-regrets; did you mean missing-regret?",
            "severities: there is no rule and no family blame; `apology-review rules` lists them",
            "phrase: missing-regret is the id of a rule that the server has",
            "parameters: there is no rule x; `apology-review rules` lists them",
            f"parameters: reach of {rule} is 12, and goes from 0 to 9",
            f"parameters: {rule} has no rich; it has reach",
        )
    ]


def test_phrases_of_the_house_are_found_where_they_stand(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "ours.toml", PHRASE)
    ran = run("check", "--policy", file, "--format", "json", "--text", "I am sorry.\n> touch base\nLet us Touch\nbase.")
    (finding,) = json.loads(ran.out)["findings"]
    assert (finding["ruleId"], finding["span"]["text"]) == ("house.touch-base", "Touch\nbase")
    assert ran.code == 1
    assert run("check", "--policy", file, "--text", "Lunch? Let us touch base.").code == 0


def test_a_policy_weighs_silences_and_asks(run: Run, replay: Replay, tmp_path: Path) -> None:
    def code(text: str) -> int:
        return run("check", "--policy", write(tmp_path / "p.toml", text), "--text", FLAWED).code

    assert code("") == 1
    assert code("threshold = 'critical'") == 0
    assert code("threshold = 'critical'\n[severities]\n'insincere-hedging.conditional' = 'critical'") == 1
    assert code("[severities]\n'insincere-hedging' = 'off'") == 0
    code("relation = 'press'\nsensitivity = 'quiet'\ndisabled_rules = ['x']\nallowed_phrases = ['y']")
    request = replay.calls[-1]
    assert request.context.relation == pb.RELATION_PRESS
    assert request.options.sensitivity == pb.SENSITIVITY_QUIET
    assert (list(request.options.disabled_rules), list(request.options.allowed_phrases)) == (["x"], ["y"])


def test_what_the_policy_makes_of_a_draft_is_told_before_the_verdict_which_does_not_know_it(
    run: Run, tmp_path: Path
) -> None:
    def told(text: str, *more: str) -> str:
        return run("check", "--policy", write(tmp_path / "p.toml", text), *more, "--text", FLAWED).out

    rule = "'insincere-hedging.conditional'"
    off, minor = (f"[severities]\n{rule} = '{severity}'" for severity in ("off", "minor"))
    own = "The reviewer's own verdict: Revise before you send it. Score 70 of 100."
    assert told(off).startswith(f"The policy lets it pass (findings left out: 1).\n{own}\n")
    assert told(minor).startswith(f"The policy lets it pass (findings weighed anew: 1).\n{own}\n")
    assert told(off + PHRASE, "-q").startswith(
        "--text: The policy stops it (findings left out: 1, added: 1): house.touch-base (major) is at or above the "
        f"threshold, moderate. Found: 1 major. {own}"
    )
    assert told(minor, "-q").startswith(
        f"--text: The policy lets it pass (findings weighed anew: 1). Found: 1 minor. {own}"
    )
    why = "insincere-hedging.conditional (major) and 1 more are at or above the threshold, moderate"
    for form in ("html", "junit"):
        assert f"The policy stops it (findings added: 1): {why}. Found: 2 major" in told(PHRASE, "--format", form)
    for nothing in ("", f"[severities]\n{rule} = 'major'", "[severities]\n'missing-regret' = 'off'"):
        assert told(nothing).startswith("Revise before you send it. Score 70 of 100.\n")


def test_a_rule_that_the_sender_silences_counts_as_left_out(run: Run, replay: Replay, tmp_path: Path) -> None:
    replay.analysed = FLAWED
    mail = write(tmp_path / "a.eml", MESSAGE)
    ran = run("check", "-q", "--policy", write(tmp_path / "p.toml", "suppression = true"), mail)
    assert "The policy lets it pass (findings left out: 1). The reviewer's own verdict: " in ran.out


def test_what_was_not_judged_passes_only_where_the_policy_is_open(run: Run, replay: Replay, tmp_path: Path) -> None:
    open_, closed = (
        write(tmp_path / f"{word}.toml", f"[unanswered]\nempty = '{word}'\ndown = '{word}'\n")
        for word in ("open", "closed")
    )
    assert [run("check", "--policy", file, "--text", " ").code for file in (open_, closed)] == [0, 2]
    assert run("check", "--text", " ").code == 2
    replay.failures = [error_status(code_pb2.INTERNAL) for _ in range(2)]
    assert [run("check", "--policy", file, "--text", FLAWED).code for file in (open_, closed)] == [0, 2]
    nowhere = f"unix:{tmp_path}/nobody"
    assert [run("check", "--server", nowhere, "--policy", file, "--text", FLAWED).code for file in (open_, closed)] == [
        0,
        2,
    ]


def test_late_and_down_are_told_apart_and_the_unknown_never_passes() -> None:
    policy = Policy(unanswered=Unanswered(late="closed", down="open"))
    assert not policy.decide(DeadlineError()).passes
    assert policy.decide(ServerUnavailableError()).passes
    review = review_of(FLAWED)
    review.verdict = 99  # type: ignore[assignment]
    assert not policy.decide(review).passes
    review.verdict, review.not_reviewed_reason = pb.VERDICT_NOT_REVIEWED, 99  # type: ignore[assignment]
    assert not policy.decide(review).passes


def test_what_is_set_up_wrongly_passes_under_no_policy() -> None:
    for error in (AccessDeniedError("no such token"), SetupError("no such setting")):
        assert Policy(unanswered=Unanswered()).decide(error) == Decision(False, (str(error),), judged=False)


def test_a_mail_of_more_bytes_than_the_server_takes_is_too_long() -> None:
    error = InvalidRequestError("too many bytes", code="RESOURCE_EXHAUSTED")
    assert Policy().decide(error) == Decision(True, ("too many bytes",), judged=False)
    assert not Policy(unanswered=Unanswered(too_long="closed")).decide(error).passes
    assert not Policy().decide(InvalidRequestError()).passes


MESSAGE = (
    b"From: a@b.example\r\nApology-Review-Allow: missing-regret,\r\n insincere-hedging.conditional; agreed\r\n"
    b"To: c@d.example\r\n\r\nApology-Review-Allow: body\r\n"
)


def test_a_sender_can_silence_a_rule_and_the_word_is_not_sent(run: Run, replay: Replay, tmp_path: Path) -> None:
    assert silenced_rules(MESSAGE) == {"missing-regret", "insincere-hedging.conditional"}
    assert without_suppression(MESSAGE) == b"From: a@b.example\r\nTo: c@d.example\r\n\r\nApology-Review-Allow: body\r\n"
    assert without_suppression(b"no header") == b"no header"
    replay.analysed = FLAWED
    mail = write(tmp_path / "a.eml", MESSAGE)
    assert run("check", mail).code == 1
    assert run("check", "--policy", write(tmp_path / "p.toml", "suppression = true"), mail).code == 0
    assert run("check", "--policy", write(tmp_path / "q.toml", ""), mail).code == 1


def test_the_hook_for_repositories_stops_what_is_bad_and_no_file_that_it_cannot_judge(run: Run, tmp_path: Path) -> None:
    hooks = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    _, *arguments = re.findall(r"^  entry: (.+)$", hooks, re.M)[0].split()
    files = {name: write(tmp_path / f"{name}.md", text) for name, text in (("empty", ""), ("bad", FLAWED))}
    assert run(*arguments, files["empty"]).code == 0
    assert run(*arguments, files["bad"]).code == 1
