"""Clauses: who does what, in which voice and mood.

A clause is a verb with the words that hang on it and on no other clause. Dependency labels are those of the
ClearNLP scheme that spaCy's English models use.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from spacy.tokens import Doc, Span, Token

from apology_rules.reading import lexicon
from apology_rules.reading.layout import BLANK_LINE

_CLAUSAL = frozenset({"ROOT", "advcl", "ccomp", "relcl", "acl", "csubj", "csubjpass", "parataxis", "pcomp"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl", "csubj", "csubjpass"})
_WILL = frozenset({"will", "shall", "'ll", "ll", "wo", "sha"})  # "wo" and "sha" of "won't" and "shan't"
_EPISTEMIC = frozenset({"may", "might", "could"})
_CONDITIONAL_MARKS = frozenset({"if", "should", "whether", "unless", "provided", "supposing", "insofar"})
_LINKS = frozenset({"that", "though", "although", "because", "while", "whilst", "and", "so", "as", "since"})
_OPENING_QUOTES = frozenset({'"', "``", "''"})


class Agent(Enum):
    """Who stands in the place of the doer."""

    FIRST = "the sender"
    SECOND = "the recipient"
    OTHER = "somebody else"
    THING = "a thing"
    NOBODY = "nobody"


class Voice(Enum):
    """Whether the subject does it or has it done to it."""

    ACTIVE = "active"
    PASSIVE = "passive"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clause:
    """One clause. Token indices count in the parsed document; `first` and `last` bound `[first, last)`.

    `last` reaches to the end of the last complement, embedded clauses included; `own` holds the words that belong to
    no embedded clause. `doer` is the by-agent of a passive and the subject otherwise. `past` and `future` say whether it
    speaks of what was, or of what will be done.
    """

    root: Token
    subject: Token | None
    doer: Agent
    voice: Voice
    sentence: int
    first: int
    last: int
    own: tuple[Token, ...]
    lemmas: frozenset[str]
    words: frozenset[str]
    negated: bool
    modals: frozenset[str]
    mark: str
    dependency: str
    past: bool
    future: bool
    quoted: bool

    @property
    def conditional(self) -> bool:
        """Whether the clause says what may be, under "if" or "should"."""
        return self.mark in _CONDITIONAL_MARKS

    @property
    def epistemic(self) -> bool:
        """Whether a may, might or could stands over a "have" or a "be" ("may have caused", "could be late")."""
        return bool(self.modals & _EPISTEMIC) and ("have" in self.lemmas or "be" in self.lemmas)

    @property
    def actual(self) -> bool:
        """Whether it reports something that has happened."""
        return self.past and not self.conditional and not self.modals


def agent_of(token: Token | None, own_names: frozenset[str], their_names: frozenset[str]) -> Agent:
    """The class of a noun or pronoun in the place of a doer."""
    if token is None:
        return Agent.NOBODY
    word, lemma = token.lower_, token.lemma_.lower()
    if word in lexicon.FIRST_PRONOUNS:
        return Agent.FIRST
    if word in lexicon.SECOND_PRONOUNS:
        return Agent.SECOND
    if word in lexicon.THIRD_PRONOUNS:
        return Agent.OTHER
    if token.dep_ == "expl":
        return Agent.NOBODY
    return _agent_of_noun(token, word, lemma, own_names, their_names)


def _agent_of_noun(token: Token, word: str, lemma: str, own: frozenset[str], their: frozenset[str]) -> Agent:
    owners = {child.lower_ for child in token.children if child.dep_ == "poss"}
    phrase = {child.lower_ for child in token.children if child.dep_ in {"compound", "amod"}} | {lemma}
    if word in own and token.pos_ == "PROPN":
        return Agent.FIRST
    if word in their and token.pos_ == "PROPN":
        return Agent.SECOND
    if owners & lexicon.SECOND_PRONOUNS:
        return Agent.SECOND
    if phrase & lexicon.INSIDERS or lemma in lexicon.COLLEAGUES:
        return Agent.OTHER
    if owners & lexicon.FIRST_PRONOUNS:
        return Agent.OTHER if lemma in lexicon.STRANGERS else Agent.FIRST if lemma in lexicon.OWN_UNITS else Agent.THING
    if lemma in lexicon.STRANGERS:
        return Agent.OTHER
    if lemma in {"customer", "guest", "user", "client", "passenger", "patient", "subscriber"}:
        return Agent.SECOND
    if any(child.lower_ == "the" for child in token.children) and lemma in {
        "team",
        "company",
        "firm",
        "office",
        "crew",
        "staff",
    }:
        return Agent.FIRST
    return Agent.OTHER if token.pos_ == "PROPN" else Agent.THING


def clauses(
    doc: Doc, text: str, sentences: list[Span], own_names: frozenset[str], their_names: frozenset[str]
) -> Iterator[Clause]:
    """Every clause of the sentences, in the order of the text, which is the document's."""
    quoted = _quoted_tokens(doc) if '"' in text or "``" in text else frozenset()
    for number, sentence in enumerate(sentences):
        heads = [token for token in sentence if _heads_clause(token)]
        own: dict[int, list[Token]] = {head.i: [] for head in heads}
        clause_of = {head.i: head.i for head in heads}
        for token in sentence:
            own[_clause_of(token, clause_of)].append(token)
        for head in heads:
            yield _clause(head, own[head.i], number, sentence, own_names, their_names, quoted)


def _heads_clause(token: Token) -> bool:
    if token.head == token:
        return True
    if token.pos_ not in {"VERB", "AUX"} or token.dep_ in {"aux", "auxpass"}:
        return False
    if token.dep_ in _CLAUSAL:
        return True
    return (
        token.dep_ == "conj"
        and any(child.dep_ in _SUBJECTS or child.dep_ in {"aux", "auxpass"} for child in token.children)
    ) or (token.dep_ == "conj" and token.tag_ in {"VBD", "VBP", "VBZ"})


def _clause_of(token: Token, known: dict[int, int]) -> int:
    """Where the head of the token's clause stands. `known` has it for heads and for tokens asked for before."""
    path = []
    while token.i not in known:
        path.append(token.i)
        token = token.head
    found = known[token.i]
    known.update((place, found) for place in path)
    return found


def _subject(head: Token, children: Sequence[Token]) -> Token | None:
    """The subject of a clause, shared with the first conjunct when it has none of its own."""
    for child in children:
        if child.dep_ in _SUBJECTS:
            return child
    if head.dep_ == "conj" and head.head.pos_ in {"VERB", "AUX"}:
        return _subject(head.head, tuple(head.head.children))
    if head.dep_ == "relcl":
        return head.head
    return None


def _clause(
    head: Token,
    own: list[Token],
    number: int,
    sentence: Span,
    own_names: frozenset[str],
    their_names: frozenset[str],
    quoted: frozenset[int],
) -> Clause:
    children = tuple(head.children)
    subject = _subject(head, children)
    dependents = {child.dep_ for child in children}
    passive = bool(dependents & {"nsubjpass", "auxpass", "csubjpass"}) or (
        head.dep_ in {"acl", "conj"} and head.tag_ == "VBN" and "aux" not in dependents and "nsubj" not in dependents
    )
    doer = subject
    if passive:
        doer = next((p for a in children if a.dep_ == "agent" for p in a.children if p.dep_ == "pobj"), None)
    words = frozenset(token.lower_ for token in own)
    lemmas = frozenset(token.lemma_.lower() for token in own)
    modals = frozenset(token.lower_ for token in own if token.tag_ == "MD")
    begin, end = _extent(head, children, own, sentence)
    return Clause(
        root=head,
        subject=subject,
        doer=Agent.FIRST if _drops_i(head, children, subject, passive) else agent_of(doer, own_names, their_names),
        voice=Voice.PASSIVE if passive else Voice.ACTIVE,
        sentence=number,
        first=begin,
        last=end,
        own=tuple(own),
        lemmas=lemmas,
        words=words,
        negated="neg" in dependents
        or bool(words & {"never", "nobody", "nothing", "neither", "didnt", "wasnt", "dont", "havent"}),
        modals=modals,
        mark=_mark(head, children, own),
        dependency=head.dep_,
        past=_past(head, children),
        future=bool(modals & _WILL) or ("going" in words and {"go", "to"} <= words | lemmas),
        quoted=head.i in quoted,
    )


def _drops_i(head: Token, children: Sequence[Token], subject: Token | None, passive: bool) -> bool:
    """ "Didn't think, forgot the key": a finite main verb without a subject leaves out the "I"."""
    if subject is not None or passive or head.dep_ not in {"ROOT", "conj", "ccomp", "parataxis"}:
        return False
    return head.tag_ == "VBD" or any(child.tag_ == "VBD" and child.dep_ == "aux" for child in children)


def _extent(head: Token, children: Sequence[Token], own: list[Token], sentence: Span) -> tuple[int, int]:
    begin = own[0].i
    end = head.right_edge.i + 1
    for child in children:  # a coordinate main clause has its own finding
        if child.dep_ == "conj" and child.i > head.i and _heads_clause(child):
            end = min(end, child.left_edge.i)
    end = max(end, next((token.i for token in reversed(own) if token.i < end), begin) + 1)
    doc = sentence.doc
    while end > begin + 1 and (doc[end - 1].is_punct or doc[end - 1].is_space or doc[end - 1].dep_ == "cc"):
        end -= 1
    while begin < end - 1 and (
        doc[begin].is_punct
        or doc[begin].is_space
        or (doc[begin].lower_ in _LINKS and doc[begin].dep_ in {"mark", "cc"})
    ):
        begin += 1
    return begin, end


def _mark(head: Token, children: Sequence[Token], own: list[Token]) -> str:
    if head.dep_ in _HANGING and _proviso(head, children):
        return "insofar"
    for child in children:
        if child.dep_ == "mark" or (child.dep_ == "advmod" and child.tag_ == "WRB" and head.dep_ == "advcl"):
            return child.lower_
    first = next((t for t in own if not t.is_punct and not t.is_space), own[0])
    if first.lower_ == "should":  # "should you need it", but not "and should be with you by Friday"
        return "should" if any(child.dep_ in _SUBJECTS and first.i < child.i < head.i for child in children) else ""
    return "if" if first.lower_ == "if" and first.i < head.i else ""


_HANGING = frozenset({"acl", "advcl", "relcl"})


def _proviso(head: Token, children: Sequence[Token]) -> bool:
    """ "Insofar as you were affected", "to the extent that you were", "in case you were"."""
    if head.head.lower_ in {"extent", "case"} and head.dep_ in {"relcl", "acl"}:
        lead = head.head.head
        if head.head.lower_ == "case" and any(c.dep_ == "det" for c in head.head.children):
            return False  # "in the case that you raised"
        return lead.lower_ == ("to" if head.head.lower_ == "extent" else "in") and lead.dep_ == "prep"
    as_ = next((child for child in children if child.dep_ == "mark" and child.lower_ == "as"), None)
    before = [t.lower_ for t in head.doc[max(0, as_.i - 3) : as_.i]] if as_ is not None else []
    return before[-1:] in (["insofar"], ["inasmuch"]) or before in (["in", "so", "far"], ["in", "as", "much"])


def _past(head: Token, children: Sequence[Token]) -> bool:
    auxiliaries = [child for child in children if child.dep_ in {"aux", "auxpass"}]
    if head.tag_ == "VBD" or (head.tag_ == "VBN" and head.dep_ in {"acl", "conj"} and not auxiliaries):
        return True
    return any(aux.tag_ == "VBD" or (aux.lemma_ == "have" and aux.dep_ == "aux") for aux in auxiliaries)


def _quoted_tokens(doc: Doc) -> frozenset[int]:
    """Tokens between a pair of double quotes in one paragraph."""
    inside: set[int] = set()
    opened: int | None = None
    for token in doc:
        if token.is_space and BLANK_LINE.search(token.text):
            opened = None
        elif token.text in _OPENING_QUOTES:
            if opened is None:
                opened = token.i
            else:
                inside.update(range(opened + 1, token.i))
                opened = None
    return frozenset(inside)
