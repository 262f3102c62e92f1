"""The last resort: what is asked for in the place of words that nothing else mends."""

from dataclasses import replace

import pytest

from apology_rules import ComponentKind
from apology_rules.rewrite import cuts, remains
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.instead import instead
from apology_rules.rewrite.words import I_VOICE, WE_VOICE, voice_in
from tests.rewrite.conftest import Readings
from tests.rewrite.test_losses import marked_case, texts


def offered(marked: str, rule_id: str, readings: Readings, **shown: str) -> list[str]:
    """The texts, where some words show a component."""
    case = marked_case(marked, rule_id, readings)
    places = ((ComponentKind[kind.upper()], case.text.index(words), words) for kind, words in shown.items())
    case = replace(case, evidence=tuple((kind, begin, begin + len(words)) for kind, begin, words in places))
    return texts(case, list(instead(case)))


@pytest.mark.parametrize(
    ("rule_id", "marked", "first"),
    [
        (
            "blame-shifting.third-party",
            "We lost your box. [[The depot is run by another firm]].",
            "We lost your box. It happened because we [your own part in it], and that was our mistake.",
        ),
        (
            "blame-shifting.third-party",
            "We lost your box. [[The crates held another kind of nail]].",
            "We lost your box. We [what you did or failed to do], and that was our mistake.",
        ),
        (
            "blame-shifting.agent-omission",
            "We are sorry. [[Your box got lost]].",
            "We are sorry. We [what you did or failed to do], and that was our mistake.",
        ),
        (
            "insincere-hedging.doubt",
            "We are sorry. [[It is said that the gate stood open]].",
            "We are sorry. What we know is this: [what you know of it].",
        ),
        (
            "insincere-hedging.doubt",
            "Hi Ann, [[it would seem that you were kept waiting]]. We wish you well.",
            "Hi Ann, we are sorry for [what you did]. We wish you well.",
        ),
        (
            "minimising.downscale",
            "We are sorry. [[A handful of lamps broke]].",
            "We are sorry. What happened is this: [what happened].",
        ),
        (
            "overlong-drama.self-focus",
            "We lost it. [[We have wept since May]]. Ann",
            "We lost it. We know what this meant for you: [what it cost you]. Ann",
        ),
        (
            "premature-selling",
            "We lost it. [[Our June sale begins today]].",
            "We lost it. We will [what puts it right] by [date].",
        ),
    ],
)
def test_what_belongs_there_is_asked_for(rule_id: str, marked: str, first: str, reading_of: Readings) -> None:
    assert offered(marked, rule_id, reading_of)[0] == first


def test_what_the_sentences_alone_told_is_asked_for_as_well(reading_of: Readings) -> None:
    marked = "We lost it. [[Our baker was drunk and rang you on 3 May]]."
    told = offered(marked, "blame-shifting.scapegoat", reading_of, contact="rang you on 3 May")
    assert told[0].startswith("We lost it. We [what you did or failed to do]")
    assert told[0].endswith("You can reach [name] at [phone or e-mail].")


def test_what_the_draft_tells_elsewhere_is_not_asked_for(reading_of: Readings) -> None:
    marked = "We lost it, and you had no lamp for a week. [[We have wept since May]]. Ann"
    told = offered(marked, "overlong-drama.self-focus", reading_of, empathy="you had no lamp for a week")
    assert told[0] == "We lost it, and you had no lamp for a week. Ann"


def test_a_charge_that_tells_nothing_goes_before_anything_is_asked(reading_of: Readings) -> None:
    told = offered("We lost it. [[You ought to have rung us]]. Ann", "blame-shifting.victim", reading_of)
    assert told[0] == "We lost it. Ann"
    assert "[your own part in it]" in told[1]


def test_the_rest_of_a_sentence_stays_where_the_words_can_go_alone(reading_of: Readings) -> None:
    marked = "I forgot your keys[[, because I am such a fool]]. Ann"
    told = offered(marked, "overlong-drama.self-vilify", reading_of, explanation="because I am such a fool")
    assert told[0] == "I forgot your keys. It happened because [the cause]. Ann"


@pytest.mark.parametrize(
    ("text", "cut", "bad"),
    [
        ("If you had seen the door painted red it would have held.", "If you had seen the door ", True),
        ("I wept, I lost my voice and I sing less without it.", "I wept, I lost my voice and ", True),
        ("To be fair, the road was icy.", "To be fair, ", False),
        ("We lost it, to be fair.", ", to be fair", False),
    ],
)
def test_an_opening_goes_only_where_the_rest_can_begin(text: str, cut: str, bad: bool, reading_of: Readings) -> None:
    begin = text.index(cut)
    assert remains.beheaded(reading_of(text), [Edit(begin, begin + len(cut))]) is bad


def test_a_sentence_stays_where_the_next_means_what_it_names(reading_of: Readings) -> None:
    text = "I am sorry. Our well has won a prize. I drink from it daily."
    assert cuts.cut(reading_of(text), 12, 37) is None


def test_a_sentence_is_said_again_in_its_own_voice(reading_of: Readings) -> None:
    text = "We lost our van. I regret it. It rained."
    reading = reading_of(text)
    assert voice_in(reading, text.index("I regret"), len(text), WE_VOICE) is I_VOICE
    assert voice_in(reading, text.index("It rained"), len(text), WE_VOICE) is WE_VOICE
