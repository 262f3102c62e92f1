"""Where people, firms, places and products are named: what must not go to anybody else as it stands."""

from collections.abc import Iterator

from spacy.tokens import Token

from apology_rules.reading import Reading

_NOT_NAMES = frozenset(
    "i dear hi hello hey mr mrs ms miss mx dr sir madam team all everyone re subject regards best yours sincerely kind "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september "
    "october november december today tomorrow yesterday english sorry please thank thanks apologies".split()
)
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
    if not token.text[:1].isupper() or token.lower_ in _NOT_NAMES or not any(c.isalpha() for c in token.text):
        return False
    return token.pos_ == "PROPN" or not _opens(token, reading)


def _opens(token: Token, reading: Reading) -> bool:
    """Whether any word would have a capital here."""
    before = reading.text[: token.idx].rstrip(" \t\"'([*•-–—")
    return not before or before[-1] in ".!?:;\n\r…"


def _continues(token: Token, reading: Reading) -> bool:
    return token.i + 1 < len(token.doc) and not token.is_sent_end and _names(token.doc[token.i + 1], reading)
