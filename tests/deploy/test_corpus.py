"""The job for corpora beyond one machine gives the answers of the reviewer, here on a Ray of this machine."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from apology.v1 import review_pb2 as pb
from apology_rules import Draft, Reviewer
from tests.deploy.fleet import DEPLOY

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_corpus_is_reviewed_as_each_draft_would_be(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs ray[data]")
    pq = pytest.importorskip("pyarrow.parquet")
    drafts = {file.stem: file.read_text(encoding="utf-8") for file in EXAMPLES.glob("*.txt")}
    lines = [json.dumps({"id": name, "text": text}) for name, text in drafts.items()]
    lines.append(json.dumps({"id": "HTML", "draft": {"html": "<pre>" + drafts["parcel-excuse"]}}))
    lines.append(json.dumps({"id": "broken", "draft": {"message": base64.b64encode(b"sorry").decode()}}))
    lines += ['{"id": "not JSON', json.dumps({"id": "empty", "text": ""}), json.dumps({"id": "none"}), ""]
    (tmp_path / "drafts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    job = [sys.executable, str(DEPLOY / "ray" / "review_corpus.py"), str(tmp_path / "drafts.jsonl")]
    done = subprocess.run(
        [*job, "--out", str(tmp_path / "out"), "--batch", "8"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"{len(drafts) + 5} drafts, 2 of them with an error" in done.stderr
    rows = {row["id"]: row for row in pq.read_table(tmp_path / "out").to_pylist()}
    reviewer = Reviewer()
    for name, text in drafts.items():
        review = reviewer.review(Draft(text=text))
        assert rows[name]["verdict"] == f"VERDICT_{review.verdict.name}"
        assert rows[name]["rules"] == [finding.rule_id for finding in review.findings]
        assert rows[name]["score"] == review.score
        assert json.loads(rows[name]["review"])["textSha256"] == review.text_sha256
    assert rows["HTML"]["rules"] == rows["parcel-excuse"]["rules"]
    assert "analysedText" in json.loads(rows["HTML"]["review"])
    assert json.loads(rows["broken"]["review"])["notReviewedReason"] == "NOT_REVIEWED_REASON_UNREADABLE"
    assert rows["empty"]["verdict"] == pb.Verdict.Name(pb.VERDICT_NOT_REVIEWED)
    assert rows["none"]["error"].startswith("INVALID_ARGUMENT")
    assert rows["null"]["error"].startswith("INVALID_ARGUMENT: the line is not JSON")
