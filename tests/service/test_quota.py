"""What one caller may use up."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology_rules import Reviewer
from apology_service.analysis import ThreadAnalyst
from apology_service.faults import Reason
from apology_service.interceptors.quota import Accounts
from apology_service.settings import Quotas, Security
from apology_service.tokens import append, new_token
from tests.service.conftest import Serve
from tests.service.helpers import failure_of, request_for
from tests.service.test_interceptors import Gated

EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.fixture
def gated(reviewer: Reviewer) -> Iterator[Gated]:
    gated = Gated(reviewer)
    yield gated
    gated.gate.set()


async def test_drafts_beyond_the_quota_are_refused_with_the_time_to_wait(serve: Serve) -> None:
    served = await serve(quotas=Quotas(drafts_per_minute=6, drafts_at_once=3))
    batch = pb.BatchReviewDraftsRequest(requests=[request_for(), request_for()])
    await served.stub.BatchReviewDrafts(batch)
    await served.stub.ReviewDraft(request_for())
    failure = await failure_of(served.stub.ReviewDraft(request_for()))
    assert (failure.code, failure.reason) == (EXHAUSTED, Reason.QUOTA_EXCEEDED)
    assert failure.metadata == {"quota": "drafts_per_minute", "limit": "6 drafts a minute, 3 at once"}
    assert failure.retry_seconds is not None
    assert 5 < failure.retry_seconds <= 10
    assert failure.trailers["grpc-retry-pushback-ms"] == "-1"
    await served.stub.ListRules(pb.ListRulesRequest())


async def test_debt_in_drafts_keeps_nobody_from_asking_what_there_is(serve: Serve) -> None:
    served = await serve(quotas=Quotas(drafts_per_minute=1, drafts_at_once=1))
    await served.stub.BatchReviewDrafts(pb.BatchReviewDraftsRequest(requests=[request_for()] * 4))
    assert (await failure_of(served.stub.ReviewDraft(request_for()))).reason == Reason.QUOTA_EXCEEDED
    assert (await served.stub.ListRules(pb.ListRulesRequest())).rules
    assert (await served.stub.GetCapabilities(pb.GetCapabilitiesRequest())).languages


async def test_one_caller_does_not_use_up_what_is_anothers(serve: Serve, tmp_path: Path) -> None:
    bearers = []
    for name in ("mail", "chat"):
        token, line = new_token(name)
        append(str(tmp_path / "hashes"), line)
        bearers.append((("authorization", f"Bearer {token}"),))
    served = await serve(
        quotas=Quotas(drafts_per_minute=1, drafts_at_once=1), security=Security(token_hashes=str(tmp_path / "hashes"))
    )
    for metadata in bearers:
        await served.stub.ReviewDraft(request_for(), metadata=metadata)
        failure = await failure_of(served.stub.ReviewDraft(request_for(), metadata=metadata))
        assert failure.reason == Reason.QUOTA_EXCEEDED


async def test_one_caller_does_not_take_every_place(serve: Serve, gated: Gated) -> None:
    served = await serve(ThreadAnalyst(lambda: gated), quotas=Quotas(calls_under_way=1))
    first = asyncio.ensure_future(served.stub.ReviewDraft(request_for("gated")))
    await gated.is_busy()
    failure = await failure_of(served.stub.ReviewDraft(request_for()))
    assert failure.metadata == {"quota": "calls_under_way", "limit": "1 calls at a time"}
    assert failure.retry_seconds == 1
    gated.gate.set()
    await first
    await served.stub.ReviewDraft(request_for())


def test_an_account_fills_again_as_time_goes_by() -> None:
    accounts = Accounts(per_second=2, at_once=4)
    assert accounts.spend("a", 4, now=0) == 0
    assert accounts.spend("a", 1, now=0) == 0.5
    assert accounts.spend("a", 1, now=0.5) == 0
    assert accounts.spend("b", 4, now=0.5) == 0
    assert accounts.spend("a", 4, now=100) == 0


def test_a_batch_larger_than_the_account_is_let_in_when_that_is_full_and_paid_off_later() -> None:
    accounts = Accounts(per_second=1, at_once=4)
    assert accounts.spend("a", 10, now=0) == 0
    assert accounts.spend("a", 1, now=0) == 7
    assert accounts.spend("a", 1, now=7) == 0


def test_callers_who_have_long_been_gone_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apology_service.interceptors.quota._MOST_ACCOUNTS", 2)
    accounts = Accounts(per_second=1, at_once=4)
    for number in range(100):
        assert accounts.spend(f"caller {number}", 4, now=number * 4) == 0
    assert len(accounts._accounts) <= 2


def test_however_many_callers_come_at_once_those_who_have_used_up_most_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("apology_service.interceptors.quota._MOST_ACCOUNTS", 10)
    accounts = Accounts(per_second=1, at_once=4)
    assert accounts.spend("heavy", 10, now=0) == 0
    for number in range(100):
        assert accounts.spend(f"light {number}", 1, now=0) == 0
        assert len(accounts._accounts) <= 10
    assert accounts.spend("heavy", 1, now=0) == 7
