"""No category falls: the figures on the blind drafts stay above the floors."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.accuracy.conftest import Command

HERE = Path(__file__).parent
FLOORS: dict[str, dict[str, float]] = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))["floors"]


@pytest.fixture(scope="module")
def reached(accuracy: Command) -> dict[str, dict[str, float]]:
    """Every figure of each reader by its name."""
    readers: dict[str, Any] = accuracy(HERE / "drafts.jsonl")["drafts.jsonl"]["readers"]
    return {name: {**of["figures"], **of["goals"], "overall": of["overall"]} for name, of in readers.items()}


@pytest.mark.parametrize(("reader", "category"), [(reader, name) for reader, here in FLOORS.items() for name in here])
def test_no_figure_falls_below_its_floor(reader: str, category: str, reached: dict[str, dict[str, float]]) -> None:
    assert reached[reader][category] >= FLOORS[reader][category]


def test_every_category_has_a_floor(reached: dict[str, dict[str, float]]) -> None:
    assert {reader: set(floors) for reader, floors in FLOORS.items()} == {
        reader: set(reached[reader]) for reader in ("rules", "both")
    }
