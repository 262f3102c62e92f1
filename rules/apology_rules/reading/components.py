"""What the draft does about each of the seven components, with the words that show it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from apology_rules.draft import Relation
from apology_rules.reader import Notes
from apology_rules.reading.acts import (
    Strength,
    claims_care,
    explains,
    gives_contact,
    holds_against,
    owns,
    prevents,
    repairs,
    shows_impact,
)
from apology_rules.reading.apologies import Force
from apology_rules.reading.bargains import strikes_a_bargain
from apology_rules.reading.case import Case
from apology_rules.reading.clauses import Clause
from apology_rules.reading.contact import phone_or_mail
from apology_rules.reading.generalities import says_it_happens_to_all
from apology_rules.reading.hedges import hedges_object
from apology_rules.reading.parsed import Mark, ParsedDraft
from apology_rules.review import ComponentKind

Act = Callable[[ParsedDraft, Clause], Strength]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentReading:
    """How fully a component is there, the same by grammar alone, the marks that show it, and how fully it is needed."""

    strength: Strength
    by_grammar: Strength
    evidence: tuple[Mark, ...]
    needed: Strength

    @property
    def missed(self) -> bool:
        """Whether the recipient would miss it, or miss its full form."""
        return self.strength < self.needed


_ACTS: Mapping[ComponentKind, Act] = {
    ComponentKind.RESPONSIBILITY: owns,
    ComponentKind.EXPLANATION: explains,
    ComponentKind.REMEDY: repairs,
    ComponentKind.EMPATHY: shows_impact,
    ComponentKind.PREVENTION: prevents,
    ComponentKind.CONTACT: gives_contact,
}
_EVIDENCE_KEPT = 3
_HEAD_START = 0.2
_SHOWS = 0.05
"""From which likelihood on a clause is shown as what makes a component."""


@dataclass(frozen=True, slots=True)
class _Blend:
    """How grammar and the trained reader are weighed on a scale from 0 (absent) to 2 (present), and the cuts on it.

    Fitted on labelled drafts that the reader was not trained on.
    """

    grammar: float
    weak_from: float
    present_from: float


_BLENDS: Mapping[ComponentKind, _Blend] = {
    ComponentKind.RESPONSIBILITY: _Blend(0.1, 0.5, 1.3),
    ComponentKind.REGRET: _Blend(0.1, 0.6, 1.4),
    ComponentKind.EXPLANATION: _Blend(0.0, 0.9, 1.5),
    ComponentKind.REMEDY: _Blend(0.1, 0.8, 1.1),
    ComponentKind.EMPATHY: _Blend(0.1, 0.7, 1.3),
    ComponentKind.PREVENTION: _Blend(0.1, 0.8, 1.1),
    ComponentKind.CONTACT: _Blend(0.1, 0.9, 1.3),
}


def read_components(
    reading: ParsedDraft, case: Case, *, investigating: bool
) -> Mapping[ComponentKind, ComponentReading]:
    """Every component of the draft, in the order of `ComponentKind`."""
    found = {kind: [(act(reading, clause), clause) for clause in reading.body_clauses] for kind, act in _ACTS.items()}
    found[ComponentKind.REGRET] = _regrets(reading)
    return {kind: _component(reading, found[kind], needed(kind, case, investigating), kind) for kind in ComponentKind}


def _component(
    reading: ParsedDraft, strengths: Iterable[tuple[Strength, Clause]], wanted: Strength, kind: ComponentKind
) -> ComponentReading:
    pairs = [(strength, clause) for strength, clause in strengths if strength]
    best = max((strength for strength, _ in pairs), default=Strength.NONE)
    evidence = tuple(reading.mark(clause) for strength, clause in pairs if strength is best)[:_EVIDENCE_KEPT]
    signed = kind is ComponentKind.CONTACT and best is not Strength.FULL and phone_or_mail(reading.signature)
    if signed:
        best, evidence = Strength.FULL, (reading.signature_mark(),)
    # Who is sorry for doing something owns it: so do annotators hold in 97 of 100 cases, and grammar is sure of the case.
    named = kind is ComponentKind.RESPONSIBILITY and any(reading.apologised_act(clause) for _, clause in pairs)
    strength = best
    if reading.notes is not None and not signed and not named:
        strength = _blended(best, kind, reading.notes)
        apparent = _APPARENT.get(kind)
        if apparent is not None and best <= apparent.worth < strength and _only(reading, kind, apparent.seems):
            strength = apparent.worth
        evidence = tuple(_noted(reading, kind, reading.notes, {clause.root.i for _, clause in pairs})) or evidence
    return ComponentReading(strength=strength, by_grammar=best, evidence=evidence if strength else (), needed=wanted)


def _blended(grammar: Strength, kind: ComponentKind, notes: Notes) -> Strength:
    _, weak, present = notes.components[kind.value]
    blend = _BLENDS[kind]
    value = (1 - blend.grammar) * (weak + 2 * present) + blend.grammar * grammar
    return Strength.FULL if value > blend.present_from else Strength.WEAK if value > blend.weak_from else Strength.NONE


@dataclass(frozen=True, slots=True)
class _Apparent:
    """What the trained reader may take for a component, and what it is worth."""

    seems: Callable[[ParsedDraft, Clause], bool]
    worth: Strength


_APPARENT: Mapping[ComponentKind, _Apparent] = {
    ComponentKind.RESPONSIBILITY: _Apparent(claims_care, Strength.NONE),
    ComponentKind.REMEDY: _Apparent(lambda reading, clause: strikes_a_bargain(reading, clause.sentence), Strength.WEAK),
    ComponentKind.EMPATHY: _Apparent(holds_against, Strength.NONE),
    ComponentKind.PREVENTION: _Apparent(says_it_happens_to_all, Strength.NONE),
}


def _only(reading: ParsedDraft, kind: ComponentKind, seems: Callable[[ParsedDraft, Clause], bool]) -> bool:
    """Whether all that the trained reader takes for a component only seems so."""
    if (notes := reading.notes) is None:
        return False
    marks = [(clause, reading.mark(clause)) for clause in reading.body_clauses]
    label = f"{kind.value}.present"
    taken = [c for c, m in marks if notes.probability(label, m.begin or 0, m.end or 0) >= _RATHER]
    return bool(taken) and all(seems(reading, clause) for clause in taken)


_RATHER = 0.3


def _noted(reading: ParsedDraft, kind: ComponentKind, notes: Notes, read: Set[int]) -> Iterator[Mark]:
    """The clause that most looks like the component; one that grammar reads so as well has a head start.

    None where no clause looks like it: contact may be plain from the letter as a whole, and no words of it show that.
    """
    prose = [c for c in reading.body_clauses if c.sentence not in reading.headings]
    marks = [(clause, reading.mark(clause)) for clause in prose or reading.body_clauses if len(clause.own) > 1]
    likeliest = max(marks, key=lambda pair: _looks(notes, kind, pair, read), default=None)
    if likeliest is not None and _looks(notes, kind, likeliest, read) >= _SHOWS:
        yield likeliest[1]


def _looks(notes: Notes, kind: ComponentKind, marked: tuple[Clause, Mark], read: Set[int]) -> float:
    clause, mark = marked
    likely = max(
        notes.probability(f"{kind.value}.{state}", mark.begin or 0, mark.end or 0) for state in ("present", "weak")
    )
    return likely + (_HEAD_START if clause.root.i in read else 0.0)


def _regrets(reading: ParsedDraft) -> list[tuple[Strength, Clause]]:
    heads = reading.real_apologies
    hedged = [a for a in heads if a.condition is not None or hedges_object(reading, a)]
    plain = [a for a in heads if a.force is Force.APOLOGY and a not in hedged and not (a.bare and hedged)]
    return [(Strength.FULL if a in plain else Strength.WEAK, a.clause) for a in heads]


def needed(kind: ComponentKind, case: Case, investigating: bool) -> Strength:
    """How fully a case needs a component: proportion decides (codebook, section 2).

    A trifle needs regret and hardly more; friends and colleagues need no telephone number; nobody can tell a cause that
    is still being looked for.
    """
    trifle, private = case.gravity <= 1, case.relation is Relation.PERSONAL
    match kind:
        case ComponentKind.REGRET:
            return Strength.FULL
        case ComponentKind.RESPONSIBILITY:
            return Strength.WEAK if trifle else Strength.FULL
        case ComponentKind.CONTACT:
            firm = case.relation in {Relation.CUSTOMER, Relation.PRESS}
            return Strength.FULL if firm and not trifle else Strength.NONE
        case ComponentKind.EXPLANATION | ComponentKind.REMEDY if investigating or trifle:
            return Strength.NONE
        case ComponentKind.EXPLANATION:
            return Strength.WEAK if private else Strength.FULL
        case _:
            return Strength.NONE if trifle else Strength.FULL
