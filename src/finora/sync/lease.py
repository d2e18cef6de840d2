"""The lease: lets any process sync a connection and no two at once."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from finora.storage.ledger import new_id
from finora.sync.errors import LeaseLost
from finora.sync.models import SyncLease

if TYPE_CHECKING:
    from datetime import datetime

    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock

TERM = timedelta(minutes=3)
"""How long a lease lasts without being renewed."""


class Lease:
    """One holder's lease on one connection.

    A holder that dies leaves its lease behind. Another may take it once it has expired, and at once where the holder's
    process was on this machine and is gone.

    Args:
        ledger: Where leases are kept.
        clock: The present.
        connection_id: What is leased.
        process: Tells this process from earlier ones with the same number, as a container's always is 1.
    """

    def __init__(self, ledger: Ledger, clock: Clock, connection_id: str, process: str) -> None:
        self._ledger = ledger
        self._clock = clock
        self._connection_id = connection_id
        self._process = process
        self._holder = f"{_machine()}:{os.getpid()}:{process}:{new_id()[:8]}"

    def take(self) -> bool:
        """Take the lease if it is free, and say whether that worked."""
        try:
            return self._take()
        except IntegrityError:  # another took it for the first time in the same instant
            return False

    def renew(self) -> None:
        """Hold on to the lease.

        Raises:
            LeaseLost: It expired and another took it.
        """
        if not self.take():
            raise LeaseLost(
                "Another process took over this sync, because this one had not shown itself for minutes."
            )

    def release(self) -> None:
        """Give the lease back, if it is still ours."""
        with self._ledger.session() as session:
            session.execute(
                delete(SyncLease).where(
                    SyncLease.connection_id == self._connection_id, SyncLease.holder == self._holder
                )
            )

    def _take(self) -> bool:
        now = self._clock.now()
        with self._ledger.session() as session:
            lease = session.scalar(
                select(SyncLease).where(SyncLease.connection_id == self._connection_id).with_for_update()
            )
            if lease is None:
                session.add(
                    SyncLease(connection_id=self._connection_id, holder=self._holder, expires_at=now + TERM)
                )
                return True
            if lease.holder != self._holder and self._is_held(lease, now):
                return False
            lease.holder, lease.expires_at = self._holder, now + TERM
            return True

    def _is_held(self, lease: SyncLease, now: datetime) -> bool:
        # A lease that ends later than any can was taken before the clock was set back.
        return now < lease.expires_at <= now + 2 * TERM and not self._is_gone(lease.holder)

    def _is_gone(self, holder: str) -> bool:
        """Return whether a holder's process surely is no more."""
        machine, number, process, _token = holder.split(":")
        if machine != _machine():
            return False
        if int(number) == os.getpid():
            return process != self._process
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def _machine() -> str:
    return socket.gethostname().replace(":", "-")[:60]
