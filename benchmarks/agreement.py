"""How well two readers of the same drafts agree: weighted kappa for components, F1 for spans and for the gate."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import permutations

from labelled import COMPONENTS, FAMILIES, STATES, Drafts, Flaw, Judgement

Judgements = Sequence[Judgement]
Figures = Mapping[str, float | None]


def figures(drafts: Drafts, judgements: Judgements) -> Figures:
    """The agreement of a reader with the annotators, the mean over them, by category."""
    return _mean([agreement(judgements, labels) for labels in drafts.annotators])


def between_annotators(drafts: Drafts) -> Figures:
    """The agreement of the annotators with one another, the mean over ordered pairs; empty when there is only one."""
    pairs = permutations(drafts.annotators, 2)
    return _mean([agreement(mine, theirs) for mine, theirs in pairs])


def of_annotators(reached: Figures, annotators: Figures) -> Figures:
    """A reader's figures over those of the annotators; None where the latter are 0 or undefined."""
    return {
        name: value / (annotators.get(name) or 1) if annotators.get(name) and value is not None else None
        for name, value in reached.items()
    }


def overall(reached: Figures) -> float:
    """The mean over the categories that are defined, each counted as 1 at most."""
    defined = [min(1.0, value) for value in reached.values() if value is not None]
    return sum(defined) / len(defined)


def agreement(mine: Judgements, theirs: Judgements) -> Figures:
    """Every figure of one reader against another, whose reading is taken for true."""
    pairs = list(zip(mine, theirs, strict=True))
    found: dict[str, float | None] = {"not_an_apology": f1(*_shared(pairs, lambda one: not one.is_apology))}
    for label in COMPONENTS.values():
        found[label] = kappa(_grades(pairs, label))
    for family in FAMILIES:
        spans = [match(_of(a, family), _of(b, family)) for a, b in pairs]
        found[f"{family} (spans)"] = f1(*(sum(counts) for counts in zip(*spans, strict=True)))
        found[f"{family} (drafts)"] = f1(*_shared(pairs, partial(_of, family=family)))
    return found


def kappa(pairs: Iterable[tuple[int, int]]) -> float | None:
    """Linearly weighted kappa of pairs of grades 0, 1, 2; None where it is undefined."""
    grades = list(pairs)
    if not grades:
        return None
    apart = sum(abs(a - b) for a, b in grades)
    mine, theirs = zip(*grades, strict=True)
    by_chance = sum(mine.count(a) * theirs.count(b) * abs(a - b) for a in range(3) for b in range(3)) / len(grades)
    if not apart:
        return 1.0
    return 1 - apart / by_chance if by_chance else None


def f1(both: int, only_mine: int, only_theirs: int) -> float | None:
    """F1; None when there was nothing to find and nothing was found."""
    found = 2 * both + only_mine + only_theirs
    return 2 * both / found if found else None


def match(mine: Sequence[Flaw], theirs: Sequence[Flaw]) -> tuple[int, int, int]:
    """Count the flaws that both saw, that only one and that only the other saw; each is matched once."""
    left = list(theirs)
    for flaw in mine:
        same = next((other for other in left if flaw.matches(other)), None)
        if same is not None:
            left.remove(same)
    both = len(theirs) - len(left)
    return both, len(mine) - both, len(left)


def _of(judgement: Judgement, family: str) -> list[Flaw]:
    return [flaw for flaw in judgement.flaws if flaw.family == family]


def _shared(pairs: Iterable[tuple[Judgement, Judgement]], holds: Callable[[Judgement], object]) -> tuple[int, int, int]:
    answers = [(bool(holds(a)), bool(holds(b))) for a, b in pairs]
    return answers.count((True, True)), answers.count((True, False)), answers.count((False, True))


def _grades(pairs: Iterable[tuple[Judgement, Judgement]], label: str) -> Iterator[tuple[int, int]]:
    """The grades of a component in true apologies. One that was taken for no apology counts as wrong as can be."""
    for mine, theirs in pairs:
        if theirs.is_apology and label in theirs.states:
            grade = STATES.index(theirs.states[label])
            if label in mine.states:
                yield STATES.index(mine.states[label]), grade
            elif not mine.is_apology:
                yield (0 if grade == 2 else 2), grade


def _mean(each: Sequence[Figures]) -> Figures:
    names = each[0] if each else ()
    values = {name: [one[name] for one in each] for name in names}
    return {name: _mean_of(found) for name, found in values.items()}


def _mean_of(values: Iterable[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None
