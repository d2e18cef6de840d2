"""Events held aside: kept with the reason, asked about, and counted only once someone accepts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from finora.sync.errors import HeldEventNotFound
from finora.sync.models import HeldEventRow
from finora.values.period import from_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.providers.base import HeldEvent
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock


class HeldEvents:
    """Keeps the events held aside."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

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
                        ts=None
                        if event.ts is None or not 0 <= event.ts < 4_102_444_800_000
                        else from_ms(event.ts),
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
        """Accept or reject an event held aside; an accepted one counts from the next read of its time on.

        Raises:
            HeldEventNotFound: There is none of that id.
        """
        with self._ledger.session() as session:
            row = session.get(HeldEventRow, held_id)
            if row is None:
                raise HeldEventNotFound("There is no such event held aside.")
            row.state = "accepted" if accept else "rejected"
            row.decided_at, row.decided_by = self._clock.now(), by
        return row
