"""The event store: every event, on DuckDB."""

from finora.storage.events.errors import EventsBusy, EventsDamaged, EventsTooNew, EventsUnusable
from finora.storage.events.store import DuckDBEventStore

__all__ = ["DuckDBEventStore", "EventsBusy", "EventsDamaged", "EventsTooNew", "EventsUnusable"]
