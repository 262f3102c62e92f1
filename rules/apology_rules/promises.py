"""The promise ledger: every commitment of the draft, who is to keep it, and by when.

A commitment is what somebody on the sender's side is to do, bring about or never do again, told as settled: by a "will"
or "going to", by a present tense with a time to come ("it leaves tonight"), by a vow ("I promise to"), or with hardly a verb
("new ones on the van at six"). Hopes, chances, questions and forecasts of what others will do are none.
"""

from collections.abc import Callable, Iterator

from spacy.tokens import Token

from apology_rules.reading import Mark, Reading, lexicon
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.reading.times import time_phrase
from apology_rules.review import Promise, PromiseOwner, Span

_NO_DEED = frozenset(
    "understand appreciate agree know want like remain think forget notice remember regret feel believe hope need love admit "
    "wonder miss mean seem matter bear live cherish".split()
)
"""What the mind does: no deed to be kept."""
_SAYING = frozenset("say apologise apologize write tell ask announce inform confirm read".split())
"""What is done by writing this very letter, when it is in the present."""

_RECEIVING = frozenset("have receive get hear see".split())
_BEING = frozenset("be have take need require cost feel look make sound cause become prove help do".split())
"""What a thing is, or brings with it, is a forecast rather than a promise."""
_VOWS = frozenset("promise commit undertake guarantee pledge vow swear".split())
_PLANS = frozenset("expect plan aim intend".split())
_UNSURE = frozenset("hope wish doubt wonder fear imagine suspect ask worry".split())
_TALK = frozenset(
    "pretend make insult try ask offer defend argue blame hide deny dress go bore lie dwell excuse promise".split()
)
"""What a writer says not to do in this very letter ("I won't make excuses")."""
_FOR_GOOD = frozenset("again ever never anymore longer more".split())
_FROM_TO = frozenset("by within from until till back".split())
_MOODS = frozenset(
    "sorry grateful glad happy sad ashamed angry pleased disappointed thankful delighted proud welcome".split()
)
_ASKING = frozenset({"please", "perhaps", "maybe"})
_PRESENT = frozenset({"VBP", "VBZ"})
_TOLD = frozenset({"VBD", "MD"})
_NOT_TO_COME = frozenset("today of here there".split())
_MENDING = tuple(f"{kind}.{state}" for kind in ("remedy", "prevention") for state in ("present", "weak"))
_LIKELY = 0.5
_FAILING = lexicon.FAILURE_VERBS - {"leave"} | {"let"}
_NOT_NOW = _NO_DEED | _SAYING | _FAILING
_HANDED = _RECEIVING - {"have"}


def promises(reading: Reading, span: Callable[[Mark], Span | None]) -> Iterator[Promise]:
    """Every commitment in the body, in the order of the text; `span` maps marks to the draft as received."""
    for clause in reading.body_clauses:
        if not _of_things_to_come(clause):
            continue
        may = _commits(clause, timed=True)  # else no time would make it one
        due = time_phrase(clause) if may else None
        if not may or (due is None and not _commits(clause, timed=False)):
            due = _announced(reading, clause)
            if due is None:
                continue
        for mark, when in _deeds(reading, clause, due):
            words = span(mark)
            if words is not None:
                yield Promise(
                    span=words,
                    owner=_owner(clause),
                    owner_span=_owner_span(reading, clause, span),
                    due_span=span(reading.mark_tokens(*when)) if when else None,
                )


def _of_things_to_come(clause: Clause) -> bool:
    told = not (clause.conditional or clause.quoted or clause.past or clause.words & _ASKING)
    return told and not (clause.dependency == "ccomp" and clause.root.head.lemma_.lower() in _UNSURE)


def _commits(clause: Clause, *, timed: bool) -> bool:
    if clause.future or "gon" in clause.words:
        return _will(clause, timed=timed)
    lemma = clause.root.lemma_.lower()
    if clause.modals:
        comes = clause.doer in {Agent.THING, Agent.SECOND} and not _recipient(clause)
        return comes and timed and clause.modals == {"should"} and lemma not in _NO_DEED
    if clause.doer is Agent.FIRST and (lemma in _VOWS or lemma in _PLANS):
        return _to_do(clause.root) and (timed or lemma in _VOWS)
    return _present(clause, timed=timed)


def _announced(reading: Reading, clause: Clause) -> tuple[int, int] | None:
    """The time of "new ones on the van at six", "it's yours the same day": what mends the matter, told with hardly a verb.

    Grammar cannot tell it from news; the trained reader can.
    """
    root, doc = clause.root, clause.root.doc
    if reading.notes is None or clause.dependency != "ROOT" or root.tag_ in {"VB", "VBN"} or clause.negated:
        return None
    if clause.words & {"since", "sorry"} or any(t.tag_ in _TOLD for t in doc[clause.first : clause.last]):
        return None
    if any(t.tag_ in _PRESENT and t.lemma_ != "be" for t in clause.own):
        return None
    due = time_phrase(clause) or time_phrase(clause, loose=True)
    if due is None or due == (clause.first, clause.last) or any(t.lower_ in _NOT_TO_COME for t in doc[slice(*due)]):
        return None
    mark = reading.mark(clause)
    mends = (reading.notes.probability(label, mark.begin or 0, mark.end or 0) for label in _MENDING)
    return due if any(value >= _LIKELY for value in mends) else None


def _will(clause: Clause, *, timed: bool) -> bool:
    lemma = clause.root.lemma_.lower()
    if clause.voice is Voice.PASSIVE:
        return True
    if lemma in _NO_DEED or (lemma == "be" and clause.lemmas & _MOODS):
        return False
    for_good = bool(clause.words & _FOR_GOOD) or (clause.doer is Agent.NOBODY and "no" in clause.words)
    match clause.doer:
        case Agent.SECOND if _recipient(clause):
            return lemma in _RECEIVING and not clause.negated and (timed or lemma != "see")
        case Agent.FIRST:
            return not clause.negated or for_good or lemma not in _TALK
        case Agent.OTHER:
            return lemma != "be" or timed
        case Agent.NOBODY if clause.subject is None:  # "Will call you tomorrow"
            return True
    return timed or for_good or lemma not in _BEING


def _present(clause: Clause, *, timed: bool) -> bool:
    """ "It leaves tonight", "I'm sending it on Friday", "from Monday two people sign off", "I don't do that any more"."""
    root, lemma = clause.root, clause.root.lemma_.lower()
    if clause.subject is None or lemma in _NOT_NOW or clause.dependency in {"relcl", "advcl", "acl"}:
        return False
    if clause.negated:
        return clause.doer is Agent.FIRST and bool(clause.words & {"anymore", "longer"})
    under_way = root.tag_ in {"VBG", "VBN"} and any(
        child.dep_ in {"aux", "auxpass"} and child.tag_ in _PRESENT and child.lemma_ == "be" for child in root.children
    )
    if not timed or not (root.tag_ in _PRESENT or under_way) or clause.words & {"now", "from"} == {"now"}:
        return False
    if any(
        t.lower_ == "all" and t.head.lower_ in {"night", "day"} for t in clause.own
    ):  # "I pace up and down all night"
        return under_way and any(t.ent_type_ or t.lower_ in lexicon.TIME_WORDS - {"day", "night"} for t in clause.own)
    if lemma == "be" and not under_way:  # "the fair is on Friday" is news
        return bool(clause.words & _FROM_TO) or {"with", "you"} <= clause.words
    return not _recipient(clause) or lemma in _HANDED


def _recipient(clause: Clause) -> bool:
    """Whether it is the recipient who does it, and not something of theirs ("your refund")."""
    return clause.subject is not None and clause.subject.lower_ in lexicon.SECOND_PRONOUNS


def _to_do(verb: Token) -> bool:
    """Whether the deed hangs on the verb itself, and is no clause of its own."""
    return any(child.dep_ == "xcomp" or (child.dep_ == "prep" and child.lower_ == "to") for child in verb.children)


def _deeds(
    reading: Reading, clause: Clause, due: tuple[int, int] | None
) -> Iterator[tuple[Mark, tuple[int, int] | None]]:
    """The deeds of a clause, each with its time: "we will refund you and send a new one" holds two."""
    doc, own = clause.root.doc, {token.i for token in clause.own}
    others = [t for t in clause.root.conjuncts if t.i in own and t.pos_ == "VERB" and t.i > clause.root.i]
    starts = [clause.first, *(t.left_edge.i for t in others)]
    for start, end in zip(starts, [*starts[1:], clause.last], strict=True):
        last = end
        while last > start + 1 and (doc[last - 1].is_punct or doc[last - 1].is_space or doc[last - 1].dep_ == "cc"):
            last -= 1
        when = due if due and (not others or start <= due[0] < end) else None
        yield reading.mark_tokens(start, last), when


def _owner(clause: Clause) -> PromiseOwner:
    if clause.doer is Agent.FIRST and clause.subject is not None:
        return PromiseOwner.SENDER if clause.subject.lower_ in {"i", "im"} else PromiseOwner.ORGANISATION
    if clause.doer is Agent.NOBODY and clause.subject is None and clause.voice is Voice.ACTIVE:
        return PromiseOwner.SENDER
    return PromiseOwner.OTHER if clause.doer is Agent.OTHER else PromiseOwner.NOBODY


def _owner_span(reading: Reading, clause: Clause, span: Callable[[Mark], Span | None]) -> Span | None:
    if clause.doer not in {Agent.FIRST, Agent.OTHER} or clause.subject is None or clause.voice is Voice.PASSIVE:
        return None
    words = list(clause.subject.subtree)
    return span(reading.mark_tokens(words[0].i, words[-1].i + 1))
