"""What the draft does about each of the seven components, with the words that show it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from apology_rules.draft import Relation
from apology_rules.reader import Notes
from apology_rules.reading import lexicon
from apology_rules.reading.acts import Strength, phone_or_mail, refuses_reply, timed
from apology_rules.reading.apologies import Force
from apology_rules.reading.case import Case
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.reading.hedges import hedges_object
from apology_rules.reading.parsed import Mark, ParsedDraft
from apology_rules.review import ComponentKind

Act = Callable[[ParsedDraft, Clause], Strength]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentReading:
    """How fully a component is there, the marks that show it, and how fully this case needs it."""

    strength: Strength
    evidence: tuple[Mark, ...]
    needed: Strength

    @property
    def missed(self) -> bool:
        """Whether the recipient would miss it, or miss its full form."""
        return self.strength < self.needed


def owns(reading: ParsedDraft, clause: Clause) -> Strength:
    """Whether the sender says here that they did it, or that it is theirs."""
    if clause.quoted or clause.conditional or "may" in clause.modals or "might" in clause.modals:
        return Strength.NONE
    first = clause.doer is Agent.FIRST
    if _own_fault(clause) and not clause.negated:
        return Strength.FULL
    if reading.has("own_idiom", clause) and (first or reading.says_first_person("own_idiom", clause)):
        return Strength.FULL
    if first and clause.past and _fails_by_hand(reading, clause):
        return Strength.FULL
    if first and reading.has("take_responsibility", clause):
        return Strength.FULL if reading.failures else Strength.WEAK
    return Strength.WEAK if reading.has("weak_own", clause) else Strength.NONE


def _own_fault(clause: Clause) -> bool:
    for token in clause.own:
        if token.lemma_.lower() in lexicon.OWN_FAULT_NOUNS and any(
            c.lower_ in {"my", "our"} for c in token.children if c.dep_ == "poss"
        ):
            return True
        if token.lower_ in {"mine", "ours"} and clause.lemmas & {"be"}:
            return True
    return False


def _fails_by_hand(reading: ParsedDraft, clause: Clause) -> bool:
    lemma = clause.root.lemma_.lower()
    if clause.negated:
        return lemma not in {"mean", "intend", "want", "know", "think", "expect"} or "should" in clause.modals
    if lemma in lexicon.STRONG_FAILURE_VERBS:
        return True
    wrong = {
        "wrong",
        "wrongly",
        "incorrectly",
        "late",
        "twice",
        "mistakenly",
        "without",
        "instead",
        "carelessly",
        "accidentally",
        "badly",
    }
    return bool(clause.words & wrong) or ("make" in clause.lemmas and bool(clause.lemmas & lexicon.FAILURE_NOUNS))


def explains(reading: ParsedDraft, clause: Clause) -> Strength:
    """Whether the clause tells a concrete reason, or only renames the failure."""
    if clause.quoted or clause.conditional or clause.future:
        return Strength.NONE
    vacuous = reading.has("vacuous_cause", clause)
    if clause.mark in {"because", "as", "since"} and clause.past and not reading.in_apology(clause):
        return Strength.WEAK if vacuous else Strength.FULL
    causal = reading.has("causal", clause)
    if vacuous:
        return Strength.WEAK
    if causal and clause.past and not clause.lemmas & {"value", "matter", "write"}:
        return Strength.FULL
    if clause.doer is Agent.FIRST and clause.past and _fails_by_hand(reading, clause):
        return Strength.FULL
    return Strength.NONE


def repairs(reading: ParsedDraft, clause: Clause) -> Strength:
    """Whether the clause improves this recipient's position: done, dated, or theirs to choose."""
    if clause.quoted or clause.negated or (clause.conditional and clause.doer is not Agent.SECOND):
        return Strength.NONE
    lemma = clause.root.lemma_.lower()
    acting = (
        clause.doer in {Agent.FIRST, Agent.OTHER}
        or (clause.voice is Voice.PASSIVE and clause.doer is Agent.NOBODY)
        or clause.subject is None
    )
    vague = reading.has("vague_remedy", clause)
    gift = reading.has("gift_idiom", clause)
    strong = bool(
        lemma in lexicon.STRONG_REMEDY_VERBS
        or clause.lemmas & {"refund", "replacement", "compensation", "reimbursement"}
    )
    if (strong and acting) or gift:
        if vague:
            return Strength.WEAK
        done = clause.past or clause.root.tag_ == "VBG" or timed(clause) or gift
        return Strength.FULL if done else Strength.WEAK
    if (
        lemma in lexicon.REMEDY_VERBS
        and acting
        and timed(clause)
        and (clause.future or clause.past or clause.root.tag_ == "VBG")
    ):
        return Strength.FULL
    return Strength.WEAK if vague and clause.doer is Agent.FIRST else Strength.NONE


def shows_impact(reading: ParsedDraft, clause: Clause) -> Strength:
    """Whether the clause says what it was like, or what it cost, for the recipient."""
    if clause.quoted or clause.conditional:
        return Strength.NONE
    if reading.has("cost_them", clause) and (clause.past or clause.doer in {Agent.SECOND, Agent.THING}):
        return Strength.FULL
    return Strength.WEAK if reading.has("understand_feelings", clause) else Strength.NONE


def prevents(reading: ParsedDraft, clause: Clause) -> Strength:
    """Whether the clause changes something so that it does not happen again, or merely vows it."""
    if clause.quoted:
        return Strength.NONE
    vow = reading.has("never_again", clause)
    changed = reading.has("changed_practice", clause)
    if (
        changed
        and not vow
        and (clause.lemmas & lexicon.PREVENTION_VERBS or clause.words & {"now", "longer", "every", "always"})
    ):
        return Strength.FULL
    return Strength.WEAK if vow else Strength.NONE


def gives_contact(reading: ParsedDraft, clause: Clause) -> Strength:
    """Whether the clause names a person or a line that answers, or only a queue."""
    begin, end = reading.doc[clause.first].idx, reading.doc[clause.last - 1].idx + len(reading.doc[clause.last - 1])
    words = reading.text[begin:end]
    if refuses_reply(words):
        return Strength.NONE
    if phone_or_mail(words):
        return Strength.FULL
    if reading.has("direct_contact", clause) and (clause.words & {"me", "my", "i", "reply", "us"}):
        return Strength.FULL
    return Strength.WEAK if reading.has("generic_contact", clause) else Strength.NONE


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


@dataclass(frozen=True, slots=True)
class _Blend:
    """How grammar and the trained reader are weighed on a scale from 0 (absent) to 2 (present), and the cuts on it.

    Fitted on labelled drafts that the reader was not trained on.
    """

    grammar: float
    weak_from: float
    present_from: float


_BLENDS: Mapping[ComponentKind, _Blend] = {
    ComponentKind.RESPONSIBILITY: _Blend(0.2, 1.0, 1.1),
    ComponentKind.REGRET: _Blend(0.3, 0.7, 1.4),
    ComponentKind.EXPLANATION: _Blend(0.1, 1.1, 1.4),
    ComponentKind.REMEDY: _Blend(0.2, 0.9, 1.3),
    ComponentKind.EMPATHY: _Blend(0.0, 1.1, 1.4),
    ComponentKind.PREVENTION: _Blend(0.1, 0.7, 0.9),
    ComponentKind.CONTACT: _Blend(0.2, 1.0, 1.3),
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
    if kind is ComponentKind.CONTACT and best is not Strength.FULL and phone_or_mail(reading.signature):
        best, evidence = Strength.FULL, (reading.signature_mark(),)
    elif reading.notes is not None:
        best = _blended(best, kind, reading.notes)
        evidence = tuple(_noted(reading, kind, reading.notes, {clause.root.i for _, clause in pairs})) or evidence
    return ComponentReading(strength=best, evidence=evidence if best else (), needed=wanted)


def _blended(grammar: Strength, kind: ComponentKind, notes: Notes) -> Strength:
    _, weak, present = notes.components[kind.value]
    blend = _BLENDS[kind]
    value = (1 - blend.grammar) * (weak + 2 * present) + blend.grammar * grammar
    return Strength.FULL if value > blend.present_from else Strength.WEAK if value > blend.weak_from else Strength.NONE


def _noted(reading: ParsedDraft, kind: ComponentKind, notes: Notes, read: Set[int]) -> Iterator[Mark]:
    """The clause that most looks like the component; one that grammar reads so as well has a head start."""
    marks = [(clause, reading.mark(clause)) for clause in reading.body_clauses if len(clause.own) > 1]
    if marks:
        yield max(marks, key=lambda pair: _looks(notes, kind, pair, read))[1]


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
