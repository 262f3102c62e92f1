"""What to apologise for in the draft's own words: what it calls the failure ("the delay"), or what it has just told."""

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent
from apology_rules.reading.layout import Role
from apology_rules.rewrite.case import Case


def failure_called(case: Case) -> str:
    """The noun phrase that names the failure in another sentence: the last one before the words, else the first after.

    It is made definite, without what makes it small or doubtful and without all that hangs on it: "a slight delay in the
    post" is "the delay". Empty where the draft has no name for it, or more than one.
    """
    here = {case.reading.sentence_at(t.i).number for t in case.tokens}
    nouns = [
        token
        for sentence in case.reading.sentences
        if sentence.number not in here and sentence.role in {Role.BODY, Role.SUBJECT}
        for token in case.reading.doc[sentence.first : sentence.last]
        if _names_the_failure(case, token)
    ]
    if len({noun.lemma_.lower() for noun in nouns}) != 1:
        return ""
    before = [noun for noun in nouns if noun.idx < case.begin]
    noun = before[-1] if before else nouns[0]
    described = [c for c in noun.lefts if c.dep_ in {"amod", "compound"} and c.lower_ not in _SOFTENING]
    return " ".join(["the", *(c.text.lower() if c.pos_ != "PROPN" else c.text for c in described), noun.lower_])


def deed_called(case: Case) -> str:
    """What the sender calls their deed in one of the sentences before: "my remarks"; empty where they do not."""
    here = case.reading.sentence_at(case.tokens[0].i).number if case.tokens else 0
    for sentence in reversed(case.reading.sentences[max(0, here - _NEAR) : here]):
        for token in case.reading.doc[sentence.first : sentence.last]:
            own = next((c for c in token.lefts if c.dep_ == "poss" and c.lower_ in {"my", "our"}), None)
            if own is not None and token.lemma_.lower() in DEEDS and sentence.role is Role.BODY:
                return f"{own.lower_} {token.lower_}"
    return ""


_NEAR = 3
DEEDS = frozenset(
    "action behaviour behavior choice comment conduct decision delay email error handling joke language letter manner "
    "message mistake outburst post remark reply response silence story tone treatment tweet word".split()
)
"""What a sender may have done, by name."""


def just_told(case: Case) -> str:
    """ " for that", where the sentence before, on the same line, tells the failure and no apology for it; else nothing."""
    here = case.reading.sentence_at(case.tokens[0].i) if case.tokens else None
    if here is None or not here.number:
        return ""
    before = case.reading.sentences[here.number - 1]
    if {before.role, here.role} != {Role.BODY} or "\n" in case.text[before.begin : here.begin]:
        return ""
    asks = case.text[before.begin : before.end].rstrip().endswith("?")
    if asks or any(a.clause.sentence == before.number for a in case.reading.real_apologies):
        return ""
    told = [c for c in case.reading.clauses_of(before.number) if c.doer is not Agent.SECOND and case.tells_the_act(c)]
    return " for that" if told else ""


def _names_the_failure(case: Case, noun: Token) -> bool:
    """Whether the noun names what has come about: nobody else's, not one that is denied, feared, or to be prevented."""
    if noun.pos_ != "NOUN" or noun.lemma_.lower() not in _NAMES or noun.dep_ in {"compound", "amod"}:
        return False
    if any(c.dep_ in {"poss", "neg"} and c.lower_ not in lexicon.FIRST_PRONOUNS for c in noun.children):
        return False
    if any(c.lower_ in _OTHERS for c in noun.lefts) or any(t.lemma_.lower() in _AGAINST for t in noun.ancestors):
        return False
    clause = case.reading.clause_at(noun)
    return not (clause.negated or clause.conditional or clause.modals or clause.future or clause.quoted)


_NAMES = (
    lexicon.FAILURE_NOUNS
    - lexicon.VAGUE_OBJECTS
    - frozenset(
        "incident loss damage complaint accident crash failing disaster fault slip lapse miscommunication".split()
    )
) | frozenset("cut shortage overcharging closure interruption wait".split())
"""What says by itself what went wrong, and is nobody's sorrow."""

_SOFTENING = frozenset(
    "slight small minor little brief short temporary possible potential apparent alleged unfortunate unforeseen "
    "unavoidable unexpected simple honest genuine tiny perceived occasional further other such regrettable recent".split()
)
_OTHERS = frozenset("any no such further other another every each future more similar zero".split())
_AGAINST = frozenset("avoid prevent reduce stop report fear deny check guard protect remind warn without".split())
