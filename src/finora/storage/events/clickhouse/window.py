"""Replacing a window: the changed hours of it are written anew, each whole."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from tempfile import gettempdir
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from finora.spend.store import Missing, Tally, WindowChange
from finora.storage.events.clickhouse.draft import Segment
from finora.storage.events.clickhouse.views import EVENTS, HOUR_MS, live
from finora.storage.events.columns import EVENT_COLUMNS, NAME_TABLES
from finora.storage.events.matching import UNMATCHED, Matching
from finora.values.period import to_ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finora.spend.store import WindowRead
    from finora.storage.events.clickhouse.draft import Draft
    from finora.storage.events.clickhouse.engine import Engine
    from finora.storage.events.clickhouse.names import Names

_COLUMNS = ", ".join(EVENT_COLUMNS)
_TALLY = "count(*), coalesce(sum(CASE WHEN chargeable THEN cost END), 0), coalesce(sum(cost), 0)"
_GONE = "SELECT rid FROM merged UNION ALL SELECT rid FROM withdrawn"


class Scratch:
    """A DuckDB in memory in which events are matched, one window at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._database = duckdb.connect(
            config={"memory_limit": "1GB", "threads": 2, "temp_directory": gettempdir()}
        )

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor whose tables are gone afterwards."""
        with self._lock, self._database.cursor() as cursor:
            yield cursor

    def close(self) -> None:
        """Let go of it."""
        with self._lock:
            self._database.close()


@dataclass(frozen=True, slots=True)
class WindowOutcome:
    """What a read changed.

    Attributes:
        change: What changed in the window.
        revision: What changed in those parts of it that had been read before; none where nothing did.
        stretches: The stretches of milliseconds that hold a change.
    """

    change: WindowChange
    revision: WindowChange | None = None
    stretches: Sequence[tuple[int, int]] = ()


class Window:
    """A window's replacement within a write.

    Args:
        engine: Where the stored events are.
        draft: The write.
        names: The numbers of names.
        read: What was read, and when.
        read_id: Names the read.
    """

    def __init__(
        self,
        engine: Engine,
        draft: Draft,
        names: Names,
        read: WindowRead,
        read_id: int,
    ) -> None:
        self._engine = engine
        self._draft = draft
        self._names = names
        self._read = read
        self._known: Sequence[tuple[int, int]] = ()
        self._read_id = read_id

    def run(self, events: pa.Table, known: Sequence[tuple[int, int]], scratch: Scratch) -> WindowOutcome:
        """Replace the window.

        Args:
            events: What was read.
            known: The parts of the window that were read before; whatever is stored of the window lies in them.
            scratch: Where stored and fresh events are matched.

        Raises:
            ValueError: An event lies outside the window; it would take the place of another one's.
        """
        start, end = self._read.window.start_ms, self._read.window.end_ms
        times = events["ts"].to_numpy()
        if len(times) and not (start <= times.min() and times.max() < end):
            raise ValueError("an event lies outside its window")
        self._known = known
        fresh = self._numbered(events)
        around = self._around(start // HOUR_MS, -(-end // HOUR_MS))
        with scratch.cursor() as cursor:
            _load(cursor, around, fresh, (start, end))
            before = self._tally(cursor, "stored", self._known)
            if not fresh.num_rows:
                missing = self._missing(cursor, "stored", end)
                change = WindowChange(before=before, after=before, retained=before.events, missing=missing)
                return WindowOutcome(change)
            return self._merge(cursor, before)

    def _numbered(self, events: pa.Table) -> pa.Table:
        """Return the events with numbers for names, in the order of the table's columns."""
        made = {
            "connection": lambda: np.full(events.num_rows, self._read.connection, np.uint16),
            "run": lambda: np.full(events.num_rows, self._read.run, np.uint32),
            "ordinal": lambda: np.zeros(events.num_rows, np.uint32),  # matching gives them their places
        }
        columns = []
        for name in EVENT_COLUMNS:
            if name in NAME_TABLES:
                columns.append(self._names.number_column(name, events[name]))
            elif name in made:
                columns.append(pa.chunked_array([made[name]()]))
            else:
                columns.append(events[name])
        return pa.table(columns, names=list(EVENT_COLUMNS))

    def _around(self, first: int, after: int) -> pa.Table:
        """Return what is stored of the hours that the window touches."""
        connection = f"{self._read.connection:d}"
        newest = live(
            EVENTS,
            self._draft.base,
            f"connection = {connection} AND bucket >= {first} AND bucket < {after}",
        )
        return self._engine.table(
            f"SELECT {_COLUMNS} FROM events_kept WHERE connection = {connection} AND ts >= {first * HOUR_MS} "
            f"AND ts < {after * HOUR_MS} AND (connection, bucket, version) IN ({newest}) ORDER BY ts, ordinal"
        )

    def _merge(self, cursor: duckdb.DuckDBPyConnection, before: Tally) -> WindowOutcome:
        matching = Matching(cursor, to_ms(self._read.settled_before))
        counts = matching.counts
        missing = (
            self._missing(cursor, UNMATCHED, to_ms(self._read.settled_before)) if counts.retained else ()
        )
        hours = matching.touched(HOUR_MS)
        late = sum(matching.late(*span) for span in self._known)
        cursor.execute(
            f"CREATE TEMP TABLE content AS SELECT {_COLUMNS} FROM around WHERE rid NOT IN ({_GONE}) "
            f"UNION ALL SELECT {_COLUMNS} FROM merged UNION ALL SELECT {_COLUMNS} FROM added"
        ).fetchall()
        self._write_hours(cursor, hours)
        if counts.revised:
            self._write_former(cursor)
        bounds = (self._read.window.start_ms, self._read.window.end_ms)
        change = WindowChange(
            before=before,
            after=self._tally(cursor, "content", [bounds]),
            added=counts.added,
            revised=counts.revised,
            withdrawn=counts.withdrawn,
            retained=counts.retained,
            missing=missing,
        )
        revision = replace(change, after=self._tally(cursor, "content", self._known), added=late)
        stretches = [(hour * HOUR_MS, (hour + 1) * HOUR_MS) for hour in hours]
        return WindowOutcome(change, revision if revision.changed else None, stretches)

    def _write_hours(self, cursor: duckdb.DuckDBPyConnection, hours: Sequence[int]) -> None:
        if not hours:
            return
        cursor.register("hours", pa.table({"hour": pa.array(hours, pa.int64())}))
        rows = cursor.sql(
            f"SELECT {_COLUMNS}, CAST(ts // {HOUR_MS} AS INTEGER) AS bucket FROM content "
            f"WHERE ts // {HOUR_MS} IN (SELECT hour FROM hours) ORDER BY ts, ordinal"
        ).to_arrow_table()
        found, sizes = np.unique(rows["bucket"].to_numpy(), return_counts=True)
        held = dict(zip(found.tolist(), sizes.tolist(), strict=True))
        for hour in hours:
            self._draft.put(
                Segment(kind=EVENTS, connection=self._read.connection, bucket=hour, rows=held.get(hour, 0))
            )
        self._draft.fill("events", rows)

    def _write_former(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Keep the figures that are replaced."""
        self._draft.fill(
            "revised_events",
            cursor.sql(
                f"SELECT CAST({self._read_id:d} AS INTEGER) AS read_id, s.connection, s.ts, s.ordinal, s.cost, s.chargeable, "
                "s.kind, s.fee FROM stored s JOIN merged USING (rid) WHERE merged.revised"
            ).to_arrow_table(),
        )

    def _missing(self, cursor: duckdb.DuckDBPyConnection, source: str, before: int) -> tuple[Missing, ...]:
        """Return events that are stored but were not returned, by person."""
        found = cursor.execute(
            f"SELECT person, count(*), coalesce(sum(cost), 0), min(ts), max(ts) FROM {source} WHERE ts < ? GROUP BY person",
            (before,),
        ).fetchall()
        keys = self._names.keys("persons", [row[0] for row in found])
        told = [
            Missing(person=keys[row[0]], events=row[1], usage_value=int(row[2]), first=row[3], last=row[4])
            for row in found
        ]
        return tuple(sorted(told, key=lambda each: each.person))

    def _tally(
        self, cursor: duckdb.DuckDBPyConnection, table: str, spans: Sequence[tuple[int, int]]
    ) -> Tally:
        """Return what a table has in parts of the window, counted and summed."""
        found = [
            cursor.execute(f"SELECT {_TALLY} FROM {table} WHERE ts >= ? AND ts < ?", span).fetchall()[0]
            for span in spans
        ]
        events, spend, value = (sum(int(row[place]) for row in found) for place in range(3))
        return Tally(events=events, spend=spend, usage_value=value)


def _load(
    cursor: duckdb.DuckDBPyConnection, around: pa.Table, fresh: pa.Table, bounds: tuple[int, int]
) -> None:
    """Make the tables that are matched, and `around`: all that is stored of the hours."""
    for name, rows in (("stored_events", around), ("fresh_events", fresh)):
        cursor.register(name, rows)
    cursor.execute(
        "CREATE TEMP TABLE around AS SELECT row_number() OVER () AS rid, * FROM stored_events"
    ).fetchall()
    cursor.execute(
        "CREATE TEMP TABLE stored AS SELECT * FROM around WHERE ts >= ? AND ts < ?", bounds
    ).fetchall()
    cursor.execute(
        "CREATE TEMP TABLE fresh AS SELECT row_number() OVER () AS n, * FROM fresh_events"
    ).fetchall()
    for name in ("stored_events", "fresh_events"):
        cursor.unregister(name)
