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
_DOWN = {Shortfall.TIMEOUT, Shortfall.BUSY, Shortfall.UNREACHABLE, Shortfall.ENDPOINT_ERROR, Shortfall.REJECTED}
_PASSING = {Shortfall.BUSY, Shortfall.UNREACHABLE, Shortfall.ENDPOINT_ERROR}
_UNPAID = {Shortfall.BUSY, Shortfall.UNREACHABLE, Shortfall.REJECTED}
_PAUSE = 0.2
"""Seconds before the second try, doubled each time, and up to as much again by chance."""
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
        """What `checked` makes of the answer, within `seconds`; AssistError else. `checked` raises AssistError, too."""
        key = self._key(question)
        if (kept := self._cache.get(key)) is not None:
            return checked(kept)
        begun, asked = time.monotonic(), False
        try:
            async with asyncio.timeout(seconds), self._turns:
                asked = True
                text = await self._answer(question)
            found = checked(text)
        except TimeoutError:
            if asked:  # to wait for one's turn is no fault of the model
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
            self._breaker.failed() if error.reason in _DOWN else self._breaker.succeeded()
            if error.reason in _UNPAID:
                settle(0)
            raise
        self._breaker.succeeded()
        settle(answer.tokens or asked + len(answer.text) // _CHARACTERS_A_TOKEN)
        return answer.text

    def _key(self, question: Question) -> str:
        settings = self._settings
        told = [settings.base_url, settings.model, settings.dialect, settings.seed, asdict(question)]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()

    def _told(self, question: Question, begun: float, outcome: str) -> None:
        fields = {"use": question.name, "outcome": str(outcome), "ms": round((time.monotonic() - begun) * 1000)}
        _log.info("model", extra={"fields": fields})

    async def close(self) -> None:
        await self._model.close()
