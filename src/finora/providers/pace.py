"""Keeping below a provider's limits, which the customer's other tools share."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from finora.values.clock import Clock

_MINUTE = 60.0


class Pace:
    """Lets so many requests pass in any minute, for each endpoint.

    Args:
        limits: Requests a minute by path; `""` is for all other paths. 0 is no limit.
        clock: Tells the time; the caller does the waiting.
    """

    def __init__(self, limits: dict[str, int], clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._passed: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def wait_for(self, path: str) -> float:
        """Return the seconds until a request may pass, and count it if that is now."""
        limit = self._limits.get(path, self._limits.get("", 0))
        if limit == 0:
            return 0.0
        now = self._clock.now()
        with self._lock:
            passed = self._passed.setdefault(path, deque())
            while passed and (now - passed[0]).total_seconds() >= _MINUTE:
                passed.popleft()
            if len(passed) < limit:
                passed.append(now)
                return 0.0
            return max(_MINUTE - (now - passed[0]).total_seconds(), 0.05)
