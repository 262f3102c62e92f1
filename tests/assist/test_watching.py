"""A draft that is watched with a model's help: nobody is asked about a version that is no longer the newest."""

import asyncio
import threading
from typing import Any

import pytest

from apology.v1 import review_pb2 as pb
from apology_rules import Context, Draft, Options, Review, Reviewer
from apology_service.analysis import Session, ThreadAnalyst
from tests.assist.conftest import ServeWithModel
from tests.assist.model_server import NOTHING_SEEN, Asked, ModelServer, Reply
from tests.assist.test_helping import DRAFT, asking


class InHand(ThreadAnalyst):
    """Works as workers do: what they have in hand is let finish. The first review waits for the gate."""

    def __init__(self, reviewer: Reviewer) -> None:
        super().__init__(lambda: reviewer)
        self.begun, self.gate = asyncio.Event(), asyncio.Event()

    async def review(
        self, draft: Draft, context: Context, options: Options, *, deadline: float, session: Session | None = None
    ) -> Review:
        assert session
        session.at_rest.clear()
        self.begun.set()
        await self.gate.wait()
        try:
            return await super().review(draft, context, options, deadline=deadline, session=session)
        finally:
            session.at_rest.set()


def version(revision: int) -> pb.WatchDraftRequest:
    text = DRAFT.replace("on Monday", f"on the {revision}th of May")
    return pb.WatchDraftRequest(revision=revision, request=asking(text, rewrite=False))


async def newest_of(call: Any) -> int:
    async with asyncio.timeout(60):
        answer = await call.read()
    assert isinstance(answer, pb.WatchDraftResponse)
    return answer.revision


async def test_a_version_that_is_superseded_in_a_workers_hands_is_shown_to_no_model(
    serve: ServeWithModel, model: ModelServer, reviewer: Reviewer
) -> None:
    analyst = InHand(reviewer)
    model.reading(NOTHING_SEEN)
    served = await serve(analyst=analyst, uses="reading")
    call: Any = served.stub.WatchDraft()
    await call.write(version(8))
    await analyst.begun.wait()
    await call.write(version(9))
    await asyncio.sleep(0.2)  # time for it to arrive: there is nothing to see it by
    analyst.gate.set()
    assert await newest_of(call) == 9
    assert ["on the 9th of May" in asked.words for asked in model.asked] == [True]


async def test_a_version_that_is_superseded_while_the_model_thinks_waits_for_it_no_longer(
    serve: ServeWithModel, model: ModelServer, reviewer: Reviewer, request: pytest.FixtureRequest
) -> None:
    asked, never = threading.Event(), threading.Event()
    request.addfinalizer(never.set)

    def think(_: Asked) -> Reply:
        asked.set()
        return Reply(wait=never)

    model.reading(think, NOTHING_SEEN)
    analyst = InHand(reviewer)
    analyst.gate.set()
    served = await serve(analyst=analyst, uses="reading", timeout_seconds=600)
    call: Any = served.stub.WatchDraft()
    await call.write(version(8))
    await asyncio.to_thread(asked.wait, 60)
    await call.write(version(9))
    assert await newest_of(call) == 9
