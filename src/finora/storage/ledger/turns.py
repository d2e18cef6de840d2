"""Turns at something that only one process may do at a time, such as writing to the event store."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from finora.storage.ledger import sqlite
from finora.storage.ledger.errors import LedgerBusy, troubles_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from finora.storage.ledger.ledger import Ledger

_EVENTS = 0x46494E4F5242  # beside the number of turns at the ledger itself, see `postgresql`
_LOOK_EVERY_SECONDS = 0.05
_PATIENCE_SECONDS = 600.0


class LedgerTurns:
    """Lets one process at a time write to the event store that belongs to a ledger.

    With PostgreSQL it is a lock that the server keeps for a connection, and gives back when the process or the network
    dies. A SQLite file, and so its event store, belongs to one process anyway.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._here = threading.RLock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only one in this block.

        Raises:
            LedgerBusy: Others were in it for ten minutes.
            StorageError: The ledger cannot be asked.
        """
        with self._here:
            if not self._ledger.shared:
                yield
                return
            # Each statement stands for itself: an open transaction would hold PostgreSQL's own cleaning up.
            engine = self._ledger.engine.execution_options(
                isolation_level="AUTOCOMMIT", **{sqlite.READS_ONLY: True}
            )
            with troubles_told(self._ledger.place):
                connection = engine.connect()
            try:
                self._wait(connection)
                yield
            finally:
                _give_back(connection)

    def _wait(self, connection: Connection) -> None:
        end = time.monotonic() + _PATIENCE_SECONDS
        with troubles_told(self._ledger.place):
            while not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_EVENTS})").scalar_one():
                if time.monotonic() >= end:
                    raise LedgerBusy(
                        "Other processes of Finora write to the event store all the time. What was to be written is tried again."
                    )
                time.sleep(_LOOK_EVERY_SECONDS)


def _give_back(connection: Connection) -> None:
    """End the turn, if need be with the connection."""
    try:
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_EVENTS})")
    except DBAPIError:
        connection.invalidate()
    finally:
        connection.close()
