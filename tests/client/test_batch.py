import json
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import code_pb2

from apology.v1 import review_pb2 as pb
from tests.client.helpers import Ran, Replay, Run, error_status, review_of, write

FLAWED = "I am sorry if it hurt."


def lines(*rows: Any) -> bytes:
    return b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)


def rows(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_each_line_gives_a_line_in_order(run: Run) -> None:
    drafts = {f"d{number}": f"😀 {FLAWED} {number}" for number in range(50)}
    ran = run("batch", "-", stdin=lines(*({"id": name, "text": text} for name, text in drafts.items())))
    assert ran.code == 0
    assert [row["id"] for row in rows(ran)] == list(drafts)
    for row, draft in zip(rows(ran), drafts.values(), strict=True):
        assert json_format.ParseDict(row["review"], pb.Review()) == review_of(draft)
        found = row["review"]["findings"][0]["span"]
        assert draft[found["begin"] : found["end"]] == "sorry if"
    assert ran.err == "50 drafts: 50 reviewed\n"


def test_files_go_in_and_out(run: Run, tmp_path: Path) -> None:
    source, target = write(tmp_path / "in.jsonl", lines({"id": 1, "text": FLAWED})), tmp_path / "out.jsonl"
    assert run("batch", source, "-o", str(target)).out == ""
    assert json.loads(target.read_text())["id"] == 1


@pytest.mark.parametrize(
    ("bad", "name", "said"),
    [
        (b"{not json}\n", None, "not JSON"),
        (b'{"id": "b", "text": "caf\xff"}\n', None, "byte 24"),
        (b"[1, 2]\n", None, "not an object"),
        (b'{"id": NaN, "text": "SECRET"}\n', None, "NaN is no number"),
        (b"[" * 100_000 + b"\n", None, "JSON"),
        (lines({"id": "b"}), "b", 'either "text" or "draft"'),
        (lines({"id": "b", "text": "sorry", "draft": {}}), "b", "either"),
        (lines({"id": "b", "text": 5}), "b", '"draft.text"'),
        (lines({"id": "b", "draft": {"txt": "SECRET"}}), "b", '"draft.txt"'),
        (lines({"id": "b", "text": "SECRET", "context": {"facts": {"cause": 3}}}), "b", '"context.facts.cause"'),
        (lines({"id": "b", "text": "SECRET", "context": {"relation": "RELATION_BOSS"}}), "b", '"context.relation"'),
        (lines({"id": "b", "text": "SECRET", "context": "SECRET"}), "b", '"context" is not an object'),
        (lines({"id": "b", "text": "SECRET", "contxt": {}}), "b", 'did you mean "context"'),
        (b'{"id": "b", "text": "half \\ud800"}\n', "b", '"draft.text" is no valid Unicode'),
    ],
)
def test_a_bad_line_is_reported_and_the_rest_is_done(run: Run, bad: bytes, name: str | None, said: str) -> None:
    ran = run("batch", stdin=lines({"id": "a", "text": FLAWED}, bad, {"id": "c", "text": FLAWED}))
    first, second, third = rows(ran)
    assert (ran.code, ran.err) == (2, "3 drafts: 2 reviewed, 1 failed\n")
    assert (first["id"], third["id"]) == ("a", "c")
    assert (second["id"], second["line"]) == (name, 2)
    assert said in second["error"]["message"]
    assert "SECRET" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"sensitivity": "loud"},
            'options.sensitivity" must be one of SENSITIVITY_UNSPECIFIED, SENSITIVITY_QUIET, SENSITIVITY_BALANCED, '
            "SENSITIVITY_THOROUGH",
        ),
        ({"sensitivty": 1}, 'options.sensitivty" is no field of apology.v1.ReviewOptions; did you mean sensitivity?'),
        ({"xyz": 1}, 'options.xyz" is no field of apology.v1.ReviewOptions'),
        ({"includeRewrite": "yes"}, 'options.includeRewrite" must be true or false'),
        ({"disabledRules": "x"}, 'options.disabledRules" must be a list, of which each is text in quotation marks'),
        ({"ruleParameters": [1]}, 'options.ruleParameters" must be an object'),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_would(run: Run, options: dict[str, Any], told: str) -> None:
    (row,) = rows(run("batch", stdin=lines({"id": 1, "text": FLAWED, "options": options})))
    assert row["error"]["message"] == f'"{told}'


def test_a_value_of_the_context_that_does_not_fit_is_told_with_what_would(run: Run) -> None:
    context = {"happenedAt": "yesterday", "gravity": 2}
    (row,) = rows(run("batch", stdin=lines({"id": 1, "text": FLAWED, "context": context})))
    assert row["error"]["message"] == '"context.happenedAt" must be a time, such as "2027-05-12T09:30:00Z"'


def test_a_draft_that_the_server_refuses_is_reported_with_its_line(run: Run, replay: Replay) -> None:
    replay.review = lambda text: error_status(reason="FIELD_TOO_LONG") if "bad" in text else review_of(text)
    ran = run("batch", stdin=lines({"id": 1, "text": FLAWED}, {"id": 2, "text": "bad"}, {"id": 3, "text": FLAWED}))
    assert rows(ran)[1] == {
        "id": 2,
        "line": 2,
        "error": {"code": "INVALID_ARGUMENT", "reason": "FIELD_TOO_LONG", "message": "no"},
    }


def test_a_draft_that_was_not_reviewed_is_counted_and_no_pass(run: Run) -> None:
    ran = run("batch", stdin=lines({"id": 1, "text": ""}, {"id": 2, "text": FLAWED}))
    assert (ran.code, ran.err) == (2, "2 drafts: 1 reviewed, 1 not reviewed\n")
    assert rows(ran)[0]["review"]["notReviewedReason"] == "NOT_REVIEWED_REASON_EMPTY"


def test_lines_that_a_server_could_not_take_are_reported_each(run: Run, replay: Replay) -> None:
    replay.failures = [grpc.StatusCode.INTERNAL] * 100
    ran = run("batch", stdin=lines(*({"id": number, "text": FLAWED} for number in range(10))))
    assert [row["error"]["code"] for row in rows(ran)] == ["INTERNAL"] * 10
    assert ran.code == 2


def test_a_line_may_carry_a_whole_request(run: Run, replay: Replay) -> None:
    row = {
        "id": 1,
        "draft": {"text": FLAWED, "subject": "Sorry"},
        "context": {"relation": "RELATION_CUSTOMER", "sentAt": "2027-05-12T00:00:00Z"},
        "options": {"disabledRules": ["x"]},
    }
    assert run("batch", "--gravity", "3", "--relation", "press", stdin=lines(row)).code == 0
    sent = replay.calls[-1]
    assert sent.draft.subject == "Sorry"
    assert (sent.context.relation, sent.context.gravity) == (pb.RELATION_CUSTOMER, 3)
    assert list(sent.options.disabled_rules) == ["x"]


def test_blank_lines_a_byte_order_mark_and_keys_of_the_callers_own_do_no_harm(run: Run) -> None:
    ran = run(
        "batch", stdin=b"\xef\xbb\xbf" + lines({"id": 1, "text": FLAWED, "source": "crm"}, b"\n \n", {"text": "x"})
    )
    assert [(row["id"], row.get("line")) for row in rows(ran)] == [(1, None), (None, 4)]
    assert ran.code == 0


def test_an_empty_input_is_nothing_to_do(run: Run) -> None:
    ran = run("batch", stdin=b"")
    assert (ran.code, ran.out, ran.err) == (0, "", "0 drafts: 0 reviewed\n")


def test_the_input_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", lines({"id": 1, "text": FLAWED}))
    ran = run("batch", source, "-o", source)
    assert ran.code == 2
    assert "overwrite" in ran.err
    assert json.loads(Path(source).read_text())["id"] == 1


def test_a_word_for_all_lines_that_is_no_unicode_is_said(run: Run) -> None:
    ran = run("batch", "--allow", "\udcff", stdin=lines({"id": 1, "text": FLAWED}))
    assert (ran.code, ran.out) == (2, "")
    assert "no valid Unicode" in ran.err


@pytest.mark.parametrize("arguments", [["none.jsonl"], ["-", "-o", "/nowhere/out"], ["."]])
def test_files_that_cannot_be_opened_are_named(run: Run, arguments: list[str]) -> None:
    ran = run("batch", *arguments)
    assert ran.code == 2
    assert "Error" in ran.err


def test_an_old_output_outlives_a_start_that_fails(run: Run, replay: Replay, tmp_path: Path) -> None:
    source, target = write(tmp_path / "in.jsonl", lines({"id": 1, "text": FLAWED})), tmp_path / "out.jsonl"
    target.write_text("old\n")
    nobody = run("batch", source, "-o", str(target), "--server", f"unix:{tmp_path}/nobody")
    replay.review = lambda _text: error_status(code_pb2.UNAUTHENTICATED, "who are you")
    refused = run("batch", source, "-o", str(target))
    assert (nobody.code, refused.code) == (2, 2)
    assert "cannot be reached" in nobody.err
    assert refused.err == "apology-review: who are you\n"
    assert target.read_text() == "old\n"


def test_an_empty_input_gives_an_empty_output_in_the_place_of_an_old_one(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("old\n")
    assert run("batch", "-o", str(target)).code == 0
    assert target.read_text() == ""


def test_a_batch_goes_on_behind_the_last_whole_line(run: Run, replay: Replay, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", lines(*({"id": n, "text": FLAWED} for n in range(9)), b"\n", {"text": ""}))
    target = tmp_path / "out.jsonl"
    arguments = ("batch", source, "-o", str(target), "--resume")
    whole = run(*arguments)
    written = target.read_bytes()
    for kept in (0, 1, 5, 10):
        begin = b"".join(written.splitlines(keepends=True)[:kept])
        target.write_bytes(begin + b'{"id": 5, "rev')
        replay.calls.clear()
        assert run(*arguments) == whole
        assert target.read_bytes() == written
        asked = (call for call in replay.calls if not isinstance(call, pb.GetCapabilitiesRequest))
        assert sum(len(getattr(call, "requests", [call])) for call in asked) == 10 - kept
    assert (whole.code, whole.err) == (2, "10 drafts: 9 reviewed, 1 not reviewed\n")


@pytest.mark.parametrize(
    "written",
    [{"id": 2, "review": {}}, {"id": 1, "line": 7, "error": {}}, {"id": 1}, [1], b"old\n", b'{"id": "\xff"}\n'],
)
def test_a_batch_does_not_go_on_behind_the_results_of_another(run: Run, tmp_path: Path, written: Any) -> None:
    source, target = write(tmp_path / "in.jsonl", lines({"id": 1, "text": FLAWED})), tmp_path / "out.jsonl"
    target.write_bytes(lines(written))
    ran = run("batch", source, "-o", str(target), "--resume")
    assert ran.code == 2
    assert f"Line 1 of {target} is no result of this input" in ran.err
    assert target.read_bytes() == lines(written)


def test_a_batch_can_go_on_only_in_a_file(run: Run) -> None:
    ran = run("batch", "--resume", stdin=lines({"id": 1, "text": FLAWED}))
    assert ran.code == 2
    assert "name it with --output" in ran.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_is_full_is_named(run: Run) -> None:
    ran = run("batch", "-o", "/dev/full", stdin=lines({"id": 1, "text": FLAWED}))
    assert (ran.code, ran.err) == (2, "Error: /dev/full cannot be written: no space left on device\n")


def test_a_server_with_too_much_to_do_ends_the_batch(
    run: Run, replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apology_client.core._PAUSES", ())
    busy = error_status(code_pb2.RESOURCE_EXHAUSTED, "come back later")
    replay.review = lambda text: busy if "busy" in text else review_of(text)
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    write(source, lines(*({"id": n, "text": FLAWED + "busy" * (n == 30)} for n in range(50))))
    ran = run("batch", str(source), "-o", str(target))
    assert ran.code == 2
    assert ran.err == (
        "30 drafts: 30 reviewed. The same command with --resume goes on behind them.\napology-review: come back later\n"
    )
    assert len(target.read_bytes().splitlines()) == 30


def test_a_named_server_that_comes_back_is_waited_for(
    run: Run, address: str, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apology_client.command.connection._PAUSES", (0.01,))
    away = [error_status(code_pb2.UNAVAILABLE, "away")] * 40
    replay.review = lambda text: away.pop() if away and "20" in text else review_of(text)
    ran = run("batch", stdin=lines(*({"id": n, "text": f"{FLAWED} {n}"} for n in range(40))))
    assert (ran.code, ran.err) == (0, "40 drafts: 40 reviewed\n")
    assert [row["id"] for row in rows(ran)] == list(range(40))
    assert not away
