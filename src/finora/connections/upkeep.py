"""How a connection fares: what its syncs note about it, and when the next one is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.connections.models import Connection

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock


class Upkeep:
    """Notes how syncs went."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def synced(self, connection_id: str, *, deep: bool, next_at: datetime) -> None:
        """Note that a sync read everything that was due, with all that may be revised if `deep`."""
        now = self._clock.now()
        with self._ledger.session() as session:
            connection = session.get(Connection, connection_id)
            if connection is not None:
                connection.last_sync_at, connection.next_sync_at = now, next_at
                connection.last_deep_sync_at = now if deep else connection.last_deep_sync_at
                mended(connection)

    def failed(
        self,
        connection_id: str,
        code: str,
        reason: str,
        *,
        version: int | None,
        soonest: timedelta,
        latest: timedelta,
    ) -> None:
        """Note that a connection does not work at present, why, and when to try again.

        Args:
            connection_id: Which connection.
            code: The error's code.
            reason: The error's message.
            version: The version of the key that did not work; if it was replaced meanwhile, the next try is at once.
            soonest: How long to wait after the first failure. The wait grows with the time that nothing works.
            latest: How long to wait at most.
        """
        now = self._clock.now()
        with self._ledger.session() as session:
            connection = session.get(Connection, connection_id)
            if connection is None:
                return
            if version is not None and connection.credential_version != version:
                connection.next_sync_at = now
                return
            connection.failing_since = connection.failing_since or now
            connection.failing_code, connection.failing_reason = code, reason
            connection.next_sync_at = now + min(max(now - connection.failing_since, soonest), latest)

    def history_begins(self, connection_id: str, moment: datetime | None) -> None:
        """Note that the provider has nothing from before a moment; none where that is not known."""
        with self._ledger.session() as session:
            connection = session.get(Connection, connection_id)
            if connection is not None:
                connection.history_start = moment


def mended(connection: Connection) -> None:
    """Take back that a connection does not work."""
    connection.failing_code = connection.failing_reason = ""
    connection.failing_since = None
