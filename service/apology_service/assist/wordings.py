"""Better words: shows the model the sentences that the offline mends change, and takes its words for them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apology_rules import Piece
from apology_service.assist.answers import WORDING_SCHEMA, WordingAnswer, parsed
from apology_service.assist.disguise import Disguise, UnknownTokenError
from apology_service.assist.endpoint import Question, Turn
from apology_service.assist.prompts import Example, prompt

_MOST_PIECES = 16
_MOST_EXAMPLES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingsFound:
    """The model's words by the place of their piece. `dropped` counts those that named what was never shown."""

    by_piece: dict[int, str]
    dropped: int


def wordings(known: Sequence[Piece], disguise: Disguise) -> tuple[Question, Callable[[str], WordingsFound]] | None:
    """The question, and how to read the answer; None when no piece holds words to better.

    Equal pieces are shown once, and a sentence that only asks the writer to fill a placeholder is not shown.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for place, piece in enumerate(known):
        asks_writer = not piece.span.text and "[" in piece.new_text
        if any(c.isalpha() for c in piece.new_text) and not asks_writer:
            places.setdefault((piece.span.text, piece.new_text.strip()), []).append(place)
    shown = list(places.items())[:_MOST_PIECES]
    if not shown:
        return None
    told = prompt("wording")
    turns = [Turn(role="system", text=told.system)]
    for example in _fitting(told.examples, {known[at].rule_id for _, at_places in shown for at in at_places}):
        turns += [Turn(role="user", text=example.ask), Turn(role="assistant", text=example.answer)]
    pieces = [
        {"number": number, "draft": disguise.veiled(before), "mended": disguise.veiled(after)}
        for number, ((before, after), _) in enumerate(shown, start=1)
    ]
    turns.append(Turn(role="user", text=json.dumps({"pieces": pieces}, ensure_ascii=False)))
    question = Question(name="wording", turns=tuple(turns), schema=WORDING_SCHEMA)

    def read(text: str) -> WordingsFound:
        found: dict[int, str] = {}
        dropped = 0
        for worded in parsed(WordingAnswer, text).pieces:
            if not 1 <= worded.number <= len(shown):
                continue
            try:
                words = disguise.restored(worded.text)
            except UnknownTokenError:
                dropped += 1
                continue
            found |= dict.fromkeys(shown[worded.number - 1][1], words)
        return WordingsFound(by_piece=found, dropped=dropped)

    return question, read


def _fitting(examples: Sequence[Example], rules: set[str]) -> list[Example]:
    """Examples of the rules at hand first: they teach far more than others."""
    mine = [e for e in examples if set(e.rules) & rules]
    others = [e for e in examples if not set(e.rules) & rules]
    return [*mine, *others][:_MOST_EXAMPLES]
