"""Events held aside: kept with the reason, asked about, and counted only once someone accepts them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from finora.sync.errors import HeldEventCounted, HeldEventNotFound, HeldEventUnreadable
from finora.sync.models import HeldEventRow
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from finora.providers.base import HeldEvent
    from finora.storage.ledger import Ledger
    from finora.sync.runs import SyncRuns
    from finora.values.clock import Clock


class HeldEvents:
    """Keeps the events held aside.

    Args:
        ledger: Where they are kept.
        clock: The present.
        runs: Asked to read the time of an accepted event again.
    """

    def __init__(self, ledger: Ledger, clock: Clock, runs: SyncRuns) -> None:
        self._ledger = ledger
        self._clock = clock
        self._runs = runs

    def keep(self, connection_id: str, held: Sequence[HeldEvent]) -> None:
        """Keep events held aside by a read; those kept before stay as they are decided."""
        if not held:
            return
        with self._ledger.session() as session:
            known = set(
                session.scalars(
                    select(HeldEventRow.fingerprint).where(HeldEventRow.connection_id == connection_id)
                )
            )
            for event in {
                event.fingerprint: event for event in held if event.fingerprint not in known
            }.values():
                session.add(
                    HeldEventRow(
                        connection_id=connection_id,
                        fingerprint=event.fingerprint,
                        ts=None if event.ts is None else from_ms(event.ts),
                        reason=event.reason,
                        raw=event.raw,
                        held_at=self._clock.now(),
                    )
                )

    def accepted(self, connection_id: str) -> frozenset[str]:
        """Return the fingerprints of the events someone accepted."""
        with self._ledger.reading() as session:
            found = select(HeldEventRow.fingerprint).where(
                HeldEventRow.connection_id == connection_id, HeldEventRow.state == "accepted"
            )
            return frozenset(session.scalars(found))

    def open(self, connection_id: str) -> list[HeldEventRow]:
        """Return the events nobody decided about, newest first."""
        with self._ledger.reading() as session:
            found = select(HeldEventRow).where(
                HeldEventRow.connection_id == connection_id, HeldEventRow.state == "open"
            )
            return list(session.scalars(found.order_by(HeldEventRow.held_at.desc()).limit(500)))

    def count_open(self, connection_id: str) -> int:
        """Return how many events nobody decided about."""
        with self._ledger.reading() as session:
            found = select(func.count()).where(
                HeldEventRow.connection_id == connection_id, HeldEventRow.state == "open"
            )
            return session.scalar(found) or 0

    def decide(self, held_id: str, *, accept: bool, by: str) -> HeldEventRow:
        """Accept or reject an event held aside; the day of an accepted one is read again at once, so that it counts.

        Raises:
            HeldEventNotFound: There is none of that id.
            HeldEventUnreadable: It is to be accepted, but cannot be read.
            HeldEventCounted: It is to be rejected, but was accepted before.
        """
        with self._ledger.session() as session:
            row = session.get(HeldEventRow, held_id)
            if row is None:
                raise HeldEventNotFound("There is no such event held aside.")
            if accept and row.ts is None:
                raise HeldEventUnreadable(
                    "What the provider sent for this event cannot be read or stored, so it cannot be counted. Reject it; if the "
                    "provider mends it, it counts from the next refresh on."
                )
            if not accept and row.state == "accepted":
                raise HeldEventCounted("This event was accepted and counts; that cannot be undone.")
            row.state = "accepted" if accept else "rejected"
            row.decided_at, row.decided_by = self._clock.now(), by
        if accept and row.ts is not None:
            midnight = row.ts.replace(hour=0, minute=0, second=0, microsecond=0)
            self._runs.request(row.connection_id, Span(midnight, midnight + timedelta(days=1)))
        return row

    def forget(self, connection_id: str, session: Session) -> None:
        """Delete a connection's events held aside."""
        session.execute(delete(HeldEventRow).where(HeldEventRow.connection_id == connection_id))
