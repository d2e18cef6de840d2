"""Reads one state of the store, over any number of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.storage.events.clickhouse.dialect import ClickHouseDialect
from finora.storage.events.clickhouse.views import explained

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from finora.spend.statement import Statement
    from finora.storage.events.clickhouse.engine import Engine


class Snapshot:
    """Reads what counts at a version; later writes change none of its rows."""

    dialect = ClickHouseDialect()

    def __init__(self, engine: Engine, version: int) -> None:
        self._engine = engine
        self._version = version

    def fetch(self, statement: Statement) -> list[tuple[object, ...]]:
        """Return the rows of a statement."""
        return self._engine.rows(explained(statement.sql, self._version), *statement.values)

    def stream(self, statement: Statement, rows: int = 10_000) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a statement in batches, at least one, so that a file has its columns even without rows."""
        return self._engine.batches(explained(statement.sql, self._version), statement.values, rows)
