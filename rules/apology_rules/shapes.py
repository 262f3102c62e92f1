"""Shapes: builders of a rule's `find`, for what most rules have in common."""

from collections.abc import Callable, Iterator

from apology_rules.reading import Mark, Reading
from apology_rules.reading.acts import Strength
from apology_rules.reading.apologies import Apology
from apology_rules.reading.clauses import Clause
from apology_rules.review import ComponentKind

Find = Callable[[Reading], Iterator[Mark]]


def clauses(holds: Callable[[Reading, Clause], bool]) -> Find:
    """Points at each clause of the body of which `holds` is true; a clause within a clause pointed at is passed over."""

    def find(reading: Reading) -> Iterator[Mark]:
        reached = 0
        for clause in reading.outermost_first:
            if clause.last > reached and holds(reading, clause):
                reached = clause.last
                yield reading.mark(clause)

    return find


def apologies(holds: Callable[[Reading, Apology], bool]) -> Find:
    """Points at each apology of which `holds` is true, from its head to the end of its clause."""

    def find(reading: Reading) -> Iterator[Mark]:
        for apology in reading.real_apologies:
            if holds(reading, apology):
                yield reading.mark(apology.clause)

    return find


def missing(kind: ComponentKind) -> Find:
    """Says once that a component that the recipient would miss is absent, or there only in a vague form."""

    def find(reading: Reading) -> Iterator[Mark]:
        component = reading.components[kind]
        if component.missed:
            yield Mark(weak=component.strength is Strength.WEAK)

    return find
