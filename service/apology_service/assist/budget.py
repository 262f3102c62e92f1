"""What the operator will spend on a language model: tokens a minute and a day."""

import time
from collections import deque
from collections.abc import Callable

_MINUTE, _DAY = 60.0, 86_400.0


class Budget:
    """Sliding windows over tokens spent; 0 sets no bound. A process counts its own."""

    def __init__(self, *, per_minute: int, per_day: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._bounds = [(seconds, most) for seconds, most in ((_MINUTE, per_minute), (_DAY, per_day)) if most]
        self._longest = max((seconds for seconds, _ in self._bounds), default=0.0)
        self._spent: deque[list[float]] = deque()
        self._clock = clock

    def reserve(self, tokens: int) -> Callable[[int], None] | None:
        """Sets `tokens` aside; None when they are not there. The answer takes what was really spent in the end."""
        now = self._clock()
        while self._spent and self._spent[0][0] <= now - self._longest:
            self._spent.popleft()
        for seconds, most in self._bounds:
            if sum(spent for when, spent in self._spent if when > now - seconds) + tokens > most:
                return None
        entry = [now, float(tokens)]
        if self._bounds:
            self._spent.append(entry)

        def settle(spent: int) -> None:
            entry[1] = float(spent)

        return settle
