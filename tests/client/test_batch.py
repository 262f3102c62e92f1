import json
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format

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
        (b'{"id": "b", "text": "half \\ud800"}\n', "b", '"draft.text"'),
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
