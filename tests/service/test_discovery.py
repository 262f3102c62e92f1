"""ListRules and GetCapabilities: what a server can do."""

import grpc
import pytest

from apology.v1 import review_pb2 as pb
from apology_rules import RULES
from apology_service.faults import Reason
from apology_service.settings import Limits
from tests.service.conftest import Serve
from tests.service.helpers import failure_of


async def test_all_rules_come_at_once_unless_pages_are_asked_for(serve: Serve) -> None:
    answer = await (await serve()).stub.ListRules(pb.ListRulesRequest())
    assert {rule.id for rule in RULES} <= {rule.id for rule in answer.rules}
    assert answer.next_page_token == ""


async def test_rules_are_ordered_by_category_and_id_and_questions_come_last(serve: Serve) -> None:
    rules = (await (await serve()).stub.ListRules(pb.ListRulesRequest())).rules
    places = [(rule.category or len(pb.Category.values()), rule.id) for rule in rules]
    assert places == sorted(places)


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
async def test_the_pages_together_are_the_catalogue(serve: Serve, size: int) -> None:
    served = await serve()
    whole = list((await served.stub.ListRules(pb.ListRulesRequest())).rules)
    rules: list[pb.RuleDescription] = []
    token = ""
    while True:
        page = await served.stub.ListRules(pb.ListRulesRequest(page_size=size, page_token=token))
        assert len(page.rules) <= size
        rules += page.rules
        token = page.next_page_token
        if not token:
            break
    assert rules == whole


async def test_parameters_are_described_with_their_range(serve: Serve) -> None:
    rules = (await (await serve()).stub.ListRules(pb.ListRulesRequest())).rules
    told = {(rule.id, p.name): (p.minimum, p.default_value, p.maximum) for rule in rules for p in rule.parameters}
    wanted = {(rule.id, p.name): (p.minimum, p.default, p.maximum) for rule in RULES for p in rule.parameters}
    assert wanted.items() <= told.items()


@pytest.mark.parametrize(
    ("request_", "field", "reason"),
    [
        (pb.ListRulesRequest(page_size=-1), "page_size", Reason.OUT_OF_RANGE),
        (pb.ListRulesRequest(page_token="?"), "page_token", Reason.INVALID_PAGE_TOKEN),
        (pb.ListRulesRequest(page_token="bm8="), "page_token", Reason.INVALID_PAGE_TOKEN),
        (pb.ListRulesRequest(page_token="ü"), "page_token", Reason.INVALID_PAGE_TOKEN),
        (pb.ListRulesRequest(page_token="/w=="), "page_token", Reason.INVALID_PAGE_TOKEN),
    ],
)
async def test_a_page_that_cannot_be_is_refused(
    serve: Serve, request_: pb.ListRulesRequest, field: str, reason: str
) -> None:
    failure = await failure_of((await serve()).stub.ListRules(request_))
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)
    assert list(failure.fields) == [field]


async def test_capabilities_tell_the_limits_in_force(serve: Serve) -> None:
    served = await serve(limits=Limits(max_batch_drafts=3, max_call_seconds=4.5))
    told = await served.stub.GetCapabilities(pb.GetCapabilitiesRequest())
    assert (told.limits.max_batch_drafts, told.limits.max_call_seconds) == (3, 4.5)
    assert told.limits.max_draft_characters == 20_000
    assert all(getattr(told.limits, field.name) for field in pb.Limits.DESCRIPTOR.fields)
    assert list(told.languages) == ["en"]
    assert pb.DRAFT_FORMAT_TEXT in told.draft_formats
    assert not told.assist_available
    assert told.rewrite_available
    assert told.versions.package
    assert told.versions.pipeline
