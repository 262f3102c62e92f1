"""An opinion of a language model: it adds, it doubts, and nothing gets better by it."""

import pickle
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apology_rules import (
    RULES,
    ComponentKind,
    ComponentState,
    Draft,
    FindingSource,
    Opinion,
    Options,
    Review,
    Reviewer,
    SeenFlaw,
    Sensitivity,
    Severity,
    Span,
    Verdict,
)

DRAFT = (
    "Subject: Your order\n\nDear Ms Rao,\n\nWe are sorry if anyone was upset. We lost your parcel on Monday and that was "
    "our fault, but you gave us the wrong address. These things happen. We will refund you by Friday.\n\n"
    "> You lost my parcel and I am angry.\n\nJo Miller"
)


@pytest.fixture(scope="session")
def first(reviewer: Reviewer) -> Review:
    return reviewer.review(Draft(text=DRAFT))


def flaw(words: str, rule: str = "minimising.bolster", text: str = DRAFT) -> SeenFlaw:
    begin = text.index(words)
    return SeenFlaw(rule_id=rule, span=Span(begin=begin, end=begin + len(words), text=words))


def weighed(reviewer: Reviewer, opinion: Opinion, **options: object) -> Review:
    return reviewer.review(Draft(text=DRAFT), options=Options(opinion=opinion, **options))  # type: ignore[arg-type]


def alone(review: Review) -> list[str]:
    return [f.span.text for f in review.findings if f.span and f.sources == (FindingSource.MODEL,)]


def test_what_the_model_alone_sees_is_listed_one_step_less_severe(reviewer: Reviewer, first: Review) -> None:
    opinion = Opinion(first=first, flaws=(flaw("We will refund you by Friday", "blame-shifting.circumstance"),))
    (found,) = [f for f in weighed(reviewer, opinion).findings if f.sources == (FindingSource.MODEL,)]
    rule = next(rule for rule in RULES if rule.id == "blame-shifting.circumstance")
    assert (found.severity, found.message) == (Severity(rule.severity - 1), rule.message)


@pytest.mark.parametrize(
    "seen",
    [
        flaw("You lost my parcel"),  # a quoted reply
        flaw("Dear Ms Rao"),  # a greeting
        flaw("Jo Miller"),  # a signature
        flaw("Monday"),  # one word
        flaw("We will refund you", "missing-regret"),  # no rule over words
        flaw("We will refund you", "no-such-rule"),
        SeenFlaw(rule_id="minimising.bolster", span=Span(begin=0, end=9, text="elsewhere")),
        SeenFlaw(rule_id="minimising.bolster", span=Span(begin=0, end=len(DRAFT) + 1, text=DRAFT + "x")),
        SeenFlaw(rule_id="minimising.bolster", span=Span(begin=0, end=len(DRAFT), text=DRAFT)),
    ],
)
def test_what_cannot_be_a_flaw_of_the_writers_is_dropped(reviewer: Reviewer, first: Review, seen: SeenFlaw) -> None:
    assert weighed(reviewer, Opinion(first=first, flaws=(seen,))).findings == first.findings


def test_where_both_see_it_the_finding_stays_and_names_the_model_too(reviewer: Reviewer, first: Review) -> None:
    known = next(f for f in first.findings if f.rule_id == "insincere-hedging.conditional")
    assert known.span
    opinion = Opinion(first=first, flaws=(SeenFlaw(rule_id="insincere-hedging.doubt", span=known.span),))
    after = weighed(reviewer, opinion)
    same = next(f for f in after.findings if f.span == known.span)
    assert same.sources == (*known.sources, FindingSource.MODEL)
    assert (same.rule_id, same.confidence, same.severity) == (known.rule_id, known.confidence, known.severity)
    assert len(after.findings) == len(first.findings)


def test_rules_that_are_off_phrases_that_are_allowed_and_quiet_callers_hold_for_the_model(
    reviewer: Reviewer, first: Review
) -> None:
    opinion = Opinion(first=first, flaws=(flaw("We will refund you by Friday"),))
    assert alone(weighed(reviewer, opinion))
    assert not alone(weighed(reviewer, opinion, disabled_rules=frozenset({"minimising.bolster"})))
    assert not alone(weighed(reviewer, opinion, allowed_phrases=("we will refund you by friday",)))
    assert not alone(weighed(reviewer, opinion, sensitivity=Sensitivity.QUIET))


def test_a_doubt_lowers_the_confidence_of_a_borderline_finding_alone(reviewer: Reviewer, first: Review) -> None:
    everything = frozenset(range(len(first.findings)))
    after = weighed(reviewer, Opinion(first=first, disputed=everything))
    assert {f.confidence < 0.6 for f in first.findings} == {True, False}
    for before, now in zip(first.findings, after.findings, strict=True):
        assert (now.confidence < before.confidence) == (before.confidence < 0.6)
    assert (after.score, after.verdict) == (first.score, first.verdict)


def test_an_opinion_travels_between_processes(first: Review) -> None:
    opinion = Opinion(first=first, flaws=(flaw("We will refund you by Friday"),), disputed=frozenset({0}))
    assert pickle.loads(pickle.dumps(opinion)) == opinion


def test_names_are_told_only_when_asked_for(reviewer: Reviewer) -> None:
    assert reviewer.review(Draft(text=DRAFT)).names == ()
    assert {"Rao", "Jo Miller"} <= set(reviewer.review(Draft(text=DRAFT), options=Options(include_names=True)).names)


_WORDS = [m.span() for m in re.finditer(r"\w+(?: \w+){1,6}", DRAFT)]
_FLAWS = st.builds(
    lambda rule, at: SeenFlaw(rule_id=rule, span=Span(begin=at[0], end=at[1], text=DRAFT[at[0] : at[1]])),
    st.sampled_from([rule.id for rule in RULES]),
    st.sampled_from(_WORDS),
)
_ORDER = [Verdict.DO_NOT_SEND, Verdict.REVISE, Verdict.READY]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_FLAWS, max_size=12),
    st.frozensets(st.integers(-1, 20)),
    st.dictionaries(st.sampled_from(ComponentKind), st.sampled_from(ComponentState)),
)
def test_no_opinion_raises_a_score_or_takes_a_finding_away(
    reviewer: Reviewer,
    first: Review,
    flaws: list[SeenFlaw],
    disputed: frozenset[int],
    components: dict[ComponentKind, ComponentState],
) -> None:
    opinion = Opinion(first=first, flaws=tuple(flaws), disputed=disputed, components=components)
    after = weighed(reviewer, opinion)
    assert after.score is not None
    assert first.score is not None
    assert after.score <= first.score
    assert _ORDER.index(after.verdict) <= _ORDER.index(first.verdict)
    told = {(f.rule_id, f.span, f.severity) for f in after.findings}
    assert {(f.rule_id, f.span, f.severity) for f in first.findings} <= told
    assert after.components == first.components
