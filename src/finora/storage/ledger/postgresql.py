"""What PostgreSQL needs to be told: that writing sessions take turns, as they do in SQLite, and that readers see one state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event

from finora.storage.ledger import sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

READS_ONE_STATE = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
"""The execution options of connections that only read; by default each statement would see a state of its own."""

_TURN = 0x46494E4F5241  # "FINORA"; any number that other programs in the same database do not take
_PATIENCE = "10s"


def teach(engine: Engine) -> None:
    """Let one writing transaction run at a time.

    Services read, decide and write: whether a run waits already, which number is the next, whose lease it is. Two that
    do so at once would both find nothing and both write. The ledger is written rarely and in short transactions.
    """

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(sqlite.READS_ONLY, False):
            return
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")
