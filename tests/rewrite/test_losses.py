"""What a mend takes from the draft, and the ways that take nothing: trims, and sentences beside the words."""

import re
from dataclasses import replace

import pytest

from apology_rules import ComponentKind
from apology_rules.rewrite.beside import beside
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.edits import Edit, applied, torn
from apology_rules.rewrite.losses import FREE, askable, loss
from apology_rules.rewrite.mends import MENDERS, hides, ways
from apology_rules.rewrite.remains import leaves_a_scrap, orphans
from apology_rules.rewrite.trims import trims
from tests.rewrite.conftest import Readings
from tests.rewrite.test_mends import case_of


def marked_case(marked: str, rule_id: str, readings: Readings, *, confidence: float = 1.0) -> Case:
    begin, end = marked.index("[["), marked.index("]]") - 2
    case = case_of(readings(marked.replace("[[", "").replace("]]", "")), rule_id, begin, end, readings)
    return replace(case, finding=replace(case.finding, confidence=confidence))


def texts(case: Case, found: list[Mend]) -> list[str]:
    return [applied(case.text, mend.edits) for mend in found]


@pytest.mark.parametrize(
    ("rule_id", "marked", "expected"),
    [
        (
            "blame-shifting.circumstance",
            "Dear Ms Rao, [[owing to heavy demand]] our depot sent your lamp late.",
            "Dear Ms Rao, our depot sent your lamp late.",
        ),
        (
            "minimising.trivialise",
            "We are sorry. [[Admittedly, the tent leaked all night]].",
            "We are sorry. The tent leaked all night.",
        ),
        (
            "minimising.normalise",
            "I know [[these slips are common]], but I owe you the money.",
            "I owe you the money.",
        ),
        (
            "insincere-hedging.doubt",
            "We are sorry. [[You have probably noticed that the heating failed on Sunday]].",
            "We are sorry. The heating failed on Sunday.",
        ),
        (
            "blame-shifting.victim",
            "We lost your parcel, [[as the label was hard to read]]. We are sorry.",
            "We lost your parcel. We are sorry.",
        ),
    ],
)
def test_a_trim_takes_the_flawed_part_and_leaves_a_sentence(
    rule_id: str, marked: str, expected: str, reading_of: Readings
) -> None:
    case = marked_case(marked, rule_id, reading_of)
    assert expected in texts(case, list(trims(case)))


def test_no_trim_leaves_a_verb_without_what_it_needs(reading_of: Readings) -> None:
    case = marked_case(
        "Your trust is, and [[will remain, our greatest treasure]], and we sent the fee back.",
        "minimising.bolster",
        reading_of,
    )
    assert not [text for text in texts(case, list(trims(case))) if text.startswith("Your trust is, and we")]


@pytest.mark.parametrize(
    ("rule_id", "marked", "expected"),
    [
        (
            "blame-shifting.third-party",
            "We are sorry. [[The bakery broke the cake]].",
            "We are sorry. The bakery broke the cake, and we should have [what you could have done differently].",
        ),
        (
            "blame-shifting.circumstance",
            "I am sorry. [[The road was icy]]. Ann",
            "I am sorry. The road was icy, and I should have [what you could have done differently]. Ann",
        ),
    ],
)
def test_what_is_told_stays_beside_what_is_asked(
    rule_id: str, marked: str, expected: str, reading_of: Readings
) -> None:
    case = marked_case(marked, rule_id, reading_of, confidence=0.6)
    found = list(beside(case))
    assert expected in texts(case, found)
    assert all(loss(case, mend.edits) == 0 for mend in found)


@pytest.mark.parametrize(
    ("rule_id", "marked"),
    [
        ("premature-selling", "We are sorry. [[We lost it at our summer sale]]."),
        ("blame-shifting.third-party", "We are sorry.\n\n- [[The bakery broke the cake]].\n- We will pay."),
        ("blame-shifting.third-party", "We are sorry. [[Who broke the cake]]? The bakery."),
        ("blame-shifting.victim", "We are sorry. [[You mentioned a wedding]]."),
        ("blame-shifting.agent-omission", "We are sorry. [[Nobody was trapped]]."),
    ],
)
def test_nothing_is_asked_beside_offers_lists_questions_and_what_has_no_cause(
    rule_id: str, marked: str, reading_of: Readings
) -> None:
    assert not list(beside(marked_case(marked, rule_id, reading_of, confidence=0.4)))


@pytest.mark.parametrize(
    ("rule_id", "marked", "first"),
    [
        ("blame-shifting.victim", "We are sorry. [[Most of our guests managed it in a week]].", "We are sorry."),
        ("minimising.worse-case", "We are sorry. [[All of you were safe, warm and fed]].", "We are sorry."),
        (
            "minimising.bolster",
            "We are sorry. [[As to the soup, we had two cooks out sick and no kitchen can work miracles]].",
            "We are sorry. As to the soup, we had two cooks out sick.",
        ),
        ("overlong-drama.rehash", "I lost it. [[I am sorry, and my wife is also sorry]].", "I lost it."),
        (
            "blame-shifting.agent-omission",
            "We are sorry. [[That step was not taken lightly and was taken in your interest]].",
            "We are sorry.",
        ),
        (
            "premature-selling",
            "We are sorry. Sign up, and [[you save 20% on all our new rugs]].",
            "We are sorry.",
        ),
        (
            "blame-shifting.circumstance",
            "We are sorry. [[Your order is late because the mill burned down]].",
            "We are sorry. Your order is late because the mill burned down, "
            "and we should have [what you could have done differently].",
        ),
    ],
)
def test_what_tells_nothing_goes_whole_and_what_tells_a_cause_stays(
    rule_id: str, marked: str, first: str, reading_of: Readings
) -> None:
    case = marked_case(marked, rule_id, reading_of, confidence=0.9)
    assert texts(case, list(ways(case)))[0] == first


def test_a_benefit_that_has_been_given_is_not_the_first_to_go(reading_of: Readings) -> None:
    marked = "We are sorry. [[To keep you with us, I have refunded all 300 euro to your card]]."
    case = marked_case(marked, "premature-selling", reading_of, confidence=0.9)
    assert "300 euro" in texts(case, list(ways(case)))[0]


def test_a_mend_in_doubt_is_sure_only_when_no_doubt_is_left(reading_of: Readings) -> None:
    marked = "We are sorry. [[You may have noticed the smell. It might have been the drains]]."
    case = marked_case(marked, "insincere-hedging.doubt", reading_of, confidence=0.9)
    assert not any(
        "might" in text for text, mend in zip(texts(case, list(ways(case))), ways(case), strict=True) if mend.sure
    )


def test_a_mend_that_keeps_every_fact_comes_first(reading_of: Readings) -> None:
    case = marked_case(
        "Your crates were lost. We are sorry. [[A courier from Leeds drove both 40 kg crates on 3 May]].",
        "blame-shifting.third-party",
        reading_of,
    )
    found = list(ways(case))
    assert {"Leeds", "40", "3", "May"} <= set(re.findall(r"\w+", applied(case.text, found[0].edits)))
    lossy = [place for place, mend in enumerate(found) if mend.loss > FREE]
    assert lossy
    assert all("Leeds" in applied(case.text, mend.edits) for mend in found[: lossy[0]])


def test_a_cause_that_tells_the_failure_never_goes_whole(reading_of: Readings) -> None:
    marked = "Your crates were lost. We are sorry. [[A courier from Leeds lost both crates]]."
    case = marked_case(marked, "blame-shifting.third-party", reading_of)
    assert all("Leeds" in text for text in texts(case, list(ways(case))))


def test_what_nobody_did_is_told_all_the_same(reading_of: Readings) -> None:
    case = marked_case("We are sorry. [[One dose was given at noon]].", "blame-shifting.agent-omission", reading_of)
    assert all("dose" in text for text in texts(case, list(ways(case))))


@pytest.mark.parametrize(
    ("new", "unsaid"),
    [
        ("", True),
        ("We are sorry.", True),
        ("We forced a door.", False),
        ("We should have [what you could have done differently].", False),
    ],
)
def test_an_act_by_nobody_never_goes_unsaid(new: str, unsaid: bool, reading_of: Readings) -> None:
    case = marked_case("We are sorry. [[A door was forced]].", "blame-shifting.agent-omission", reading_of)
    assert hides(case, Mend(edits=(Edit(case.begin, case.end, new),), told="")) == unsaid


def test_what_anybody_could_see_is_no_small_matter(reading_of: Readings) -> None:
    case = marked_case("[[The notes of a few guests could be read by all]].", "minimising.downscale", reading_of)
    assert case.tells
    assert case.reports


@pytest.mark.parametrize(
    ("marked", "torn_apart"),
    [
        ("We were sad, shaken[[ and deeply moved by the flood]].", True),
        ("We were sad[[ and deeply moved by the flood]].", False),
        ("We sold bread, cheese[[ and a lamp]].", True),
        ("Your rest is[[, and will always be, our first thought]].", True),
        ("We are in a situation[[ which nobody could have foreseen]].", True),
        ("We run a bakery[[ which nobody could have foreseen]].", False),
        ("The rail was fitted[[ and is kept by a firm in Hull]].", True),
        ("The rail was fitted by us[[ and is kept by a firm in Hull]].", False),
    ],
)
def test_what_is_left_of_a_list_or_a_noun_says_something(marked: str, torn_apart: bool, reading_of: Readings) -> None:
    case = marked_case(marked, "overlong-drama.stacking", reading_of)
    assert orphans(case.reading, (Edit(case.begin, case.end),)) == torn_apart


def test_a_comparison_is_no_doubt(reading_of: Readings) -> None:
    marked = "I am sorry. [[The roof was not as dry as it might have been]]."
    case = marked_case(marked, "insincere-hedging.doubt", reading_of)
    assert not any("as it was" in text for text in texts(case, list(ways(case))))


@pytest.mark.parametrize(
    ("marked", "others"), [("[[She is sorry if it hurt]].", True), ("[[I'm sorry if it hurt]].", False)]
)
def test_nobody_is_asked_what_another_is_sorry_for(marked: str, others: bool, reading_of: Readings) -> None:
    case = marked_case(marked, "insincere-hedging.conditional", reading_of)
    assert case.somebody_elses == others


def test_no_apology_goes_with_another_flaw(reading_of: Readings) -> None:
    marked = "[[I am sorry that the pupils were hurt, and a member of staff has been spoken to]]. I will write to each."
    case = marked_case(marked, "blame-shifting.victim", reading_of, confidence=0.8)
    assert all("sorry" in text for text in texts(case, list(ways(case))))


@pytest.mark.parametrize(
    ("text", "cut", "bad"),
    [
        ("I'd say sorry but trains are late, every line is.", "but trains are late, ", True),
        ("I am sorry, but trains are late, I know.", ", but trains are late", False),
    ],
)
def test_two_clauses_are_not_run_into_one(text: str, cut: str, bad: bool) -> None:
    begin = text.index(cut)
    assert torn(text, (Edit(begin, begin + len(cut)),)) == bad


def test_one_regrets_something(reading_of: Readings) -> None:
    marked = "We dropped it. [[We regret deeply if you were put to any trouble]]."
    case = marked_case(marked, "insincere-hedging.conditional", reading_of)
    assert "We dropped it. We regret deeply." not in texts(case, list(ways(case)))


def test_what_puts_it_right_does_not_go_with_a_small_word(reading_of: Readings) -> None:
    case = marked_case("We lost it. [[You were lent a small van by our depot]].", "minimising.trivialise", reading_of)
    case = replace(case, evidence=((ComponentKind.REMEDY, case.begin, case.end),))
    assert all("van" in text for text in texts(case, list(MENDERS["minimising.trivialise"](case))))


@pytest.mark.parametrize(
    ("rule_id", "marked", "confidence", "free"),
    [
        ("premature-selling", "We are sorry. [[Save 20% on our new rugs]].", 0.9, True),
        ("premature-selling", "We are sorry. [[You get the whole 300 euro back on Monday]].", 0.3, False),
        ("minimising.downscale", "We are sorry. [[It hit a mere 512 homes]].", 0.9, False),
        ("minimising.normalise", "We are sorry. [[Every baker burns bread]].", 0.9, True),
        ("blame-shifting.circumstance", "We are sorry. [[The flood soaked your books]].", 0.9, False),
        ("overlong-drama.self-focus", "We are sorry. [[I have cried since Tuesday]].", 0.9, True),
    ],
)
def test_a_cut_costs_what_it_tells(
    rule_id: str, marked: str, confidence: float, free: bool, reading_of: Readings
) -> None:
    case = marked_case(marked, rule_id, reading_of, confidence=confidence)
    cut = (Edit(case.begin, len(case.text)),)
    assert (loss(case, cut) <= FREE) is free


@pytest.mark.parametrize(
    ("text", "cut", "bad"),
    [
        ("We lost it, as you know.", "as you know", True),
        ("We lost it and we wept.", "we wept", True),
        ("We lost it, as you know.", ", as you know", False),
        ("Well... we lost it. Sadly.", " Sadly.", False),
        ("We are pre-warned of it.", "-warned of it", True),
        ("We sent 10mg, not 5mg.", "0mg", True),
        ("I wept, I had no rest, nor did I eat.", ", I had no rest", True),
        ("Come to the fair (bring a cap)!", " (bring a cap", True),
        ("We lost it.\n\nYours in grief,\nAnn", "\n\nYours in grief,\n", True),
        ("We lost it.\n\nYours in grief,\nAnn", "\n\nYours in grief,", False),
    ],
)
def test_torn_punctuation_is_seen(text: str, cut: str, bad: bool) -> None:
    begin = text.index(cut)
    assert torn(text, [Edit(begin, begin + len(cut))]) is bad


@pytest.mark.parametrize(
    ("rule_id", "marked", "came_about"),
    [
        ("blame-shifting.circumstance", "I am sorry. [[The road was icy]].", True),
        ("blame-shifting.circumstance", "We are sorry. [[The error stems from a rounding rule]].", True),
        ("blame-shifting.circumstance", "We are sorry. [[Comets are shy and cannot be promised]].", False),
        ("blame-shifting.circumstance", "We are sorry. [[As we said, the comet is a natural thing]].", False),
        ("blame-shifting.third-party", "We are sorry. [[The man is a guest of ours]].", False),
    ],
)
def test_a_part_is_asked_for_in_what_came_about(
    rule_id: str, marked: str, came_about: bool, reading_of: Readings
) -> None:
    assert marked_case(marked, rule_id, reading_of).came_about is came_about


def test_half_an_apology_loses_what_it_alone_names(reading_of: Readings) -> None:
    marked = "I write about the fair. [[We are sorry if anyone minded the trumpet at the fair]]. Ann"
    case = marked_case(marked, "insincere-hedging.conditional", reading_of)
    begin, end = case.text.index(" if"), case.end
    assert loss(case, [Edit(begin, end)]) > FREE  # the trumpet; the fair stands elsewhere
    assert loss(case, [Edit(begin, end, " for the trumpet")]) <= FREE
    assert loss(case, [Edit(begin, end, " for [what you did]")]) <= askable(case.finding, " for [what you did]")


def test_nobody_is_asked_for_what_the_draft_has_told(reading_of: Readings) -> None:
    case = marked_case("We are sorry. [[The baker burnt your cake]].", "blame-shifting.third-party", reading_of)
    new = "We [what you did or failed to do], and that was our mistake."
    assert loss(case, [Edit(case.begin, case.end, new)]) > askable(case.finding, new)


@pytest.mark.parametrize(
    ("marked", "scrap"),
    [
        ("[[Most small bands cancel a night a year, ]]there are lists.", True),
        ("[[Most small bands cancel a night a year, ]]so we apologise.", False),
        ("[[Most small bands cancel a night a year. ]]There are lists.", False),
    ],
)
def test_no_scrap_of_a_sentence_is_left(marked: str, scrap: bool, reading_of: Readings) -> None:
    begin, end = marked.index("[["), marked.index("]]") - 2
    reading = reading_of(f"We are sorry. {marked.replace('[[', '').replace(']]', '')}")
    assert leaves_a_scrap(reading, [Edit(begin + 14, end + 14)]) is scrap
