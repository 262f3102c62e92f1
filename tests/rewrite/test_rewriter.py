"""Suggestions and rewrites as a caller gets them: they apply, they mend, they invent nothing, they cost no points."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apology_rules import (
    Context,
    Draft,
    Facts,
    Finding,
    Options,
    Part,
    Review,
    Reviewer,
    Rewrite,
    TextEdit,
    Verdict,
)
from apology_rules.rewrite import FactGuard
from apology_rules.rewrite.additions import filled
from apology_rules.rewrite.edits import Edit
from apology_rules.rewrite.proof import Gap, Judged, Proof, Refusal
from apology_rules.spans import DraftSpans
from tests.rewrite.conftest import Readings

HERE = Path(__file__).parents[2]
WANTED = Options(include_rewrite=True)
PLAIN = Options(disabled_rules=frozenset({"placeholder-left"}))
FLAWED = (
    "Dear Mr Okoro,\n\nWe lost your suitcase on 3 May. We are sorry if this upset you.\n\n"
    "Your bag was in good hands.\n\nUse code FLY10 for 10% off your next flight!\n\nKind regards,\nAnn Lee\n"
)


def texts() -> Iterator[str]:
    for path in sorted((HERE / "examples").glob("*.txt")):
        yield path.read_bytes().decode()
    drafts = HERE / "tests" / "accuracy" / "drafts.jsonl"
    if drafts.exists():
        yield from (json.loads(line)["text"] for line in drafts.read_text(encoding="utf-8").splitlines()[::3])


TEXTS = list(texts())


@pytest.fixture(scope="module")
def reviews(reviewer: Reviewer) -> list[tuple[str, Review]]:
    return [(text, reviewer.review(Draft(text=text), options=WANTED)) for text in TEXTS]


def after(text: str, edits: tuple[TextEdit, ...], *, example: bool = False) -> str:
    parts, position = [], 0
    for edit in edits:
        parts += [text[position : edit.span.begin], filled(edit.new_text) if example else edit.new_text]
        position = edit.span.end
    return "".join([*parts, text[position:]])


def edits_of(review: Review) -> Iterator[tuple[TextEdit, ...]]:
    yield from (suggestion.edits for finding in review.findings for suggestion in finding.suggestions)
    if review.rewrite is not None:
        yield review.rewrite.edits


def rewrite_of(review: Review) -> Rewrite:
    assert review.rewrite is not None
    return review.rewrite


def test_edits_are_sorted_and_apart_and_quote_the_draft(reviews: list[tuple[str, Review]]) -> None:
    for text, review in reviews:
        for edits in edits_of(review):
            assert edits
            ends = [0, *(edit.span.end for edit in edits)]
            assert all(end <= edit.span.begin <= edit.span.end for end, edit in zip(ends, edits, strict=False)), (
                "a draft"
            )
            assert all(text[e.span.begin : e.span.end] == e.span.text != e.new_text for e in edits), "a draft"


def test_the_edits_of_a_rewrite_give_its_text(reviews: list[tuple[str, Review]]) -> None:
    assert any(review.rewrite for _, review in reviews)
    for text, review in reviews:
        if review.rewrite is not None:
            same = after(text, review.rewrite.edits) == review.rewrite.text
            assert same, "a draft"


def test_most_flaws_in_words_get_a_suggestion(reviews: list[tuple[str, Review]]) -> None:
    """Where a suggestion could only lose what the draft tells, there is none."""
    flaws = [f for _, review in reviews for f in review.findings if f.span and f.rule_id != "placeholder-left"]
    mended = [f for f in flaws if f.suggestions]
    assert len(mended) >= 0.86 * len(flaws) > 0


def test_each_suggestion_alone_leaves_an_apology_and_most_leave_a_better_one(
    reviews: list[tuple[str, Review]], reviewer: Reviewer
) -> None:
    """They are proved together, each where it stands: alone, one may leave a flaw that another mends."""
    offered = [(text, f) for text, review in reviews for f in review.findings if f.span and f.suggestions][::4]
    better, gained = 0, 0
    for text, finding in offered:
        whole = after(text, finding.suggestions[0].edits, example=True)
        before, now = (reviewer.review(Draft(text=t), options=PLAIN) for t in (text, whole))
        assert now.verdict is not Verdict.NOT_AN_APOLOGY
        assert now.score is not None
        assert before.score is not None
        better += flaws_like(now, finding) < flaws_like(before, finding) or now.score > before.score
        gained += now.score - before.score
    assert better >= 0.8 * len(offered) > 0
    assert gained > 0


def test_what_asks_the_writer_nothing_taken_together_costs_no_points(
    reviews: list[tuple[str, Review]], reviewer: Reviewer
) -> None:
    told = [(text, review, together(review)) for text, review in reviews]
    several = [(text, review, edits) for text, review, edits in told if edits]
    assert len(several) > 10
    for text, review, edits in several:
        now = reviewer.review(Draft(text=after(text, edits)))
        assert now.score is not None
        assert review.score is not None
        assert now.score >= review.score, "a draft"


def together(review: Review) -> tuple[TextEdit, ...]:
    """The edits in the body of all suggestions without placeholders, of two that touch the one for the graver flaw."""
    chosen: list[TextEdit] = []
    for finding in sorted(review.findings, key=lambda f: (f.span is None, -f.severity)):
        for suggestion in finding.suggestions:
            edits = [e for e in suggestion.edits if e not in chosen]
            inside = all(e.span.part is Part.BODY for e in edits) and not suggestion.placeholders
            if inside and not any(touching(e, other) for e in edits for other in chosen):
                chosen += edits
    return tuple(sorted(chosen, key=lambda e: (e.span.begin, e.span.end)))


def touching(one: TextEdit, other: TextEdit) -> bool:
    return one.span.begin <= other.span.end and other.span.begin <= one.span.end


def test_a_rewrite_takes_few_second_reviews(reviewer: Reviewer, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    judged = Proof._judged

    def counted(self: Proof, text: str, edits: Sequence[Edit], gaps: Sequence[Gap]) -> Judged | Refusal:
        taken.append(text)
        return judged(self, text, edits, gaps)

    monkeypatch.setattr(Proof, "_judged", counted)
    drama = " ".join(f"I have cried for {n} days. You should have told me {n} times." for n in range(2, 9))
    review = reviewer.review(Draft(text=f"Dear Ann,\n\nI lost your ring. I am sorry. {drama}\n\nBob\n"), options=WANTED)
    assert sum(bool(f.suggestions) for f in review.findings if f.span) > len(taken) > 0


def test_who_has_been_made_to_apologise_does_not_apologise_twice(reviewer: Reviewer) -> None:
    text = (
        "Dear Ann,\n\nShame you're upset about Saturday. We lost the key. You should have read the sign.\n\n"
        "Buy our new lamp, 20% off until Friday!\n\nPat Lee\nThe Hall\n"
    )
    rewrite = rewrite_of(reviewer.review(Draft(text=text), options=WANTED))
    assert rewrite.text.lower().count("sorry") == 1


def flaws_like(review: Review, finding: Finding) -> int:
    return sum(f.category is finding.category and f.span is not None for f in review.findings)


def test_a_request_outlives_the_charge_that_is_given_as_its_reason(reviewer: Reviewer) -> None:
    text = (
        "Dear tenant,\n\nWe are sorry that nobody came on Tuesday. We had put you on the wrong list. The plumber comes on "
        "Thursday. Please be sure that somebody is in, as missed appointments are the main reason for our delays.\n\nRepairs desk"
    )
    review = reviewer.review(Draft(text=text), options=Options(include_rewrite=True))
    charge = next(f for f in review.findings if f.rule_id == "blame-shifting.victim")
    assert "Please be sure that somebody is in.\n" in after(text, charge.suggestions[0].edits)


def test_an_example_in_a_gap_makes_the_case_no_slighter(reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text="Sorry if anyone was upset."), options=WANTED)
    assert review.rewrite
    offered = {f.rule_id for f in review.findings if f.suggestions}
    assert {change.rule_id for change in review.rewrite.changes} == offered


def test_a_sentence_that_the_tagger_misreads_is_no_fragment(reviewer: Reviewer) -> None:
    told = "Between 3 and 7 November some of you may have experienced issues when listening in our app."
    text = f"We are sorry. {told} We forgot to change the tape.\n"
    rewrite = reviewer.review(Draft(text=text), options=WANTED).rewrite
    assert rewrite is not None
    assert told.replace("may have experienced", "experienced") in rewrite.text


def test_a_flaw_in_the_subject_is_mended_there(reviewer: Reviewer) -> None:
    subject = "We are sorry if anyone was upset by our letter"
    text = "Dear Ms Rao,\n\nWe sent your file to a stranger. We are sorry. We deleted it on Monday.\n\nAnn Lee\n"
    review = reviewer.review(Draft(text=text, subject=subject), options=WANTED)
    found = [f for f in review.findings if f.span and f.span.part is Part.SUBJECT]
    assert found
    edits = [edit for f in found for s in f.suggestions for edit in s.edits]
    assert edits
    assert all(e.span.part is Part.SUBJECT and subject[e.span.begin : e.span.end] == e.span.text for e in edits)
    assert "if anyone" not in rewrite_of(review).subject
    assert all(e.span.part is Part.BODY for e in rewrite_of(review).edits)


def test_a_paragraph_without_an_edit_stays_as_it_is(reviews: list[tuple[str, Review]]) -> None:
    for text, review in reviews:
        position = 0
        for paragraph in text.splitlines(keepends=True) if review.rewrite else ():
            begin, end = position, position + len(paragraph.rstrip())
            position += len(paragraph)
            touched = any(e.span.begin <= end and begin <= e.span.end for e in rewrite_of(review).edits)
            kept = touched or paragraph.rstrip() in rewrite_of(review).text
            assert kept, "a draft"


def test_no_rewrite_invents_anything(reviews: list[tuple[str, Review]], reading_of: Readings) -> None:
    for text, review in reviews:
        guard = FactGuard(reading_of(text), Context())
        for edits in edits_of(review):
            invented = guard.inventions(reading_of(after(text, edits)))
            assert not invented, "a draft"


def test_no_rewrite_costs_points(reviews: list[tuple[str, Review]], reviewer: Reviewer) -> None:
    for text, review in reviews:
        if review.rewrite is not None:
            whole = after(text, review.rewrite.edits, example=True)
            before, now = (reviewer.review(Draft(text=t), options=PLAIN) for t in (text, whole))
            lower = now.score is not None and before.score is not None and now.score < before.score
            assert not lower, "a draft"


def test_a_rewrite_with_placeholders_is_never_ready(reviews: list[tuple[str, Review]], reviewer: Reviewer) -> None:
    seen = 0
    for _, review in reviews:
        if review.rewrite is not None and review.rewrite.placeholders:
            seen += 1
            again = reviewer.review(Draft(text=review.rewrite.text))
            assert again.verdict is not Verdict.READY
            assert all(gap in review.rewrite.text for gap in review.rewrite.placeholders)
    assert seen


def test_the_same_draft_gets_the_same_rewrite(reviewer: Reviewer) -> None:
    first, second = (reviewer.review(Draft(text=FLAWED), options=WANTED) for _ in range(2))
    assert first == second


def test_without_asking_there_is_no_rewrite(reviewer: Reviewer) -> None:
    asked, unasked = (reviewer.review(Draft(text=FLAWED), options=o) for o in (WANTED, Options()))
    assert unasked.rewrite is None
    assert unasked == replace(
        asked, rewrite=None, findings=tuple(replace(finding, suggestions=()) for finding in asked.findings)
    )


def test_a_mail_that_is_no_apology_gets_no_rewrite(reviewer: Reviewer) -> None:
    review = reviewer.review(
        Draft(text="Hi Ann, the minutes of Monday are in the folder. See you at ten."), options=WANTED
    )
    assert review.verdict is Verdict.NOT_AN_APOLOGY
    assert review.rewrite is None


def test_facts_take_the_place_of_placeholders(reviewer: Reviewer) -> None:
    facts = Facts(
        what_happened="We put your suitcase on the wrong plane.",
        cause="our scanner was switched off from noon to six",
        impact="You spent four days without your clothes.",
        remedy="We refund the whole fare",
        remedy_date="by 9 May",
        prevention="scan every label twice",
        contact="Ann Lee, 01632 960123",
    )
    text = (
        "Dear Mr Okoro,\n\nWe have seen your message about the suitcase and are looking at it.\n\n"
        "We apologise for any inconvenience.\n\nKind regards,\nAnn Lee\n"
    )
    review = reviewer.review(Draft(text=text), context=Context(facts=facts, gravity=3), options=WANTED)
    rewrite = rewrite_of(review)
    assert not rewrite.placeholders
    assert "We apologise that we put your suitcase on the wrong plane." in rewrite.text
    assert rewrite.text.count("e put your suitcase on the wrong plane") == 1
    assert "It happened because our scanner was switched off from noon to six." in rewrite.text
    assert "We refund the whole fare by 9 May." in rewrite.text
    assert rewrite.text.startswith("Dear Mr Okoro,\n\nWe have seen your message")
    assert rewrite.text.endswith("\n\nKind regards,\nAnn Lee\n")


def test_every_change_names_its_rule_and_what_remains_is_told(reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=FLAWED), options=WANTED)
    rewrite = rewrite_of(review)
    assert {change.rule_id for change in rewrite.changes} <= {finding.rule_id for finding in review.findings}
    assert all(any(gap in line for line in rewrite.remaining) for gap in rewrite.placeholders)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lead=st.sampled_from(["", "\U0001f622 ", "Zoë: ", "\U0001f468\u200d\U0001f469\u200d\U0001f467 "]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    subject=st.sampled_from(["", "Your suitcase \U0001f9f3"]),
)
def test_edits_fall_on_the_right_words(reviewer: Reviewer, lead: str, line_end: str, subject: str) -> None:
    text = (lead + FLAWED).replace("\n", line_end)
    review = reviewer.review(Draft(text=text, subject=subject), options=WANTED)
    rewrite = rewrite_of(review)
    assert after(text, rewrite.edits) == rewrite.text
    assert "FLY10" not in rewrite.text
    assert rewrite.text.startswith(lead)
    assert line_end == "\n" or rewrite.text.count("\n") == rewrite.text.count("\r\n")


@cache
def short_drafts() -> tuple[str, ...]:
    return tuple(text for text in TEXTS if len(text) < 1500)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_text_breaks_the_rewriter(reviewer: Reviewer, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(short_drafts()))
    begin = data.draw(st.integers(0, len(text)))
    torn = text[begin:] + data.draw(st.sampled_from(["", "\r", " [", "\u0000", "\U0001f622", "\n\n> quoted\n"]))
    review = reviewer.review(Draft(text=torn), options=WANTED)
    if review.rewrite is not None:
        same = after(torn, review.rewrite.edits) == review.rewrite.text
        assert same, "a draft"


def test_a_mend_that_holds_only_by_itself_is_offered(reviewer: Reviewer) -> None:
    text = (
        "Good evening Mrs Lund, it's the vet. Look. I clipped the wrong dog. Human error. I only ever wanted to get you a quick "
        "slot. I suppose I ought to say sorry, so there it is. She did look smart, mind you! Gus, 07700 900 771"
    )
    review = reviewer.review(Draft(text=text), options=WANTED)
    excuse = next(f for f in review.findings if f.rule_id == "blame-shifting.intent-defence")
    assert [after(text, s.edits) for s in excuse.suggestions] == [
        text.replace("I only ever wanted to get you a quick slot. ", "")
    ]


def test_nothing_goes_that_the_next_sentence_hangs_on(reviewer: Reviewer) -> None:
    text = (
        'Member note: two pages of the bulletin are missing and one is printed twice. Our printer\'s machine "improved" us. We '
        "never asked to be improved, and they have been hopeless since, we've rung 4 times. It is how it is with cheap printing "
        "I guess! Anyway sorry about that. The pages are on the website."
    )
    review = reviewer.review(Draft(text=text), options=WANTED)
    mended = [after(text, edits) for edits in edits_of(review)]
    assert mended
    assert all("guess! Anyway sorry about that." in one for one in mended)


@pytest.mark.parametrize("fact", ["...", ".", "!", " - ", "__"])
def test_a_fact_without_a_word_is_unknown(fact: str, reviewer: Reviewer) -> None:
    facts = Facts(**{field.name: fact for field in fields(Facts)})
    assert facts == Facts()
    draft = Draft(text="Dear Ms Rao,\n\nWe are sorry for any inconvenience.\n\nJo")
    told = reviewer.review(draft, context=Context(facts=facts), options=WANTED)
    assert told == reviewer.review(draft, options=WANTED)


@pytest.mark.parametrize(
    "text", ["A bit late, no big deal. We are sorry that your parcel was late. We forgot to send it."]
)
def test_a_flaw_in_the_first_words_is_mended_like_any_other(text: str, reviewer: Reviewer) -> None:
    assert reviewer.review(Draft(text=text), options=WANTED).rewrite is not None


def test_the_proof_knows_where_the_subject_ends_when_both_change(reviewer: Reviewer, reading_of: Readings) -> None:
    draft = Draft(subject="Sorry", text="Lost it. We are sorry.")
    spans = DraftSpans(draft)
    seen: list[tuple[str, str]] = []
    reading = reading_of(spans.whole)
    first = Judged(review=reviewer.review(draft), reading=reading, spans=spans)

    def judge(subject: str, body: str) -> Judged:
        seen.append((subject, body))
        return first

    proof = Proof(first, judge, FactGuard(reading, Context()))
    proof.grant(1)
    begin, end = spans.subject
    proof.again([Edit(begin, end, "Our apology for the delay"), Edit(spans.lead, spans.lead, "We are sorry. ")])
    assert seen == [("Our apology for the delay", "We are sorry. Lost it. We are sorry.")]


PARAGRAPHS = (
    'We are sorry about the 24" screen. It was lost by our courier.',
    "You should have checked the size. It was only a small delay.",
    'If anyone was upset by the 24" screen, we apologise.',
    "We would hate to lose you. Use code SORRY for 10% off!",
    "- the box was opened\n- nobody told us",
)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PARAGRAPHS), min_size=2, max_size=5))
def test_a_draft_reads_the_same_whatever_ends_its_lines(reviewer: Reviewer, paragraphs: list[str]) -> None:
    text = "\n\n".join(["Dear Ms Rao,", *paragraphs, "Kind regards,\nJo Lee"])
    plain = reviewer.review(Draft(text=text), options=WANTED)
    crlf = reviewer.review(Draft(text=text.replace("\n", "\r\n")), options=WANTED)
    assert [(f.rule_id, f.confidence) for f in crlf.findings] == [(f.rule_id, f.confidence) for f in plain.findings]
    assert crlf.score == plain.score
    assert (crlf.rewrite and crlf.rewrite.text.replace("\r\n", "\n")) == (plain.rewrite and plain.rewrite.text)


def rewritten(text: str, reviewer: Reviewer) -> Rewrite:
    rewrite = reviewer.review(Draft(text=text), options=Options(include_rewrite=True)).rewrite
    assert rewrite is not None
    return rewrite


def test_whoever_is_called_by_name_is_called_still(reviewer: Reviewer) -> None:
    rewrite = rewritten("Rosie, I'm the worst friend alive. I forgot your birthday. I will ring you tonight.", reviewer)
    assert rewrite.text.startswith("Rosie, I am sorry. I forgot your birthday.")


def test_what_it_happened_because_of_stands_behind_what_happened(reviewer: Reviewer) -> None:
    text = "I'm sorry. We left you waiting nine hours at the gate without a word. We will pay for your hotel by Friday."
    told = rewritten(text, reviewer).text
    assert told.index("without a word.") < told.index("It happened because") < told.index("We will pay")


def test_what_is_in_doubt_is_stated_and_not_dropped(reviewer: Reviewer) -> None:
    text = (
        "Letters were sent out late, and some families may not have been given as much notice as they might have "
        "wished. We regret any distress that may have been caused.\n\nThe council"
    )
    told = rewritten(text, reviewer).text
    assert "families" in told
    assert "may not" not in told


def test_a_flaw_that_nothing_touches_remains_to_be_mended(reviewer: Reviewer) -> None:
    text = "Sorry if I made you feel left out at the party, I should have introduced you to everyone."
    review = reviewer.review(Draft(text=text), options=Options(include_rewrite=True))
    flaw = next(f for f in review.findings if f.span is not None)
    assert flaw.span is not None
    assert not flaw.suggestions
    assert review.rewrite is not None
    assert any(line.startswith(f'"{flaw.span.text}": ') for line in review.rewrite.remaining)


def test_what_was_to_be_bought_is_asked_for_as_a_remedy(reviewer: Reviewer) -> None:
    text = "We lost your shirts on Monday. I'm sorry. Renew for a year, and we'll replace them for free."
    told = rewritten(text, reviewer).text
    assert "Renew" not in told
    assert "replace them" not in told
    assert "[what puts it right]" in told


def test_of_a_sentence_full_of_flaws_the_first_are_mended(reviewer: Reviewer) -> None:
    text = "We lost it and are sorry. You could have rung" + " and you could have asked" * 20 + "."
    review = reviewer.review(Draft(text=text), options=Options(include_rewrite=True))
    flawed = [f for f in review.findings if f.span is not None]
    assert len(flawed) > 8
    assert sum(bool(f.suggestions) for f in flawed) <= 8
