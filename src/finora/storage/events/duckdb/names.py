"""Names that repeat, kept once and pointed to by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from finora.storage.events.columns import NAME_TABLES, PLAN
from finora.storage.events.duckdb.lent import lent
from finora.storage.events.naming import described

if TYPE_CHECKING:
    from collections.abc import Sequence

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
            numbers = pa.array(self._numbers(cursor, table, chunk.dictionary.to_pylist()), pa.uint32())
            taken = pc.take(numbers, chunk.indices)
            chunks.append(pc.fill_null(taken, 0) if taken.null_count else taken)
        return pa.chunked_array(chunks, pa.uint32())

    def number(self, cursor: duckdb.DuckDBPyConnection, table: str, key: str | None) -> int:
        """Return a name's number, giving it one if it is new."""
        return self._numbers(cursor, table, [key])[0]

    def _numbers(
        self, cursor: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str | None]
    ) -> list[int]:
        known, fresh = self._known[table], self._fresh[table]
        # Row 0 stands for none, and its own key for itself.
        new = [
            key for key in dict.fromkeys(keys) if key not in known and key not in fresh and key is not None
        ]
        if new:
            first = len(known) + len(fresh)
            _insert(cursor, table, first, [described(self._rules, table, key) for key in new])
            fresh.update(zip(new, range(first, first + len(new)), strict=True))
        return [0 if key is None else known[key] if key in known else fresh[key] for key in keys]


def _insert(
    cursor: duckdb.DuckDBPyConnection, table: str, first: int, rows: Sequence[tuple[str, ...]]
) -> None:
    """Put rows into a table of names, numbered from `first`.

    A first window brings hundreds, and a statement for each would cost as much as all its events.
    """
    columns = [pa.array(range(first, first + len(rows)), pa.uint32())]
    columns += [pa.array(texts, pa.string()) for texts in zip(*rows, strict=True)]
    with lent(cursor, "fresh_names", pa.table(columns, names=[str(place) for place in range(len(columns))])):
        cursor.execute(f"INSERT INTO {table} SELECT * FROM fresh_names").fetchall()
