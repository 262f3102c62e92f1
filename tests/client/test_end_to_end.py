"""The command and the client with the real server, the real rules, and the real way to start them."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from apology_client import AsyncClient, Capabilities, Client, InvalidRequestError, Options, Review, Verdict
from apology_client.policy_file import READY_MADE, ready_made

FLAWED = "Hi Sam,\n\nI am sorry if you were hurt, but you gave us the wrong address.\n\nBest,\nJo\n"
LUNCH = "Hi Sam,\n\nLunch at noon on Friday? The place by the river has tables outside again.\n\nJo\n"
GERMAN = "Sehr geehrte Frau Weber,\n\nes tut mir sehr leid, dass Ihre Lieferung zu spät gekommen ist.\n\nJo Braun\n"


@dataclass(frozen=True)
class Shell:
    """Runs the command as a newcomer would, in a runtime directory of its own."""

    directory: Path

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("APOLOGY_REVIEW_")}
        environment["XDG_RUNTIME_DIR"] = str(self.directory)
        command = [sys.executable, "-m", "apology_client", *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False)

    @property
    def target(self) -> str:
        """The newest: whoever edits the rules while this runs gets a new server."""
        newest = max(self.directory.glob("*/*.sock"), key=lambda socket: socket.stat().st_mtime)
        return f"unix:{newest}"


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    shell = Shell(Path(tempfile.mkdtemp()))
    first = shell.run("check", "-q", "--text", LUNCH)
    assert (first.returncode, first.stderr) == (0, b"")
    yield shell
    assert shell.run("stop").stdout.startswith(b"Stopped ")
    shutil.rmtree(shell.directory)


def test_a_flawed_apology_is_found_out_and_its_words_are_marked(shell: Shell) -> None:
    ran = shell.run("check", "--text", FLAWED)
    assert ran.returncode == 1
    assert b"you gave us the wrong address" in ran.stdout
    assert b"^^^^^" in ran.stdout


@pytest.mark.parametrize("name", READY_MADE)
def test_a_ready_made_policy_is_fine_with_its_examples_uncommented(shell: Shell, tmp_path: Path, name: str) -> None:
    text, examples = re.subn(r"^#\s*(?=[\w\"'.-]+ = )", "", ready_made(name), flags=re.M)
    assert bool(examples) == (name == "support")
    file = tmp_path / f"{name}.toml"
    file.write_text(text)
    ran = shell.run("policy", "check", str(file))
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(("draft", "code", "said"), [(LUNCH, 0, b"not an apology"), (GERMAN, 2, b"Not reviewed")])
def test_what_is_no_english_apology_is_told_apart(shell: Shell, draft: str, code: int, said: bytes) -> None:
    ran = shell.run("check", "-", stdin=draft.encode())
    assert ran.returncode == code
    assert said in ran.stdout


@pytest.mark.parametrize("before", ["", "😀 ", "\ufeff", "申し訳 ", "e\u0301 "])
def test_offsets_hold_in_the_draft_and_in_its_json(shell: Shell, before: str) -> None:
    draft = before + FLAWED.replace("\n", "\r\n")
    found = json.loads(shell.run("check", "--format", "json", "-", stdin=draft.encode()).stdout)
    spans = [finding["span"] for finding in found["findings"] if "span" in finding]
    assert spans
    assert all(draft[span["begin"] : span["end"]] == span["text"] for span in spans)
    assert found["textSha256"] == hashlib.sha256(draft.encode()).hexdigest()


async def test_both_clients_and_the_command_get_the_same_review(shell: Shell) -> None:
    with Client(shell.target) as client:
        review = client.review(FLAWED)
    async with AsyncClient(shell.target) as other:
        assert await other.review(FLAWED) == review
    ran = shell.run("batch", stdin=json.dumps({"id": 1, "text": FLAWED}).encode())
    assert json.loads(ran.stdout)["review"] == json.loads(review.to_json())


def test_the_server_tells_its_limits_and_keeps_them(shell: Shell) -> None:
    with Client(shell.target) as client:
        found: Capabilities = client.capabilities()
        long = "I am sorry. " * (found.limits.max_draft_characters // 12 + 1)
        assert client.review(long).verdict is Verdict.NOT_REVIEWED
        drafts = [FLAWED, long, *[FLAWED] * found.limits.max_batch_drafts]
        results = [result for result in client.review_many(drafts) if isinstance(result, Review)]
        assert [result.verdict for result in results[:2]] == [results[2].verdict, Verdict.NOT_REVIEWED]
        assert len(results) == len(drafts)


def test_a_rule_that_is_disabled_stays_silent_and_one_that_is_not_there_is_named(shell: Shell) -> None:
    with Client(shell.target) as client:
        rule = client.review(FLAWED).findings[0].rule_id
        quieter = client.review(FLAWED, options=Options(disabled_rules=(rule,)))
        assert rule not in [finding.rule_id for finding in quieter.findings]
        with pytest.raises(InvalidRequestError) as caught:
            client.review(FLAWED, options=Options(disabled_rules=("no-such-rule",)))
        assert [violation.field for violation in caught.value.violations] == ["options.disabled_rules[0]"]


def test_every_rule_can_be_explained(shell: Shell) -> None:
    listed = json.loads(shell.run("rules", "--format", "json").stdout)["rules"]
    assert len(listed) > 20
    ran = shell.run("explain", listed[0]["id"])
    assert listed[0]["why"].split()[0].encode() in ran.stdout
