"""The event store: every event, on DuckDB or ClickHouse."""

from finora.storage.events.clickhouse import parse_address as parse_events_address
from finora.storage.events.duckdb import DuckDBEventStore
from finora.storage.events.errors import (
    EventsBusy,
    EventsByOtherDays,
    EventsDamaged,
    EventsHalfMoved,
    EventsTooLarge,
    EventsTooNew,
    EventsUnusable,
)

__all__ = [
    "DuckDBEventStore",
    "EventsBusy",
    "EventsByOtherDays",
    "EventsDamaged",
    "EventsHalfMoved",
    "EventsTooLarge",
    "EventsTooNew",
    "EventsUnusable",
    "parse_events_address",
]
