"""Sync runs as rows: asked for, widened, started, watched and ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from finora.sync.errors import SyncNotFound
from finora.sync.models import SyncRun
from finora.values.period import Span

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock


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
            return _requested(session, connection_id, span, self._clock.now())

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

    def start(self, run_id: str) -> SyncRun | None:
        """Mark a run as running; none where it does not wait any more, because another process ran it or it was deleted."""
        with self._ledger.session() as session:
            run = session.get(SyncRun, run_id)
            if run is None or run.state != "pending":
                return None
            run.state, run.started_at = "running", self._clock.now()
        return run

    def watch(self, run_id: str, progress: Progress) -> None:
        """Write down how far a run is."""
        values = {name: getattr(progress, name) for name in Progress.__slots__}
        with self._ledger.session() as session:
            session.execute(update(SyncRun).where(SyncRun.id == run_id).values(values))

    def end(self, run_id: str, state: str, *, code: str = "", error: str = "") -> None:
        """Mark a run as ended; one that was deleted with its connection meanwhile stays so."""
        with self._ledger.session() as session:
            run = session.get(SyncRun, run_id)
            if run is None:
                return
            run.state, run.finished_at = state, self._clock.now()
            run.error_code, run.error = code, error
            run.waiting_for, run.waiting_until = "", None

    def put_back(self, run_id: str) -> None:
        """Let a run that was stopped wait to start again."""
        with self._ledger.session() as session:
            run = session.get(SyncRun, run_id)
            if run is None:
                return
            pending = _pending(session, run.connection_id)
            if pending is None:
                run.state, run.started_at = "pending", None
                run.waiting_for, run.waiting_until = "", None
            else:
                _give_up(session, run, self._clock.now())

    def mark_stale(self, connection_id: str) -> None:
        """Mark a connection's running runs as stale; whoever calls this holds the lease, so nobody runs them.

        A span that they were asked to read is asked for again; what was due still is.
        """
        with self._ledger.session() as session:
            found = select(SyncRun).where(SyncRun.connection_id == connection_id, SyncRun.state == "running")
            for run in session.scalars(found.order_by(SyncRun.number)).all():
                _give_up(session, run, self._clock.now())

    def running(self) -> list[SyncRun]:
        """Return the runs under way, or whose process died on the way."""
        with self._ledger.reading() as session:
            return list(session.scalars(select(SyncRun).where(SyncRun.state == "running")))

    def forget(self, connection_id: str, session: Session) -> None:
        """Delete a connection's runs."""
        session.execute(delete(SyncRun).where(SyncRun.connection_id == connection_id))


def _pending(session: Session, connection_id: str) -> SyncRun | None:
    return session.scalar(
        select(SyncRun).where(SyncRun.connection_id == connection_id, SyncRun.state == "pending")
    )


def _requested(session: Session, connection_id: str, span: Span | None, now: datetime) -> SyncRun:
    pending = _pending(session, connection_id)
    if pending is not None:
        _widen(pending, span)
        return pending
    run = SyncRun(
        number=(session.scalar(select(func.max(SyncRun.number))) or 0) + 1,
        connection_id=connection_id,
        state="pending",
        due=span is None,
        requested_at=now,
        start=span.start if span else None,
        end=span.end if span else None,
    )
    session.add(run)
    session.flush()
    return run


def _give_up(session: Session, run: SyncRun, now: datetime) -> None:
    run.state, run.finished_at = "stale", now
    run.error = "The process that ran it ended."
    run.waiting_for, run.waiting_until = "", None
    if run.start is not None and run.end is not None:
        _requested(session, run.connection_id, Span(run.start, run.end), now)


def _widen(run: SyncRun, span: Span | None) -> None:
    if span is None:
        run.due = True
    else:
        run.start = min(run.start or span.start, span.start)
        run.end = max(run.end or span.end, span.end)
