"""Breaker, budget, cache, prompts, and what is loaded when."""

import asyncio
import re
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import BaseModel

from apology_rules import RULES
from apology_service import assist
from apology_service.assist.answers import LABELS, ReadingAnswer, WordingAnswer, parsed
from apology_service.assist.breaker import Breaker
from apology_service.assist.budget import Budget
from apology_service.assist.cache import Cache
from apology_service.assist.failures import AssistError, Shortfall
from apology_service.assist.prompts import NAMES, prompt, version
from apology_service.settings import AssistSettings, SettingsError


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_breaker_opens_rests_and_tries_once() -> None:
    clock = Clock()
    breaker = Breaker(failures=3, window=60, rest=30, clock=clock)
    for _ in range(2):
        breaker.failed()
    assert breaker.admits()
    breaker.failed()
    assert breaker.open
    assert not breaker.admits()
    clock.now += 31
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.failed()
    clock.now += 29
    assert not breaker.admits()
    clock.now += 2
    assert breaker.admits()
    breaker.succeeded()
    assert [breaker.admits(), breaker.admits()] == [True, True]


def test_failures_that_lie_far_apart_open_no_breaker() -> None:
    clock = Clock()
    breaker = Breaker(failures=2, window=60, rest=30, clock=clock)
    for _ in range(5):
        breaker.failed()
        clock.now += 61
    assert breaker.admits()


def test_a_budget_counts_what_was_spent_and_forgets_after_a_minute() -> None:
    clock = Clock()
    budget = Budget(per_minute=100, per_day=150, clock=clock)
    settle = budget.reserve(100)
    assert settle
    assert budget.reserve(1) is None
    settle(60)
    assert budget.reserve(41) is None
    assert budget.reserve(40)
    clock.now += 61
    assert budget.reserve(51) is None
    assert budget.reserve(50)
    clock.now += 86_400
    assert budget.reserve(100)


def test_a_budget_without_bounds_keeps_nothing() -> None:
    budget = Budget(per_minute=0, per_day=0)
    assert all(budget.reserve(10**9) for _ in range(3))


async def test_a_cache_keeps_what_was_used_last() -> None:
    cache = Cache(entries=2, seconds=3600)
    cache.put("a", "1")
    cache.put("b", "2")
    assert cache.get("a") == "1"
    cache.put("c", "3")
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("1", None, "3")


async def test_a_cache_forgets_what_nobody_asks_for() -> None:
    cache = Cache(entries=2, seconds=0.01)
    cache.put("a", "1")
    assert len(cache) == 1
    async with asyncio.timeout(60):
        while len(cache):
            await asyncio.sleep(0.005)


async def test_a_cache_of_nothing_keeps_nothing() -> None:
    cache = Cache(entries=0, seconds=3600)
    cache.put("a", "1")
    assert cache.get("a") is None


@pytest.mark.parametrize(
    "text",
    [
        '{"pieces": [{"number": 1, "text": "x"}]}',
        '```json\n{"pieces": [{"number": 1, "text": "x"}]}\n```',
        'Here you are: {"pieces": [{"number": 1, "text": "x"}]} Anything else?',
    ],
)
def test_an_answer_is_parsed_leniently(text: str) -> None:
    assert parsed(WordingAnswer, text).pieces[0].text == "x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "}{",
        '{"pieces": [{"number": "1", "text": "x"}]}',
        '{"pieces": [{"number": 1}]}',
        '{"pieces": [{"number": 1, "text": "x", "score": 100}]}',
        '{"pieces": [{"number": 1, "text": "%s"}]}' % ("x" * 5000),
        '{"pieces": %s}' % ([{"number": 1, "text": ""}] * 41),
    ],
)
def test_and_checked_strictly(text: str) -> None:
    with pytest.raises(AssistError) as caught:
        parsed(WordingAnswer, text.replace("'", '"'))
    assert caught.value.reason is Shortfall.MALFORMED


@pytest.mark.parametrize(("name", "kind"), [("reading", ReadingAnswer), ("wording", WordingAnswer)])
def test_every_example_of_a_prompt_is_an_answer_that_would_be_taken(name: str, kind: type[BaseModel]) -> None:
    assert prompt(name).examples
    for example in prompt(name).examples:
        parsed(kind, example.answer)


def test_the_prompts_know_every_rule_over_words() -> None:
    system = prompt("reading").system
    for label in LABELS:
        assert label.split(".")[-1] in system, label
    for example in prompt("wording").examples:
        assert set(example.rules) <= {rule.id for rule in RULES}


def test_the_version_of_the_prompts_holds_those_of_the_files() -> None:
    for name in NAMES:
        raw = (files("apology_service.assist") / "prompts" / f"{name}.toml").read_text(encoding="utf-8")
        assert f"{name}-{tomllib.loads(raw)['version']}." in version()


def test_only_a_server_that_is_to_ask_a_model_loads_its_client() -> None:
    package = Path(assist.__file__).parent
    importing = {
        path.name
        for path in package.parent.rglob("*.py")
        if re.search(r"^\s*(?:import|from) (?:openai|pydantic)\b", path.read_text(encoding="utf-8"), re.M)
    }
    assert importing == {"endpoint.py", "answers.py"}
    assert not re.search(r"^(?:import|from) .*assistant", (package / "__init__.py").read_text(encoding="utf-8"), re.M)


def test_a_model_without_its_client_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    for name in [name for name in sys.modules if name.startswith("apology_service.assist.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SettingsError, match=r"install apology-review\[llm\]"):
        assist.load(AssistSettings(base_url="http://127.0.0.1/v1", model="m"), {})
