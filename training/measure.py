"""How well answers match labels: weighted kappa for components, F1 for spans and for the gate."""

import re
from collections.abc import Iterable

Span = tuple[int, int]


def kappa(pairs: Iterable[tuple[int, int]]) -> float:
    """Linearly weighted kappa of (answer, label) grades 0, 1, 2."""
    pairs = list(pairs)
    seen = sum(abs(a - b) for a, b in pairs)
    answers, labels = zip(*pairs, strict=True)
    chance = sum(answers.count(a) * labels.count(b) * abs(a - b) for a in range(3) for b in range(3)) / len(pairs)
    return 1 - seen / chance if chance else float(seen == 0)


def f1(right: int, wrong: int, missed: int) -> float:
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1.0


def matches(text: str, answers: list[Span], labels: list[Span]) -> tuple[int, int, int]:
    """Count right, wrong and missed spans; a match shares at least half the words of the shorter."""
    words = [match.span() for match in re.finditer(r"\w+", text)]
    mine, theirs = ([_inside(words, span) for span in spans] for spans in (answers, labels))
    right = 0
    for span in mine:
        found = next((other for other in theirs if 2 * len(span & other) >= min(len(span), len(other)) > 0), None)
        if found is not None:
            theirs.remove(found)
            right += 1
    return right, len(answers) - right, len(labels) - right


def _inside(words: list[Span], span: Span) -> set[Span]:
    return {word for word in words if word[0] >= span[0] and word[1] <= span[1]}
