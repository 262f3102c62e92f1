"""What goes to a worker and back arrives as it was sent."""

from datetime import UTC

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apology_rules import ComponentKind, ComponentState, Context, Draft, Opinion, Options, Review, Reviewer, SeenFlaw
from apology_rules.draft import Facts, Party
from apology_service.workers.messages import Inbox, Reviewed, ReviewJob, packed

_TEXT = "We are sorry if anyone was upset. Mr Ash, the driver was ill, so it was late 🚚. We will refund you by Friday."
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_INSTANTS = st.none() | st.datetimes(timezones=st.just(UTC))


def arrived(message: object) -> object:
    (answer,) = Inbox().take(packed(message))
    return answer


@pytest.fixture(scope="module")
def review() -> Review:
    return Reviewer().review(Draft(text=_TEXT), options=Options(include_rewrite=True))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.builds(Draft, text=_TEXTS, subject=_TEXTS),
    st.builds(
        Context,
        gravity=st.none() | st.integers(1, 4),
        happened_at=_INSTANTS,
        discovered_at=_INSTANTS,
        sent_at=_INSTANTS,
        sender=st.builds(Party, name=_TEXTS, role=_TEXTS),
        recipient=st.builds(Party, name=_TEXTS),
        facts=st.builds(Facts, cause=_TEXTS, remedy=_TEXTS),
    ),
    st.builds(
        Options,
        disabled_rules=st.frozensets(_TEXTS, max_size=2),
        rule_parameters=st.dictionaries(_TEXTS, st.dictionaries(_TEXTS, st.integers(-(2**31), 2**31 - 1))),
        allowed_phrases=st.lists(_TEXTS, max_size=2).map(tuple),
        opinion=st.none(),
    ),
    st.floats(0, 1e9),
)
def test_a_job_arrives_as_it_was_sent(draft: Draft, context: Context, options: Options, deadline: float) -> None:
    job = ReviewJob(draft, context, options, deadline)
    assert arrived(job) == job


def test_a_review_arrives_as_it_was_sent(review: Review) -> None:
    assert review.findings
    assert review.rewrite
    assert review.promises
    assert arrived(Reviewed(review)) == Reviewed(review)


def test_an_opinion_arrives_as_it_was_sent(review: Review) -> None:
    span = review.findings[0].span
    assert span
    opinion = Opinion(
        first=review,
        flaws=(SeenFlaw(rule_id="blame-shifting.victim", span=span),),
        disputed=frozenset({0}),
        components={ComponentKind.REGRET: ComponentState.WEAK},
        wordings={2: "We are sorry that it was late."},
    )
    job = ReviewJob(Draft(text=_TEXT), Context(), Options(opinion=opinion), 1.0)
    assert arrived(job) == job
