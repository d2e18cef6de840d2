"""Looking at an event store without making or changing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.storage.events.clickhouse.draft import newest_version
from finora.storage.events.clickhouse.engine import Engine
from finora.storage.events.clickhouse.move_mark import refuse_half_moved
from finora.storage.events.clickhouse.schema import TABLES
from finora.storage.events.clickhouse.views import explained

if TYPE_CHECKING:
    from finora.storage.events.clickhouse.address import Address

_SYSTEM = "SELECT name FROM system.tables WHERE database = currentDatabase()"


def look(address: Address) -> str:
    """Return what there is, in a sentence.

    Raises:
        StorageError: It cannot be reached or used, or a move into it is not over; the message says what to do.
    """
    engine = Engine(address)
    try:
        ((server,),) = engine.rows("SELECT version()")
        there = {name for (name,) in engine.rows(_SYSTEM)}
        if not {each.name for each in TABLES} <= there:
            return f"ClickHouse {server} at {address.place} answers; the first start makes the tables."
        refuse_half_moved(engine)
        events = engine.scalar(explained("SELECT sum(events) FROM daily", newest_version(engine)))
        return f"ClickHouse {server} at {address.place} answers and has {events:,} events."
    finally:
        engine.close()
