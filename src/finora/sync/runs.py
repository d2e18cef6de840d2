"""Sync runs as rows: asked for, widened, started, watched and ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from finora.sync.errors import SyncNotFound
from finora.sync.models import SyncRun

if TYPE_CHECKING:
    from datetime import datetime

    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock
    from finora.values.period import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is."""

    windows_done: int = 0
    windows_total: int = 0
    seconds_done: int = 0
    seconds_total: int = 0
    events: int = 0
    spend: int = 0
    usage_value: int = 0
    changed: int = 0
    requests: int = 0
    waiting_for: str = ""
    waiting_until: datetime | None = None

    def with_(self, **changes: object) -> Progress:
        """Return the progress with some figures changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


class SyncRuns:
    """Keeps the rows of sync runs."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def request(self, connection_id: str, span: Span | None = None) -> SyncRun:
        """Ask for a run; one that is pending already is widened instead.

        Args:
            connection_id: Which connection.
            span: What to read; without it, whatever is due.
        """
        with self._ledger.session() as session:
            pending = session.scalar(
                select(SyncRun).where(SyncRun.connection_id == connection_id, SyncRun.state == "pending")
            )
            if pending is not None:
                _widen(pending, span)
                return pending
            run = SyncRun(
                number=(session.scalar(select(func.max(SyncRun.number))) or 0) + 1,
                connection_id=connection_id,
                state="pending",
                due=span is None,
                requested_at=self._clock.now(),
                start=span.start if span else None,
                end=span.end if span else None,
            )
            session.add(run)
        return run

    def get(self, run_id: str) -> SyncRun:
        """Return a run.

        Raises:
            SyncNotFound: There is none of that id.
        """
        with self._ledger.reading() as session:
            run = session.get(SyncRun, run_id)
        if run is None:
            raise SyncNotFound("There is no such sync.")
        return run

    def pending(self) -> list[SyncRun]:
        """Return the runs that wait to start, oldest first."""
        with self._ledger.reading() as session:
            return list(
                session.scalars(select(SyncRun).where(SyncRun.state == "pending").order_by(SyncRun.number))
            )

    def latest(self, connection_id: str) -> SyncRun | None:
        """Return a connection's newest run."""
        with self._ledger.reading() as session:
            found = (
                select(SyncRun).where(SyncRun.connection_id == connection_id).order_by(SyncRun.number.desc())
            )
            return session.scalar(found.limit(1))

    def history(self, connection_id: str, limit: int = 50) -> list[SyncRun]:
        """Return a connection's runs, newest first."""
        with self._ledger.reading() as session:
            found = (
                select(SyncRun).where(SyncRun.connection_id == connection_id).order_by(SyncRun.number.desc())
            )
            return list(session.scalars(found.limit(limit)))

    def start(self, run_id: str) -> SyncRun:
        """Mark a run as running."""
        with self._ledger.session() as session:
            run = session.get_one(SyncRun, run_id)
            run.state, run.started_at = "running", self._clock.now()
        return run

    def watch(self, run_id: str, progress: Progress) -> None:
        """Write down how far a run is."""
        values = {name: getattr(progress, name) for name in Progress.__slots__}
        with self._ledger.session() as session:
            session.execute(update(SyncRun).where(SyncRun.id == run_id).values(values))

    def end(self, run_id: str, state: str, *, code: str = "", error: str = "") -> None:
        """Mark a run as ended."""
        with self._ledger.session() as session:
            run = session.get_one(SyncRun, run_id)
            run.state, run.finished_at = state, self._clock.now()
            run.error_code, run.error = code, error
            run.waiting_for, run.waiting_until = "", None

    def mark_stale(self, connection_id: str) -> None:
        """Mark a connection's running runs as stale; whoever calls this holds the lease, so nobody runs them."""
        with self._ledger.session() as session:
            session.execute(
                update(SyncRun)
                .where(SyncRun.connection_id == connection_id, SyncRun.state == "running")
                .values(state="stale", finished_at=self._clock.now(), error="The process that ran it ended.")
            )


def _widen(run: SyncRun, span: Span | None) -> None:
    if span is None:
        run.due = True
    else:
        run.start = min(run.start or span.start, span.start)
        run.end = max(run.end or span.end, span.end)
