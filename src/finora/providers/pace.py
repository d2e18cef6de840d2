"""Keeping below a provider's limits, which the customer's other tools share."""

from __future__ import annotations

import threading
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from finora.values.clock import Clock

_MINUTE = timedelta(minutes=1)
_LEAST_WAIT = 0.05


class Pace:
    """Lets so many requests pass in any minute, for each endpoint.

    Args:
        limits: Requests a minute by path; `""` is for all other paths. 0 is no limit.
        clock: Tells the time; the caller does the waiting.
    """

    def __init__(self, limits: Mapping[str, int], clock: Clock) -> None:
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
            passed = self._recent(path, now)
            if len(passed) >= limit:
                return max((_MINUTE - (now - passed[-limit])).total_seconds(), _LEAST_WAIT)
            passed.append(now)
            return 0.0

    def count(self, path: str) -> None:
        """Count a request that passes in any case."""
        now = self._clock.now()
        with self._lock:
            self._recent(path, now).append(now)

    def _recent(self, path: str, now: datetime) -> deque[datetime]:
        passed = self._passed.setdefault(path, deque())
        ahead = sum(moment > now for moment in passed)
        if ahead:  # the clock was set back: what seems to lie ahead may have been just now
            passed = self._passed[path] = deque([*list(passed)[:-ahead], *[now] * ahead])
        while passed and now - passed[0] >= _MINUTE:
            passed.popleft()
        return passed


class Pacing:
    """The pace of each account, kept from one run to the next: all of them together stay below the limit."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._paces: dict[str, Pace] = {}
        self._lock = threading.Lock()

    def of(self, account: str, limits: Mapping[str, int]) -> Pace:
        """Return the pace of an account, made with these limits when it is asked for first."""
        with self._lock:
            return self._paces.setdefault(account, Pace(limits, self._clock))
