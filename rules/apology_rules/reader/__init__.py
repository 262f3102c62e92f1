"""The trained reader: what a small network makes of a draft, piece by piece and as a whole.

It knows nothing of rules or grammar. The rule engine asks it how likely a stretch of the draft does something (owns
the failure, hedges, ...), and how likely the whole is an apology and has each component. Its probabilities are
calibrated on drafts that the network was trained without. How it was made is in `training/`.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from apology_rules.reader.network import Network, Scores
from apology_rules.reader.notes import Notes, take_notes

__all__ = ["Notes", "Reader", "Scores"]


class Reader:
    """Reads drafts. Safe to share between threads; the same draft always gives the same notes."""

    def __init__(self, network: Network, card: Mapping[str, Any]) -> None:
        self._network = network
        self._card = card
        self.version: str = card["version"]
        self.labels: tuple[str, ...] = tuple(card["labels"])

    @classmethod
    def load(cls, folder: Path = Path(__file__).parent, *, threads: int = 1) -> "Reader":
        """Load the network that comes with the package."""
        card = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        return cls(Network.load(folder, threads=threads), card)

    def read(self, text: str) -> Notes:
        """What it notes about a draft."""
        return self.notes(self.scores(text))

    def scores(self, text: str) -> Scores:
        """What the network says, before it is calibrated."""
        return self._network.read(text)

    def scores_without(self, scores: Scores, places: Iterable[tuple[int, int]]) -> Scores:
        """What it says once the words at `places`, code points [begin, end), are left out; the same if none would be left."""
        return self._network.read_without(scores, places)

    def notes(self, scores: Scores) -> Notes:
        """What scores of a draft mean."""
        return take_notes(scores, self._card)
