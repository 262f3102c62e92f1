"""Mends for conditions: an apology with an "if" says what it is for."""

import itertools
from collections.abc import Iterator

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.apologies import Apology
from apology_rules.reading.clauses import Agent, Clause, Voice
from apology_rules.reading.hedges import names_one
from apology_rules.rewrite.adjacent import after, before
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit, applied
from apology_rules.rewrite.hedges import NAMES_IT, OVER, nameless, phrase, regrets, tail
from apology_rules.rewrite.words import named_noun, raised, was

_ANYONE = frozenset({"anyone", "anybody", "whoever", "somebody", "someone", "people", "some", "certain"})
_UNCONDITIONAL = "Drops the condition; it now states as fact what was left open."


def conditional(case: Case) -> Iterator[Mend]:
    """ "We apologise if anyone was upset by the delay" becomes "We apologise for the delay"."""
    yield from _pardoned(case)
    apology = case.apology
    if apology is None:
        yield from _sorry_if(case)
        return
    condition = apology.condition or next(
        (
            c
            for c in case.reading.clauses_of(apology.clause.sentence)
            if c.conditional and case.begin <= c.root.idx < case.end
        ),
        None,
    )
    if condition is None:
        return
    if condition.first < apology.head.i:
        yield from _leading_condition(case, apology, condition)
        return
    mark = next((t for t in condition.own if t.lower_ == "if"), None)
    if mark is not None and _can_be_fact(condition):
        yield Mend(edits=_as_fact(condition, mark), told=_UNCONDITIONAL)
    if mark is not None and (whom := _to_everyone(condition, mark)) is not None:
        yield Mend(edits=(whom,), told=_UNCONDITIONAL)
    noun = _wrong_in(condition) or _said_to_be(condition)
    met = _met_with(case, condition)
    if met and apology.object is None and apology.complement is None:
        yield Mend(edits=(tail(case, apology, f" for {met}"),), told=_UNCONDITIONAL)
    held = apology.object is None or apology.object.lower_ == "it"  # "we regret it if"
    if noun is not None and held and apology.complement is None:
        yield Mend(edits=(tail(case, apology, f" for {phrase(case, noun)}"),), told=_UNCONDITIONAL)
    first = condition.first
    kept = case.reading.doc[first - 1]
    told = case.names_the_act or any(place >= case.end for place in case.failures)
    if case.tokens[0].lower_ == "if" and kept == apology.head and told:  # the words themselves, no more
        yield Mend(edits=(Edit(kept.idx + len(kept), _end_of_words(case)),), told="Drops the condition.")
    plain = Mend(edits=(Edit(kept.idx + len(kept), _end(case, condition)),), told="Drops the condition.")
    of = apology.complement is not None or (apology.object is not None and named_noun(apology.object))
    if not of and not case.names_the_act:
        yield from nameless(case)
    if of or not regrets(apology):
        yield plain


def _pardoned(case: Case) -> Iterator[Mend]:
    """ "You will forgive me if I was rude" becomes "I am sorry that I was rude": to forgive is for the other side to say."""
    for condition in (c for c in case.clauses if c.conditional and c.doer is Agent.FIRST and _can_be_fact(c)):
        asked = condition.root.head
        mark = next((t for t in condition.own if t.lower_ == "if"), None)
        if asked.lemma_.lower() not in _PARDONS or mark is None or mark.i < asked.i:
            continue
        first = case.reading.doc[case.reading.clause_at(asked).first]
        sorry = f"{case.voice.subject} {case.voice.be} sorry "
        lead = Edit(first.idx, mark.idx, raised(sorry) if first.text[0].isupper() else sorry)
        yield Mend(edits=(lead, *_as_fact(condition, mark)), told=_UNCONDITIONAL)


_PARDONS = frozenset({"forgive", "pardon", "excuse"})


def _to_everyone(condition: Clause, mark: Token) -> Edit | None:
    """ "If anybody has been kept waiting" becomes "to everyone who has been kept waiting"; none for what they felt."""
    who = condition.subject
    felt = (
        condition.root.lemma_.lower() in lexicon.FEELING_VERBS | _UPSETTING or condition.words & lexicon.FEELING_WORDS
    )
    if who is None or who.lower_ not in {"anyone", "anybody"} or who.i != mark.i + 1 or felt or condition.modals:
        return None
    return Edit(mark.idx, who.idx + len(who), "to everyone who")


_UPSETTING = frozenset("affect bother confuse disappoint distress harm hurt inconvenience offend upset".split())


def _sorry_if(case: Case) -> Iterator[Mend]:
    """ "The board is sorry if some were upset about the fee" becomes "The board is sorry about the fee"."""
    first = case.tokens[0].i if case.tokens else 0
    for token, following in itertools.pairwise((*case.reading.doc[max(0, first - 1) : first], *case.tokens)):
        if token.lower_ == "sorry" and following.lower_ == "if":
            about = next(
                (t for t in case.tokens if t.dep_ == "pobj" and t.head.lower_ == "about" and named_noun(t)), None
            )
            what = f" about {phrase(case, about)}" if about is not None else " for [what you did]"
            yield Mend(edits=(Edit(token.idx + len(token), _end_of_words(case), what),), told=NAMES_IT)


def _end_of_words(case: Case) -> int:
    """Where the last word of the finding ends; an emoji behind it stays."""
    last = next(t for t in reversed(case.tokens) if t.is_alpha or t.like_num)
    return last.idx + len(last)


def _leading_condition(case: Case, apology: Apology, condition: Clause) -> Iterator[Mend]:
    """ "If our post hurt you, we apologise" becomes "We apologise for our post"."""
    begin = case.reading.doc[apology.clause.first].idx
    start = min(t.idx for t in condition.own)
    if apology.clause.first < condition.first or start >= begin:
        return
    head = next(
        (
            t
            for t in case.reading.doc[condition.last : apology.head.i + 1]
            if not t.is_punct and not t.is_space and t.lower_ != "then"
        ),
        None,
    )
    if head is None or apology.complement is not None:
        return
    capital = case.text[start].isupper()
    lead = Edit(start, head.idx + 1, head.text[0].upper() if capital else head.text[0])
    noun = _wrong_in(condition)
    if apology.object is not None:
        it = apology.object
        if noun is not None and it.lower_ in {"it", "this", "that"}:
            yield Mend(edits=(lead, Edit(it.idx, it.idx + len(it), phrase(case, noun))), told=_UNCONDITIONAL)
        return
    end = apology.head.idx + len(apology.head)
    follows = case.reading.doc[apology.head.i + 1] if apology.head.i + 1 < len(case.reading.doc) else None
    bare = follows is None or follows.is_punct or follows.is_space
    if noun is not None and bare:
        yield Mend(edits=(lead, Edit(end, end, f" for {phrase(case, noun)}")), told=_UNCONDITIONAL)
    mark = next((t for t in condition.own if t.lower_ == "if"), None)
    if mark is not None and bare and _can_be_fact(condition):
        yield Mend(edits=(lead, Edit(end, end, f" {_said_as_fact(case, condition, mark)}")), told=_UNCONDITIONAL)
    if case.names_the_act or not bare:
        yield Mend(edits=(lead,), told="Drops the condition.")
    else:
        yield Mend(edits=(lead, Edit(end, end, " for [what you did]")), told=NAMES_IT)


def _can_be_fact(condition: Clause) -> bool:
    """Whether "if" may become "that": somebody definite did something, in a finite past."""
    finite = condition.root.tag_ == "VBD" or any(
        c.dep_ == "aux" and c.lower_ in {"has", "have", "'ve", "did"} for c in condition.root.children
    )
    if condition.modals or not finite or condition.words & _ANYONE or "ever" in condition.words:
        return False
    if (
        condition.voice is Voice.PASSIVE
        or condition.subject is None
        or condition.root.lemma_.lower() in lexicon.FEELING_VERBS
    ):
        return False
    if condition.doer is Agent.FIRST:
        return condition.root.lemma_.lower() != "appear"
    if condition.subject.lower_ in lexicon.SECOND_PRONOUNS:
        return condition.negated  # "if you did not receive it"
    definite = condition.subject.lower_ in {"this", "that"} or names_one(condition.subject)
    stands = {"come"} if condition.subject.pos_ != "PRON" or condition.negated else {"be", "come"}
    return definite and condition.root.lemma_.lower() not in lexicon.SEEMING_VERBS | stands


def _met_with(case: Case, condition: Clause) -> str:
    """ "If you may have had trouble on Monday": "the trouble on Monday"; empty where they met with nothing."""
    met = next((t for t in condition.root.children if t.dep_ == "dobj" and t.pos_ == "NOUN"), None)
    theirs = condition.subject is not None and condition.subject.lower_ in lexicon.SECOND_PRONOUNS | {
        "anyone",
        "anybody",
    }
    if met is None or not theirs or condition.root.lemma_.lower() not in _MEETING or condition.negated:
        return ""
    first = next((t for t in met.subtree if t.lower_ not in {"any", "some", "a", "an", "the"}), met)
    last = condition.root.right_edge
    while last.i > met.i and (last.is_punct or last.is_space):
        last = last.doc[last.i - 1]
    return f"the {case.text[first.idx : last.idx + len(last)]}" if last.i > met.i else ""


_MEETING = frozenset({"experience", "have", "encounter", "face", "suffer", "meet"})


def _said_to_be(condition: Clause) -> Token | None:
    """ "If there was any gap in our cover": the gap."""
    there = any(t.dep_ == "expl" and t.lower_ == "there" for t in condition.own)
    noun = next((t for t in condition.own if t.dep_ == "attr" and t.pos_ == "NOUN"), None) if there else None
    named = noun is not None and (noun.lemma_.lower() not in lexicon.VAGUE_OBJECTS or noun.n_rights > 0)
    return noun if named else None


def _said_as_fact(case: Case, condition: Clause, mark: Token) -> str:
    """The condition in other words: "that I left early" for "if I left early"."""
    words = [t for t in case.reading.doc[mark.i : condition.last] if t.lower_ != "then"]
    while words[-1].is_punct or words[-1].is_space:
        words.pop()
    begin, end = mark.idx, words[-1].idx + len(words[-1])
    edits = [Edit(e.begin - begin, e.end - begin, e.new) for e in sorted(_as_fact(condition, mark))]
    return applied(case.text[begin:end], [e for e in edits if e.end <= end - begin])


def _as_fact(condition: Clause, mark: Token) -> tuple[Edit, ...]:
    edits = [Edit(mark.idx, mark.idx + len(mark), "that")]
    root = condition.root
    if root.lemma_.lower() in lexicon.SEEMING_VERBS and root.tag_ == "VBD":
        edits.append(Edit(root.idx, root.idx + len(root), was(condition.subject)))
    edits += [Edit(t.idx, t.idx + len(t) + 1) for t in condition.own if t.lower_ == "any" and t.i > mark.i]
    return (*edits, *_without_degrees(condition))


def _without_degrees(condition: Clause) -> Iterator[Edit]:
    """ "A bit short" becomes "short"; not "a bit of a mess"."""
    for token in condition.own:
        first, following = before(token) if token.lower_ in _A_BIT else token, after(token)
        if (
            first is None
            or following is None
            or following.lower_ in _MUCH
            or following.pos_ not in {"ADJ", "ADV", "VERB"}
        ):
            continue
        if first.lower_ == "a" if token.lower_ in _A_BIT else token.lower_ in _SLIGHTLY:
            yield Edit(first.idx, following.idx)


_MUCH = frozenset({"much", "more", "less", "too"})
_A_BIT = frozenset({"bit", "little", "tad", "touch", "shade"})
_SLIGHTLY = frozenset({"slightly", "somewhat", "rather", "perhaps", "maybe", "possibly"})


def _wrong_in(condition: Clause) -> Token | None:
    """What the condition itself names as the wrong: "upset by the delay", "our tone caused"."""
    if (
        condition.voice is not Voice.PASSIVE
        and condition.doer in {Agent.THING, Agent.OTHER}
        and named_noun(condition.subject)
        and condition.root.lemma_.lower() not in lexicon.FEELING_VERBS  # whoever took it badly is no wrong
    ):
        return condition.subject
    for token in condition.own if condition.doer is not Agent.FIRST else ():
        if token.dep_ == "pobj" and token.head.lower_ in OVER and named_noun(token):
            return token
    return None


def _end(case: Case, clause: Clause) -> int:
    last = case.reading.doc[clause.last - 1]
    return max(case.end, last.idx + len(last)) if last.idx >= case.end else case.end
