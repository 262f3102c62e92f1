"""Apology heads: the words that apologise, what they apologise for, and whether they are meant for the failure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Agent, Clause


class Force(Enum):
    """What an apology head does."""

    APOLOGY = "apologises"
    REGRET = "regrets, without apologising"
    COURTESY = "excuses a small imposition"
    CONDOLENCE = "shares a grief"
    DECLINE = "softens a refusal"
    REPORTED = "talks about an apology"


_STOPS = frozenset({".", "!", "?"})
_SORRY = frozenset({"sorry", "soz", "sry", "sozz", "sorri", "sowwy", "srry"})
_VERBS = frozenset({"apologise", "apologize", "apologies", "apologis"})
_NOUNS = frozenset({"apology", "apolgy", "apologies", "apolgies"})
_PARDON = frozenset({"forgive", "pardon", "excuse"})
_INFINITIVE_WRONGS = frozenset(
    {"have", "let", "keep", "put", "disappoint", "miss", "cause", "break", "ruin", "drag", "leave", "mess"}
)
_GIVERS = frozenset(
    {"offer", "owe", "accept", "extend", "make", "send", "give", "express", "convey", "tender", "be", "have"}
)
_TRIVIAL_IMPOSITIONS = frozenset(
    "reply response bother email emails message messages ramble rant length spam noise english typos typo post "
    "question questions interruption intrusion nagging handwriting formatting brevity repost novel essay text wall "
    "caps note notes mail mails voicemail ping pings tag title ask request rush".split()
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Apology:
    """One apology head. `complement` is the clause it is about, `object` the noun; both None for a bare "sorry"."""

    head: Token
    clause: Clause
    force: Force
    object: Token | None
    complement: Clause | None
    condition: Clause | None

    @property
    def bare(self) -> bool:
        """Whether it names nothing that it is for."""
        return self.object is None and self.complement is None


def apologies(clauses: Sequence[Clause], concepts_at: "ConceptsAt") -> Iterator[Apology]:
    """Every apology head in the clauses, in the order of the text."""
    by_root = {clause.root.i: clause for clause in clauses}
    for clause in clauses:
        for token in clause.own:
            if _is_head(token):
                yield _apology(token, clause, by_root, concepts_at)


class ConceptsAt:
    """Which concepts have a phrase over a token."""

    def __init__(self, phrases: dict[str, tuple[tuple[int, int], ...]]) -> None:
        self._phrases = phrases

    def __call__(self, concept: str, token: Token) -> bool:
        return any(first <= token.i < last for first, last in self._phrases.get(concept, ()))


def _is_head(token: Token) -> bool:
    word, lemma = token.lower_, token.lemma_.lower()
    if word in _SORRY:
        return not (
            token.dep_ == "amod"
            and token.head.pos_ == "NOUN"
            and token.i < token.head.i
            and token.head.i - token.i == 1
        )
    if word in _NOUNS or lemma in _NOUNS:
        return _is_given(token)
    if lemma in _VERBS or word.startswith(("apologis", "apologiz")):
        return token.pos_ in {"VERB", "AUX", "NOUN", "ADJ", "PROPN"}
    if lemma == "regret":
        return token.pos_ == "VERB" or any(c.lower_ in lexicon.FIRST_PRONOUNS for c in token.children)
    if lemma in _PARDON:
        return any(child.lower_ in {"me", "us", "my", "our"} for child in token.subtree if child.i - token.i in (1, 2))
    return False


def _is_given(token: Token) -> bool:
    """Whether an "apology" is given here, and not asked for or talked about."""
    if any(
        child.lower_ in lexicon.SECOND_PRONOUNS | {"her", "his", "their"}
        for child in token.children
        if child.dep_ == "poss"
    ):
        return False
    if any(child.lower_ in lexicon.FIRST_PRONOUNS for child in token.children):
        return True
    if token.dep_ == "ROOT":
        return True
    return (
        token.head.lemma_.lower() in _GIVERS or token.sent.start == token.i or token.lower_ in {"apologies", "apolgies"}
    )


def _apology(token: Token, clause: Clause, by_root: dict[int, Clause], concepts_at: ConceptsAt) -> Apology:
    complement, condition = None, None
    noun = _object(token)
    for child in [*token.children, *(clause.root.children if clause.root.i != token.i else [])]:
        found = by_root.get(child.i)
        if (
            found is None
            or found is clause
            or child.dep_ not in {"ccomp", "xcomp", "advcl", "acl", "relcl"}
            or (child.i < token.i and child.dep_ != "advcl")
        ):
            continue
        if found.conditional:
            condition = condition or found
        elif child.i > token.i and child.dep_ != "relcl":
            complement = complement or found
    if noun is not None and complement is None:
        complement = next((by_root[t.i] for t in noun.subtree if t.i in by_root and by_root[t.i] is not clause), None)
    return Apology(
        head=token,
        clause=clause,
        force=_force(token, clause, noun, complement, concepts_at),
        object=noun,
        complement=complement,
        condition=condition,
    )


def _object(token: Token) -> Token | None:
    """The noun after "for", "about" or "the object of" the head; for a gerund ("for missing"), the gerund."""
    for source in (token, token.head if token.dep_ in {"acomp", "dobj", "attr", "advmod", "intj"} else token):
        for child in source.children:
            if (
                child.dep_ == "prep"
                and child.lower_ in {"for", "about", "over", "bout", "4", "regarding"}
                and child.i > token.i
            ):
                return next((grand for grand in child.children if grand.dep_ in {"pobj", "pcomp"}), None)
            if source is token and child.dep_ == "dobj" and child.i > token.i and token.lemma_.lower() == "regret":
                return child
    return None


def by_house(clause: Clause) -> bool:
    """Whether a house speaks of itself, now: "the Commission regrets"; "the council apologised" may be news."""
    subject = clause.subject
    if subject is None or clause.past or clause.root.tag_ not in {"VBZ", "VBP"} or subject.i > clause.root.i:
        return False
    named = any(c.lower_ == "the" and c.dep_ == "det" for c in subject.children)
    return named and subject.lemma_.lower() in lexicon.HOUSES


def _force(
    token: Token, clause: Clause, noun: Token | None, complement: Clause | None, concepts_at: ConceptsAt
) -> Force:
    subject = clause.subject.lower_ if clause.subject is not None else ""
    reported = clause.quoted or (
        subject != ""
        and subject not in lexicon.FIRST_PRONOUNS
        and clause.doer in {Agent.SECOND, Agent.OTHER}
        and subject not in {"it", "this", "that"}
        and not by_house(clause)
    )
    if reported or (clause.negated and token.lower_ in _SORRY | _VERBS and not concepts_at("grudging", token)):
        return Force.REPORTED
    if concepts_at("apology_received", token) or thanked_for(token) or _told_of(token):
        return Force.REPORTED
    if concepts_at("condolence", token):
        return Force.CONDOLENCE
    if concepts_at("decline", token) or _refuses(token, complement):
        return Force.DECLINE
    if concepts_at("courtesy", token) or _trivial(token, noun):
        return Force.COURTESY
    if token.lemma_.lower() == "regret":
        return Force.REGRET
    return Force.APOLOGY


def harms(verb: Token) -> bool:
    """Whether a verb says what harms somebody or something: "for losing it", "that we gave him the wrong pills"."""
    lemma = verb.lemma_.lower()
    wrongly = any(t.lower_ in {"wrong", "wrongly"} for t in verb.subtree) or (
        lemma in {"bill", "charge"} and any(t.lower_ == "twice" for t in verb.subtree)
    )
    over = lemma in {"run", "drive"} and any(c.lower_ == "over" for c in verb.rights)
    return over or lemma in _HARMS or (wrongly and verb.pos_ == "VERB")


_HARMS = (
    lexicon.STRONG_FAILURE_VERBS | {"kill", "injure", "hurt", "wound", "bite", "poison", "hit", "slap", "upset"}
) - {
    "miss",
    "interrupt",
    "delay",
    "overlook",
    "misspell",
    "spill",
    "overrun",
    "copy",
}


def wrongs_them(apology: Apology) -> bool:
    """Whether somebody is sorry for harm that they have done to the recipient: "for losing your passport"."""
    act, plain = apology.object, apology.force is Force.APOLOGY and apology.condition is None
    if not plain or act is None or act.dep_ != "pcomp" or act.tag_ != "VBG" or not harms(act):
        return False
    negated = any(c.dep_ == "neg" for c in act.children)
    met = any(t.lower_ in lexicon.SECOND_PRONOUNS for t in act.subtree)
    trivial = _TRIVIAL_IMPOSITIONS | {"call", "eye", "font", "minute", "moment", "second"}
    return met and not negated and not any(t.lemma_.lower() in trivial for t in act.subtree)


def thanked_for(token: Token) -> bool:
    """Whether it is the other side's apology, for which the sender thanks them: "thanks for ringing and for saying sorry"."""
    verb = token.head if token.lower_ in _SORRY and token.head.lemma_ == "say" else token
    given = verb.tag_ == "VBG" and verb.lemma_.lower() in _VERBS | {"say"}
    return given and verb.head.lower_ == "for" and any(t.lemma_.lower() in {"thank", "thanks"} for t in verb.ancestors)


def _told_of(token: Token) -> bool:
    """Whether an apology of another day is told: "she said sorry", "he apologised to them", "I rang them to apologise".

    Not where it is made once more: "I apologised to her, and I do so here".
    """
    if any(t.lower_ in _ONCE_MORE for t in token.sent):
        return False
    verb = token.head if token.lower_ in _SORRY and token.head.lemma_ == "say" else token
    if verb.tag_ == "VBD" and verb.lemma_.lower() in _VERBS | {"say"}:
        subject = _subject(verb)
        own = subject is not None and subject.lower_ in lexicon.FIRST_PRONOUNS
        return not own or any(_to_others(c) for c in verb.children)
    rang = next((t for t in verb.ancestors if t.tag_ == "VBD"), None)
    if rang is None or rang.lemma_.lower() not in _GOING or not verb.i or verb.nbor(-1).lower_ != "to":
        return False
    return any(_to_others(c) or c.lower_ in lexicon.THIRD_PRONOUNS for c in rang.children)


def _subject(verb: Token) -> Token | None:
    """The subject of a verb, or of the one that it is joined to."""
    while verb.dep_ == "conj" and not any(c.dep_.startswith("nsubj") for c in verb.children):
        verb = verb.head
    return next((c for c in verb.children if c.dep_.startswith("nsubj")), None)


def _to_others(token: Token) -> bool:
    """ "To them", "to the club": not "to you", nor "to apologise"."""
    whom = [c for c in token.children if c.dep_ == "pobj"] if token.lower_ == "to" else []
    return bool(whom) and whom[0].lower_ not in lexicon.SECOND_PRONOUNS | _ALL and not _is_head(whom[0])


_ALL = frozenset({"all", "everyone", "everybody"})


_ONCE_MORE = frozenset({"again", "here", "repeat"})
_GOING = frozenset("call email go mail phone ring text visit write".split())


def _trivial(token: Token, noun: Token | None) -> bool:
    """ "Sorry to be that neighbour", "apologies for absence": a small imposition, no wrong."""
    if noun is not None and noun.lemma_.lower() in _TRIVIAL_IMPOSITIONS | {"absence"}:
        return True
    infinitive = next((c for c in token.children if c.i > token.i and _is_infinitive(c)), None)
    return infinitive is not None and infinitive.lemma_.lower() not in _INFINITIVE_WRONGS


def _is_infinitive(token: Token) -> bool:
    return token.tag_ == "VB" and any(child.tag_ == "TO" for child in token.children)


def _refuses(token: Token, complement: Clause | None) -> bool:
    """ "Sorry, but we cannot": what follows is a refusal of something to come, not a failure."""
    if complement is not None:
        refused = complement.negated and bool(complement.modals & {"can", "ca", "will", "wo", "could"})
        return (refused or "unable" in complement.words) and not complement.past
    after = list(takewhile(lambda t: t.text not in _STOPS, token.doc[token.i + 1 : token.i + 9]))
    refusing = any(t.lower_ in {"ca", "can", "cannot", "wo", "won't", "unable", "no"} for t in after)
    return refusing and any(t.lower_ in {"but", ","} for t in after[:1]) and not any(t.tag_ == "VBD" for t in after)
