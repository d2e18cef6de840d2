"""Names that repeat, kept once and pointed to by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from finora.storage.events.columns import NAME_TABLES, PLAN
from finora.storage.events.naming import described

if TYPE_CHECKING:
    import duckdb

    from finora.spend.model_name import ModelRules


class Names:
    """The numbers of all names, in memory and in the tables.

    Numbers given out inside a transaction become known to others only with `commit`.
    """

    def __init__(self, rules: ModelRules) -> None:
        self._rules = rules
        self._known: dict[str, dict[str, int]] = {table: {} for table in NAME_TABLES.values()}
        self._fresh: dict[str, dict[str, int]] = {table: {} for table in NAME_TABLES.values()}

    def load(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read all names."""
        for table, known in self._known.items():
            known.update(dict(cursor.execute(f"SELECT key, id FROM {table}").fetchall()))

    def misdescribed(self, cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
        """Return the rows of known models, as the rules describe them now, that say something else as they are."""
        stored = cursor.execute(
            "SELECT * EXCLUDE (id) FROM models WHERE id <> 0 AND NOT starts_with(key, ?)", (PLAN,)
        ).fetchall()
        return [now for row in stored if row != (now := described(self._rules, "models", row[0]))]

    def commit(self) -> None:
        """Keep the numbers given out since the last commit or rollback."""
        for table, fresh in self._fresh.items():
            self._known[table].update(fresh)
            fresh.clear()

    def rollback(self) -> None:
        """Forget the numbers given out since the last commit."""
        for fresh in self._fresh.values():
            fresh.clear()

    def number_column(
        self, cursor: duckdb.DuckDBPyConnection, column: str, names: pa.ChunkedArray
    ) -> pa.ChunkedArray:
        """Return a dictionary-encoded column as numbers, giving new names a number; null becomes 0."""
        table = NAME_TABLES[column]
        chunks = []
        for chunk in names.chunks:
            numbers = pa.array(
                [self.number(cursor, table, name) for name in chunk.dictionary.to_pylist()], pa.uint32()
            )
            chunks.append(pc.fill_null(pc.take(numbers, chunk.indices), 0))
        return pa.chunked_array(chunks, pa.uint32())

    def number(self, cursor: duckdb.DuckDBPyConnection, table: str, key: str | None) -> int:
        """Return a name's number, giving it one if it is new."""
        if key is None:
            return 0
        number = self._known[table].get(key) or self._fresh[table].get(key)
        if number is None:
            number = len(self._known[table]) + len(self._fresh[table])
            if key in self._known[table]:  # the “none” row's own key
                return 0
            row = (number, *described(self._rules, table, key))
            cursor.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
            self._fresh[table][key] = number
        return number
