"""Words of another hand: what may take the place of an offline mend, and what may not."""

from dataclasses import replace

import pytest

from apology_rules import Draft, Opinion, Options, Review, Reviewer, pieces
from apology_rules.rewrite.wording import Refusal, WordingGuard
from tests.rewrite.conftest import Readings

CHECKED = "I am sorry for shouting, but you should have checked the email before calling me."
LABELS = "Incorrect dosages were printed on 312 labels."
LEAK = "We are sorry for a data leak that affected 1,200 accounts."
SECRET = "I am sorry for telling Sam your secret."
FLIGHT = "I am sorry that your flight to Lisbon was cancelled."
HOSPITAL = "I am sorry that I did not visit you in hospital."
REFUND = "We lost your parcel on 3 May. We will refund you by Friday."
CHEERED = "Sorry!!! We lost your parcel \U0001f622 (and your card) on 3 May \u2026"
ENDS = (
    " \U0001f602", " \u2764", " \u2122", " \u2026", ". :-)", ". ;-)", ". :D", " :(", "!", "!!!", " ?!", "?!", "?", "...",
    " \u2014 \u2014", " (!)", " \u30c4", " \u00e9t\u00e9", "\uff01", " & so on.", " /s",
)  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "offline", "wording", "refusal"),
    [
        (CHECKED, "I am sorry for shouting.", "I should have checked the email before calling you.", Refusal.OTHER_ROLES),
        (CHECKED, "I am sorry for shouting.", "I should have checked the email.", Refusal.OTHER_ROLES),
        (HOSPITAL, HOSPITAL, "I am sorry that you did not visit me in hospital.", Refusal.OTHER_ROLES),
        (HOSPITAL, HOSPITAL, "I am sorry that I visited you in hospital.", Refusal.OTHER_ROLES),
        (LABELS, LABELS, "We printed 312 labels with incorrect dosages.", Refusal.OTHER_ROLES),
        (LABELS, LABELS, "Incorrect dosages were printed on your 312 labels.", Refusal.OTHER_ROLES),
        (LEAK, LEAK, "We are sorry that we lost 1,200 accounts.", Refusal.NEW_WORDS),
        (SECRET, SECRET, "I am sorry that I told you to tell Sam your secret.", Refusal.OTHER_ROLES),
        (FLIGHT, FLIGHT, "I am sorry I lost your flight to Lisbon.", Refusal.NEW_WORDS),
        (FLIGHT, FLIGHT, "I am sorry that your flight was cancelled.", Refusal.SOMETHING_LOST),
        (REFUND, "We lost your parcel on 3 May.", "We lost your parcel in May.", Refusal.SOMETHING_LOST),
        (REFUND, "We lost your parcel on 3 May.", "We will lose your parcel on 3 May.", Refusal.OTHER_ROLES),
        (REFUND, "We will refund you.", "We will refund you immediately.", Refusal.NEW_WORDS),
        (REFUND, "We will [act] by [date].", "We will [act] by Friday.", Refusal.PLACEHOLDERS),
        (REFUND, "We will [act].", "We will [act] [soon].", Refusal.PLACEHOLDERS),
        (REFUND, "We will [act].", "We will [act.", Refusal.PLACEHOLDERS),
        (REFUND, "We lost your parcel.", "", Refusal.EMPTY),
        (REFUND, "We lost your parcel.", "We lost your parcel. " * 12, Refusal.TOO_LONG),
        (REFUND, "We lost your parcel.", "We **lost** your parcel.", Refusal.STRANGE_CHARACTERS),
        (REFUND, "We lost your parcel.", "We lost\nyour parcel.", Refusal.STRANGE_CHARACTERS),
        (REFUND, "We lost your parcel.", "We lost your par\u200bcel.", Refusal.STRANGE_CHARACTERS),
        *((REFUND, "We lost your parcel.", f"We lost your parcel{end}", Refusal.STRANGE_CHARACTERS) for end in ENDS),
        (CHEERED, "We lost your parcel!", "We lost your parcel! So sorry!", Refusal.STRANGE_CHARACTERS),
    ],
)  # fmt: skip
def test_what_says_something_else_is_refused(
    draft: str, offline: str, wording: str, refusal: Refusal, reading_of: Readings
) -> None:
    guard = WordingGuard([reading_of(draft).doc])
    assert guard.refusal(reading_of(offline).doc, reading_of(wording).doc, before=draft) is refusal


@pytest.mark.parametrize(
    ("draft", "offline", "wording"),
    [
        (CHECKED, "I am sorry for shouting.", "I apologise for shouting."),
        (REFUND, "We lost your parcel on 3 May.", "On 3 May, we lost your parcel."),
        (REFUND, "We will refund you by Friday.", "By Friday we will refund you."),
        (LEAK, LEAK, "We apologise for the data leak that affected 1,200 accounts."),
        (FLIGHT, FLIGHT, "I apologise that your flight to Lisbon was cancelled."),
        (REFUND, "We will [act] by [date].", "By [date], we will [act]."),
        (CHEERED, "We lost your parcel \U0001f622 on 3 May \u2026", "On 3 May we lost your parcel \U0001f622 \u2026"),
        (CHEERED, "We lost your parcel.", "We lost your parcel \u2014 sorry."),
        (CHEERED, "We lost your parcel!", "Sorry, we lost your parcel!"),
    ],
)
def test_the_same_in_other_words_passes(draft: str, offline: str, wording: str, reading_of: Readings) -> None:
    guard = WordingGuard([reading_of(draft).doc])
    assert guard.refusal(reading_of(offline).doc, reading_of(wording).doc, before=draft) is None


DRAFT = (
    "Dear Ms Rao \U0001f600,\r\n\r\nWe are sorry if anyone was upset by the late delivery of your order. We lost your parcel "
    "on Monday and that was our fault.\r\n\r\nIt was only a small delay. We will refund you by Friday.\r\n\r\nJo Miller"
)


@pytest.fixture(scope="session")
def offline(reviewer: Reviewer) -> Review:
    return reviewer.review(Draft(text=DRAFT), options=Options(include_rewrite=True))


def test_pieces_are_whole_sentences_that_make_up_suggestions_and_rewrite(offline: Review) -> None:
    known = pieces(DRAFT, offline)
    assert known
    for piece in known:
        assert DRAFT[piece.span.begin : piece.span.end] == piece.span.text
    assert offline.rewrite
    text = DRAFT
    for piece in reversed([p for p in known if p.finding is None]):
        text = text[: piece.span.begin] + piece.new_text + text[piece.span.end :]
    assert text == offline.rewrite.text


def test_a_wording_that_stands_is_an_edit_of_the_draft(reviewer: Reviewer, offline: Review) -> None:
    words = {n: p.new_text.replace("We are sorry", "We apologise") for n, p in enumerate(pieces(DRAFT, offline))}
    options = Options(include_rewrite=True, opinion=Opinion(first=offline, wordings=words))
    after = reviewer.review(Draft(text=DRAFT), options=options)
    assert after.rewrite
    assert after.rewrite.worded_by_model
    assert "We apologise for the late delivery of your order." in after.rewrite.text
    assert after.wordings
    assert (after.wordings.kept, after.wordings.rewrites) == (after.wordings.offered, 1)
    text = DRAFT
    for edit in reversed(after.rewrite.edits):
        assert DRAFT[edit.span.begin : edit.span.end] == edit.span.text
        text = text[: edit.span.begin] + edit.new_text + text[edit.span.end :]
    assert text == after.rewrite.text


def test_a_wording_that_brings_the_flaw_back_stands_nowhere(reviewer: Reviewer, offline: Review) -> None:
    known = pieces(DRAFT, offline)
    words = {n: p.span.text for n, p in enumerate(known) if p.span.text}
    options = Options(include_rewrite=True, opinion=Opinion(first=offline, wordings=words))
    after = reviewer.review(Draft(text=DRAFT), options=options)
    assert after.rewrite == offline.rewrite
    assert [f.suggestions for f in after.findings] == [f.suggestions for f in offline.findings]


def test_one_bad_wording_does_not_cost_the_rewrite_the_others(reviewer: Reviewer, offline: Review) -> None:
    known = pieces(DRAFT, offline)
    words = {n: p.new_text.replace("We are sorry", "We apologise") for n, p in enumerate(known) if p.finding is None}
    bad = next(n for n in words if "delay" in known[n].new_text)
    options = Options(include_rewrite=True, opinion=Opinion(first=offline, wordings=words | {bad: "Buy more."}))
    after = reviewer.review(Draft(text=DRAFT), options=options)
    assert after.rewrite
    assert after.rewrite.worded_by_model
    assert "Buy more" not in after.rewrite.text
    assert after == reviewer.review(Draft(text=DRAFT), options=replace(options))


def test_a_sentence_beside_a_cut_is_no_part_of_a_piece(reviewer: Reviewer) -> None:
    text = "Dear Sam,\n\nI lost your keys. I am a worm and a fraud. I will have new ones cut by Friday.\n\nJo"
    review = reviewer.review(Draft(text=text), options=Options(include_rewrite=True))
    cuts = [piece for piece in pieces(text, review) if "worm" in piece.span.text]
    assert cuts
    for piece in cuts:
        assert (piece.span.text.strip(), piece.new_text.strip()) == ("I am a worm and a fraud.", "")
