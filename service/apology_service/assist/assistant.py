"""The assistant: the offline review first, then the model's opinion on it, weighed and proved while there is time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Self, TypeVar
from urllib.parse import urlsplit

from apology_rules import Context, Draft, Opinion, Options, Review, Verdict, pieces
from apology_service.analysis import Analyst, DeadlinePassedError, Session
from apology_service.assist import AssistState, Helped, is_here
from apology_service.assist.disguise import Disguise
from apology_service.assist.endpoint import LanguageModel, OpenAICompatible, Question
from apology_service.assist.failures import AssistError, Shortfall
from apology_service.assist.guarded import GuardedModel
from apology_service.assist.prompts import version
from apology_service.assist.second_reader import SecondReading, second_reading
from apology_service.assist.wordings import WordingsFound, wordings
from apology_service.incidents import report
from apology_service.settings import AssistSettings

_T = TypeVar("_T")
_Asking = tuple[Question, Callable[[str], _T]]
"""A question, and how to read its answer."""

_LEAST_SECONDS = 0.25
"""With less than this left the model is not even asked."""

_SPARE = 0.2
"""Seconds before the deadline at which the offline answer is taken, so that it still arrives."""

_PROOF = 2.0
"""The opinion is weighed and proved by reviews: so many times the first one, set aside, but no more than half of what is left."""

_JUDGED = frozenset({Verdict.READY, Verdict.REVISE, Verdict.DO_NOT_SEND})


@dataclass(frozen=True, slots=True)
class _Heard:
    """What came of asking: either part may be missing."""

    reading: SecondReading | None
    wordings: WordingsFound | None
    failures: tuple[Shortfall, ...]


class ModelAssistant:
    """Reviews with the help of one language model."""

    def __init__(self, model: LanguageModel, settings: AssistSettings) -> None:
        self._model = GuardedModel(model, settings)
        self._settings = settings
        self.model, self.prompt = settings.model, version()

    @classmethod
    def over(cls, settings: AssistSettings, key: str) -> Self:
        """With the endpoint that the settings name."""
        here = is_here(urlsplit(settings.base_url).hostname or "")
        return cls(OpenAICompatible(settings, key, here=here), settings)

    @property
    def available(self) -> bool:
        return self._model.available

    async def review(
        self,
        analyst: Analyst,
        draft: Draft,
        context: Context,
        options: Options,
        *,
        deadline: float,
        session: Session | None = None,
    ) -> Helped:
        begun = time.monotonic()
        options = replace(options, include_names=self._settings.pseudonymise)
        first = await analyst.review(draft, context, options, deadline=deadline, session=session)
        now = time.monotonic()
        reserve = min(max(_LEAST_SECONDS, (now - begun) * _PROOF), (deadline - now) / 2)
        if (why := self._pointless(draft, first)) is not None:
            return Helped(review=first, state=AssistState.UNAVAILABLE, reasons=(why,))
        heard = await self._heard(draft, first, context, until=deadline - reserve)
        if heard.reading is None and heard.wordings is None:
            reasons = heard.failures or (Shortfall.NOTHING_TO_DO,)
            return Helped(review=first, state=AssistState.UNAVAILABLE, reasons=reasons)
        options = replace(options, opinion=_opinion(first, heard))
        spare = min(_SPARE, (deadline - time.monotonic()) / 2)
        try:
            review = await analyst.review(draft, context, options, deadline=deadline - spare, session=session)
        except DeadlinePassedError:
            return Helped(review=first, state=AssistState.UNAVAILABLE, reasons=(Shortfall.NO_TIME,))
        except Exception as error:  # the offline answer comes whatever a model made the rules stumble over
            report(error, method="assist")
            return Helped(review=first, state=AssistState.UNAVAILABLE, reasons=(Shortfall.NO_PROOF,))
        reasons = tuple(dict.fromkeys((*heard.failures, *_losses(heard, review))))
        state = AssistState.PARTIAL if reasons else AssistState.COMPLETE
        return Helped(review=review, state=state, reasons=reasons)

    def _pointless(self, draft: Draft, first: Review) -> Shortfall | None:
        """Why the model is not asked; None if it is."""
        if first.verdict not in _JUDGED:
            return Shortfall.NOTHING_TO_DO
        too_long = len(draft.text) + len(draft.subject) > self._settings.max_draft_characters
        return Shortfall.DRAFT_TOO_LONG if too_long else None

    async def _heard(self, draft: Draft, first: Review, context: Context, *, until: float) -> _Heard:
        """Both questions at a time, each for itself: one may fail and the other help. What both take ends at `until`."""
        try:
            async with asyncio.timeout(until - time.monotonic()):
                # Its work grows with the draft, and the loop has other calls to serve.
                questions = await _outcome(asyncio.to_thread(self._questions, draft, first, context))
        except TimeoutError:
            questions = Shortfall.NO_TIME
        seconds = min(self._settings.timeout_seconds, until - time.monotonic())
        if not isinstance(questions, Shortfall) and seconds < _LEAST_SECONDS:
            questions = Shortfall.NO_TIME
        if isinstance(questions, Shortfall):
            return _Heard(None, None, (questions,))
        reading, words = await asyncio.gather(self._answer(questions[0], seconds), self._answer(questions[1], seconds))
        failures = tuple(dict.fromkeys(one for one in (reading, words) if isinstance(one, Shortfall)))
        return _Heard(
            reading if isinstance(reading, SecondReading) else None,
            words if isinstance(words, WordingsFound) else None,
            failures,
        )

    async def _answer(self, asking: _Asking[_T] | None, seconds: float) -> _T | Shortfall | None:
        return None if asking is None else await _outcome(self._model.ask(*asking, seconds=seconds))

    def _questions(
        self, draft: Draft, first: Review, context: Context
    ) -> tuple[_Asking[SecondReading] | None, _Asking[WordingsFound] | None]:
        """What the second reader is asked, and for which words, as far as the operator allows and there is something to ask."""
        parties = filter(None, (context.sender.name, context.recipient.name))
        disguise = Disguise(first.names, parties, on=self._settings.pseudonymise)
        uses = self._settings.uses
        return (
            second_reading(draft, first, disguise) if uses != "wording" else None,
            wordings(pieces(draft.text, first), disguise) if uses != "reading" else None,
        )

    async def close(self) -> None:
        await self._model.close()


async def _outcome(work: Awaitable[_T]) -> _T | Shortfall:
    try:
        return await work
    except AssistError as error:
        return error.reason
    except Exception as error:  # not even a fault of ours may cost the offline answer
        report(error, method="assist")
        return Shortfall.NO_PROOF


def _opinion(first: Review, heard: _Heard) -> Opinion:
    reading, words = heard.reading, heard.wordings
    return Opinion(
        first=first,
        flaws=reading.flaws if reading else (),
        disputed=reading.disputed if reading else frozenset(),
        components=reading.components if reading else {},
        wordings=words.by_piece if words else {},
    )


def _losses(heard: _Heard, review: Review) -> Iterable[Shortfall]:
    if heard.reading is not None and heard.reading.dropped:
        yield Shortfall.QUOTES_DROPPED
    refused = review.wordings is not None and review.wordings.kept < review.wordings.offered
    if refused or (heard.wordings is not None and heard.wordings.dropped):
        yield Shortfall.WORDINGS_REFUSED
