"""A write: new segments beside the old ones, which count all at once when it is committed.

ClickHouse has no transactions over several tables, but an insert of one block is there whole or not at all. So rows are
written first, where no reader looks for them, and then one block names them in the table `segments`. A write that dies in
between leaves rows that never count; `attempts` says where they are, so that they can be cleared away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from finora.storage.events.clickhouse.views import COMMITS, EVENTS
from finora.storage.events.errors import EventsBusy, EventsUnusable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finora.storage.events.clickhouse.engine import Engine
    from finora.storage.events.clickhouse.views import Kind

_SEGMENTS = pa.schema(
    [
        ("kind", pa.string()),
        ("connection", pa.uint16()),
        ("bucket", pa.int32()),
        ("version", pa.int64()),
        ("rows", pa.int64()),
        ("note", pa.string()),
    ]
)
UNKNOWN = -1
"""How many rows a segment has whose rows the engine makes itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One of a write: what it is of, how many rows it has, and what else is to be known of it."""

    kind: Kind
    connection: int = 0
    bucket: int = 0
    rows: int = 0
    note: str = ""


class Draft:
    """A write under way.

    Attributes:
        base: The version it begins from.
        version: Its own.
    """

    def __init__(self, engine: Engine, base: int, version: int) -> None:
        self._engine = engine
        self.base = base
        self.version = version
        self._segments: list[Segment] = []
        self._rows: list[tuple[str, pa.Table]] = []
        self._made: list[str] = []

    def put(self, segment: Segment) -> None:
        """Let a segment take the place of the one there was of the same kind, connection and bucket."""
        self._segments.append(segment)

    def fill(self, table: str, rows: pa.Table) -> None:
        """Give a table rows of this write's segments."""
        versions = pa.array([self.version] * rows.num_rows, pa.int64())
        self._rows.append((f"{table}_kept", rows.append_column("version", versions)))

    def make(self, statement: str) -> None:
        """Let the engine make rows of this write's segments itself, once all others are there."""
        self._made.append(statement)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return not self._segments

    def commit(self) -> None:
        """Write everything, then let it count.

        Raises:
            EventsBusy: Somebody else wrote meanwhile, without having the turn.
            EventsUnusable: Not all rows arrived. Nothing counts.
        """
        block = _block([*self._segments, Segment(kind=COMMITS)], self.version)
        self._engine.insert("attempts", block.drop_columns(["rows", "note"]))
        for table, rows in self._rows:
            self._engine.insert(table, rows)
        for statement in self._made:
            self._engine.execute(statement)
        self._see_that_all_is_there()
        self._engine.insert("segments", block)

    def _see_that_all_is_there(self) -> None:
        if newest_version(self._engine) != self.base:
            raise EventsBusy(
                f"Another process wrote to the event store at {self._engine.address.place} at the same time. What was to be "
                "written does not count, and is written again. Processes on one event store need one ledger, in PostgreSQL."
            )
        events = [each for each in self._segments if each.kind is EVENTS]
        if not events:
            return
        hours = [each.bucket for each in events]
        numbers = ", ".join({f"{each.connection:d}" for each in events})
        arrived = self._engine.scalar(
            f"SELECT count() FROM events_kept WHERE connection IN ({numbers}) AND ts >= {min(hours)} * 3600000 "
            f"AND ts < {max(hours) + 1} * 3600000 AND version = {self.version}"
        )
        if arrived != sum(each.rows for each in events):
            raise EventsUnusable(
                f"The event store at {self._engine.address.place} did not keep all that it took. Nothing of it counts; it is "
                "written again. If that stays so, look at the server's log."
            )


def newest_version(engine: Engine) -> int:
    """Return the version of the newest state; 0 where nothing was written yet."""
    return engine.scalar("SELECT max(version) FROM segments")


def note_of(engine: Engine, kind: Kind, version: int) -> str:
    """Return what the newest segment of a kind says, up to a version; empty where there is none."""
    rows = engine.rows(
        f"SELECT note FROM segments WHERE kind = '{kind.name}' AND version <= {version:d} ORDER BY version DESC LIMIT 1"
    )
    return str(rows[0][0]) if rows else ""


def _block(segments: Iterable[Segment], version: int) -> pa.Table:
    rows = [
        {
            "kind": each.kind.name,
            "connection": each.connection,
            "bucket": each.bucket,
            "version": version,
            "rows": each.rows,
            "note": each.note,
        }
        for each in segments
    ]
    return pa.Table.from_pylist(rows, _SEGMENTS)
