"""What a mend gets and gives: a finding with the draft around it, and edits with what they do."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from spacy.tokens import Doc, Token

from apology_rules.reading import Reading, lexicon
from apology_rules.reading.apologies import Apology
from apology_rules.reading.clauses import Agent, Clause
from apology_rules.reading.clauses import Voice as VerbVoice
from apology_rules.review import ComponentKind, Finding, FindingSource
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.flaws import FLAWS, Flaw
from apology_rules.rewrite.words import Voice

_HARM = frozenset({"hurt", "harm", "injure", "die", "kill", "affect", "endanger"})
"""What did not happen is no news: "nobody was hurt"."""

_MEANT = frozenset(
    {"lightly", "easily", "intentional", "intentionally", "deliberate", "deliberately", "intended", "meant"}
)
"""What was not done so was done: "this was not done lightly"."""


_WRONGS = lexicon.FAILURE_NOUNS | lexicon.VAGUE_OBJECTS
"""What somebody who "met no trouble" did not meet."""

_ACTS = ("responsibility.present", "explanation.present")
_NEAR = 4
"""So many sentences back, whatever came about is taken for what an apology is for, rather than asked for again."""
_CAUSES = ("explanation.present", "explanation.weak")
_MAYBE = 0.2
"""Of seven questions beside words that look less like a cause than this, readers called six wrong."""


def accuses(clause: Clause) -> bool:
    """Whether a main clause says what the recipient does, or what somebody ought to do."""
    ought = clause.doer is not Agent.FIRST and bool(clause.modals & _OUGHT)
    told = ought or _orders(clause.root) or clause.root.lemma_.lower() in _ADVICE
    return _main(clause) and (clause.doer is Agent.SECOND or told)


def _orders(verb: Token) -> bool:
    """ "Please check it": an imperative."""
    return verb.tag_ == "VB" and not any(
        c.dep_ in {"aux", "auxpass"} or c.dep_.startswith("nsubj") for c in verb.children
    )


def _exposes(clause: Clause) -> bool:
    """ "Could be read by anybody"."""
    told = clause.voice is VerbVoice.PASSIVE and "could" in clause.modals
    return told and not clause.conditional and not clause.negated


def _main(clause: Clause) -> bool:
    return clause.dependency in {"ROOT", "conj", "ccomp", "parataxis"}


_ADVICE = frozenset({"recommend", "advise", "remind", "urge", "encourage", "ask", "expect"})
_OUGHT = frozenset({"should", "might", "ought"})
_POSSIBLE = frozenset({"can", "ca", "must", "should", "will", "would", "'d", "wo"})


def spared(clause: Clause) -> bool:
    """Whether it says that no harm was done or meant: "nobody was hurt", "they met no trouble", "not done lightly"."""
    none = any(t.lower_ == "no" and t.dep_ == "det" and t.head.lemma_.lower() in _WRONGS for t in clause.own)
    return none or (clause.negated and (clause.root.lemma_.lower() in _HARM or bool(clause.words & _MEANT)))


def disowns(reading: Reading, clause: Clause) -> bool:
    """ "It was not our fault", "there is little we can do": owning up beside it would contradict it."""
    if reading.has("powerless", clause):
        return True
    named = {t.lemma_.lower() for t in clause.own}
    nothing = "nothing" in clause.words or (clause.negated and "anything" in clause.words)
    helpless = nothing and clause.root.lemma_ == "be"  # "there was nothing that we could have done"
    denied = clause.negated or "no" in clause.words
    return helpless or (denied and bool(named & _OWN_FAULT))


_OWN_FAULT = frozenset(
    "fault blame responsibility responsible ours mine doing guilt guilty involvement involved".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One way to mend a flaw, as edits of the analysed text. `told` says in one sentence what they do.

    `loss` is how much they take of what the draft tells. `sure` is a mend that leaves nothing of the flaw by its very
    construction: a condition that is dropped, a doubt that is stated as fact, the word that makes it small.
    """

    edits: tuple[Edit, ...]
    told: str
    loss: int = 0
    sure: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """A finding over the words `[begin, end)` of the analysed text. `parse` parses a fact of the writer's."""

    reading: Reading
    finding: Finding
    begin: int
    end: int
    voice: Voice
    parse: Callable[[str], Doc]
    doomed: tuple[tuple[int, int], ...] = ()
    """Where other findings stand whose words are to go as well."""
    flawed: tuple[tuple[int, int], ...] = ()
    """Where other findings stand whose words need not be kept."""
    evidence: tuple[tuple[ComponentKind, int, int], ...] = ()
    """The words that show the components of the draft."""
    promised: tuple[tuple[int, int], ...] = ()
    """Where the sender promises something."""

    @property
    def text(self) -> str:
        return self.reading.text

    @property
    def flaw(self) -> Flaw:
        """What the words do."""
        return FLAWS[self.finding.rule_id]

    @property
    def words(self) -> str:
        return self.text[self.begin : self.end]

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of the words."""
        span = self.reading.doc.char_span(self.begin, self.end, alignment_mode="expand")
        return tuple(span) if span is not None else ()

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses whose head stands among the words, outermost first."""
        return tuple(c for c in self.reading.clauses if self.begin <= c.root.idx < self.end)

    @cached_property
    def apology(self) -> Apology | None:
        """The apology whose head stands in the first sentence of the words."""
        heads = [
            a for a in self.reading.real_apologies if self.tokens and a.head.sent.start == self.tokens[0].sent.start
        ]
        within = [a for a in heads if self.begin <= a.head.idx < self.end]
        return next(iter(within or heads), None)

    @cached_property
    def somebody_elses(self) -> bool:
        """Whether it is another's apology that is told there: "she is sorry if"."""
        root = self.tokens[0].sent.root if self.tokens else None
        subjects = [t for t in root.lefts if t.dep_ == "nsubj"] if root is not None else []
        return any(t.lower_ in {"he", "she", "they"} for t in subjects)

    @cached_property
    def names_the_act(self) -> bool:
        """Whether the draft says elsewhere what was done: by grammar, in words that the trained reader takes for it, or shortly
        before."""
        here = self.reading.sentence_at(self.tokens[0].i).number if self.tokens else -1
        told = [*self.reading.failures, *(c for n in self.reading.owned_sentences for c in self.reading.clauses_of(n))]
        noted = (c for c in self.reading.body_clauses if c.sentence != here and c.actual and self._tells_a_cause(c))
        if any(c.sentence != here and not self._charged(c) for c in itertools.chain(told, noted)):
            return True
        before = (
            c for c in self.reading.body_clauses if here - _NEAR <= c.sentence < here and c.doer is not Agent.SECOND
        )
        return any(c.actual and not self._charged(c) for c in before)

    def tells_the_act(self, clause: Clause) -> bool:
        """Whether a clause tells what was done, by grammar or by the trained reader, in words that are to stay."""
        told = clause in self.reading.failures or self._tells_a_cause(clause)
        return clause.actual and told and not spared(clause) and not self._charged(clause)

    def _charged(self, clause: Clause) -> bool:
        """Whether it stands in words that are to go."""
        return any(begin <= clause.root.idx < end for begin, end in self.doomed)

    def _tells_a_cause(self, clause: Clause) -> bool:
        """Whether the trained reader sees what the sender did, or why it came about, in a clause."""
        notes, mark = self.reading.notes, self.reading.mark(clause)
        begin, end = mark.begin or 0, mark.end or 0
        return notes is not None and any(notes.probability(label, begin, end) >= _MAYBE for label in _ACTS)

    @cached_property
    def only_telling(self) -> bool:
        """Whether the words tell what went wrong, and nothing outside them does."""
        return self.tells_alone(self.begin, self.end)

    def tells_alone(self, begin: int, end: int) -> bool:
        """Whether what went wrong is told within `[begin, end)` and nowhere else."""
        told = list(self.failures)
        told += [self.reading.sentences[number].begin for number in self.reading.owned_sentences]
        inside = [begin <= place < end for place in told]
        return any(inside) and all(inside)

    @cached_property
    def tells(self) -> bool:
        """Whether the words tell what went wrong."""
        return any(self.begin <= place < self.end for place in self.failures)

    @cached_property
    def informs(self) -> bool:
        """Whether the words tell what went wrong or why; a charge against the recipient does not, nor what was meant."""
        if self.meant:
            return False
        if self.flaw is Flaw.CHARGE:
            return any(c.root.idx in self.failures and c.doer is not Agent.SECOND for c in self.clauses if _main(c))
        if self.flaw is Flaw.NOBODY:
            return self.tells
        # "it was beyond our control" tells nothing
        happens = not self.clauses or self.happened
        return self.tells or (happens and ComponentKind.EXPLANATION in self.shown(self.begin, self.end))

    @cached_property
    def meant(self) -> bool:
        """Whether the words only plead what was meant: "this was not done lightly"."""
        pleads = any(c.negated and c.words & _MEANT for c in self.clauses)
        return self.flaw is Flaw.PLEA or (pleads and not self.tells)

    @cached_property
    def charges(self) -> bool:
        """Whether the words only charge the recipient or plead good intentions, and tell nothing that went wrong."""
        if self.flaw not in {Flaw.CHARGE, Flaw.PLEA} or self.informs:
            return False
        explained = ComponentKind.EXPLANATION in self.shown(self.begin, self.end) and self.happened
        return self.meant or not explained or any(accuses(c) for c in self.clauses)

    @cached_property
    def reports(self) -> bool:
        """Whether words that make the failure small say what came about."""
        return self.flaw is Flaw.SMALL and self.happened

    @cached_property
    def came_about(self) -> bool:
        """Whether the words tell of something that anybody can have had a part in: not how the world is, nor what
        cannot be, nor that it was no fault of theirs."""
        told = [c for c in self.clauses if c.dependency not in {"relcl", "acl"}]
        if any(disowns(self.reading, c) for c in told) or (told and all(spared(c) for c in told)):
            return False
        told = [c for c in told if not (c.dependency == "advcl" and c.doer is Agent.FIRST)]  # "as we explained"
        real = [c for c in told if not c.conditional and not c.modals & _POSSIBLE]
        return not told or any(
            c.past
            or c.root.idx in self.failures
            or self.reading.has("causal", c)
            or (_main(c) and c.lemmas & lexicon.FAILURE_NOUNS)
            for c in real
        )

    @cached_property
    def causes(self) -> bool:
        """Whether the words tell the failure or look like a cause: beside a sneer, a saying or news, a part makes no sense."""
        notes = self.reading.notes
        named = FindingSource.GRAMMAR in self.finding.sources or self.flaw is Flaw.NOBODY
        if notes is None or self.tells or named:
            return True
        return any(notes.probability(label, self.begin, self.end) >= _MAYBE for label in _CAUSES)

    @cached_property
    def acts(self) -> bool:
        """Whether words that leave the doer out tell of something that came about: not "it never fell under 14"."""
        if self.flaw is not Flaw.NOBODY:
            return True
        return any(c.voice is VerbVoice.PASSIVE or not c.negated for c in self.clauses)

    @cached_property
    def to_go(self) -> bool:
        """Whether most of the words are to go as another flaw that tells nothing: no part is asked for beside them."""
        own = (self.begin, self.end) if self.flaw is Flaw.CHARGE else None
        others = (place for place in self.doomed if place != own)
        return any(2 * (min(end, self.end) - max(begin, self.begin)) > self.end - self.begin for begin, end in others)

    @cached_property
    def happened(self) -> bool:
        """Whether the words say that something came about, or could, not only how things stand."""
        return any((c.actual and c.root.lemma_ != "be") or _exposes(c) for c in self.clauses)

    @cached_property
    def failures(self) -> tuple[int, ...]:
        """Where the verbs stand that tell what went wrong, what could not be done and what anybody could see included."""
        unable = [c for c in self.reading.body_clauses if c.negated and c.modals & {"could", "can"}]
        exposed = [c for c in self.reading.body_clauses if _exposes(c)]
        told = [c for c in self.reading.failures if not spared(c)]
        return tuple(sorted({c.root.idx for c in (*told, *unable, *exposed)}))

    def shown(self, begin: int, end: int) -> frozenset[ComponentKind]:
        """The components whose evidence stands in `[begin, end)`."""
        return frozenset(kind for kind, first, last in self.evidence if first < end and begin < last)

    def mostly_told(self, begin: int, end: int) -> frozenset[ComponentKind]:
        """The components whose evidence stands in `[begin, end)` for the greater part: the rest of it tells them no more."""
        inside = ((kind, min(end, last) - max(begin, first), last - first) for kind, first, last in self.evidence)
        return frozenset(kind for kind, within, whole in inside if 2 * within > whole)


Mender = Callable[[Case], Iterator[Mend]]
