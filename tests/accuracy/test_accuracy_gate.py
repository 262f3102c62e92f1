"""No category falls: the figures on the blind drafts stay above the floors."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.accuracy.conftest import Command

HERE = Path(__file__).parent
Figures = dict[str, dict[str, float]]
"""The figures of each reader by their names."""

FLOORS: dict[str, Figures] = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))["floors"]
SOURCES: Mapping[str, tuple[str | Path, ...]] = {
    "drafts.jsonl": (HERE / "drafts.jsonl",),
    "short.jsonl": (HERE / "short.jsonl",),
    "mirrored.jsonl": ("--texts", HERE / "mirrored.jsonl", "--labels", *sorted(HERE.glob("mirrored-labels-*.jsonl"))),
}


@pytest.fixture(scope="module")
def reached(accuracy: Command) -> dict[str, Figures]:
    """What the readers reach on each source of drafts."""
    return {source: _figures(accuracy(*given)[source]["readers"]) for source, given in SOURCES.items()}


def _figures(readers: dict[str, Any]) -> Figures:
    return {name: {**of["figures"], **of["goals"], "overall": of["overall"]} for name, of in readers.items()}


@pytest.mark.parametrize(
    ("source", "reader", "category"),
    [(source, reader, name) for source, readers in FLOORS.items() for reader, here in readers.items() for name in here],
)
def test_no_figure_falls_below_its_floor(source: str, reader: str, category: str, reached: dict[str, Figures]) -> None:
    assert reached[source][reader][category] >= FLOORS[source][reader][category]


@pytest.mark.parametrize("source", SOURCES)
def test_every_category_has_a_floor(source: str, reached: dict[str, Figures]) -> None:
    assert {reader: set(floors) for reader, floors in FLOORS[source].items()} == {
        reader: set(reached[source][reader]) for reader in ("rules", "both")
    }
