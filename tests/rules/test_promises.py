"""The promise ledger: which words commit somebody, whom, and by when."""

import pytest

from apology_rules import Draft, Promise, PromiseOwner, Reviewer

SENDER, ORGANISATION, OTHER, NOBODY = PromiseOwner


def promised(reviewer: Reviewer, words: str) -> tuple[Promise, ...]:
    return reviewer.review(Draft(text=f"I am sorry that I lost your file. {words}")).promises


@pytest.mark.parametrize(
    ("words", "owner", "due"),
    [
        ("I'll ring you at five.", SENDER, "at five"),
        ("Will ring you tomorrow.", SENDER, "tomorrow"),
        ("I promise to be on time from now on.", SENDER, "from now on"),
        ("I will call you tomorrow by 5 pm.", SENDER, "tomorrow by 5 pm"),
        ("I am calling all of you on Monday, a day early.", SENDER, "on Monday"),
        ("By 5 p.m. today I will send it.", SENDER, "By 5 p.m. today"),
        ("I won't do it again.", SENDER, ""),
        ("We're sending the spare part on Monday.", ORGANISATION, "on Monday"),
        ("We will not charge you for May.", ORGANISATION, ""),
        ("Omar is going to collect it this afternoon.", OTHER, "this afternoon"),
        ("Our courier collects the old one tomorrow morning.", OTHER, "tomorrow morning"),
        ("The lid leaves us by the end of next week.", NOBODY, "by the end of next week"),
        ("Your refund will be with you in 3-5 days.", NOBODY, "in 3-5 days"),
        ("You will have the report by Thursday night.", NOBODY, "by Thursday night"),
        ("You won't be charged for it.", NOBODY, ""),
        ("It won't happen again.", NOBODY, ""),
        ("There will be no fee.", NOBODY, ""),
        ("From today no box leaves without a second check.", NOBODY, "From today"),
        ("The new one is on its way and should reach you by Sunday.", NOBODY, "by Sunday"),
    ],
)
def test_a_promise_has_its_owner_and_its_time(words: str, owner: PromiseOwner, due: str, reviewer: Reviewer) -> None:
    (promise,) = promised(reviewer, words)
    assert (promise.owner, promise.due_span.text if promise.due_span else "") == (owner, due)
    assert promise.span.text in words


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("A new file on your desk by noon tomorrow.", "by noon tomorrow"),
        ("Back with you by Monday, with a copy.", "by Monday"),
        ("Your money back within three days.", "within three days"),
    ],
)
def test_a_promise_needs_no_verb(words: str, due: str, reviewer: Reviewer) -> None:
    (promise,) = promised(reviewer, words)
    assert promise.due_span is not None
    assert promise.due_span.text == due


@pytest.mark.parametrize(
    "words",
    [
        "The new file is on your desk since Monday.",
        "Breakfast at eight.",
        "Ask for a copy this week.",
        "A lovely day today.",
    ],
)
def test_what_is_there_already_or_mends_nothing_is_no_promise(words: str, reviewer: Reviewer) -> None:
    assert promised(reviewer, words) == ()


def test_each_deed_is_a_promise_with_its_own_time(reviewer: Reviewer) -> None:
    both = promised(reviewer, "We will refund you in full and replace the lamp within a week.")
    assert [(p.span.text, p.due_span.text if p.due_span else "") for p in both] == [
        ("We will refund you in full", ""),
        ("replace the lamp within a week", "within a week"),
    ]


def test_whoever_is_named_is_told_as_the_owner(reviewer: Reviewer) -> None:
    (promise,) = promised(reviewer, "Our new clerk will copy it by noon.")
    assert promise.owner_span is not None
    assert promise.owner_span.text == "Our new clerk"


@pytest.mark.parametrize(
    "words",
    [
        "I pace up and down all night.",
        "We hope you will stay with us.",
        "We may send a new one on Friday.",
        "If I will be late, call Omar.",
        "Should you need it on Friday, call me.",
        "Will you forgive me?",
        "Perhaps you will hear from us.",
        "You will understand that we are busy.",
        "I will never forget it.",
        "I won't make excuses.",
        "I am writing to you today.",
        "Your parcel left us on Monday.",
        'The clerk wrote: "I will copy it tomorrow."',
        "It costs five a month.",
        "The summer fair is on Friday.",
    ],
)
def test_what_is_hoped_asked_or_foreseen_is_no_promise(words: str, reviewer: Reviewer) -> None:
    assert promised(reviewer, words) == ()


def test_an_offer_that_sells_is_no_promise(reviewer: Reviewer) -> None:
    words = "We will repair the door on Monday. Book again now: our spring sale starts on Friday, half off everything!"
    assert [p.span.text for p in promised(reviewer, words)] == ["We will repair the door on Monday"]
