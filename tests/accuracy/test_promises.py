"""The ledger of promises beside one that was kept by hand."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from apology_rules import Draft, PromiseOwner, Reviewer

LABELLED = Path(__file__).parent / "promises.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A promise in a ledger; `doubtful` ones may be told or left out."""

    begin: int
    end: int
    owner: str
    due: str
    doubtful: bool = False

    def meets(self, other: "Entry") -> bool:
        """Whether half of the shorter one is in the other."""
        shared = min(self.end, other.end) - max(self.begin, other.begin)
        return 2 * shared >= min(self.end - self.begin, other.end - other.begin)

    def same_time(self, other: "Entry") -> bool:
        mine, theirs = (set(re.findall(r"\w+", each.due.lower())) for each in (self, other))
        return bool(mine & theirs) or not (mine or theirs)


Ledgers = Sequence[tuple[Sequence[Entry], Sequence[Entry]]]
"""What is told, and what is kept by hand, a draft each."""


@pytest.fixture(scope="module")
def ledgers() -> Ledgers:
    reviewer, both = Reviewer(), []
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        labelled = json.loads(line)
        text = labelled["text"]
        told = [
            Entry(begin=p.span.begin, end=p.span.end, owner=p.owner.name, due=p.due_span.text if p.due_span else "")
            for p in reviewer.review(Draft(text=text)).promises
        ]
        kept = [
            Entry(
                begin=text.index(p["words"]),
                end=text.index(p["words"]) + len(p["words"]),
                owner=p["owner"],
                due=p["due"],
                doubtful=p.get("doubtful", False),
            )
            for p in labelled["promises"]
        ]
        both.append((told, kept))
    return both


def share(of: Sequence[bool]) -> float:
    return sum(of) / len(of)


def test_most_of_what_it_tells_is_promised(ledgers: Ledgers) -> None:
    assert share([any(one.meets(other) for other in kept) for told, kept in ledgers for one in told]) >= 0.75


def test_it_finds_most_of_what_is_promised(ledgers: Ledgers) -> None:
    firm = [any(one.meets(other) for other in told) for told, kept in ledgers for one in kept if not one.doubtful]
    assert share(firm) >= 0.6


def test_owners_and_times_are_mostly_right(ledgers: Ledgers) -> None:
    pairs = [(one, other) for told, kept in ledgers for one in told for other in kept if one.meets(other)]
    assert {one.owner for one, _ in pairs} <= set(PromiseOwner.__members__)
    assert share([one.owner == other.owner for one, other in pairs]) >= 0.8
    assert share([one.same_time(other) for one, other in pairs]) >= 0.7
