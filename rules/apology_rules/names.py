"""Where people, firms, places and products are named: what must not go to anybody else as it stands."""

from collections.abc import Iterator

from spacy.tokens import Token

from apology_rules.reading import Reading
from apology_rules.reading.layout import Role

_SALUTATIONS = frozenset(
    "i dear hi hello hey mr mrs ms miss mx dr sir madam all everyone re subject regards best yours sincerely kind warm love "
    "cheers sorry please thank thanks apologies the".split()
)
_DATES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september "
    "october november december today tomorrow yesterday english team".split()
)
_NAMED = frozenset({Role.GREETING, Role.SIGN_OFF, Role.SIGNATURE})
_ALMOST_ANY = frozenset({"PROPN", "NOUN", "ADJ", "X", "INTJ"})
_GLUE = frozenset({"'s", "-", ".", "of", "and", "&", "de", "van", "von", "bin", "al"})


def names(reading: Reading) -> tuple[str, ...]:
    """Runs of words that are written like names and tagged like names, in the order of the text.

    Rather one too many than one too few: a word with a capital inside a sentence counts whatever its tag. The writer of a
    lower-case name is out of luck.
    """
    return tuple(_runs(reading))


def _runs(reading: Reading) -> Iterator[str]:
    doc, first = reading.doc, None
    for token in doc:
        if _names(token, reading):
            first = token.i if first is None else first
        elif first is not None and not (token.lower_ in _GLUE and _continues(token, reading)):
            yield doc[first : token.i].text
            first = None
    if first is not None:
        yield doc[first:].text


def _names(token: Token, reading: Reading) -> bool:
    if not token.text[:1].isupper() or token.lower_ in _SALUTATIONS or not any(c.isalpha() for c in token.text):
        return False
    if reading.role_at(token.idx) in _NAMED or _addressed(token):
        return True  # whatever the word means elsewhere: "Hope", "Will", "April"
    if token.lower_ in _DATES:
        return False
    return token.pos_ == "PROPN" or not _opens(token, reading) or _first_of_two(token, reading)


def _addressed(token: Token) -> bool:
    """The first word of a text that goes on behind a comma: "Will, I am sorry"."""
    return token.i == 0 and len(token.doc) > 1 and token.doc[1].text == "," and token.tag_ not in {"UH", "RB"}


def _first_of_two(token: Token, reading: Reading) -> bool:
    """A word that opens a sentence before another name: "Hope Miller rang"."""
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    return (
        following is not None
        and token.pos_ in _ALMOST_ANY
        and following.pos_ == "PROPN"
        and following.text[:1].isupper()
        and not _opens(following, reading)
    )


def _opens(token: Token, reading: Reading) -> bool:
    """Whether any word would have a capital here."""
    before = reading.text[: token.idx].rstrip(" \t\"'([*•-–—")
    return not before or before[-1] in ".!?:;\n\r…"


def _continues(token: Token, reading: Reading) -> bool:
    return token.i + 1 < len(token.doc) and not token.is_sent_end and _names(token.doc[token.i + 1], reading)
