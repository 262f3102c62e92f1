"""The reading: agents, failures, apologies, ownership, conditionals."""

import pytest

from apology_rules import (
    Category,
    ComponentKind,
    Context,
    Draft,
    IncidentPhase,
    Options,
    Relation,
    Reviewer,
    Sensitivity,
    Verdict,
)
from apology_rules.reading.acts import Strength, claims_care, holds_against, repairs
from apology_rules.reading.apologies import Force
from apology_rules.reading.bargains import strikes_a_bargain
from apology_rules.reading.clauses import Agent, Voice
from apology_rules.reading.generalities import says_it_happens_to_all
from apology_rules.reading.hedges import definite
from tests.rules.conftest import Readings


@pytest.mark.parametrize(
    ("sentence", "doer"),
    [
        ("I lost your file.", Agent.FIRST),
        ("Our warehouse lost your file.", Agent.FIRST),
        ("You lost the file.", Agent.SECOND),
        ("Our courier lost your file.", Agent.OTHER),
        ("The intern lost your file.", Agent.OTHER),
        ("The printer jammed.", Agent.OTHER),
        ("The file vanished.", Agent.THING),
        ("Your file was lost.", Agent.NOBODY),
        ("Your file was lost by our team.", Agent.FIRST),
    ],
)
def test_the_doer_of_a_clause_is_classed(sentence: str, doer: Agent, reading_of: Readings) -> None:
    assert reading_of(sentence).clauses[0].doer is doer


def test_the_firm_that_signs_is_the_sender(reading_of: Readings) -> None:
    reading = reading_of("Hartwell lost your file. I am sorry.\n\nKind regards,\nHartwell Ltd")
    assert reading.clauses[0].doer is Agent.FIRST


def test_a_passive_to_come_is_not_past(reading_of: Readings) -> None:
    last = reading_of("I lost your file, and it will be found.").clauses[-1]
    assert (last.future, last.past) == (True, False)


def test_wont_is_the_future(reading_of: Readings) -> None:
    assert reading_of("It won't happen again.").clauses[0].future


def test_a_passive_without_a_doer_is_seen(reading_of: Readings) -> None:
    clause = reading_of("Mistakes were made.").clauses[0]
    assert (clause.voice, clause.doer) == (Voice.PASSIVE, Agent.NOBODY)


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("I am sorry that I lost your file.", Force.APOLOGY),
        ("We would like to apologise for the leak.", Force.APOLOGY),
        ("Please accept our apologies.", Force.APOLOGY),
        ("soz about the mess", Force.APOLOGY),
        ("We regret the decision we made.", Force.REGRET),
        ("Sorry to bother you again.", Force.COURTESY),
        ("I am so sorry for your loss.", Force.CONDOLENCE),
        ("I'm sorry but I can't make it on Friday.", Force.DECLINE),
        ("You said that you were sorry.", Force.REPORTED),
        ("You rang me the same day and said sorry properly.", Force.REPORTED),
        ("The minister apologised to the passengers of the ferry.", Force.REPORTED),
        ("Ruth wrote to the club to apologise.", Force.REPORTED),
        ("I phoned them to apologise.", Force.REPORTED),
        ("I apologised to the neighbours.", Force.REPORTED),
        ("Thank you for saying sorry.", Force.REPORTED),
        ("Apology accepted.", Force.REPORTED),
        ("I apologised to her, and I do so here.", Force.APOLOGY),
        ("I said sorry on the day.", Force.APOLOGY),
        ("I wrote to apologise to you.", Force.APOLOGY),
        ("I wanted to apologise for the leak.", Force.APOLOGY),
        ("We regret that on this occasion we are unable to offer you the post.", Force.DECLINE),
    ],
)
def test_the_force_of_an_apology_head(text: str, force: Force, reading_of: Readings) -> None:
    assert [apology.force for apology in reading_of(text).apologies][:1] == [force]


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("I am sorry for shouting at you.", ["shouting"]),
        ("We apologise for not ringing back.", ["ringing"]),
        ("I am sorry for the noise.", []),
        ("I apologise for the drill screaming all day.", []),
        ("Sorry for asking again.", []),
        ("He is sorry for lying to you.", []),
    ],
)
def test_who_is_sorry_for_doing_something_did_it(text: str, acts: list[str], reading_of: Readings) -> None:
    reading = reading_of(text)
    assert [c.root.text for c in reading.body_clauses if reading.apologised_act(c)] == acts


def test_quoted_words_are_not_the_senders(reading_of: Readings) -> None:
    reading = reading_of('You said that we "blamed the driver". We did, and I am sorry.')
    assert all(not clause.quoted or "blamed" in clause.words for clause in reading.clauses)


def test_ownership_reaches_two_sentences(reading_of: Readings) -> None:
    reading = reading_of("I lost the key. It was dark. It was late. The door was locked. The lights were broken.")
    assert reading.owned_near(reading.clauses[2])
    assert not reading.owned_near(reading.clauses[-1])


def test_neither_cause_nor_cure_is_expected_while_investigating(reading_of: Readings) -> None:
    reading = reading_of("We are sorry, our site is down.", Context(phase=IncidentPhase.INVESTIGATING))
    assert reading.components[ComponentKind.EXPLANATION].needed is Strength.NONE
    assert reading.components[ComponentKind.REMEDY].needed is Strength.NONE


def test_a_trifle_needs_hardly_more_than_regret(reading_of: Readings) -> None:
    reading = reading_of("Sorry, I sent you the wrong link.", Context(gravity=1))
    assert {kind for kind, component in reading.components.items() if component.missed} == set()


def test_contact_is_expected_of_firms_alone(reading_of: Readings) -> None:
    text = "I am sorry, I lost your key."
    private, firm = Context(relation=Relation.PERSONAL), Context(relation=Relation.CUSTOMER, gravity=2)
    assert reading_of(text, private).components[ComponentKind.CONTACT].needed is Strength.NONE
    assert reading_of(text, firm).components[ComponentKind.CONTACT].needed is Strength.FULL


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("Call me on 01632 960123.", Strength.FULL),
        ("Write to helen@example.org.", Strength.FULL),
        ("Please visit our help centre.", Strength.WEAK),
        ("Please do not reply to noreply@shop.example.", Strength.NONE),
    ],
)
def test_contact_is_a_person_or_a_queue(text: str, strength: Strength, reading_of: Readings) -> None:
    reading = reading_of(f"We are sorry that we lost your order. {text}", Context(relation=Relation.CUSTOMER))
    assert reading.components[ComponentKind.CONTACT].strength is strength


@pytest.mark.parametrize(
    "aside",
    [
        "The trees are green.",
        "Coffee is served at eleven.",
        "My aunt has three canaries.",
        "Did your sister like the concert in Leeds?",
        "My uncle keeps bees behind the barn.",
        "Enjoy the sunshine while it lasts!",
    ],
)
def test_what_has_nothing_to_do_with_the_matter_is_not_read_with_it(aside: str, reviewer: Reviewer) -> None:
    body = "Dear Ann,\n\nI am sorry. I lost your keys on Sunday. New ones are being cut for you."
    plain = reviewer._parser.read(f"{body}\n\nBest,\nJo", Context()).notes
    padded = reviewer._parser.read(f"{body}\n\nBest,\nJo\n\n{aside}", Context()).notes
    assert plain is not None
    assert padded is not None
    assert padded.probability("regret.present", len(body) + 12, len(body) + 12 + len(aside)) > 0
    assert padded.components == plain.components
    assert padded.is_apology == plain.is_apology


def test_what_tells_how_to_reach_somebody_is_read_with_the_rest(reviewer: Reviewer) -> None:
    text = "I am sorry that I lost your keys. The weather is fine; my number is 020 7946 0991."
    notes = reviewer._parser.read(text, Context()).notes
    assert notes is not None
    assert notes.probability("contact.present", 34, len(text)) > 0


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("The courier lost your parcel. That was our mistake.", True),
        ("The courier lost your parcel. It was not our mistake.", False),
        ("The courier lost your parcel. We are sorry.", False),
        ("The courier lost your parcel. That's on me.", True),
    ],
)
def test_whose_fault_it_is_is_said_in_so_many_words(text: str, blamed: bool, reading_of: Readings) -> None:
    assert bool(reading_of(text).blamed_on_self) is blamed


@pytest.mark.parametrize("signature", ["Love, Dad", "Aunt Rose", "Gran x"])
def test_who_signs_as_family_writes_to_family(signature: str, reviewer: Reviewer) -> None:
    text = (
        "Hi Priya,\n\nI am sorry I missed your recital on Saturday. I mixed up the dates and only noticed on Sunday. "
        f"I have put the rest of the season in my calendar.\n\n{signature}"
    )
    assert reviewer.review(Draft(text=text)).relation is Relation.PERSONAL
    assert reviewer.review(Draft(text=text.replace(signature, "R. Lind"))).relation is not Relation.PERSONAL


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("The Commission apologises for the delay at the count.", Force.APOLOGY),
        ("The club is sorry that your name was left off.", Force.APOLOGY),
        ("The Commission apologised to us for the delay.", Force.REPORTED),
        ("Anna Reed apologises for the delay.", Force.REPORTED),
    ],
)
def test_a_house_that_speaks_of_itself_apologises(text: str, force: Force, reading_of: Readings) -> None:
    assert [apology.force for apology in reading_of(text).apologies] == [force]


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("We had refunded the fee on Thursday.", Strength.NONE),
        ("We have refunded the fee on Thursday.", Strength.FULL),
    ],
)
def test_what_had_been_done_before_is_no_remedy(text: str, strength: Strength, reading_of: Readings) -> None:
    reading = reading_of(text)
    assert [repairs(reading, clause) for clause in reading.clauses] == [strength]


@pytest.mark.parametrize(
    ("text", "apology"),
    [
        ("Thanks for ringing and for saying sorry. I was cross on Monday. Let us start again.", False),
        ("Apology accepted, Marek. We were both tired. See you at rehearsal.", False),
        ("Apologies, Marek. I was tired, and I snapped at you at rehearsal.", True),
        ("I gladly accept your apology, Mr Oyelaran. The fence is whole again.", False),
        ("Please accept my apology, Mr Oyelaran. I broke the fence with the van.", True),
    ],
)
def test_who_takes_an_apology_makes_none(text: str, apology: bool, reviewer: Reviewer) -> None:
    assert (reviewer.review(Draft(text=text)).verdict is not Verdict.NOT_AN_APOLOGY) is apology


@pytest.mark.parametrize(
    ("text", "apology"),
    [
        ("Hi Tove, sorry, me again! Is the choir room free on Monday?", False),
        ("We regret our inability to supply the brackets you ask for. Yours, Hale & Co.", False),
        (
            "Sorry for the short notice! I had promised you the choir room a month ago, and forgot to write it down.",
            True,
        ),
    ],
)
def test_mere_courtesies_and_refusals_are_no_apologies(text: str, apology: bool, reviewer: Reviewer) -> None:
    assert (reviewer.review(Draft(text=text)).verdict is not Verdict.NOT_AN_APOLOGY) is apology


@pytest.mark.parametrize(
    ("text", "apology"),
    [
        (
            "Dear all,\n\nThe hall will be shut on Friday, a holiday. We apologise for any inconvenience.\n\nReception",
            False,
        ),
        ("Dear all,\n\nCoach 12 will not run today. We apologise for any inconvenience.\n\nReception", True),
    ],
)
def test_who_only_announces_what_is_to_come_has_failed_nobody(text: str, apology: bool, reviewer: Reviewer) -> None:
    assert (reviewer.review(Draft(text=text)).verdict is not Verdict.NOT_AN_APOLOGY) is apology


@pytest.mark.parametrize("words", ["vinyl pre", "pre", "orders are", "vinyl pre-orders"])
def test_a_mark_takes_no_word_with_a_hyphen_apart(words: str, reading_of: Readings) -> None:
    text = "The vinyl pre-orders are late - we are sorry."
    reading = reading_of(text)
    begin = text.index(words)
    mark = reading.mark_words(begin, begin + len(words))
    assert "pre-orders" in text[mark.begin : mark.end]
    assert "late" not in text[mark.begin : mark.end]


@pytest.mark.parametrize(
    ("sentence", "claimed"),
    [
        ("We posted it on the 4th as agreed.", True),
        ("I tested the brakes in March and they were fine.", True),
        ("We warned you in June that the road would close.", True),
        ("We did nothing wrong at our end.", True),
        ("I did everything that I was asked to.", True),
        ("We posted it on the 9th, four days late.", False),
        ("We did not post it as agreed.", False),
        ("We should have posted it as agreed.", False),
        ("I told you that the brakes were fine.", False),
        ("You were right, we charged the card twice.", False),
        ("It was fine, and I broke it.", False),
    ],
)
def test_who_says_that_they_did_it_right_owns_nothing(sentence: str, claimed: bool, reading_of: Readings) -> None:
    reading = reading_of(f"I am sorry about the van. {sentence}")
    assert claims_care(reading, reading.body_clauses[-1]) is claimed


@pytest.mark.parametrize(
    ("sentence", "sells"),
    [
        ("Renew for a year, and we'll replace them.", True),
        ("As long as you renew, we'll pay for the shirts.", True),
        ("We'll pay for them once you've placed your next order.", True),
        ("If you order two more, the burnt one is on us.", True),
        ("Leave us five stars and the next wash is free.", True),
        ("Sign up for our app and I'll refund you.", True),
        ("Bring in five more and we'll clean them at half price.", True),
        ("Bring us the receipt and we'll pay for them.", False),
        ("If you ordered before noon, we'll send yours today.", False),
        ("Please sign up again and you will get your old name back.", False),
        ("Book a slot that suits you and we will come and mend it.", False),
        ("Bring the coat in again and we'll clean it.", False),
        ("If you follow our staff to gate 3, we will rebook you.", False),
        ("Please refer to the sheet and we will explain the charges.", False),
        ("If you would rather come another day, we will rebook you.", False),
        ("If you spend money on a taxi, we will pay it back.", False),
        ("If you have renewed already, we will refund the difference.", False),
        ("Sign in to our site and you will get your refund.", False),
    ],
)
def test_what_must_be_bought_first_is_a_bargain(sentence: str, sells: bool, reading_of: Readings) -> None:
    reading = reading_of(f"We lost your shirts. {sentence}")
    assert strikes_a_bargain(reading, 1) is sells
    assert sells or not strikes_a_bargain(reading, 0)


@pytest.mark.parametrize(
    ("sentence", "general"),
    [
        ("Every kitchen burns a loaf.", True),
        ("All mothers snap now and then.", True),
        ("Show me a cinema that never loses a booking.", True),
        ("There isn't a shop that doesn't break a plate now and then.", True),
        ("What box office doesn't slip up?", True),
        ("You weren't the only one waiting.", True),
        ("You were the only one waiting.", False),
        ("Every van now carries a spare that never fails.", False),
        ("From today every box that breaks is replaced.", False),
        ("Every plate broke.", False),
        ("We lose a booking now and then.", False),
        ("There is a shop that never loses a booking.", False),
        ("All the disks fail at low temperature.", False),
        ("Find me a time that doesn't overlap and I will come.", False),
        ("You are not the only one whom we charged twice.", False),
    ],
)
def test_what_is_said_of_all_makes_a_failure_normal(sentence: str, general: bool, reading_of: Readings) -> None:
    reading = reading_of(sentence)
    assert any(says_it_happens_to_all(reading, c) for c in reading.clauses) is general


@pytest.mark.parametrize(
    ("sentence", "charge"),
    [
        ("You could easily have taken the bus.", True),
        ("You might have rung.", True),
        ("You could have been killed.", False),
        ("You could have broken your neck.", False),
        ("You could have rung if I had told you.", False),
        ("You could have called the press and you wrote to me.", False),
        ("You might have already called us.", False),
        ("You could have lost your job.", False),
        ("You could not have known.", False),
        ("You wrote that you could have rung.", False),
    ],
)
def test_what_they_could_have_done_is_held_against_them(sentence: str, charge: bool, reading_of: Readings) -> None:
    reading = reading_of(sentence)
    assert any(holds_against(reading, c) for c in reading.clauses) is charge


@pytest.mark.parametrize(
    ("text", "kind", "strength"),
    [
        (
            "We lost your shirts. I'm sorry. Renew for a year, and we'll replace them.",
            ComponentKind.REMEDY,
            Strength.WEAK,
        ),
        ("We lost your shirts. I'm sorry. We'll replace them tomorrow.", ComponentKind.REMEDY, Strength.FULL),
        ("I'm sorry, I forgot to pick you up. You could have taken the bus.", ComponentKind.EMPATHY, Strength.NONE),
        (
            "We lost your booking and are sorry. Your £90 went back today. Every cinema loses a booking now and then.",
            ComponentKind.PREVENTION,
            Strength.NONE,
        ),
    ],
)
def test_what_only_looks_like_a_component_is_none(
    text: str, kind: ComponentKind, strength: Strength, reviewer: Reviewer
) -> None:
    component = next(c for c in reviewer.review(Draft(text=text)).components if c.kind is kind)
    states = {Strength.NONE: "absent", Strength.WEAK: "weak", Strength.FULL: "present"}
    assert component.state.value == states[strength]


def test_no_words_are_shown_for_what_no_words_show(reviewer: Reviewer) -> None:
    text = "Dear Tom,\n\nWe are sorry if anyone was upset. Had you called, we could have helped.\n\nAnn"
    contact = next(c for c in reviewer.review(Draft(text=text)).components if c.kind is ComponentKind.CONTACT)
    assert not contact.evidence


@pytest.mark.parametrize(
    "text",
    ["We are sorry for losing your passport.", "I am sorry for killing your cat.", "Sorry for breaking your arm."],
)
def test_harm_done_to_the_recipient_is_an_apology_for_no_trifle(text: str, reviewer: Reviewer) -> None:
    quiet = reviewer.review(Draft(text=text), options=Options(sensitivity=Sensitivity.QUIET))
    assert quiet.verdict is not Verdict.NOT_AN_APOLOGY
    assert quiet.gravity is not None
    assert quiet.gravity >= 2
    assert any(f.category is Category.ABSENT_REMEDY for f in reviewer.review(Draft(text=text)).findings)


@pytest.mark.parametrize(
    "text",
    [
        "Sorry for interrupting you.",
        "Sorry for ringing your mobile twice.",
        "Sorry for misspelling your name.",
        "Sorry for bothering you.",
        "Sorry for the late reply.",
    ],
)
def test_a_courtesy_is_not_taken_for_harm(text: str, reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=text), options=Options(sensitivity=Sensitivity.QUIET))
    assert review.verdict is Verdict.NOT_AN_APOLOGY


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Sorry about the cake 🙈 I forgot the eggs.", 2),
        ("Sorry about the cake 🙈 and the tea.", 1),
        ("We sold you the Zipplo® Care plan.", 1),
        ("See you at the party 🎉 Saturday at five.", 1),
    ],
)
def test_a_sentence_ends_at_an_emoji_before_a_capital(text: str, sentences: int, reading_of: Readings) -> None:
    assert len(reading_of(text).sentences) == sentences


@pytest.mark.parametrize(
    ("text", "definite_"),
    [
        ("I'm sorry about my remark.", True),
        ("We regret the wait.", True),
        ("I am sorry that I shouted.", True),
        ("We are sorry for the inconvenience.", False),
        ("I'm sorry about my remark if it hurt you.", False),
        ("We are sorry for any wait.", False),
        ("I am sorry that you felt hurt.", False),
        ("We apologise for the alleged leak.", False),
        ("I'm sorry about your tone.", False),
    ],
)
def test_an_apology_for_a_definite_thing_leaves_nothing_open(text: str, definite_: bool, reading_of: Readings) -> None:
    reading = reading_of(text)
    assert definite(reading, reading.real_apologies[0]) is definite_


def test_a_heading_shows_no_component(reviewer: Reviewer) -> None:
    text = (
        "Update on Thursday's data issue\n\n"
        "On Thursday we lost 212 files because I ran the wrong script. We are sorry. We will restore them today."
    )
    evidence = [span.text for c in reviewer.review(Draft(text=text)).components for span in c.evidence]
    assert evidence
    assert not any("Update" in words for words in evidence)


@pytest.mark.parametrize(
    ("text", "customer"),
    [
        ("Apologies that we took the fare from you twice, Ms Adeyemi.", True),
        ("Sorry about your savings, Mr Vance. I moved them into the wrong fund.", True),
        ("Sorry about your savings, Joe. I moved them into the wrong fund.", False),
    ],
)
def test_who_is_called_by_a_title_is_a_customer(text: str, customer: bool, reviewer: Reviewer) -> None:
    assert (reviewer.review(Draft(text=text)).relation is Relation.CUSTOMER) is customer
