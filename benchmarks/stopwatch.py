"""Where the time of a review goes: what each part spends, without the parts that it calls."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any
from unittest.mock import patch

from spacy.language import Language

from apology_rules import engine
from apology_rules.reader import Reader
from apology_rules.reading import layout, parsed, reading
from apology_rules.reading.phrases import PhraseFinder

_PARTS: tuple[tuple[str, object, str], ...] = (
    ("parse", Language, "make_doc"),
    ("parse", Language, "__call__"),
    ("reader", Reader, "read"),
    ("layout", layout, "lines"),
    ("layout", layout, "analysis_text"),
    ("phrases", PhraseFinder, "find"),
    ("clauses", parsed.ParsedDraft, "__init__"),
    ("apologies", parsed, "apologies"),
    ("gate", reading, "is_apology"),
    ("components", reading, "read_components"),
    ("rules", engine, "hits"),
    ("promises", engine, "promises"),
    ("language", engine, "detect"),
    ("readability", engine, "readability"),
)
"""Parts and the functions in which they are done. A function is replaced where its caller looks it up."""

REST = "rest"


class Stopwatch:
    """Adds up seconds by part."""

    def __init__(self) -> None:
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = 0.0

    @property
    def spent(self) -> Mapping[str, float]:
        return dict(self._spent)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Charges what runs inside to `name`, and takes it off the part around it."""
        self._charge()
        self._running.append(name)
        try:
            yield
        finally:
            self._charge()
            self._running.pop()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Charges every review that runs inside, part by part."""
        with ExitStack() as stack:
            for name, owner, attribute in _PARTS:
                watched = self._watched(name, getattr(owner, attribute))
                stack.enter_context(patch.object(owner, attribute, watched))
            yield

    def _charge(self) -> None:
        now = perf_counter()
        if self._running:
            self._spent[self._running[-1]] += now - self._since
        self._since = now

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            with self.part(name):
                answer = call(*args, **kwargs)
                return list(answer) if isinstance(answer, Iterator) else answer

        return run
