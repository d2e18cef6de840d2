"""The event store: every event, on DuckDB."""

from finora.storage.events.duckdb import (
    DuckDBEventStore,
    EventsBusy,
    EventsDamaged,
    EventsTooNew,
    EventsUnusable,
)

__all__ = ["DuckDBEventStore", "EventsBusy", "EventsDamaged", "EventsTooNew", "EventsUnusable"]
