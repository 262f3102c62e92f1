"""The measures are those of the script that comes with the development drafts, where these are at hand."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from tests.accuracy.conftest import ROOT, Command

from apology_rules import Draft, Review, Reviewer
from apology_rules.review import Verdict

DEVELOPMENT = ROOT.parent / "shared" / "dev-set"
LABELS = (DEVELOPMENT / "labels-a.jsonl", DEVELOPMENT / "labels-b.jsonl")

pytestmark = pytest.mark.skipif(not DEVELOPMENT.is_dir(), reason="the development drafts are not at hand")


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float | None]]:
    """What the script makes of the reviewer's answers."""
    folder = tmp_path_factory.mktemp("scored")
    answers, table = folder / "answers.jsonl", folder / "table.json"
    answers.write_text("\n".join(map(json.dumps, answer_all())), encoding="utf-8")
    given = ("--texts", DEVELOPMENT / "texts.jsonl", "--labels", *LABELS, "--answers", answers)
    command = (sys.executable, DEVELOPMENT / "score.py", *given, "--json", table)
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    found: dict[str, dict[str, float | None]] = json.loads(table.read_text(encoding="utf-8"))
    return found


def answer_all() -> Iterator[dict[str, Any]]:
    reviewer = Reviewer()
    for line in (DEVELOPMENT / "texts.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield {"id": row["id"], **answer(reviewer.review(Draft(text=row["text"])))}


def answer(review: Review) -> dict[str, Any]:
    labels = {"remedy": "absent_remedy"}
    return {
        "is_apology": review.verdict is not Verdict.NOT_AN_APOLOGY,
        "doc": {labels.get(c.kind.value, f"missing_{c.kind.value}"): c.state.value for c in review.components},
        "spans": [
            {"label": f.category.value.replace(" ", "_"), "begin": f.span.begin, "end": f.span.end}
            for f in review.findings
            if f.span is not None
        ],
    }


def test_both_scripts_agree(scored: dict[str, dict[str, float | None]], accuracy: Command) -> None:
    found = accuracy("--texts", DEVELOPMENT / "texts.jsonl", "--labels", *LABELS)["texts.jsonl"]
    both = found["readers"]["both"]
    assert both["overall_of_annotators"] == pytest.approx(scored.pop("overall")["of_human"])
    assert found["between_annotators"] == pytest.approx({name: row["human"] for name, row in scored.items()})
    assert both["figures"] == pytest.approx({name: row["reviewer"] for name, row in scored.items()})
    assert both["of_annotators"] == pytest.approx({name: row["of_human"] for name, row in scored.items()})
