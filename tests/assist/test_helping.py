"""The whole path: a call, the offline review, a real HTTP request to a model that replays, and the answer."""

import json
import threading

import pytest

from apology.v1 import review_pb2 as pb
from apology_service.assist.disguise import Copy, Disguise
from tests.assist.conftest import ServeWithModel
from tests.assist.model_server import ModelServer
from tests.service.helpers import Served, request_for, review_of

DRAFT = (
    "Dear Ms Rao,\n\nWe are sorry if anyone was upset by the late delivery of your order. We lost your parcel on Monday "
    "and that was our fault. These things happen to every shop now and then. We will refund you by Friday.\n\n"
    "Kind regards,\nJo Miller"
)
EVERY = "These things happen to every shop now and then"
HEDGE = "We are sorry if anyone was upset by the late delivery of your order"


def asking(text: str = DRAFT, mode: str = "PREFERRED", *, rewrite: bool = True) -> pb.ReviewDraftRequest:
    request = request_for(text)
    request.options.assist = pb.AssistMode.Value(f"ASSIST_MODE_{mode}")
    request.options.include_rewrite = rewrite
    return request


async def offline(served: Served, text: str = DRAFT) -> pb.Review:
    return await review_of(served, asking(text, "OFF"))


def without_help(review: pb.Review) -> pb.Review:
    """What of a review must not differ from the offline one."""
    bare = pb.Review()
    bare.CopyFrom(review)
    bare.ClearField("assist")
    bare.versions.model = bare.versions.prompt = ""
    return bare


async def test_nothing_is_asked_without_the_callers_consent(serve: ServeWithModel, model: ModelServer) -> None:
    served = await serve()
    for mode in ("UNSPECIFIED", "OFF"):
        review = await review_of(served, asking(mode=mode))
        assert review.assist == pb.Assist(state=pb.ASSIST_STATE_OFF)
        assert not review.versions.model
    assert model.asked == []


async def test_capabilities_name_the_model_and_the_prompts(serve: ServeWithModel) -> None:
    told = await (await serve()).stub.GetCapabilities(pb.GetCapabilitiesRequest())
    assert told.assist_available
    assert told.versions.model == "replay"
    assert told.versions.prompt.startswith("reading-1.")


async def test_a_flaw_that_the_model_alone_sees_is_told_as_such_and_can_only_cost_points(
    serve: ServeWithModel, model: ModelServer
) -> None:
    words = "We will refund you by Friday"
    model.reading({"labels": [{"label": "minimising.bolster", "quote": words}], "doubted": [], "components": []})
    served = await serve()
    plain, review = await offline(served), await review_of(served, asking())
    (found,) = [f for f in review.findings if f.sources == [pb.FINDING_SOURCE_MODEL]]
    assert (found.rule_id, found.span.text) == ("minimising.bolster", words)
    assert DRAFT[found.span.begin : found.span.end] == words
    assert found.confidence == 0.5
    assert review.score < plain.score
    assert review.assist.state == pb.ASSIST_STATE_COMPLETE
    assert review.versions.model == "replay"
    assert len(review.findings) == len(plain.findings) + 1


async def test_better_words_stand_in_suggestion_and_rewrite_when_they_pass(
    serve: ServeWithModel, model: ModelServer
) -> None:
    model.wording(lambda piece: piece["mended"].replace("We are sorry for", "We are truly sorry for"))
    served = await serve()
    plain, review = await offline(served), await review_of(served, asking())
    words = "We are truly sorry for the late delivery of your order."
    (worded,) = [s for f in review.findings for s in f.suggestions if s.worded_by_model]
    assert [edit.new_text for edit in worded.edits] == [words]
    assert words in review.rewrite.text
    assert review.rewrite.worded_by_model
    assert not plain.rewrite.worded_by_model
    assert review.score == plain.score
    assert review.assist == pb.Assist(state=pb.ASSIST_STATE_COMPLETE)


async def test_the_model_is_asked_as_the_operator_said(serve: ServeWithModel, model: ModelServer) -> None:
    await review_of(await serve(seed=7, max_answer_tokens=300, key="sesame"), asking())
    assert sorted(asked.use for asked in model.asked) == ["reading", "wording"]
    for asked in model.asked:
        assert asked.path == "/v1/chat/completions"
        assert asked.headers["authorization"] == "Bearer sesame"
        assert (asked.body["model"], asked.body["temperature"], asked.body["seed"]) == ("replay", 0, 7)
        assert asked.body["max_tokens"] == 300
        assert "tools" not in asked.body
        assert asked.body["response_format"]["json_schema"]["strict"]


@pytest.mark.parametrize("dialect", ["reasoning", "plain"])
async def test_other_dialects_leave_out_what_their_servers_refuse(
    serve: ServeWithModel, model: ModelServer, dialect: str
) -> None:
    review = await review_of(await serve(dialect=dialect), asking())
    assert review.assist.state == pb.ASSIST_STATE_COMPLETE
    for asked in model.asked:
        assert ("temperature" in asked.body) == (dialect == "plain")
        assert ("max_completion_tokens" in asked.body) == (dialect == "reasoning")
        assert ("response_format" in asked.body) == (dialect == "reasoning")


@pytest.mark.parametrize("use", ["reading", "wording"])
async def test_an_operator_can_allow_one_use_alone(serve: ServeWithModel, model: ModelServer, use: str) -> None:
    review = await review_of(await serve(uses=use), asking())
    assert review.assist.state == pb.ASSIST_STATE_COMPLETE
    assert [asked.use for asked in model.asked] == [use]


async def test_disguise_and_quotes_are_no_work_for_the_event_loop(
    serve: ServeWithModel, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: dict[str, set[int]] = {"copy": set(), "find": set(), "restored": set()}

    def watched(kind: type, name: str) -> None:
        own = getattr(kind, name)

        def method(*given: object) -> object:
            threads[name].add(threading.get_ident())
            return own(*given)

        monkeypatch.setattr(kind, name, method)

    watched(Disguise, "copy")
    watched(Disguise, "restored")
    watched(Copy, "find")
    model.reading({"labels": [{"label": "minimising.bolster", "quote": EVERY}], "doubted": [], "components": []})
    await review_of(await serve(), asking())
    assert all(threads.values())
    assert threading.get_ident() not in set().union(*threads.values())


async def test_without_a_wish_for_a_rewrite_no_words_are_asked_for(serve: ServeWithModel, model: ModelServer) -> None:
    await review_of(await serve(), asking(rewrite=False))
    assert [asked.use for asked in model.asked] == ["reading"]


async def test_the_same_question_is_asked_once(serve: ServeWithModel, model: ModelServer) -> None:
    served = await serve()
    first, again = [await review_of(served, asking()) for _ in range(2)]
    assert first == again
    assert len(model.asked) == 2
    served = await serve(cache_entries=0)
    for _ in range(2):
        await review_of(served, asking(rewrite=False))
    assert len(model.asked) == 4


async def test_a_mail_that_is_no_apology_is_shown_to_no_model(serve: ServeWithModel, model: ModelServer) -> None:
    for mode in ("PREFERRED", "REQUIRED"):
        review = await review_of(await serve(), asking("Hi Sam, lunch at noon? The canteen has soup.", mode))
        assert review.verdict == pb.VERDICT_NOT_AN_APOLOGY
        assert review.assist == pb.Assist(state=pb.ASSIST_STATE_UNAVAILABLE, reasons=["NOTHING_TO_DO"])
    assert model.asked == []


async def test_a_message_that_cannot_be_read_leaves_nothing_to_do(serve: ServeWithModel, model: ModelServer) -> None:
    states = []
    for mode in ("OFF", "PREFERRED", "REQUIRED"):
        request = asking(mode=mode)
        request.draft.CopyFrom(pb.Draft(message=b"Dear Sam, we are sorry."))
        states.append((await review_of(await serve(), request)).assist)
    nothing = pb.Assist(state=pb.ASSIST_STATE_UNAVAILABLE, reasons=["NOTHING_TO_DO"])
    assert states == [pb.Assist(state=pb.ASSIST_STATE_OFF), nothing, nothing]
    assert model.asked == []


async def test_each_draft_of_a_batch_is_helped(serve: ServeWithModel, model: ModelServer) -> None:
    batch = pb.BatchReviewDraftsRequest(requests=[asking(), asking("I am sorry I broke your cup, Sam.")])
    results = (await (await serve()).stub.BatchReviewDrafts(batch)).results
    assert [r.review.assist.state for r in results] == [pb.ASSIST_STATE_COMPLETE] * 2


async def test_findings_and_their_numbers_are_shown_to_the_second_reader(
    serve: ServeWithModel, model: ModelServer
) -> None:
    served = await serve()
    plain = await offline(served)
    await review_of(served, asking(rewrite=False))
    findings = json.loads(model.asked[0].words.split("FINDINGS\n")[1].split("\n\nCOMPONENTS")[0])
    assert [f["label"] for f in findings] == [f.rule_id for f in plain.findings]
    assert [f["number"] for f in findings] == list(range(len(findings)))
