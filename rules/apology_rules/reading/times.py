"""Times to come: by when, from when, until when or how often something is to be done."""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from apology_rules.reading import lexicon
from apology_rules.reading.clauses import Clause

_GONE = frozenset("yesterday ago last past previous already earlier".split())
_UNITS = frozenset("minute minutes hour hours day days week weeks month months year years".split())
_NOUNS = (
    lexicon.TIME_WORDS - {"now", "already", "yesterday"}
    | _UNITS
    | frozenset(
        "quarter season spring summer autumn winter christmas easter night nights lunch breakfast dinner eod "
        "saturdays sundays mondays tuesdays wednesdays thursdays fridays".split()
    )
)
_PARTS = frozenset("end start beginning close rest middle course half".split())
_SPANS = _NOUNS | _PARTS
_RELATIONS = frozenset(
    "by within in on from until till before after at over during through throughout inside for of as".split()
)
_DEADLINES = frozenset("by within until till from before".split())
_UNTIL = frozenset("until till before once after".split())
_LASTING = frozenset("rest every each all next whole ever".split())
"""In "for the rest of the year"; "the fee for May" is no time of a deed."""
_VERBAL = frozenset({"MD", "VB", "VBD", "VBP", "VBZ", "VBG"})
_IN_THE_SENTENCE = frozenset("nsubj nsubjpass poss dobj compound attr amod nummod".split())
"""What a time is when it is no time of the deed: its subject, its object, a part of a name."""
_CLOCK = (":", "pm", "am", "p.m.", "a.m.", "o'clock")
_HALVES = frozenset({"pm", "am", "p.m.", "a.m.", "o'clock"})
_ORDINALS = ("st", "nd", "rd", "th")


def time_phrase(clause: Clause, *, loose: bool = False) -> tuple[int, int] | None:
    """Tokens `[first, last)` of the first time to come that the clause itself names; None when it names none.

    With a verb in the future, or when `loose`, a time beside a noun counts too, where no other is named: parsers cannot tell
    whether one comes "to the meeting on Friday" or comes there on Friday, and by then it is all the same.
    """
    near = [phrase for token in clause.own if _tells_time(token) for phrase in _phrases(token)]
    sure = near if loose or clause.future else [phrase for phrase in near if phrase.bounds_the_deed]
    if sure:
        first, last = sure[0].first, sure[0].last
        for phrase in near:  # "by noon" "tomorrow"
            last = phrase.last if phrase.first == last else last
        return first, last
    return next((bound for child in clause.root.children for bound in _bounding(child)), None)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The words `[first, last)` of a time; `bounds_the_deed` unless it may belong to a noun beside it."""

    first: int
    last: int
    bounds_the_deed: bool


def _tells_time(token: Token) -> bool:
    word = token.lower_
    if word in _NOUNS:
        return token.tag_ not in _VERBAL
    if word in {"now", "here"}:  # "from now on"
        return token.head.pos_ == "ADP" and token.head.lower_ in {"from", "on"}
    if word in _HALVES:  # "5 pm"
        return any(c.like_num for c in token.lefts)
    if word[:1].isdigit() and (any(part in word for part in _CLOCK) or word.endswith(_ORDINALS)):
        return True
    return token.like_num and token.dep_ == "pobj" and token.head.lower_ in {"at", "by"} and token.n_rights == 0


def _phrases(token: Token) -> Iterator[_Phrase]:
    top = _top(token)
    words = _trimmed([t for t in top.subtree if not _stands_apart(t, top)], token)
    told = {t.lower_ for t in words}
    if told & _GONE or top.dep_ in _IN_THE_SENTENCE or _idle_unit(token, words):
        return
    if top.lower_ == "for" and not told & _LASTING and not any(t.like_num for t in words):
        return
    bounds = top.head.pos_ in {"VERB", "AUX", "ADV", "ADJ"} or top.head.i == top.i or top.lower_ in _DEADLINES
    yield _Phrase(words[0].i, words[-1].i + 1, bounds)


def _top(token: Token) -> Token:
    """The whole phrase of the time: "by the end of next week"."""
    while token.head.i != token.i:
        head = token.head
        of_time = head.lower_ in _SPANS and head.pos_ in {"NOUN", "PROPN"}
        if not (of_time or (head.pos_ in {"ADP", "SCONJ"} and head.lower_ in _RELATIONS)):
            break
        token = head
    return token


def _stands_apart(token: Token, top: Token) -> bool:
    """Whether a word hangs on the left of a time and measures nothing of it, as in "back with you by Monday"."""
    if token.i >= top.i or top.pos_ not in {"ADP", "SCONJ"}:
        return False
    while token.head.i != top.i:
        token = token.head
    return token.pos_ not in {"NUM", "NOUN", "PROPN", "DET"} and not any(t.like_num for t in token.subtree)


def _trimmed(words: list[Token], core: Token) -> list[Token]:
    """Up to the first comma, stop or "and" behind the time itself."""
    end = next((k for k, t in enumerate(words) if t.i > core.i and (t.is_punct or t.is_space or t.dep_ == "cc")), None)
    return words[:end]


def _idle_unit(token: Token, words: list[Token]) -> bool:
    """ "The minutes", "five a month": a unit that measures nothing, or how much of something there is."""
    if token.lower_ not in _UNITS:
        return False
    articles = {t.i for t in words if t.lower_ in {"a", "an", "the"}}
    return all(t.i == token.i or t.i in articles for t in words) or (
        words[0].pos_ != "ADP" and any(t.lower_ in {"a", "an"} for t in token.children)
    )


def _bounding(child: Token) -> Iterator[tuple[int, int]]:
    """ "Until you say so", "as soon as I know"."""
    mark = child.left_edge
    soon = child.lower_ == "soon" and mark.lower_ == "as"
    if soon or (child.dep_ == "advcl" and mark.lower_ in _UNTIL):
        words = _trimmed(list(child.subtree), child)
        yield words[0].i, words[-1].i + 1
