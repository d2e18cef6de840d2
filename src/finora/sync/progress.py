"""Progress as a row that others can watch, written often enough to look alive and not so often that it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from finora.sync.runs import Progress

if TYPE_CHECKING:
    from datetime import datetime

    from finora.sync.runs import SyncRuns
    from finora.values.clock import Clock

_EVERY = timedelta(milliseconds=500)


class Reporter:
    """Writes a run's progress."""

    def __init__(self, runs: SyncRuns, run_id: str, clock: Clock) -> None:
        self._runs = runs
        self._run_id = run_id
        self._clock = clock
        self._written: tuple[datetime, Progress] | None = None
        self.progress = Progress()

    def update(self, *, now: bool = False, **changes: object) -> None:
        """Change some figures; they are written at once if `now`, else within half a second of the last time."""
        self.progress = self.progress.with_(**changes)
        if now or self._is_time():
            self._runs.watch(self._run_id, self.progress)
            self._written = (self._clock.now(), self.progress)

    def _is_time(self) -> bool:
        if self._written is None:
            return True
        at, progress = self._written
        return progress != self.progress and abs(self._clock.now() - at) >= _EVERY

    def waiting(self, reason: str, seconds: float) -> None:
        """Say why the run waits, and for how long; an empty reason ends the waiting."""
        until = self._clock.now() + timedelta(seconds=seconds) if reason else None
        self.update(now=bool(reason) and seconds >= 1, waiting_for=reason, waiting_until=until)

    def waiting_until(self, reason: str, until: datetime | None) -> None:
        """Say why the run waits, and until when, if that is not said yet; see `waiting`."""
        if (reason, until) != (self.progress.waiting_for, self.progress.waiting_until):
            self.update(waiting_for=reason, waiting_until=until)
