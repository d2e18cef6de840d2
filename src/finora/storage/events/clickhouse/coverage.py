"""What was read of a connection: stretches of time, merged, and those found empty that are not believed to be yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from finora.storage.events.clickhouse.draft import Segment
from finora.storage.events.clickhouse.views import COVERAGE, explained
from finora.storage.events.stretches import fills, merged, touching, within
from finora.values.period import to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.spend.store import WindowRead
    from finora.storage.events.clickhouse.draft import Draft
    from finora.storage.events.clickhouse.engine import Engine

_SPAN = [("connection", pa.uint16()), ("start_ms", pa.int64()), ("end_ms", pa.int64())]
_COVERED = pa.schema(_SPAN)
_FOUND_EMPTY = pa.schema([*_SPAN, ("read_at", pa.int64())])


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one connection; stretches in milliseconds, those found empty with the time of the read."""

    connection: int
    covered: tuple[tuple[int, int], ...] = ()
    found_empty: tuple[tuple[int, int, int], ...] = ()

    @classmethod
    def load(cls, engine: Engine, connection: int, version: int) -> Coverage:
        """Return what was read up to a version."""

        def stretches(table: str, columns: str) -> tuple[tuple[int, ...], ...]:
            sql = f"SELECT {columns} FROM {table} WHERE connection = ? ORDER BY 1"
            return tuple(engine.rows(explained(sql, version), connection))

        return cls(
            connection,
            stretches("covered", "start_ms, end_ms"),  # type: ignore[arg-type]
            stretches("found_empty", "start_ms, end_ms, read_at"),  # type: ignore[arg-type]
        )

    def within(self, read: WindowRead) -> list[tuple[int, int]]:
        """Return the parts of a window that were read before, in order."""
        return within(self.covered, read.window.start_ms, read.window.end_ms)

    def with_read(self, read: WindowRead) -> Coverage:
        """Return it with a window that was read."""
        start, end = read.window.start_ms, read.window.end_ms
        near = touching(self.covered, start, end)
        first, last = merged(near, start, end)
        others = [each for each in self.covered if each not in near]
        left = [each for each in self.found_empty if not (each[0] >= first and each[1] <= last)]
        return replace(self, covered=tuple(sorted([*others, (first, last)])), found_empty=tuple(left))

    def with_empty(self, read: WindowRead) -> Coverage:
        """Return it with a window that held nothing: read if that is believed, else noted as found empty."""
        if read.believe_empty_since is None:
            return self.with_read(read)
        start, end = read.window.start_ms, read.window.end_ms
        earlier = [each for each in self.found_empty if each[0] < end and each[1] > start]
        known, since = self.within(read), to_ms(read.believe_empty_since)
        if fills([*known, *(each[:2] for each in earlier if each[2] <= since)], start, end):
            return self.with_read(read)
        if fills([*known, *(each[:2] for each in earlier)], start, end):
            return self
        return replace(self, found_empty=(*self.found_empty, (start, end, to_ms(read.read_at))))

    def write(self, draft: Draft) -> None:
        """Let this be what was read of the connection."""
        draft.put(Segment(kind=COVERAGE, connection=self.connection, rows=len(self.covered)))
        draft.fill("covered", self._table(self.covered, _COVERED))
        draft.fill("found_empty", self._table(self.found_empty, _FOUND_EMPTY))

    def _table(self, rows: Sequence[tuple[int, ...]], schema: pa.Schema) -> pa.Table:
        names = schema.names[1:]
        told = [{"connection": self.connection, **dict(zip(names, row, strict=True))} for row in rows]
        return pa.Table.from_pylist(told, schema)
