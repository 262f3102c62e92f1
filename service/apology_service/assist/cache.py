"""Answers of the model, kept in memory for a while, so that the same question costs once."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Entry:
    answer: str
    end: asyncio.TimerHandle


class Cache:
    """The `entries` answers used last, each for `seconds`; 0 entries keep nothing. Keys are digests, never texts.

    An answer goes when its time is over, whether or not anybody asks.
    """

    def __init__(self, *, entries: int, seconds: float) -> None:
        self._entries, self._seconds = entries, seconds
        self._kept: OrderedDict[str, _Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> str | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key].answer

    def put(self, key: str, answer: str) -> None:
        if not self._entries:
            return
        self._drop(key)
        self._kept[key] = _Entry(answer, asyncio.get_running_loop().call_later(self._seconds, self._drop, key))
        while len(self._kept) > self._entries:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        if (entry := self._kept.pop(key, None)) is not None:
            entry.end.cancel()
