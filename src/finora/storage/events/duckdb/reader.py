"""Reading one consistent state, whatever is written meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from finora.storage.events.duckdb.dialect import DuckDBDialect
from finora.storage.events.duckdb.errors import troubles_told
from finora.values.patience import present_patience

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb

    from finora.spend.dialect import Dialect
    from finora.spend.statement import Statement
    from finora.storage.events.duckdb.file import EventFile
    from finora.storage.events.duckdb.summing import Kept


@contextmanager
def snapshot(file: EventFile, kept: Kept) -> Iterator[Snapshot]:
    """Yield a reader; a roll-up that is begun after `kept` was asked for, its state has no rows of."""
    cursor = file.database.cursor()
    try:
        cursor.begin()
        yield Snapshot(cursor, DuckDBDialect(*kept), file.path)
    finally:
        cursor.close()


class Snapshot:
    """Reads through a cursor with an open transaction."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, dialect: Dialect, path: Path) -> None:
        self._cursor = cursor
        self.dialect = dialect
        self._path = path

    def fetch(self, statement: Statement) -> list[tuple[object, ...]]:
        """Return the rows of a statement."""
        with self._stoppable(), troubles_told(self._path):
            return self._cursor.execute(statement.sql, statement.values).fetchall()

    def stream(self, statement: Statement, rows: int = 10_000) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a statement in batches, at least one, so that a file has its columns even without rows."""
        with self._stoppable(), troubles_told(self._path):
            reader = self._cursor.sql(statement.sql, params=list(statement.values)).to_arrow_reader(rows)
            first = next(reader, None)
        yield pa.RecordBatch.from_pylist([], schema=reader.schema) if first is None else first
        while True:
            with self._stoppable(), troubles_told(self._path):
                batch = next(reader, None)
            if batch is None:
                return
            yield batch

    def _stoppable(self) -> AbstractContextManager[None]:
        return present_patience().stopping(self._cursor.interrupt)
