"""Compounds: words with a hyphen that the lexicon knows ("mix-up", "double-charge") are one token of a parsed draft.

The tokeniser takes them apart, and the parser learnt from them so; once it has parsed, they are put together again.
"""

from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

from apology_rules.reading import lexicon

_KNOWN = frozenset(
    word
    for words in vars(lexicon).values()
    if isinstance(words, frozenset)
    for word in words
    if "-" in word and word.replace("-", "").isalpha()
)
_NOUNS = lexicon.FAILURE_NOUNS | lexicon.OWN_FAULT_NOUNS


def joined(doc: Doc) -> Doc:
    """The same document with the compounds of the lexicon as one token each; their lemma is the lexicon's word."""
    found = list(_compounds(doc)) if "-" in doc.text else []
    if not found:
        return doc
    with doc.retokenize() as retokenizer:
        for span, word in found:
            retokenizer.merge(
                span, attrs={"LEMMA": word, **({"POS": "NOUN", "TAG": _noun(span)} if word in _NOUNS else {})}
            )
    return doc


def _compounds(doc: Doc) -> Iterator[tuple[Span, str]]:
    last = 0
    for hyphen in doc[1:-1]:
        before, after = doc[hyphen.i - 1], doc[hyphen.i + 1]
        if hyphen.text != "-" or before.i < last or before.whitespace_ or hyphen.whitespace_:
            continue
        word = next((w for form in _forms(after) if (w := f"{before.lower_}-{form}") in _KNOWN), "")
        if word:
            yield doc[before.i : after.i + 1], word
            last = after.i + 1


def _forms(token: Token) -> tuple[str, ...]:
    """The word, its lemma, and what the tagger knows of neither: the singular of "ups", the verb of "charged"."""
    word = token.lower_
    return word, token.lemma_.lower(), word.removesuffix("s"), word.removesuffix("d"), word.removesuffix("ed")


def _noun(span: Span) -> str:
    return "NNS" if span[-1].lower_.endswith("s") else "NN"
