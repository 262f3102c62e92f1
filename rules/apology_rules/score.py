"""The score and the verdict, from the findings alone.

Points come off 100: a rule's points for its first finding, half of them for each repeat, and no category takes more
than its cap. Nothing ever adds points, so padding, repeating and another "sorry" cannot raise the score. The weights
are judgement on the evidence that each rule cites; Scher & Darley 1997 found the components of roughly equal effect,
which speaks against more than about 2:1 between them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from apology_rules.review import Category, Verdict
from apology_rules.rule import Rule
from apology_rules.severity import Severity

_CAPS = {
    Category.BLAME_SHIFTING: 24,
    Category.INSINCERE_HEDGING: 16,
    Category.OVERLONG_DRAMA: 12,
    Category.MINIMISING: 12,
    Category.PREMATURE_SELLING: 8,
}
_READY_FROM = 80
_SENDABLE_FROM = 45


@dataclass(frozen=True, slots=True)
class Flaw:
    """What the score needs to know of a finding."""

    rule: Rule
    severity: Severity
    weak: bool


def score(flaws: Iterable[Flaw]) -> int:
    """0 to 100; 100 without flaws."""
    lost: Counter[Category | None] = Counter()
    seen: Counter[str] = Counter()
    for flaw in flaws:
        points = flaw.rule.weak_points if flaw.weak else flaw.rule.points
        lost[flaw.rule.category] += points if not seen[flaw.rule.id] else points // 2
        seen[flaw.rule.id] += 1
    return max(0, 100 - sum(min(points, _CAPS.get(category, points)) for category, points in lost.items() if category))


def verdict(flaws: Iterable[Flaw], points: int) -> Verdict:
    """What to do with an apology of these flaws and this score."""
    worst = max((flaw.severity for flaw in flaws), default=Severity.INFORMATION)
    if points < _SENDABLE_FROM:
        return Verdict.DO_NOT_SEND
    if worst >= Severity.MAJOR or points < _READY_FROM:
        return Verdict.REVISE
    return Verdict.READY
