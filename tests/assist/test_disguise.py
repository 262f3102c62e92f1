"""What leaves is disguised, consistently, and comes back exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apology_rules import Context, Draft, Facts, Options, Reviewer
from apology_service.assist.disguise import Disguise, UnknownTokenError

LETTER = """Dear Ms Rao,

We are sorry that Priya Shah sent order AB-48213 to 14 Elm Street, Leeds LS1 4AP, and not to you. Your account
12345678 was charged £1200 on 3 May 2027 and again on 2027-05-04. Priya was told by david.o'neil@example.co.uk, whom you
can ring on +44 20 7946 0958 or (0113) 496 0123. The bank is GB29 NWBK 6016 1331 9268 19, the card 4111 1111 1111 1111.
See https://example.org/case/48213?x=1. Sam O\u2019Brien-Lee knows.

> On Monday Mallory wrote that her number is 07700 900123.

Kind regards,
Jo Miller
"""
PRIVATE = (
    "Rao", "Priya", "Shah", "48213", "LS1", "12345678", "david", "o'neil", "7946", "496", "NWBK", "9268", "4111", "1331",
    "example.org", "Brien", "Mallory", "07700", "900123", "Jo", "Miller", "Elm", "Leeds",
)  # fmt: skip
KEPT = ("£1200", "3 May 2027", "2027-05-04", "sorry", "charged")


@pytest.fixture(scope="session")
def names(reviewer: Reviewer) -> tuple[str, ...]:
    return reviewer.review(Draft(text=LETTER), options=Options(include_names=True)).names


def test_names_addresses_and_numbers_do_not_leave(names: tuple[str, ...]) -> None:
    shown = Disguise(names, on=True).copy(LETTER).text
    assert [word for word in PRIVATE if word in shown] == []
    assert [word for word in KEPT if word not in shown] == []


def test_the_same_words_get_the_same_token_in_every_text(names: tuple[str, ...]) -> None:
    disguise = Disguise(names, on=True)
    disguise.copy(LETTER)
    first, again = (
        disguise.veiled("Priya Shah called. Then Priya wrote."),
        disguise.veiled("Priya wrote to Priya Shah."),
    )
    whole, alone = first.split(" called. Then ")[0], first.split(" called. Then ")[1].removesuffix(" wrote.")
    assert again == f"{alone} wrote to {whole}."


def test_what_comes_back_is_what_was_there(names: tuple[str, ...]) -> None:
    disguise = Disguise(names, on=True)
    quoted = "> On Monday Mallory wrote that her number is 07700 900123."
    assert disguise.restored(disguise.copy(LETTER).text) == LETTER.replace(quoted, "")


def test_a_token_that_was_never_given_out_is_refused(names: tuple[str, ...]) -> None:
    disguise = Disguise(names, on=True)
    disguise.copy(LETTER)
    with pytest.raises(UnknownTokenError):
        disguise.restored("We are sorry, Name_99.")


def test_a_draft_that_holds_a_token_of_ours_is_not_confused() -> None:
    disguise = Disguise(["Sam"], on=True)
    text = "Dear Sam, the label Name_1 was wrong, and Name_2 too."
    copy = disguise.copy(text)
    assert disguise.restored(copy.text) == text
    assert "label Name_1" not in copy.text


def test_a_quote_is_found_in_the_draft_as_received(names: tuple[str, ...]) -> None:
    copy = Disguise(names, on=True).copy(LETTER)
    end = copy.text.index(", and not to you")
    place = copy.find(copy.text[copy.text.index("We are sorry") : end])
    assert place
    assert LETTER[slice(*place)].startswith("We are sorry that Priya Shah sent order AB-48213")
    assert LETTER[slice(*place)].endswith("Leeds LS1 4AP")


def test_a_quote_may_differ_in_space_and_quotation_marks_alone() -> None:
    copy = Disguise([], on=True).copy("We  didn\u2019t\nring you, \u200bSam.")
    assert copy.find("We didn't ring you") == (0, 19)
    assert copy.find("we didn't ring you") is None
    assert copy.find("We did ring you") is None


def test_an_operator_can_leave_the_disguise_off() -> None:
    disguise = Disguise(["Sam"], on=False)
    assert disguise.copy("Dear Sam, ring 020 7946 0958.").text == "Dear Sam, ring 020 7946 0958."
    assert disguise.restored("Name_9 stays") == "Name_9 stays"


def test_other_peoples_words_and_hidden_characters_never_leave() -> None:
    shown = Disguise([], on=False).copy("I am sorry.\u200b\U000e0041\n\n> I was so angry.\n").text
    assert shown.strip() == "I am sorry."


def test_names_in_the_facts_are_found_too(reviewer: Reviewer) -> None:
    context = Context(facts=Facts(contact="Ngozi Adeyemi in Leeds"))
    review = reviewer.review(
        Draft(text="I am sorry that I was late."), context=context, options=Options(include_names=True)
    )
    assert "Ngozi Adeyemi" in review.names


@pytest.mark.parametrize("text", ["#0\u200b0", "account 44\u200b7190"])
def test_what_nobody_sees_parts_no_number(text: str) -> None:
    disguise = Disguise([], on=True)
    copy = disguise.copy(text)
    assert not any(digits in copy.text for digits in ("#0", "7190"))
    assert disguise.restored(copy.text) == text.replace("\u200b", "")


_ODD = st.text(alphabet=st.sampled_from("aZ \n.,@_-/#0123456789'’Ñ😀\u200bé£>"), max_size=80)


@given(_ODD, st.lists(st.text(alphabet="AbcÑé ", min_size=1, max_size=6), max_size=3))
def test_every_character_knows_where_it_came_from(text: str, names: list[str]) -> None:
    disguise = Disguise(names, on=True)
    copy = disguise.copy(text)
    assert len(copy.begins) == len(copy.ends) == len(copy.text)
    assert list(copy.begins) == sorted(copy.begins)
    assert all(0 <= begin < end <= len(text) for begin, end in zip(copy.begins, copy.ends, strict=True))
    plain = Disguise([], on=False).copy(text).text
    assert disguise.restored(copy.text) == plain or "\n" in text or "\u200b" in text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hi Will,\n\nI am sorry that I was late.\n\nHope", "Will"),
        ("Hi Will,\n\nI am sorry that I was late.\n\nHope", "Hope"),
        ("April, I am sorry that I was late on Monday.", "April"),
        ("I am sorry. Priya Shah should have rung you.", "Priya"),
        ("We are sorry that Brightwater Energy cut you off.", "Brightwater"),
        ("We are sorry that Zoë O\u2019Neil-Rao was rude.", "O\u2019Neil-Rao"),
    ],
)
def test_names_that_are_words_are_names_where_they_stand_as_such(reviewer: Reviewer, text: str, name: str) -> None:
    names = reviewer.review(Draft(text=text), options=Options(include_names=True)).names
    assert name not in Disguise(names, on=True).copy(text).text
