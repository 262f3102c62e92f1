"""Hedged apologies: heads whose object is a feeling, a perception, or nothing that can be named."""

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.apologies import Apology
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.parsed import ParsedDraft

_ANY = frozenset({"any", "whatever", "all", "some"})
_SPECIFIC = frozenset({"of", "that", "in", "when", "by", "from"})


def about_feeling(apology: Apology) -> bool:
    """Whether the apology is for what the recipient feels or perceives ("sorry you feel that way")."""
    clause = apology.complement
    if clause is not None and _feels(clause):
        return True
    noun = apology.object
    if noun is None:
        return False
    if noun.lemma_.lower() in lexicon.RECEPTION_VERBS and any(child.lower_ == "how" for child in noun.children):
        return True
    if noun.lemma_.lower() in lexicon.FEELING_NOUNS and _of_recipient(apology):
        return True
    return (
        noun.lemma_.lower() in {"how", "way"}
        and clause is not None
        and clause.root.lemma_.lower() in lexicon.RECEPTION_VERBS
    )


def _feels(clause: Clause) -> bool:
    if clause.doer is not Agent.SECOND and not (
        clause.subject is not None and clause.subject.lower_ in lexicon.SECOND_PRONOUNS
    ):
        return False
    if (
        clause.root.lemma_.lower() in lexicon.FEELING_VERBS
        and not clause.negated
        and clause.root.lemma_.lower() != "take"
    ):
        return True
    return bool(clause.words & lexicon.FEELING_WORDS)


def _of_recipient(apology: Apology) -> bool:
    noun = apology.object
    return noun is not None and any(t.lower_ in lexicon.SECOND_PRONOUNS or t.lower_ in _ANY for t in noun.subtree)


def blurred_object(apology: Apology) -> bool:
    """Whether the apology is for something nameless ("any inconvenience", "the situation")."""
    noun = apology.object
    if noun is not None and any(child.lower_ == "whatever" for child in noun.children):
        return True
    if noun is None or noun.lemma_.lower() not in lexicon.VAGUE_OBJECTS:
        return False
    return not any(
        child.lower_ in _SPECIFIC
        and child.dep_ == "prep"
        and any(g.pos_ in {"NOUN", "VERB", "PROPN"} for g in child.children)
        for child in noun.children
    )


def any_object(apology: Apology) -> bool:
    """Whether the nameless object is also uncertain ("any inconvenience this may have caused")."""
    return (
        blurred_object(apology) and apology.object is not None and any(t.lower_ in _ANY for t in apology.object.subtree)
    )


def definite(reading: ParsedDraft, apology: Apology) -> bool:
    """Whether the apology is for something definite and leaves nothing open: "sorry that I shouted", "for my remark".

    Annotators hold 2 of 135 such for half an apology that are for what the sender did or made, 31 of 497 for "the" thing.
    """
    beside = reading.clauses_of(apology.clause.sentence)
    if apology.condition is not None or any(c.modals & _MAYBE or c.words & _OPEN for c in beside):
        return False
    clause, noun = apology.complement, apology.object
    if noun is None:
        honest = clause is not None and clause.root.lemma_ == "have"  # "that I had to be honest"
        return clause is not None and clause.doer is Agent.FIRST and clause.past and not honest
    if any(c.lower_ in _DOUBTED or (c.dep_ == "poss" and c.lower_ in lexicon.SECOND_PRONOUNS) for c in noun.lefts):
        return False
    return names_one(noun) and (clause is None or clause.root.dep_ == "pcomp")  # "the delay in writing"


def names_one(noun: Token | None) -> bool:
    """Whether a noun says which thing or whom it means: "the delay", "your father", "Ann's report"; no feeling."""
    if noun is None or noun.pos_ not in {"NOUN", "PROPN"} or noun.lemma_.lower() in _NAMELESS:
        return False
    return noun.pos_ == "PROPN" or any(
        c.dep_ == "poss" or (c.dep_ == "det" and c.lower_ in _THE) for c in noun.children
    )


_NAMELESS = lexicon.VAGUE_OBJECTS | lexicon.FEELING_NOUNS
_THE = frozenset({"the", "this", "these"})
_MAYBE = frozenset({"may", "might", "could"})
_DOUBTED = frozenset({"alleged", "apparent", "perceived", "reported", "so-called", "supposed"})
_OPEN = frozenset({"any", "anyone", "anybody", "if", "some", "whatever"})


def hedges_object(reading: ParsedDraft, apology: Apology) -> bool:
    """Whether the object of the apology takes the apology back."""
    return about_feeling(apology) or any_object(apology) or (blurred_object(apology) and not reading.failures)
