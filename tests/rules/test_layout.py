"""The layout: whose words they are, and what they are there for."""

import pytest

from apology_rules.reading.layout import Role, analysis_text, lines

MAIL = """Subject: Your order

Dear Ms Rao,

We lost your order. I am sorry.

Kind regards,
Helen Marsh
01632 960123

On Monday Ms Rao wrote:
> I am sorry to bother you, but you failed me.
"""


def roles(text: str) -> list[tuple[str, Role]]:
    return [(text[line.begin : line.end], line.role) for line in lines(text)]


def test_a_mail_is_taken_apart() -> None:
    assert [role for _, role in roles(MAIL)] == [
        Role.SUBJECT,
        Role.GREETING,
        Role.BODY,
        Role.SIGN_OFF,
        Role.SIGNATURE,
        Role.SIGNATURE,
        Role.QUOTED,
        Role.QUOTED,
    ]


def test_what_follows_a_forward_mark_is_quoted() -> None:
    found = roles("I am sorry.\n\n-----Original Message-----\nFrom: X\nYou failed me.")
    assert [role for _, role in found] == [Role.BODY, Role.QUOTED, Role.QUOTED, Role.QUOTED]


@pytest.mark.parametrize(
    "lead",
    [
        "On Mon, 2 Nov 2026 at 9:14 AM Ines Roth <ines@roth.example> wrote:",
        "On Mon, 2 Nov 2026 at 9:14 AM Ines Roth\n<ines@roth.example> wrote:",
        "Am 02.11.2026 um 09:14 schrieb Ines Roth:",
        "Le 2 nov. 2026 \u00e0 09:14, Ines Roth a \u00e9crit :",
        "Ines Roth wrote on 02.11.2026 09:14:",
        "From: Ines Roth <ines@roth.example>\nSent: Monday, 2 November 2026\nTo: Desk\nSubject: Where is it?",
        "*From:* Ines Roth\n*Date:* Monday",
        "Von: Ines Roth\nGesendet: Montag, 2. November",
    ],
)
@pytest.mark.parametrize("signature", ["", "Kind regards,\nPaul\n\n"])
def test_the_mail_that_is_answered_is_quoted_however_it_is_introduced(lead: str, signature: str) -> None:
    found = roles(
        f"We broke the cup, sorry.\n\n{signature}{lead}\n\nYou broke it, and I have waited for an answer for a week!"
    )
    quoted = lead.count("\n") + 2
    assert [role for _, role in found[-quoted:]] == [Role.QUOTED] * quoted
    assert Role.QUOTED not in {role for _, role in found[:-quoted]}


@pytest.mark.parametrize(
    "line",
    [
        "On 3 May I wrote:",
        "On Monday, to be honest, we wrote:",
        "On 3 May our keeper wrote to you:",
        "On 3 May we took it in.\nPaul wrote:",
        "From: the shelf. To: the floor.",
    ],
)
def test_what_the_sender_says_that_they_wrote_is_theirs(line: str) -> None:
    found = roles(f"We broke the cup, sorry.\n{line}\nIt is your own fault.\nThat was wrong.")
    assert {role for _, role in found} == {Role.BODY}


def test_a_table_is_nobody_elses_words() -> None:
    found = roles("We broke the cup.\n| When | What |\n|---|---|\n| noon | Ines let it fall |\n| you wrote this")
    assert [role for _, role in found] == [Role.BODY] * 4 + [Role.QUOTED]


def test_a_name_without_a_sign_off_is_a_signature() -> None:
    assert roles("I broke the cup, sorry.\n\nTom Baker")[-1] == ("Tom Baker", Role.SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    [
        "Ines Roth, head of the repair shop",
        "Ines Roth | repair shop | 01632 960123",
        "Dr Ines van der Roth, ext. 12",
        "Ines Roth (she/her), deputy treasurer",
        "Ines from the night desk",
        "\u2014 Ines & Paul, for the whole crew",
        "The management",
        "Your neighbours' committee",
        "The Fenwick Street library team",
        "Ines Roth\nHead of the repair shop\nFenwick Street",
    ],
)
def test_who_signs_may_say_in_small_letters_what_they_are(signature: str) -> None:
    found = roles(f"I broke the cup, and I am sorry.\n\n{signature}")
    assert [role for _, role in found[1:]] == [Role.SIGNATURE] * len(signature.splitlines())


@pytest.mark.parametrize(
    "line",
    [
        "Sorry, wrong cup",
        "Friday, at noon",
        "Ines, we will call you",
        "The team is on it",
        "Any news, ask Ines",
        "new cup, same shelf",
    ],
)
def test_a_short_last_line_that_names_nobody_or_says_something_is_no_signature(line: str) -> None:
    assert roles(f"I broke the cup, and I am sorry.\n\n{line}")[-1][1] is Role.BODY


def test_a_list_of_names_is_no_signature() -> None:
    assert {role for _, role in roles("We moved two of you, sorry.\n- Ines, room 4\n- Paul, room 6")} == {Role.BODY}
    assert roles("We are sorry. These have moved:\nInes, room 4")[-1][1] is Role.BODY


def test_a_name_that_ends_a_wrapped_sentence_is_no_signature() -> None:
    found = roles("We are sorry that we broke the cup, the one that you had from\nInes Roth, Fenwick Street")
    assert {role for _, role in found} == {Role.BODY}


@pytest.mark.parametrize(
    "line",
    ["On behalf of the board I apologise.", "Thank you for waiting.", "Thank you, Mr Chairman.", "Signed copies: two."],
)
def test_what_only_begins_like_a_farewell_does_not_end_the_body(line: str) -> None:
    found = roles(f"We broke the cup.\n{line}\nWe buy a new one on Friday.")
    assert {role for _, role in found} == {Role.BODY}


@pytest.mark.parametrize(
    "line",
    [
        "With love from all of us,",
        "Yours very sincerely",
        "Best, Ines Roth, repair shop, ext. 12",
        "Cheers, the night crew",
        "Thanks, Ines",
        "For and on behalf of Fenwick Street Library",
        "Sincerely, Ines R.",
    ],
)
def test_a_farewell_may_hold_the_name(line: str) -> None:
    assert roles(f"We broke the cup, sorry.\n\n{line}\nFenwick Street")[1:] == [
        (line, Role.SIGN_OFF),
        ("Fenwick Street", Role.SIGNATURE),
    ]


@pytest.mark.parametrize("line", ["--", "Kind regards,\nInes"])
def test_who_goes_on_writing_below_a_mark_or_a_name_is_heard(line: str) -> None:
    found = roles(
        f"We broke the cup, sorry.\n\n{line}\n\nThe cupboard had been left open, and nobody had looked.\n\nInes Roth"
    )
    assert found[-2][1] is Role.BODY
    assert found[-1][1] is Role.SIGNATURE


@pytest.mark.parametrize(
    "line",
    [
        "Please do not reply to this mail, as nobody reads this mailbox.",
        "You are receiving this because you bought a cup. Unsubscribe.",
        "This message and what is attached to it are confidential, and if it was not meant for you we ask you to delete it.",
        "Sent from my phone",
    ],
)
def test_boilerplate_is_a_footer_below_the_name_and_without_one(line: str) -> None:
    for name in ("", "Kind regards,\nInes\n\n"):
        assert roles(f"We broke the cup, sorry.\n\n{name}{line}")[-1][1] is Role.FOOTER


@pytest.mark.parametrize(
    "line",
    [
        "We wrote to you though you had unsubscribed, and we have taken you off the list.",
        "Two cups stood in the box marked confidential, and and both had been dropped, as I found at noon.",
    ],
)
def test_what_somebody_says_is_no_footer_for_one_word_in_it(line: str) -> None:
    assert roles(f"Sorry.\n\n{line}")[-1][1] is Role.BODY


def test_a_subject_is_short() -> None:
    told = "Re: cup. " + "I dropped it on the stairs, and I am sorry for it. " * 3
    assert roles(f"{told}\n\nInes")[0][1] is Role.BODY


def test_a_subject_that_says_it_all_is_the_body() -> None:
    assert roles("Re: cup. Broken by me, sorry\n\n> where is it?") == [
        ("Re: cup. Broken by me, sorry", Role.BODY),
        ("> where is it?", Role.QUOTED),
    ]


def test_those_who_sent_apologies_to_a_meeting_end_no_minutes() -> None:
    found = roles("Minutes.\nPresent: Ines, Paul.\nApologies: Roth, Yusuf.\nThe cup was broken. Paul is sorry.")
    assert {role for _, role in found} == {Role.BODY}


def test_a_name_that_stands_alone_before_an_afterthought_is_a_signature() -> None:
    found = roles("I broke the lamp. Sorry.\n\nJo Smith\nHead Porter\n\nIt rained on Monday.")
    assert [role for _, role in found] == [Role.BODY, Role.SIGNATURE, Role.SIGNATURE, Role.BODY]


@pytest.mark.parametrize("names", ["Jo and Mary Smith", "Jo Smith, Head Porter", "Jo (Head Porter)"])
def test_two_names_or_a_name_with_its_role_are_a_signature_too(names: str) -> None:
    found = roles(f"I broke the lamp, and I am sorry for it.\n\n{names}\n\nIt rained on Monday.")
    assert [role for _, role in found] == [Role.BODY, Role.SIGNATURE, Role.BODY]


def test_a_heading_over_most_of_the_text_is_no_signature() -> None:
    found = roles(
        "We lost your data.\n\nRefunds and Dates\n\nAll of you get your money back by Friday, whatever happens."
    )
    assert {role for _, role in found} == {Role.BODY}


def test_headings_are_no_signatures() -> None:
    found = roles("We lost your data.\n\nBackground\n\nA disk failed.\n\nNext Steps\n\nWe buy two.")
    assert {role for _, role in found} == {Role.BODY}


def test_a_short_last_sentence_is_no_signature() -> None:
    assert roles("I broke the cup.\n\nI am sorry.")[-1][1] is Role.BODY


def test_a_postscript_is_read_again() -> None:
    found = roles("I am sorry.\n\nBest,\nTom\n\nP.S. Use code SORRY for 10% off.")
    assert found[-1][1] is Role.BODY


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(end: str) -> None:
    text = MAIL.replace("\n", end)
    assert [role for _, role in roles(text)] == [role for _, role in roles(MAIL)]


def test_the_analysed_text_keeps_every_offset() -> None:
    text = "We’re sorry.\n> you said “no”\nHelen"
    analysed = analysis_text(text, lines(text))
    assert len(analysed) == len(text)
    assert analysed.startswith("We're sorry.")
    assert "you said" not in analysed


@pytest.mark.parametrize("signature", ["Derek Holroyd\nHon. Sec.", "Ann Lee\nTreas.", "Rao & Co.", "Mia Berg, Ph.D."])
def test_a_shortened_role_ends_a_signature_and_no_sentence(signature: str) -> None:
    text = f"Dear all,\n\nWe lost the key and we are sorry.\n\n{signature}"
    assert {line.role for line in lines(text)[-len(signature.splitlines()) :]} == {Role.SIGNATURE}
