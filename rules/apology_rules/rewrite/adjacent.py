"""The words beside a word; nothing at the edges of the draft, where spaCy's `nbor` raises."""

from spacy.tokens import Token


def before(token: Token) -> Token | None:
    """The token before."""
    return token.doc[token.i - 1] if token.i else None


def after(token: Token) -> Token | None:
    """The token behind."""
    return token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None


def word_before(token: Token) -> str:
    """The word before, in small letters; empty where there is none."""
    found = before(token)
    return found.lower_ if found is not None else ""


def word_after(token: Token) -> str:
    """The word behind, in small letters; empty where there is none."""
    found = after(token)
    return found.lower_ if found is not None else ""
