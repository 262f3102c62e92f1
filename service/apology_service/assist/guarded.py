"""One question to the model, with all that keeps it from harm: cache, breaker, budget, few at a time, checked answers."""

import asyncio
import hashlib
import json
import logging
import random
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from apology_service.assist.breaker import Breaker
from apology_service.assist.budget import Budget
from apology_service.assist.cache import Cache
from apology_service.assist.endpoint import LanguageModel, Question
from apology_service.assist.failures import AssistError, Shortfall
from apology_service.settings import AssistSettings

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_PASSING = {Shortfall.BUSY, Shortfall.UNREACHABLE, Shortfall.ENDPOINT_ERROR}
_UNPAID = {Shortfall.BUSY, Shortfall.UNREACHABLE, Shortfall.REJECTED}
_PAUSE = 0.2
"""Seconds before the second try, doubled each time, and up to as much again by chance."""
_NEARLY = 0.9
"""A model that had this share of the operator's seconds and did not answer has failed; less is the haste of a caller."""

_TOKENS_A_TURN = 64
"""Rather more than what a chat template puts around a turn."""

_CHARACTERS_A_TOKEN = 3  # rather too few: what is set aside is settled by what the endpoint counts


class GuardedModel:
    """Asks `model` within the operator's bounds."""

    def __init__(self, model: LanguageModel, settings: AssistSettings, *, breaker: Breaker | None = None) -> None:
        self._model, self._settings = model, settings
        self._breaker = breaker or Breaker()
        self._budget = Budget(per_minute=settings.tokens_per_minute, per_day=settings.tokens_per_day)
        self._cache = Cache(entries=settings.cache_entries, seconds=settings.cache_seconds)
        self._turns = asyncio.Semaphore(settings.concurrency)

    @property
    def available(self) -> bool:
        return not self._breaker.open

    async def ask(self, question: Question, checked: Callable[[str], _T], *, seconds: float) -> _T:
        """What `checked` makes of the answer that comes within `seconds`; AssistError else.

        `checked` runs in another thread, for its work grows with answer and draft, and raises AssistError, too.
        """
        key = _key(question)
        if (kept := self._cache.get(key)) is not None:
            return await asyncio.to_thread(checked, kept)
        begun = time.monotonic()
        asked: float | None = None
        try:
            async with asyncio.timeout(seconds), self._turns:
                asked = time.monotonic()  # to wait for one's turn is no time that the model had
                text = await self._answer(question)
            found = await asyncio.to_thread(checked, text)
        except TimeoutError:
            if asked is not None and time.monotonic() - asked >= _NEARLY * self._settings.timeout_seconds:
                self._breaker.failed()
            failure = AssistError(Shortfall.TIMEOUT)
        except AssistError as error:
            failure = error
        else:
            self._cache.put(key, text)
            self._told(question, begun, "OK")
            return found
        self._told(question, begun, failure.reason)
        raise failure from None

    async def _answer(self, question: Question) -> str:
        for pause in (*(_PAUSE * 2**tried for tried in range(self._settings.retries)), None):
            try:
                return await self._try(question)
            except AssistError as error:
                if pause is None or error.reason not in _PASSING:
                    raise
            await asyncio.sleep(random.uniform(pause, 2 * pause))
        raise AssertionError("the last try returns or raises")

    async def _try(self, question: Question) -> str:
        if not self._breaker.admits():
            raise AssistError(Shortfall.CIRCUIT_OPEN)
        asked = sum(len(turn.text) for turn in question.turns) // _CHARACTERS_A_TOKEN
        settle = self._budget.reserve(asked + self._settings.max_answer_tokens)
        if settle is None:
            raise AssistError(Shortfall.BUDGET_SPENT)
        try:
            answer = await self._model.answer(question)
        except AssistError as error:
            self._breaker.failed() if error.of_endpoint else self._breaker.succeeded()
            if error.reason in _UNPAID:
                settle(0)
            raise
        self._breaker.succeeded()
        spent = answer.tokens or asked + len(answer.text) // _CHARACTERS_A_TOKEN
        settle(min(spent, _most_tokens(question) + self._settings.max_answer_tokens))
        return answer.text

    def _told(self, question: Question, begun: float, outcome: str) -> None:
        fields = {"use": question.name, "outcome": str(outcome), "ms": round((time.monotonic() - begun) * 1000)}
        _log.info("model", extra={"fields": fields})

    async def close(self) -> None:
        await self._model.close()


def _key(question: Question) -> str:
    """A digest, so that the cache holds no words of a draft."""
    return hashlib.sha256(json.dumps(asdict(question), sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _most_tokens(question: Question) -> int:
    """What the question can cost at most: no token stands for less than a byte."""
    texts = (json.dumps(question.schema), *(turn.text for turn in question.turns))
    return sum(len(text.encode("utf-8", "surrogatepass")) + _TOKENS_A_TURN for text in texts)
