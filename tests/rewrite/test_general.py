"""Mends for flaws of any construction: what goes, what stays, and what is asked for anew."""

import pytest

from apology_rules.rewrite import cuts, general, remains
from apology_rules.rewrite.edits import Edit, applied
from apology_rules.rewrite.mends import mends
from tests.rewrite.conftest import Readings
from tests.rewrite.test_mends import case_of


def offered(marked: str, rule_id: str, readings: Readings) -> list[str]:
    begin, end = marked.index("[["), marked.index("]]") - 2
    text = marked.replace("[[", "").replace("]]", "")
    case = case_of(readings(text), rule_id, begin, end, readings)
    return [applied(text, mend.edits) for mend in (*mends(case), *general.anew(case), *general.gone(case))]


@pytest.mark.parametrize(
    ("rule_id", "marked", "first"),
    [
        ("premature-selling", "We are sorry. [[Tell a friend]] and you both save money! Ann", "We are sorry. Ann"),
        (
            "overlong-drama.self-focus",
            "I am sorry. [[I wept]]. But I will pay on Friday.",
            "I am sorry. I will pay on Friday.",
        ),
        ("overlong-drama.self-focus", "I broke it. I am sorry, [[I cried all night]].", "I broke it. I am sorry."),
        (
            "blame-shifting.circumstance",
            "We are sorry. [[Your parcel was delayed because of the rain]].",
            "We are sorry. Your parcel was delayed, and we should have [what you could have done differently].",
        ),
        (
            "insincere-hedging.doubt",
            "We are sorry. [[The remark, I am told, did not go down well]].",
            "We are sorry. The remark did not go down well.",
        ),
        (
            "insincere-hedging.blurred-object",
            "[[Sorry for the mix-up around the second invoice]].",
            "Sorry for the second invoice.",
        ),
        ("insincere-hedging.grudging", "I lost it. [[I suppose we did not check]].", "I lost it. We did not check."),
    ],
)
def test_the_first_way_keeps_what_the_draft_tells(rule_id: str, marked: str, first: str, reading_of: Readings) -> None:
    assert offered(marked, rule_id, reading_of)[0] == first


@pytest.mark.parametrize(
    ("rule_id", "marked", "among"),
    [
        (
            "insincere-hedging.conditional",
            "Hi Ann, [[sorry if that is how it is for you]]. Call me.",
            "Hi Ann, sorry for [what you did]. Call me.",
        ),
        (
            "insincere-hedging.conditional",
            "Hi Ann, [[to the extent my remark on your cooking went too far]], I apologise. Call me.",
            "Hi Ann, I am sorry for my remark on your cooking. Call me.",
        ),
        (
            "insincere-hedging.conditional",
            "[[Should any of what we posted have hurt you, you should know that we regret it]]. Call me.",
            "We are sorry for what we posted. Call me.",
        ),
        (
            "insincere-hedging.conditional",
            "[[Should our garden have upset you, you should know that we regret it]]. Call me.",
            "We are sorry for [what you did]. Call me.",
        ),
        ("overlong-drama.stacking", "[[We are heartbroken and so sorry]]. Ann", "We are sorry for [what you did]. Ann"),
        (
            "premature-selling",
            "We are sorry. [[Our new lamp is in the shops]]. It comes in red. Ann",
            "We are sorry. Ann",
        ),
        ("blame-shifting.third-party", "We are sorry. [[The port was on strike]]. Ann", "We are sorry. Ann"),
    ],
)
def test_what_cannot_be_mended_word_by_word_goes_or_is_said_plainly(
    rule_id: str, marked: str, among: str, reading_of: Readings
) -> None:
    assert among in offered(marked, rule_id, reading_of)


@pytest.mark.parametrize(
    ("rule_id", "marked"),
    [
        ("premature-selling", "We lost it. We are sorry. [[Buy a new lamp]]."),
        ("overlong-drama.self-focus", "We lost it. We are sorry. [[I cannot eat]]."),
        ("minimising.bolster", "We lost it. We are sorry. [[Our team has won six prizes]]."),
    ],
)
def test_nothing_is_asked_for_in_the_place_of_what_goes(rule_id: str, marked: str, reading_of: Readings) -> None:
    assert not any("[" in text for text in offered(marked, rule_id, reading_of))


def test_no_cut_leaves_words_that_hang_on_what_went(reading_of: Readings) -> None:
    text = "I am sorry. The shop was full. That was why I ran."
    assert cuts.cut(reading_of(text), 12, 29) is None


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        ("I lost it. Again, I'm sorry. I really am. Ann", "Again, I'm sorry.", None),
        (
            "I lost it. I weep. It is the first time in years. Ann",
            "I weep.",
            "I lost it. It is the first time in years. Ann",
        ),
        ("I lost it. I weep. It must be said that I ran. Ann", "I weep.", "I lost it. It must be said that I ran. Ann"),
        ("I lost it. I weep. It was awful. Ann", "I weep.", None),
        ("We lost it. We weep. Rain is all that we had. Ann", "We weep.", "We lost it. Rain is all that we had. Ann"),
        ("We lost it. We weep. On this occasion we ran. Ann", "We weep.", "We lost it. On this occasion we ran. Ann"),
    ],
)
def test_a_sentence_goes_only_where_the_next_can_stand_without_it(
    text: str, gone: str, left: str | None, reading_of: Readings
) -> None:
    edits = cuts.cut(reading_of(text), text.index(gone), text.index(gone) + len(gone))
    assert (applied(text, edits) if edits else None) == left


def test_a_clause_that_something_important_needs_is_an_orphan_s_head(reading_of: Readings) -> None:
    text = "We think it important that everyone gets behind the team, and will say no more."
    gone = " that everyone gets behind the team"
    begin = text.index(gone)
    assert remains.orphans(reading_of(text), [Edit(begin, begin + len(gone))])


def test_who_is_called_by_name_is_no_orphan(reading_of: Readings) -> None:
    text = "Hi Femi, a few of us have noticed that I was loud."
    begin = text.index("a few")
    assert not remains.orphans(reading_of(text), [Edit(begin, text.index("I was") + 1, "I")])


def test_a_greeting_is_never_cut(reading_of: Readings) -> None:
    text = "My dear Ruth,\n\nI hardly know where to begin. I lost it."
    assert cuts.cut(reading_of(text), 0, 43) is None


def test_a_subject_line_in_the_text_is_never_emptied(reading_of: Readings) -> None:
    text = "Subject: We are horrified\n\nDear Ann,\n\nWe lost it. We are sorry."
    assert cuts.cut(reading_of(text), 9, 25) is None
    assert (
        "Subject: Our apology\n\nDear Ann,"
        in offered(text.replace("We are horrified", "[[We are horrified]]"), "overlong-drama.hyperbole", reading_of)[0]
    )


@pytest.mark.parametrize(
    ("beside", "stays"),
    [("no child has come to harm", True), ("it was a wet day", False)],
)
def test_a_clause_with_a_subject_of_its_own_does_not_go_with_the_flaw_before_it(
    beside: str, stays: bool, reading_of: Readings
) -> None:
    marked = f"We are sorry. [[This is under 1 % of our jars]] and {beside}. Ann"
    begin, end = marked.index("[["), marked.index("]]") - 2
    text = marked.replace("[[", "").replace("]]", "")
    case = case_of(reading_of(text), "minimising.worse-case", begin, end, reading_of)
    assert (not list(general.whole(case))) is stays
