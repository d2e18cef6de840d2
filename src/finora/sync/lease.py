"""The lease: lets any process sync a connection and no two at once."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from finora.storage.ledger import new_id
from finora.sync.errors import LeaseLost
from finora.sync.models import SyncLease

if TYPE_CHECKING:
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock

_TERM = timedelta(minutes=3)


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
        now = self._clock.now()
        with self._ledger.session() as session:
            lease = session.scalar(
                select(SyncLease).where(SyncLease.connection_id == self._connection_id).with_for_update()
            )
            if lease is None:
                session.add(
                    SyncLease(connection_id=self._connection_id, holder=self._holder, expires_at=now + _TERM)
                )
                return True
            if lease.holder != self._holder and lease.expires_at > now and not self._is_gone(lease.holder):
                return False
            lease.holder, lease.expires_at = self._holder, now + _TERM
            return True

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
