"""Answers of the model, kept in memory for a while, so that the same question costs once."""

import time
from collections import OrderedDict
from collections.abc import Callable


class Cache:
    """The `entries` answers used last, each for `seconds`; 0 entries keep nothing. Keys are digests, never texts."""

    def __init__(self, *, entries: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._entries, self._seconds, self._clock = entries, seconds, clock
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def get(self, key: str) -> str | None:
        stored, answer = self._kept.get(key, (0.0, ""))
        if key not in self._kept:
            return None
        if self._clock() - stored > self._seconds:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return answer

    def put(self, key: str, answer: str) -> None:
        if not self._entries:
            return
        self._kept[key] = (self._clock(), answer)
        self._kept.move_to_end(key)
        while len(self._kept) > self._entries:
            self._kept.popitem(last=False)
