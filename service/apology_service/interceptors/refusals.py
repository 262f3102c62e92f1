"""Calls refused for load or quota, told in sums: when they are many, a line for each would cost more than refusing it."""

import asyncio
import logging
from collections import Counter

_log = logging.getLogger(__name__)
_EVERY_SECONDS = 1.0


class Refusals:
    """Counts refused calls by method, code, reason and caller, and logs the counts a second after the first."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[str, str, str, str]] = Counter()

    def add(self, *, method: str, code: str, reason: str, caller: str) -> None:
        if not self._counted:
            asyncio.get_running_loop().call_later(_EVERY_SECONDS, self.tell)
        self._counted[method, code, reason, caller] += 1

    def tell(self) -> None:
        """Logs what was counted since the last time."""
        counted, self._counted = self._counted, Counter()
        for (method, code, reason, caller), calls in counted.items():
            told = {"method": method, "code": code, "reason": reason, "calls": calls}
            _log.info("calls refused", extra={"fields": told | ({"caller": caller} if caller else {})})
