"""A clock that stands still until something waits on it or a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class StoodClock:
    """Waits by moving on, and remembers how long each wait was."""

    def __init__(self, now: datetime = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)) -> None:
        self._now = now
        self.waits: list[float] = []

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move on by so many seconds."""
        self.waits.append(seconds)
        self.move(seconds=seconds)

    def move(self, **duration: float) -> None:
        """Move on, or back."""
        self._now += timedelta(**duration)
