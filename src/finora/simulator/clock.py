"""Simulated time: a clock that runs, faster or slower than the wall, and one that stands still."""

import time
from collections.abc import Callable
from typing import Protocol

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


class Clock(Protocol):
    """Source of simulated time, in milliseconds since the Unix epoch (UTC)."""

    @property
    def speed(self) -> float:
        """Simulated seconds that pass in one real second; 0 where time stands still."""

    def now_ms(self) -> int:
        """Simulated time at this moment."""

    def advance(self, ms: int) -> None:
        """Jump forward by `ms` simulated milliseconds."""


class RunningClock:
    """A clock that goes on by itself, one real second being `speed` simulated seconds."""

    def __init__(
        self, start_ms: int, *, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        if speed <= 0:
            raise ValueError(
                f"A running clock needs a speed above 0, not {speed}; use ManualClock to stand still."
            )
        self.speed = speed
        self._start_ms = start_ms
        self._monotonic = monotonic
        self._origin = monotonic()

    def now_ms(self) -> int:
        """Start plus the scaled real time that has passed plus every jump."""
        return self._start_ms + int((self._monotonic() - self._origin) * self.speed * SECOND_MS)

    def advance(self, ms: int) -> None:
        """Jump forward by `ms`."""
        self._start_ms += ms


class ManualClock:
    """A clock that stands still until it is moved."""

    speed = 0.0

    def __init__(self, start_ms: int) -> None:
        self._now_ms = start_ms

    def now_ms(self) -> int:
        """The moment it was last moved to."""
        return self._now_ms

    def advance(self, ms: int) -> None:
        """Move forward by `ms`."""
        self._now_ms += ms

    def set(self, ms: int) -> None:
        """Move to `ms`, forward or back."""
        self._now_ms = ms
