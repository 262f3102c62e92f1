"""What a clause does in an apology: owns, explains, repairs, shows what it meant, prevents, gives contact.

Each test reads one clause and says whether it does the act in full or weakly. The categories are the components of the
coding scheme of Blum-Kulka & Olshtain 1984, as the codebook of this project defines them.
"""

from enum import IntEnum

from apology_rules.reading import lexicon
from apology_rules.reading.bargains import strikes_a_bargain
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.reading.contact import phone_or_mail, refuses_reply
from apology_rules.reading.failures import fails
from apology_rules.reading.parsed import ParsedDraft

_WRONGLY = frozenset(
    "wrong wrongly incorrectly late twice mistakenly without instead carelessly accidentally badly".split()
)


class Strength(IntEnum):
    """How fully an act is done."""

    NONE = 0
    WEAK = 1
    FULL = 2


def owns(reading: ParsedDraft, clause: Clause) -> Strength:
    """Whether the sender says here that they did it, or that it is theirs."""
    if clause.quoted or clause.conditional or "may" in clause.modals or "might" in clause.modals:
        return Strength.NONE
    first = clause.doer is Agent.FIRST
    if reading.apologised_act(clause) or takes_blame(reading, clause):
        return Strength.FULL
    if first and clause.past and _fails_by_hand(clause):
        return Strength.FULL
    if first and reading.has("take_responsibility", clause):
        return Strength.FULL if reading.failures else Strength.WEAK
    weak = reading.has("weak_own", clause) and not claims_care(reading, clause)
    return Strength.WEAK if weak else Strength.NONE


def claims_care(reading: ParsedDraft, clause: Clause) -> bool:
    """Whether its sentence says that what the sender did was right: "we packed it as agreed", "I checked it, it was fine".

    Who says so owns nothing, however much of it they did themselves.
    """
    beside = reading.clauses_of(clause.sentence)
    right = {c.root.i for c in beside if reading.has("done_right", c) and _says_so(c)}
    wrong = any((fails(c) or c.negated) and c.root.i not in right for c in beside)
    return bool(right) and not wrong and not any(takes_blame(reading, c) for c in beside)


def _says_so(clause: Clause) -> bool:
    """Whether it is said of what was done: not of a person ("you were right"), nor as what somebody was told."""
    person = clause.subject is not None and clause.subject.lower_ in _PERSONS and clause.root.lemma_ == "be"
    denied = clause.negated and "nothing" not in clause.words  # "we did nothing wrong"
    plain = not (denied or clause.modals or clause.conditional or clause.future)
    plain = plain and (clause.past or clause.subject is None)  # "as agreed"
    return plain and clause.dependency != "ccomp" and clause.doer is not Agent.SECOND and not person


_PERSONS = lexicon.FIRST_PRONOUNS | lexicon.SECOND_PRONOUNS | {"he", "she", "who"}


def holds_against(reading: ParsedDraft, clause: Clause) -> bool:
    """Whether it says what the recipient could have done about it: "you could have rung".

    What could have befallen them is no charge, nor what they could have done if the sender had done otherwise.
    """
    told = clause.dependency in _TOLD and not (clause.quoted or clause.negated or clause.conditional)
    if not (told and could_have(clause) and clause.root.lemma_.lower() in _CHARGED) or "already" in clause.words:
        return False
    beside = [c for c in reading.clauses_of(clause.sentence) if c is not clause]
    return not any(c.doer is Agent.FIRST or (c.doer is Agent.SECOND and c.actual) for c in beside)


def could_have(clause: Clause) -> bool:
    """ "You could have rung", "you might have died"."""
    have = any(c.dep_ == "aux" and c.lower_ in {"have", "'ve", "of"} for c in clause.root.children)
    acting = clause.doer is Agent.SECOND and clause.voice is Voice.ACTIVE
    return acting and have and bool(clause.modals & {"could", "might"})


_TOLD = frozenset({"ROOT", "conj", "parataxis"})
_CHARGED = frozenset(
    "answer ask badge bang bring call check collect come complain confirm contact copy drop email flag follow give go "
    "help hold inform keep knock leave let lock look make mention message move number open park phone pick point post "
    "publish query raise read remind reply report return ring say send shout show speak stop take tell text try use wait "
    "walk warn wear write".split()
)
"""What people say that others should have done, about a failure that the others did not bring about."""


def takes_blame(reading: ParsedDraft, clause: Clause) -> bool:
    """Whether the sender says whose fault it is: "that was our mistake", "it's on me"."""
    if clause.quoted or clause.conditional:
        return False
    if _own_fault(clause) and not clause.negated:
        return True
    first = clause.doer is Agent.FIRST or reading.says_first_person("own_idiom", clause)
    return reading.has("own_idiom", clause) and first


def _own_fault(clause: Clause) -> bool:
    if clause.words & {"mine", "ours"} and "be" in clause.lemmas:
        return True
    return bool(clause.lemmas & lexicon.OWN_FAULT_NOUNS) and any(
        token.lemma_.lower() in lexicon.OWN_FAULT_NOUNS
        and any(c.lower_ in {"my", "our"} for c in token.children if c.dep_ == "poss")
        for token in clause.own
    )


def _fails_by_hand(clause: Clause) -> bool:
    lemma = clause.root.lemma_.lower()
    if clause.negated:
        return lemma not in {"mean", "intend", "want", "know", "think", "expect"} or "should" in clause.modals
    done_to_them = any(t.dep_ == "dobj" and t.lower_ in lexicon.SECOND_PRONOUNS for t in clause.own)
    if lemma in lexicon.STRONG_FAILURE_VERBS or (done_to_them and lemma in lexicon.FAILURE_VERBS):
        return True
    return bool(clause.words & _WRONGLY) or ("make" in clause.lemmas and bool(clause.lemmas & lexicon.FAILURE_NOUNS))


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
    if clause.doer is Agent.FIRST and clause.past and _fails_by_hand(clause):
        return Strength.FULL
    return Strength.NONE


def repairs(reading: ParsedDraft, clause: Clause) -> Strength:
    """Whether the clause improves this recipient's position: done, dated, or theirs to choose."""
    if clause.quoted or clause.negated or (clause.conditional and clause.doer is not Agent.SECOND):
        return Strength.NONE
    if any(c.dep_ == "aux" and c.lower_ == "had" for c in clause.root.children):
        return Strength.NONE  # "I had put it in the diary" tells what was before the failure
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
        if vague or strikes_a_bargain(reading, clause.sentence):
            return Strength.WEAK
        done = clause.past or clause.root.tag_ == "VBG" or _timed(clause) or gift
        return Strength.FULL if done else Strength.WEAK
    if (
        lemma in lexicon.REMEDY_VERBS
        and acting
        and _timed(clause)
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


def _timed(clause: Clause) -> bool:
    """Whether the clause names a time."""
    return bool((clause.words | clause.lemmas) & lexicon.TIME_WORDS)
