"""The lexicon: what stands in it can be found."""

import pytest

from apology_rules.reading import lexicon
from apology_rules.reading.failures import fails
from tests.rules.conftest import Readings

SETS = {name: words for name, words in vars(lexicon).items() if isinstance(words, frozenset)}
SPOKEN = frozenset({"im", "ive", "weve", "wed", "y'all", "yall"})  # the tokeniser knows better: "i" and "m"


@pytest.mark.parametrize("name", sorted(SETS))
def test_every_word_of_the_lexicon_is_one_token_of_a_reading(name: str, reading_of: Readings) -> None:
    words = sorted(word for word in SETS[name] - SPOKEN if isinstance(word, str))
    reading = reading_of(" . ".join(words))
    assert {token.lower_ for token in reading.doc} - {"."} >= set(words) - {"."}


def test_capitals_in_the_phrases_are_lemmas(reading_of: Readings) -> None:
    phrases = [phrase for of_concept in lexicon.CONCEPTS.values() for phrase in of_concept]
    words = {word for phrase in phrases for part in phrase.split() for word in part.removesuffix("?").split("|")}
    lemmas = sorted(word.lower() for word in words if word.isupper() and len(word) > 1)
    frames = ("They {} it.", "I will {} it.", "The {} is new.")
    read = {w: reading_of(" ".join(f.format(w) for f in frames)) for w in lemmas}
    assert [w for w in lemmas if w not in {t.lemma_.lower() for t in read[w].doc}] == []


@pytest.mark.parametrize("text", ["We are to blame.", "I am to blame.", "They said it, but you and we were to blame."])
def test_who_is_to_blame_says_so_in_any_number(text: str, reading_of: Readings) -> None:
    assert reading_of(text).owned_sentences


@pytest.mark.parametrize("text", ["I did not mean to hurt you.", "I didn't mean to hurt you."])
def test_intent_is_denied_in_either_form(text: str, reading_of: Readings) -> None:
    assert reading_of(text).count("intent")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("There was a mix-up with your order.", "mix-up"),
        ("There were two Mix-ups.", "mix-up"),
        ("You were double-charged.", "double-charge"),
        ("We re-sent the form.", "re-send"),
    ],
)
def test_compounds_are_one_word(text: str, word: str, reading_of: Readings) -> None:
    reading = reading_of(text)
    assert word in {token.lemma_ for token in reading.doc}
    assert reading.doc.text == text


def test_a_compound_can_be_a_failure(reading_of: Readings) -> None:
    assert fails(reading_of("There was a mix-up with your order.").clauses[0])


@pytest.mark.parametrize("text", ["-", "mix -up", "mix- up", "-mix", "up-", "mix-mix-up-up", "re-\n\nsend"])
def test_a_hyphen_alone_makes_no_compound_and_breaks_nothing(text: str, reading_of: Readings) -> None:
    assert reading_of(text).doc.text == text
