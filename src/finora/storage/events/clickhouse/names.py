"""Names that repeat, kept once and pointed to by a number that anybody works out alike from the name itself.

So two processes that meet a new name at once give it the same number, and need not ask one another. Labels and teams are
those of the newest row of a number, whatever state of the store a reader is in.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from finora.storage.events.clickhouse.schema import NAME_COLUMNS, NONE_ROWS
from finora.storage.events.columns import NAME_TABLES, PLAN
from finora.storage.events.errors import EventsDamaged
from finora.storage.events.naming import described

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finora.spend.model_name import ModelRules
    from finora.storage.events.clickhouse.engine import Engine

Row = tuple[str, ...]


def number_of(key: str) -> int:
    """Return a name's number: 63 bits of its hash, and never 0, which stands for no name."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1 or 1


class Names:
    """The names in the tables, as far as this process met them."""

    def __init__(self, engine: Engine, rules: ModelRules) -> None:
        self._engine = engine
        self._rules = rules
        self._kept: dict[str, dict[int, str]] = {table: {} for table in NONE_ROWS}
        self._fresh: dict[str, dict[int, str]] = {table: {} for table in NONE_ROWS}

    def number(self, table: str, key: str | None) -> int:
        """Return a name's number; a new one is kept with `keep`."""
        if key is None or key == NONE_ROWS[table][0]:
            return 0
        number = number_of(key)
        known = self._kept[table].get(number)
        if known is None:
            known = self._fresh[table].setdefault(number, key)
        self._refuse_another(table, known, key)
        return number

    def number_column(self, column: str, names: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return a dictionary-encoded column as numbers; null becomes 0."""
        table = NAME_TABLES[column]
        chunks = []
        for chunk in names.chunks:
            numbers = pa.array(
                [self.number(table, name) for name in chunk.dictionary.to_pylist()], pa.int64()
            )
            chunks.append(pc.fill_null(pc.take(numbers, chunk.indices), 0))
        return pa.chunked_array(chunks, pa.int64())

    def keep(self, version: int) -> None:
        """Write the names that are new since the last time, but not those that another process wrote."""
        for table, fresh in [*self._fresh.items()]:
            there = self.keys(table, fresh)
            for number, key in there.items():
                self._refuse_another(table, key, fresh[number])
            rows = {
                number: described(self._rules, table, key)
                for number, key in fresh.items()
                if number not in there
            }
            self.write(table, rows, version)
            self._fresh[table] = {}

    def forget_new(self) -> None:
        """Forget the names that are new since the last time."""
        for fresh in self._fresh.values():
            fresh.clear()

    def keys(self, table: str, numbers: Iterable[int]) -> dict[int, str]:
        """Return the names of numbers that are in a table."""
        wanted = {*numbers}
        kept = self._kept[table]
        strange = wanted - kept.keys()
        if strange:
            listed = ", ".join(map(str, sorted(strange)))
            kept.update(self._engine.rows(f"SELECT id, key FROM {table}_kept FINAL WHERE id IN ({listed})"))
        return {number: kept[number] for number in wanted if number in kept}

    def rows(self, table: str) -> dict[int, Row]:
        """Return all names of a table with what it tells of them."""
        columns = ", ".join(NAME_COLUMNS[table])
        found = self._engine.rows(f"SELECT id, {columns} FROM {table}_kept FINAL")
        return {row[0]: row[1:] for row in found}

    def write(self, table: str, rows: Mapping[int, Row], version: int, *, deleted: bool = False) -> None:
        """Let rows be the newest of their numbers."""
        if not rows:
            return
        columns: dict[str, pa.Array] = {"id": pa.array(list(rows), pa.int64())}
        for place, name in enumerate(NAME_COLUMNS[table]):
            columns[name] = pa.array([row[place] for row in rows.values()], pa.string())
        columns["version"] = pa.array([version] * len(rows), pa.int64())
        columns["deleted"] = pa.array([int(deleted)] * len(rows), pa.uint8())
        self._engine.insert(f"{table}_kept", pa.table(columns))
        if table in self._kept:
            self._kept[table].update({number: row[0] for number, row in rows.items()})
            self._fresh[table] = {
                number: key for number, key in self._fresh[table].items() if number not in rows
            }

    def misdescribed(self) -> dict[int, Row]:
        """Return the rows of known models that the rules describe in other words now, in those."""
        wanted = {
            number: described(self._rules, "models", row[0])
            for number, row in self.rows("models").items()
            if number and not row[0].startswith(PLAN)
        }
        stored = self.rows("models")
        return {number: row for number, row in wanted.items() if stored[number] != row}

    def _refuse_another(self, table: str, known: str, key: str) -> None:
        """Go on only if a number stands for one name.

        Raises:
            EventsDamaged: It stands for two, which among a million names happens once in ten million installations.
        """
        if known != key:
            raise EventsDamaged(
                f"Two names in the table {table} have the same number, so that their events could not be told apart. Nothing was "
                "written. Please report this."
            )
