"""Pointing: words that mean something in the sentence before, and say nothing when it has gone."""

import itertools
from collections.abc import Collection, Iterable

from spacy.tokens import Token

from apology_rules.reading import Reading
from apology_rules.rewrite.adjacent import before

BACKWARD = frozenset("it this that these those they he she him them his their its such which both neither".split())
_POINTING = frozenset({"this", "that", "these", "those"})
_POINTED = frozenset({"nsubj", "nsubjpass", "dobj", "pobj"})
_SPANS_OF_TIME = frozenset(
    "morning afternoon evening night weekend week month year time day summer winter spring occasion case instance".split()
)


def leans(token: Token) -> bool:
    """Whether a sentence that began with the word would point at one before it."""
    return token.lower_ in BACKWARD and not _empty(token) and not _dates(token)


def _empty(token: Token) -> bool:
    """ "It must be said that", "it is right to ask", "it is the first time": it stands for nothing before it."""
    held = any(c.i > token.head.i and c.dep_ in {"ccomp", "xcomp", "csubj"} for c in token.head.children)
    passive = any(c.dep_ == "auxpass" for c in token.head.children)
    first_time = any(c.lower_ == "time" and c.dep_ == "attr" for c in token.head.children)
    held = (held and (passive or token.head.lemma_ == "be")) or first_time
    return token.dep_ == "expl" or (token.lower_ == "it" and held)


_WRITTEN = frozenset(
    "conversation letter mail email e-mail message note notice post statement thread ticket page".split()
)


def _dates(token: Token) -> bool:
    """ "This morning", "this letter": it points at a day or at the words themselves, not at what was told before."""
    return token.dep_ == "det" and token.head.lemma_.lower() in _SPANS_OF_TIME | _WRITTEN


def points(token: Token) -> bool:
    """ "That was why", "after this": it stands for something told before; not "those who waited"."""
    explained = any(c.dep_ in {"relcl", "acl", "prep"} for c in token.children)
    if token.lower_ in {"others", "latter", "former"} and any(c.lower_ == "the" for c in token.children):
        return not explained
    return token.lower_ in _POINTING and token.dep_ in _POINTED and not explained


def names_one_told(token: Token) -> bool:
    """ "Firms of that size": which, the words before it have said."""
    return token.lower_ in {"that", "those", "such"} and token.dep_ == "det" and not _dates(token)


def sees_in_that_light(token: Token) -> bool:
    """ "It should be seen in that light": what light, the words before it have said."""
    return token.lower_ in {"this", "that"} and token.dep_ == "det" and token.head.lemma_.lower() in _LIGHTS


_LIGHTS = frozenset("account connection context light mind perspective regard respect sense".split())


def does_so(token: Token) -> bool:
    """ "I have now done so": what, the words before it have said."""
    return token.lower_ == "so" and (verb := before(token)) is not None and verb.lemma_ == "do"


def leaves_a_noun_out(token: Token) -> bool:
    """ "Kevin's was worse": whose what was, the words before it have said."""
    return token.dep_.startswith("nsubj") and any(c.dep_ == "case" for c in token.children)


def names_again(reading: Reading, words: Iterable[Token], gone: Iterable[Token]) -> bool:
    """ "That lamp", where the lamp was named in the words that go and nowhere before them."""
    gone = tuple(gone)
    named = {t.lemma_.lower() for t in gone if t.pos_ in {"NOUN", "PROPN"}}
    again = {t.head.lemma_.lower() for t in words if t.lower_ in _NAMING} & named
    return any(not reading.says_lemma_outside(lemma, range(gone[0].i, len(reading.doc))) for lemma in again)


_NAMING = _POINTING | {"such"}


def needs_a_noun(words: Iterable[Token], places: Collection[str] = ("dobj", "pobj")) -> bool:
    """ "I keep it": an object, or what stands in other `places`, that no noun before it in the sentence explains."""
    named = itertools.takewhile(lambda t: t.pos_ not in {"NOUN", "PROPN"} or t.lower_ in _SHARES, words)
    return any(t.lower_ in _THINGS and t.dep_ in places and not _empty(t) for t in named)


_SHARES = frozenset({"part", "role", "share"})
"""What nothing else can mean: "for our part in it"."""


_THINGS = frozenset({"it", "them", "they"})


def names_a_thing(words: Iterable[Token]) -> bool:
    """Whether words name something that "it" could mean."""
    named = [t for t in words if t.dep_ in _POINTED and t.pos_ in {"NOUN", "PROPN"}]
    return any(t.lemma_.lower() not in _SPANS_OF_TIME for t in named)
