"""The event store on DuckDB: one file, one process."""

from finora.storage.events.duckdb.store import DuckDBEventStore

__all__ = ["DuckDBEventStore"]
