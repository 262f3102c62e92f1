"""The engine: verdicts, options, parts, offsets, and what never changes."""

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apology_rules import (
    Category,
    Channel,
    ComponentKind,
    ComponentState,
    Context,
    Draft,
    FindingSource,
    InvalidParameterError,
    NotReviewedReason,
    Options,
    Part,
    PipelineNotFoundError,
    Relation,
    Review,
    Reviewer,
    Sensitivity,
    Severity,
    UnknownRuleError,
    Verdict,
)
from apology_rules.catalogue import QUESTIONS, RULES
from tests.rules.conftest import Readings

GOOD = """Dear Ms Rao,

I'm sorry. The lifts were out for both days of your stay, and you carried your father's wheelchair up three floors. \
We had postponed their service in June to save money; that was my decision.

I have refunded both nights today, it will show by Thursday, and from this month the lifts are serviced monthly. \
I'm Anil Mehta, general manager: call me on 01632 960123, and I'll ring you on Friday.
"""
BAD = (
    "Dear Ms Rao, we are truly sorry that you were disappointed with your stay. Had you told the desk, "
    "we could have helped. Our entire team is heartbroken, devastated and ashamed. "
    "We regret any inconvenience.\n\nWarm regards,\nGuest Relations"
)


def rule_ids(review: Review) -> set[str]:
    return {finding.rule_id for finding in review.findings}


def test_a_good_apology_is_ready(reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=GOOD))
    assert review.verdict is Verdict.READY
    assert [finding.rule_id for finding in review.findings if finding.span] == []
    assert {component.state for component in review.components} == {ComponentState.PRESENT}


def test_a_bad_apology_must_not_be_sent(reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=BAD))
    assert review.verdict is Verdict.DO_NOT_SEND
    assert {"insincere-hedging.reaction", "blame-shifting.victim", "overlong-drama.stacking"} <= rule_ids(review)


@pytest.mark.parametrize(
    "text",
    [
        "Hi Tom, sorry to bother you, which folder are the slides in? Thanks, Ann",
        "Dear Ruth, I was so sorry to hear about your mother. We are thinking of you all. Love, Jo",
        "The car park will be closed on Sunday for resurfacing. Please use Mill Lane.",
        "Your invoice 1042 is now 30 days overdue. Please pay it by Friday.",
        "I want an apology. Your driver left my parcel in the rain and nobody answered my three letters.",
    ],
)
def test_a_mail_that_is_no_apology_is_left_alone(text: str, reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=text))
    assert (review.verdict, review.findings, review.score) == (Verdict.NOT_AN_APOLOGY, (), None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", NotReviewedReason.EMPTY),
        (" \n\t ", NotReviewedReason.EMPTY),
        ("🙏🙏", NotReviewedReason.EMPTY),
        ("> I am sorry\n> for all of it", NotReviewedReason.EMPTY),
        (
            "Sehr geehrte Frau Rao, es tut uns leid, dass wir Ihre Bestellung verloren haben.",
            NotReviewedReason.LANGUAGE_NOT_SUPPORTED,
        ),
        ("Nous sommes désolés d'avoir perdu votre commande, madame.", NotReviewedReason.LANGUAGE_NOT_SUPPORTED),
        ("I am sorry. " * 2000, NotReviewedReason.TOO_LONG),
    ],
)
def test_what_cannot_be_judged_is_never_a_pass(text: str, reason: NotReviewedReason, reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=text))
    assert (review.verdict, review.not_reviewed_reason) == (Verdict.NOT_REVIEWED, reason)
    assert review.not_reviewed_detail
    assert review.score is None


def test_the_longest_draft_is_read(reviewer: Reviewer) -> None:
    text = (GOOD + "\n") * (20_000 // (len(GOOD) + 1))
    assert reviewer.review(Draft(text=text)).verdict is not Verdict.NOT_REVIEWED


def test_the_digest_is_of_the_text_as_received(reviewer: Reviewer) -> None:
    text = "I’m sorry I lost your cat\r\n"
    assert reviewer.review(Draft(text=text)).text_sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_a_finding_in_the_subject_counts_from_its_start(reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(subject="Sorry [NAME]", text="I am sorry that I lost your order."))
    spans = [f.span for f in review.findings if f.rule_id == "placeholder-left"]
    assert [(s.begin, s.end, s.text, s.part) for s in spans if s] == [(6, 12, "[NAME]", Part.SUBJECT)]


@pytest.mark.parametrize(
    ("gap", "number"), [(" ", 1), ("\n", 1), ("\r\n", 1), ("\n\n", 2), ("\r\n\r\n", 2), ("\n \n", 2)]
)
def test_words_side_by_side_that_do_the_same_are_one_finding_within_a_paragraph(
    gap: str, number: int, grammar_reviewer: Reviewer
) -> None:
    text = (
        f"Dear Ann, we are sorry that the table came late. It was only a small scratch.{gap}It was just one evening.\n"
    )
    found = [f for f in grammar_reviewer.review(Draft(text=text)).findings if f.rule_id == "minimising.trivialise"]
    assert len(found) == number


def test_quoted_replies_are_not_judged(reviewer: Reviewer) -> None:
    text = GOOD + "\nOn Monday you wrote:\n> Sorry you feel that way. Had you opened it, it would work.\n"
    assert rule_ids(reviewer.review(Draft(text=text))) == rule_ids(reviewer.review(Draft(text=GOOD)))


def test_the_same_draft_gets_the_same_review(reviewer: Reviewer) -> None:
    assert reviewer.review(Draft(text=BAD)) == reviewer.review(Draft(text=BAD))


def test_given_context_is_taken_and_told(reviewer: Reviewer) -> None:
    context = Context(relation=Relation.PRESS, channel=Channel.LETTER, gravity=4)
    review = reviewer.review(Draft(text=BAD), context=context)
    assert (review.relation, review.channel, review.gravity) == (Relation.PRESS, Channel.LETTER, 4)


def test_a_disabled_rule_is_silent(reviewer: Reviewer) -> None:
    options = Options(disabled_rules=frozenset({"insincere-hedging.reaction"}))
    assert "insincere-hedging.reaction" not in rule_ids(reviewer.review(Draft(text=BAD), options=options))


def test_an_allowed_phrase_is_silent_whatever_its_case_and_spaces(reviewer: Reviewer) -> None:
    options = Options(allowed_phrases=("WE regret  any inconvenience",))
    spans = [f.span.text for f in reviewer.review(Draft(text=BAD), options=options).findings if f.span]
    assert "We regret any inconvenience" not in spans


def test_a_severity_threshold_hides_findings_and_keeps_the_score(reviewer: Reviewer) -> None:
    every = reviewer.review(Draft(text=BAD))
    grave = reviewer.review(Draft(text=BAD), options=Options(minimum_severity=Severity.CRITICAL))
    assert {f.severity for f in grave.findings} == {Severity.CRITICAL}
    assert grave.score == every.score


def test_the_sensitivities_are_ordered(reviewer: Reviewer) -> None:
    quiet, balanced, thorough = (
        rule_ids(reviewer.review(Draft(text=BAD), options=Options(sensitivity=sensitivity)))
        for sensitivity in (Sensitivity.QUIET, Sensitivity.BALANCED, Sensitivity.THOROUGH)
    )
    assert quiet <= balanced <= thorough


def test_a_parameter_moves_a_rule(reviewer: Reviewer) -> None:
    text = "I am sorry I lost your key. I forgot it on the bus. I apologise. It was my fault. I am sorry."
    rehash = "overlong-drama.rehash"
    assert rehash in rule_ids(reviewer.review(Draft(text=text)))
    options = Options(rule_parameters={rehash: {"apologies": 20}})
    seen = [f for f in reviewer.review(Draft(text=text), options=options).findings if f.rule_id == rehash]
    assert all(FindingSource.GRAMMAR not in f.sources for f in seen)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (Options(disabled_rules=frozenset({"nonsense"})), UnknownRuleError, "nonsense"),
        (Options(rule_parameters={"nonsense": {}}), UnknownRuleError, "nonsense"),
        (Options(rule_parameters={"premature-selling": {"x": 1}}), InvalidParameterError, "'x'"),
        (Options(rule_parameters={"overlong-drama.rehash": {"apologies": 1}}), InvalidParameterError, "2 to 20"),
    ],
)
def test_options_that_fit_no_rule_are_refused(
    options: Options, error: type[Exception], message: str, reviewer: Reviewer
) -> None:
    with pytest.raises(error, match=message):
        reviewer.review(Draft(text=BAD), options=options)


def test_a_missing_pipeline_is_named() -> None:
    with pytest.raises(PipelineNotFoundError, match="en_core_web_none"):
        Reviewer("en_core_web_none")


def test_without_the_trained_reader_the_rules_judge_alone(grammar_reviewer: Reviewer) -> None:
    review = grammar_reviewer.review(Draft(text=BAD))
    assert review.versions.reader == ""
    assert {source for f in review.findings for source in f.sources} == {FindingSource.GRAMMAR}
    assert review.verdict is Verdict.DO_NOT_SEND


@pytest.mark.parametrize("text", [GOOD, BAD])
@pytest.mark.parametrize("addition", ["Sorry.", "I am sorry.", "I am very sorry. I am very sorry.", "Sorry again!"])
def test_another_sorry_never_raises_the_score(text: str, addition: str, reviewer: Reviewer) -> None:
    assert _gain(reviewer, text, f"{text}\n\n{addition}\n") <= 0


def _components(reviewer: Reviewer, text: str) -> list[tuple[ComponentKind, ComponentState]]:
    return [(c.kind, c.state) for c in reviewer.review(Draft(text=text)).components]


def test_an_apology_that_says_more_repeats_nothing(reviewer: Reviewer) -> None:
    more = "I'm sorry for the noise. Sorry, Dragan, two nights without sleep are no small thing with twins."
    components = _components(reviewer, f"Hi Ann,\n\nThe band ran late. {more}\n\nTom")
    assert (ComponentKind.EMPATHY, ComponentState.PRESENT) in components


@pytest.mark.parametrize("text", [GOOD, BAD])
@pytest.mark.parametrize("addition", ["The office opens at nine.", "It rained on Monday. The trees are green."])
def test_padding_never_raises_the_score_of_the_rules(text: str, addition: str, grammar_reviewer: Reviewer) -> None:
    assert _gain(grammar_reviewer, text, f"{text}\n\n{addition}\n") <= 0


@pytest.mark.parametrize("text", [GOOD, BAD])
@pytest.mark.parametrize(
    "addition",
    [
        "Venus is brighter than Mars this week.",
        "My grandmother kept geese and a very old donkey.",
        "Did you watch the regatta on Sunday? We loved it.",
        "The town band plays on the green every Thursday in June.",
        "Wear a hat, it is cold outside.",
    ],
)
def test_small_talk_never_raises_the_score(text: str, addition: str, reviewer: Reviewer) -> None:
    for padded in (f"{text}\n\n{addition}\n", f"{addition}\n\n{text}"):
        assert _gain(reviewer, text, padded) <= 0


@pytest.mark.parametrize("text", [GOOD, BAD])
def test_saying_it_twice_never_raises_the_score(text: str, reviewer: Reviewer) -> None:
    assert _gain(reviewer, text, f"{text}\n\n{text}") <= 0


def _gain(reviewer: Reviewer, before: str, after: str) -> int:
    scores = [reviewer.review(Draft(text=text)).score for text in (before, after)]
    assert scores[0] is not None
    assert scores[1] is not None
    return scores[1] - scores[0]


_PIECES = st.sampled_from(
    [
        "I am sorry",
        " if anyone was upset",
        "we lost your order",
        "Had you told us",
        "\r\n\r\n",
        " 👩‍👩‍👧 ",
        "née ",
        ". ",
        '"',
        "> quoted\n",
        "[NAME]",
        "\x00",
        "Kind regards,\nAnn\n",
        "שלום ",
        "due to the weather",
        "!!! ",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(_PIECES | st.text(max_size=12), max_size=25))
def test_every_span_holds_its_own_words_in_order(pieces: list[str], reviewer: Reviewer) -> None:
    text = "".join(pieces).encode("utf-8", "ignore").decode()
    review = reviewer.review(Draft(text=text))
    spans = [finding.span for finding in review.findings if finding.span]
    assert all(0 <= s.begin < s.end <= len(text) and text[s.begin : s.end] == s.text for s in spans)
    assert [s.begin for s in spans] == sorted(s.begin for s in spans)
    evidence = [s for component in review.components for s in component.evidence]
    assert all(text[s.begin : s.end] == s.text for s in (*evidence, *(p.span for p in review.promises)))


def test_a_vague_component_gets_its_own_advice(grammar_reviewer: Reviewer) -> None:
    review = grammar_reviewer.review(
        Draft(text="I am sorry I lost your key. I will make it right as soon as possible.")
    )
    vague = next(f for f in review.findings if f.rule_id == "absent-remedy")
    assert vague.message == "Say what exactly you do for them, and by when."
    assert vague.severity is Severity.MAJOR


@pytest.mark.parametrize(
    "text",
    [
        "We lost your parcel. I am sorry, but you gave us the wrong address.",
        "We lost your parcel on Monday. We are sorry, but you never confirmed the address.",
    ],
)
def test_a_sure_charge_is_told_though_the_reader_passes_it(reviewer: Reviewer, text: str) -> None:
    assert "blame-shifting.victim" in {finding.rule_id for finding in reviewer.review(Draft(text=text)).findings}


def test_a_passive_that_names_the_sender_as_doer_blames_nobody(reviewer: Reviewer) -> None:
    told = "I'm sorry, but your order was lost by {}. We will refund you today."
    categories = {
        doer: {finding.category for finding in reviewer.review(Draft(text=told.format(doer))).findings}
        for doer in ("us", "the courier")
    }
    assert Category.BLAME_SHIFTING not in categories["us"]
    assert Category.BLAME_SHIFTING in categories["the courier"]


@pytest.mark.parametrize(
    ("text", "gravity"),
    [
        ("Sorry, running five minutes late!", 1),
        ("Soz for the typo x", 1),
        ("We apologise for the power cut on Sunday.", 2),
        ("I am sorry I read your letters.", 2),
        ("We published your medical file by mistake. Sorry.", 2),
    ],
)
def test_a_short_message_is_no_trifle_for_being_short(text: str, gravity: int, reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=text))
    assert review.verdict is not Verdict.NOT_AN_APOLOGY
    assert min(review.gravity or 0, 2) == gravity


@pytest.mark.parametrize("text", ["I am sorry for hurting you.", "Sorry for being late with the plans."])
def test_a_single_sentence_that_apologises_for_an_act_is_an_apology_and_owns_it(text: str, reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=text))
    states = {component.kind: component.state for component in review.components}
    assert states[ComponentKind.RESPONSIBILITY] is ComponentState.PRESENT


@pytest.mark.parametrize(
    ("tail", "blamed"), [("", True), (" We are sorry for it.", True), (" That was our mistake.", False)]
)
def test_what_others_did_is_no_blame_where_it_is_taken_back(tail: str, blamed: bool, reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=f"We are sorry about your order. Our courier lost it on the way.{tail}"))
    assert (Category.BLAME_SHIFTING in {f.category for f in review.findings}) is blamed


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("We packed it on Monday as agreed. It then sat in a depot in Crewe for a week.", ComponentState.ABSENT),
        ("We packed it on Friday, four days after we should have.", ComponentState.PRESENT),
    ],
)
def test_the_trained_reader_takes_no_claim_of_care_for_ownership(
    told: str, state: ComponentState, reviewer: Reviewer
) -> None:
    text = f"Dear Mr Hale, we are sorry about the late parcel. {told} It should reach you tomorrow. Pam, Teapot Co"
    components = {c.kind: c.state for c in reviewer.review(Draft(text=text)).components}
    assert components[ComponentKind.RESPONSIBILITY] is state


@pytest.mark.parametrize(("days", "asked"), [(2, True), (30, False)])
def test_a_question_heeds_its_parameters(days: int, asked: bool, reviewer: Reviewer) -> None:
    context = Context(
        relation=Relation.CUSTOMER, discovered_at=datetime(2026, 5, 1), sent_at=datetime(2026, 5, 11, tzinfo=UTC)
    )
    options = Options(rule_parameters={"late-response": {"days": days}})
    review = reviewer.review(Draft(text="We lost your parcel and we are sorry."), context=context, options=options)
    assert ("late-response" in {question.rule_id for question in review.questions}) is asked


def test_every_parameter_of_the_catalogue_is_taken_by_its_rule(reading_of: Readings) -> None:
    reading = reading_of("We lost your parcel and we are sorry.")
    rules = [rule for rule in (*RULES, *QUESTIONS) if rule.parameters and rule.find is not None]
    assert rules
    for rule in rules:
        list(rule.find(reading, **{parameter.name: parameter.maximum for parameter in rule.parameters}))


def test_half_of_a_surrogate_pair_breaks_nothing(reviewer: Reviewer) -> None:
    assert reviewer.review(Draft(text="We lost your parcel \ud83d and we are sorry.")).findings


@pytest.mark.parametrize("aside", ["It was a lovely party.", "The third letter was late.", "A party was held."])
def test_a_party_is_no_third_party(aside: str, grammar_reviewer: Reviewer) -> None:
    review = grammar_reviewer.review(Draft(text=f"We lost your parcel and we are sorry. {aside}"))
    assert "blame-shifting.third-party" not in {finding.rule_id for finding in review.findings}


@pytest.mark.parametrize(
    ("text", "reviewed"),
    [
        ("Thank you for saying sorry, I know it was hard. I was hurt, and I believe you. Apology accepted.", False),
        (
            "Thank you for saying sorry. I told Bea your news before you could, and that was rotten of me. I'm sorry.",
            True,
        ),
        ("You rang the same day, admitted what had gone wrong and said sorry. The roof was mended on Monday.", False),
        (
            "Hi Bernadette,\n\nI just wanted to thank you and your team. After the mess with the flood on the ground floor you "
            "rang me the same day, admitted what had gone wrong, said sorry properly, and the plasterers were in on Monday as "
            "promised. I've dealt with a good few agents in my time and I've never known one to do that.\n\nI have left a review "
            "and told my sister, who's looking for a place in the autumn.\n\nKind regards\nOwen Prosser\nFlat 2",
            False,
        ),
        ("Jon wrote to the hall to apologise in May, and they took it well. Slides by Friday, please.", False),
    ],
)
def test_who_takes_or_tells_an_apology_makes_none_unless_one_follows(
    text: str, reviewed: bool, reviewer: Reviewer
) -> None:
    assert (reviewer.review(Draft(text=text)).verdict is not Verdict.NOT_AN_APOLOGY) is reviewed
