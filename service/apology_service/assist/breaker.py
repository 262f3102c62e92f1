"""A circuit breaker: a model that fails again and again is left alone for a while, then asked once."""

import time
from collections import deque
from collections.abc import Callable


class Breaker:
    """Opens after `failures` within `window` seconds and lets one probe through after each `rest` seconds."""

    def __init__(
        self,
        *,
        failures: int = 5,
        window: float = 60.0,
        rest: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._window, self._rest, self._clock = failures, window, rest, clock
        self._failed: deque[float] = deque(maxlen=failures)
        self._next_probe: float | None = None

    @property
    def open(self) -> bool:
        """Whether a call would be refused now."""
        return self._next_probe is not None and self._clock() < self._next_probe

    def admits(self) -> bool:
        """Whether to call now. While it rests, the first call after the rest is a probe, and the next ones wait again."""
        if self.open:
            return False
        if self._next_probe is not None:
            self._next_probe = self._clock() + self._rest
        return True

    def succeeded(self) -> None:
        self._failed.clear()
        self._next_probe = None

    def failed(self) -> None:
        now = self._clock()
        self._failed.append(now)
        if len(self._failed) == self._most and now - self._failed[0] <= self._window:
            self._next_probe = now + self._rest
