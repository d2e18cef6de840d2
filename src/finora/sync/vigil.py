"""Watching over a run: its lease is kept while it works and waits, and it ends soon after Finora is told to stop."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from finora.sync.errors import SyncStopped

if TYPE_CHECKING:
    import threading
    from datetime import datetime

    from finora.sync.lease import Lease
    from finora.values.clock import Clock

_RENEW_EVERY = timedelta(seconds=30)
_LONGEST_SLEEP = 1.0


class Vigil:
    """Keeps a run's lease.

    Args:
        lease: What is kept.
        clock: The present.
        stopping: Set once Finora stops.
    """

    def __init__(self, lease: Lease, clock: Clock, stopping: threading.Event) -> None:
        self._lease = lease
        self._clock = clock
        self._stopping = stopping
        self._renewed_at: datetime | None = None

    def check(self) -> None:
        """Renew the lease if it is time to.

        Raises:
            SyncStopped: Finora stops.
            LeaseLost: Another process took over.
        """
        if self._stopping.is_set():
            raise SyncStopped
        now = self._clock.now()
        if self._renewed_at is None or abs(now - self._renewed_at) >= _RENEW_EVERY:
            self.renew()

    def renew(self) -> None:
        """Renew the lease now, as before anything is written; what was read is still stored when Finora stops.

        Raises:
            LeaseLost: Another process took over.
        """
        self._lease.renew()
        self._renewed_at = self._clock.now()


class Watch(Protocol):
    """Whatever may end a wait."""

    def check(self) -> None:
        """Return if the wait is to go on; what it raises ends it."""


class WatchedClock:
    """A clock whose waits are looked after, every second: those of a run keep its lease, and end when Finora stops."""

    def __init__(self, clock: Clock, watch: Watch) -> None:
        self._clock = clock
        self._watch = watch

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Return once so many seconds have passed.

        Raises:
            Exception: What the watch raises, as `Vigil.check` does.
        """
        left = seconds
        while left > 0:
            self._watch.check()
            step = min(left, _LONGEST_SLEEP)
            self._clock.sleep(step)
            left -= step
