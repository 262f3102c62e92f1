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
            "We lost your box.",
        ),
        (
            "blame-shifting.third-party",
            "We are sorry. [[The depot lost your box]].",
            "We are sorry. The depot lost your box, and we should have [what you could have done differently].",
        ),
        (
            "blame-shifting.agent-omission",
            "We are sorry. [[Your box got lost]].",
            "We are sorry. Your box got lost, and we should have [what you could have done differently].",
        ),
        (
            "insincere-hedging.doubt",
            "Hi Ann, [[it would seem that you were kept waiting]]. We wish you well.",
            "Hi Ann, we are sorry for [what you did]. We wish you well.",
        ),
        ("overlong-drama.self-focus", "We lost it. [[We have wept since May]]. Ann", "We lost it. Ann"),
        ("premature-selling", "We lost it. [[Our June sale begins today]].", "We lost it."),
    ],
)
def test_news_is_owned_up_to_and_what_tells_none_goes(
    rule_id: str, marked: str, first: str, reading_of: Readings
) -> None:
    assert offered(marked, rule_id, reading_of)[0] == first


@pytest.mark.parametrize(
    ("rule_id", "marked"),
    [
        ("minimising.downscale", "We are sorry. [[A handful of lamps broke]]."),
        ("blame-shifting.victim", "We are sorry. [[I lost your coat, and you left it there]]."),
    ],
)
def test_a_failure_that_is_told_nowhere_else_never_goes_whole(rule_id: str, marked: str, reading_of: Readings) -> None:
    assert all("lamps" in told or "coat" in told for told in offered(marked, rule_id, reading_of))


def test_what_is_said_beside_the_flaw_is_not_replaced_with_it(reading_of: Readings) -> None:
    marked = "Hi Ann, [[sorry or whatever]], and I will bring the keys on Friday."
    assert all("keys on Friday" in told for told in offered(marked, "insincere-hedging.grudging", reading_of))


def test_an_apology_is_said_again_in_its_own_words(reading_of: Readings) -> None:
    marked = "[[The choir regrets any upset to those who may feel it]]. Ann"
    told = offered(marked, "insincere-hedging.blurred-object", reading_of)
    assert told[0] == "The choir regrets [what you did]. Ann"


def test_what_the_sentences_alone_told_is_asked_for_as_well(reading_of: Readings) -> None:
    marked = "We lost it. [[Our baker was drunk and rang you on 3 May]]."
    told = offered(marked, "blame-shifting.scapegoat", reading_of, contact="rang you on 3 May")
    assert any(one.endswith("You can reach [name] at [phone or e-mail].") for one in told)


def test_what_the_draft_tells_elsewhere_is_not_asked_for(reading_of: Readings) -> None:
    marked = "We lost it, and you had no lamp for a week. [[We have wept since May]]. Ann"
    told = offered(marked, "overlong-drama.self-focus", reading_of, empathy="you had no lamp for a week")
    assert told[0] == "We lost it, and you had no lamp for a week. Ann"


def test_a_charge_that_tells_nothing_goes_before_anything_is_asked(reading_of: Readings) -> None:
    told = offered("We lost it. [[You ought to have rung us]]. Ann", "blame-shifting.victim", reading_of)
    assert told[0] == "We lost it. Ann"


def test_the_rest_of_a_sentence_stays_where_the_words_can_go_alone(reading_of: Readings) -> None:
    marked = "I forgot your keys[[, because I am such a fool]]. Ann"
    told = offered(marked, "overlong-drama.self-vilify", reading_of, explanation="because I am such a fool")
    assert told[0] == "I forgot your keys. Ann"


def test_a_display_is_not_answered_by_the_cause(reading_of: Readings) -> None:
    marked = "I forgot your keys. [[I have cried for days]]. Ann"
    told = offered(marked, "overlong-drama.self-focus", reading_of, explanation="I have cried for days")
    assert not any("[the cause]" in one for one in told)


def test_nobody_owns_up_beside_words_that_say_it_was_not_them(reading_of: Readings) -> None:
    for words in ("It was not our fault that the depot lost it", "The depot lost it, which was beyond our control"):
        told = offered(f"We are sorry. [[{words}]].", "blame-shifting.third-party", reading_of)
        assert not any(words in one and "[what you could have done differently]" in one for one in told[:1])


def test_a_sentence_does_not_end_at_a_shortened_word(reading_of: Readings) -> None:
    text = "I am sorry. The prize went to the Hon. Mr Bell by mistake."
    edit = cuts.behind(reading_of(text), 5, "I wrote it.")
    assert edit is not None
    assert text[edit.begin - 8 : edit.begin] == "mistake."


def test_what_points_at_a_thing_that_goes_keeps_its_sentence(reading_of: Readings) -> None:
    text = "I am sorry. The duke himself gave us a lamp. We polish that lamp daily."
    assert cuts.cut(reading_of(text), 12, 43) is None


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


def test_what_the_rest_of_the_sentence_tells_is_not_asked_for(reading_of: Readings) -> None:
    marked = "We are sorry that we sent you a mail on Tuesday [[which may have given you hopes]]. Ann"
    whole = marked.replace("[[", "").replace("]]", "").removesuffix(". Ann")
    assert "We are sorry that we sent you a mail on Tuesday. Ann" in offered(
        marked, "insincere-hedging.doubt", reading_of, regret=whole, responsibility=whole
    )


def test_nothing_is_asked_for_where_the_next_sentence_points_at_what_goes(reading_of: Readings) -> None:
    for behind_it, asks in (("It was the host's own.", False), ("The host has been told.", True)):
        marked = f"We are sorry. [[You should not have read the remark]]. {behind_it}"
        told = offered(marked, "blame-shifting.victim", reading_of)
        assert any("[what you did or failed to do]" in one for one in told) is asks
