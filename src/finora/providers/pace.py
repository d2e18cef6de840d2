"""Keeping below a provider's limits, which the customer's other tools share."""

from __future__ import annotations

import threading
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from finora.values.clock import Clock

_MINUTE = timedelta(minutes=1)
_LEAST_WAIT = 0.05
_RESERVE = 2
"""Requests a minute that those who read ahead leave over: with fewer, those they gave way to would at times have to wait for them."""
_PRECEDENCE = 0.1
"""How much longer each further one of those who read ahead waits, in parts of the even time between two requests."""


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
        self._holds: dict[str, tuple[datetime, timedelta]] = {}
        self._lock = threading.Lock()

    def wait_for(self, path: str, behind: int = 0) -> float:
        """Return the seconds until a request may pass, and count it if that is now.

        A request that others go before passes only once all those of the last minute would have passed at an even pace. It takes
        what whoever waits for each answer leaves of the limit, and nothing where that alone meets the limit.

        Args:
            path: The endpoint.
            behind: How many others are wanted before what this request is for.
        """
        limit = self._limits.get(path, self._limits.get("", 0))
        with self._lock:
            now = self._clock.now()
            wait = self._held(path, now)
            if wait <= timedelta() and limit > 0:
                passed = self._recent(path, now)
                wait = (
                    _until_free(passed, limit, now)
                    if behind == 0
                    else _until_even(passed, limit, now, behind)
                )
                if wait <= timedelta():
                    passed.append(now)
            return max(wait.total_seconds(), _LEAST_WAIT) if wait > timedelta() else 0.0

    def hold(self, path: str, seconds: float) -> None:
        """Let no request pass for so long, because the provider asked one for that patience."""
        with self._lock:
            now, asked = self._clock.now(), timedelta(seconds=seconds)
            if asked > self._held(path, now):
                self._holds[path] = (now, asked)

    def count(self, path: str) -> None:
        """Count a request that passes in any case."""
        with self._lock:
            now = self._clock.now()
            self._recent(path, now).append(now)

    def _held(self, path: str, now: datetime) -> timedelta:
        since, asked = self._holds.get(path, (now, timedelta()))
        if since > now:  # the clock was set back
            since = now
            self._holds[path] = (since, asked)
        return asked - (now - since)

    def _recent(self, path: str, now: datetime) -> deque[datetime]:
        passed = self._passed.setdefault(path, deque())
        ahead = sum(moment > now for moment in passed)
        if ahead:  # the clock was set back: what seems to lie ahead may have been just now
            passed = self._passed[path] = deque([*list(passed)[:-ahead], *[now] * ahead])
        while passed and now - passed[0] >= _MINUTE:
            passed.popleft()
        return passed


def _until_free(passed: Sequence[datetime], limit: int, now: datetime) -> timedelta:
    """Return how long it is until fewer than the limit passed in the minute before."""
    return _MINUTE - (now - passed[-limit]) if len(passed) >= limit else timedelta()


def _until_even(passed: Sequence[datetime], limit: int, now: datetime, behind: int) -> timedelta:
    """Return how long it is until what passed would have passed at an even pace, and those wanted before had their turn."""
    step = _MINUTE / max(limit - _RESERVE, 1)
    turns = [moment + step * number for number, moment in enumerate(reversed(passed), 1)]
    return max(turns) + step * (_PRECEDENCE * behind) - now if turns else timedelta()


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
