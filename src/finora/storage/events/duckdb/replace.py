"""Replacing a window: the new read takes the place of what was stored, event by event, in one transaction.

Stored and fresh events are matched in passes, each over what the passes before left: by identity, person and price,
which is nearly everything; by identity and person, for a price that was revised; by identity without the person, so that
a person the provider no longer names is kept; by time and model, for an event whose very identity was revised. Twins are
told apart by their rank among equals. What then is unmatched and fresh is new; what is unmatched and stored was withdrawn
if it is recent, and is retained if it is old.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finora.spend.event import IDENTITY
from finora.spend.store import Missing, Tally, WindowChange
from finora.storage.events.duckdb.packing import pack
from finora.storage.events.duckdb.schema import EVENT_COLUMNS, NAME_TABLES
from finora.values.period import to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from finora.spend.store import WindowRead
    from finora.storage.events.duckdb.names import Names

_FIGURES = ("cost", "fee", "list_cost", "discount", "chargeable", "kind", "billing", "requests")
_TYPING = ("event_type", "basis", "apportioned")
_REST = tuple(
    name
    for name in EVENT_COLUMNS
    if name not in {"connection", "ordinal", "run", "person", *_FIGURES, *_TYPING}
)
_PASSES = (
    (*IDENTITY, "person", "cost"),
    (*IDENTITY, "person"),
    (*IDENTITY, "cost"),
    IDENTITY,
    ("ts", "model", "person"),
    ("ts", "model"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a replacement did.

    Attributes:
        change: What changed in the window.
        revision: What changed in those parts of it that had been read before; none where nothing did.
        filled: Whether events were put where there were none, and nothing else.
        stretches: Where not, the stretches of milliseconds whose roll-ups have to be made anew.
    """

    change: WindowChange
    revision: WindowChange | None = None
    filled: bool = False
    stretches: Sequence[tuple[int, int]] = ()


class Replacement:
    """One window's replacement, on a cursor with an open transaction.

    Args:
        cursor: The transaction.
        read: What was read, and when.
        read_id: Names the read.
        names: The numbers of names.
        known: The parts of the window that were read before; whatever is stored of the window lies in them.
    """

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        read: WindowRead,
        read_id: int,
        names: Names,
        known: Sequence[tuple[int, int]],
    ) -> None:
        self._cursor = cursor
        self._read = read
        self._read_id = read_id
        self._names = names
        self._known = known
        self._bounds = (read.connection, read.window.start_ms, read.window.end_ms)

    def run(self, events: pa.Table) -> Outcome:
        """Replace the window.

        Raises:
            ValueError: An event lies outside the window; it would take the place of another one's.
        """
        events = (
            events.combine_chunks()
        )  # the engine takes one long chunk for half of what forty short ones cost
        times = events["ts"].to_numpy()
        if len(times) and not (self._bounds[1] <= times.min() and times.max() < self._bounds[2]):
            raise ValueError("an event lies outside its window")
        before = self._tally(self._known)
        fresh = self._numbered(events)
        if before.events == 0:
            return self._fill(fresh, events)
        if fresh.num_rows == 0:
            stored = ("events e", "e.connection = ? AND e.ts >= ? AND e.ts < ?", self._bounds)
            change = WindowChange(
                before=before, after=before, retained=before.events, missing=self._missing(*stored)
            )
            return Outcome(change=change)
        return self._merge(before, fresh)

    def _fill(self, fresh: pa.Table, events: pa.Table) -> Outcome:
        self._insert_all(fresh)
        if fresh.num_rows == 0:
            return Outcome(change=WindowChange(before=Tally(), after=Tally()))
        change = WindowChange(before=Tally(), after=_tally_of(events), added=fresh.num_rows)
        after = self._tally(self._known)
        late = WindowChange(before=Tally(), after=after, added=after.events)
        return Outcome(change=change, revision=late if late.changed else None, filled=True)

    def _numbered(self, events: pa.Table) -> pa.Table:
        """Return the events with numbers for names, in the order of the table's columns."""
        columns = []
        for name in EVENT_COLUMNS:
            if name in NAME_TABLES:
                columns.append(self._names.number_column(self._cursor, name, events[name]))
            elif name == "connection":
                columns.append(pa.chunked_array([np.full(events.num_rows, self._read.connection, np.uint16)]))
            elif name == "run":
                columns.append(pa.chunked_array([np.full(events.num_rows, self._read.run, np.uint32)]))
            elif name == "ordinal":
                columns.append(pa.chunked_array([_ordinals(events["ts"].to_numpy())]))
            else:
                columns.append(events[name])
        return pa.table(columns, names=list(EVENT_COLUMNS))

    def _insert_all(self, fresh: pa.Table) -> None:
        self._cursor.register("fresh_events", fresh)
        try:
            self._cursor.execute(pack("fresh_events")).fetchall()
        finally:
            self._cursor.unregister("fresh_events")

    def _merge(self, before: Tally, fresh: pa.Table) -> Outcome:
        cursor = self._cursor
        cursor.register("fresh_events", fresh)
        try:
            cursor.execute(
                "CREATE OR REPLACE TEMP TABLE fresh AS SELECT row_number() OVER () AS n, * FROM fresh_events"
            ).fetchall()
        finally:
            cursor.unregister("fresh_events")
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE stored AS SELECT * FROM events "
            "WHERE connection = ? AND ts >= ? AND ts < ?",
            self._bounds,
        ).fetchall()
        cursor.execute("CREATE OR REPLACE TEMP TABLE matched (rid BIGINT, n BIGINT)").fetchall()
        left = min(fresh.num_rows, self._scalar("SELECT count(*) FROM stored"))
        for key in _PASSES:
            if left == 0:
                break
            left -= self._match(key)
        return self._apply(before)

    def _match(self, key: tuple[str, ...]) -> int:
        """Match what can be matched by a key, and return how many that were."""

        def ranked(table: str, number: str) -> str:
            columns = ", ".join(key)
            return (
                f"SELECT {number}, {columns}, row_number() OVER (PARTITION BY {columns} "
                f"ORDER BY {_RANK}, {number}) AS twin "
                f"FROM {table} ANTI JOIN matched USING ({number})"
            )

        same = " AND ".join(f"s.{name} IS NOT DISTINCT FROM f.{name}" for name in (*key, "twin"))
        return self._scalar(
            f"INSERT INTO matched SELECT rid, n FROM ({ranked('stored', 'rid')}) s JOIN ({ranked('fresh', 'n')}) f ON {same}"
        )

    def _apply(self, before: Tally) -> Outcome:
        cursor = self._cursor
        settled = to_ms(self._read.settled_before)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE merged AS {_MERGED}").fetchall()
        added = self._count(
            f"CREATE OR REPLACE TEMP TABLE added AS {_ADDED}",
            "added",
        )
        withdrawn = self._count(
            f"CREATE OR REPLACE TEMP TABLE withdrawn AS SELECT * FROM stored ANTI JOIN matched USING (rid) WHERE ts >= {settled}",
            "withdrawn",
        )
        unmatched = self._scalar("SELECT count(*) FROM stored ANTI JOIN matched USING (rid)")
        retained = unmatched - withdrawn
        left = ("(SELECT * FROM stored ANTI JOIN matched USING (rid)) e", "e.ts < ?", (settled,))
        missing = self._missing(*left) if retained else ()
        revised = self._scalar("SELECT count(*) FROM merged WHERE revised")
        late = sum(
            self._scalar("SELECT count(*) FROM added WHERE ts >= ? AND ts < ?", *span) for span in self._known
        )
        stretches = self._stretches()
        cursor.execute(
            "INSERT INTO revised_events SELECT ?, s.connection, s.ts, s.ordinal, s.cost, s.chargeable, s.kind, s.fee "
            "FROM stored s JOIN merged USING (rid) WHERE merged.revised",
            (self._read_id,),
        ).fetchall()
        cursor.execute(
            "DELETE FROM packed_events WHERE connection = ? AND ts >= ? AND ts < ? "
            "AND rowid IN (SELECT rid FROM merged UNION ALL SELECT rid FROM withdrawn)",
            self._bounds,
        ).fetchall()
        cursor.execute(pack("merged")).fetchall()
        cursor.execute(pack("added")).fetchall()
        for table in ("fresh", "stored", "matched", "merged", "added", "withdrawn"):
            cursor.execute(f"DROP TABLE {table}").fetchall()
        change = WindowChange(
            before=before,
            after=self._tally([self._bounds[1:]]),
            added=added,
            revised=revised,
            withdrawn=withdrawn,
            retained=retained,
            missing=missing,
        )
        after_known = change.after if added == late else self._tally(self._known)
        revision = replace(change, after=after_known, added=late)
        return Outcome(change=change, revision=revision if revision.changed else None, stretches=stretches)

    def _stretches(self) -> list[tuple[int, int]]:
        """Return the days (of UTC, generously) that hold a changed event."""
        days = self._cursor.execute(
            "SELECT DISTINCT ts // 86400000 FROM (SELECT ts FROM merged UNION ALL SELECT ts FROM added "
            "UNION ALL SELECT ts FROM withdrawn) ORDER BY 1"
        ).fetchall()
        return [(day * 86_400_000, (day + 1) * 86_400_000) for (day,) in days]

    def _count(self, create: str, table: str) -> int:
        self._cursor.execute(create).fetchall()
        return self._scalar(f"SELECT count(*) FROM {table}")

    def _scalar(self, sql: str, *values: int) -> int:
        ((value,),) = self._cursor.execute(sql, values).fetchall()
        return int(value)

    def _missing(self, source: str, where: str, values: tuple[int, ...]) -> tuple[Missing, ...]:
        """Return events that are stored but were not returned, by person."""
        found = self._cursor.execute(
            "SELECT p.key, count(*), coalesce(sum(e.cost), 0), min(e.ts), max(e.ts) "
            f"FROM {source} JOIN persons p ON p.id = e.person WHERE {where} GROUP BY p.key ORDER BY p.key",
            values,
        ).fetchall()
        return tuple(
            Missing(
                person=person, events=int(events), usage_value=int(value), first=int(first), last=int(last)
            )
            for person, events, value, first, last in found
        )

    def _tally(self, spans: Sequence[tuple[int, int]]) -> Tally:
        """Return what is stored in parts of the window, counted and summed."""
        found = [
            self._cursor.execute(
                "SELECT count(*), coalesce(sum(CASE WHEN chargeable THEN cost END), 0), coalesce(sum(cost), 0) "
                "FROM events WHERE connection = ? AND ts >= ? AND ts < ?",
                (self._read.connection, *span),
            ).fetchall()[0]
            for span in spans
        ]
        events, spend, value = (sum(int(row[place]) for row in found) for place in range(3))
        return Tally(events=events, spend=spend, usage_value=value)


def _tally_of(events: pa.Table) -> Tally:
    """Return events counted and summed."""
    value = pc.sum(events["cost"]).as_py() or 0
    spend = pc.sum(pc.if_else(events["chargeable"], events["cost"], 0)).as_py() or 0
    return Tally(events=events.num_rows, spend=spend, usage_value=value)


def _ordinals(times: np.ndarray) -> np.ndarray:
    """Return each event's place among those of its millisecond, from 0."""
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    starts = np.concatenate(([True], ordered[1:] != ordered[:-1])) if len(ordered) else np.empty(0, bool)
    first = np.maximum.accumulate(np.where(starts, np.arange(len(ordered)), 0))
    ordinals = np.empty(len(ordered), np.uint32)
    ordinals[order] = np.arange(len(ordered)) - first
    return ordinals


# Twins are ranked by all they are told apart by, so that a read in another order finds each its own.
_RANK = ", ".join(f"{name} NULLS FIRST" for name in ("person", *_FIGURES, *_REST))


def _merged_sql() -> str:
    """Return the matched events that differ, as they are to be stored.

    A person once known stays when the fresh event names nobody, and so does a type with a basis when the fresh one
    has none.
    """
    person = "CASE WHEN f.person = 0 THEN s.person ELSE f.person END"
    keep_type = "f.basis = 0 AND s.basis <> 0"
    final = {
        "connection": "s.connection",
        "ordinal": "s.ordinal",
        "run": "s.run",
        "person": person,
        **{name: f"f.{name}" for name in (*_FIGURES, *_REST)},
        **{name: f"CASE WHEN {keep_type} THEN s.{name} ELSE f.{name} END" for name in _TYPING},
    }
    revised = " OR ".join(f"f.{name} IS DISTINCT FROM s.{name}" for name in _FIGURES)
    differs = " OR ".join(
        f"({final[name]}) IS DISTINCT FROM s.{name}" for name in (*_FIGURES, *_REST, *_TYPING, "person")
    )
    columns = ", ".join(f"{final[name]} AS {name}" for name in EVENT_COLUMNS)
    return (
        f"SELECT s.rid, {columns}, ({revised}) AS revised FROM matched "
        f"JOIN stored s USING (rid) JOIN fresh f USING (n) WHERE {differs}"
    )


def _added_sql() -> str:
    """Return the fresh events that match nothing, with ordinals after those of their millisecond."""
    columns = ", ".join(
        "CAST(coalesce((SELECT max(s.ordinal) + 1 FROM stored s WHERE s.ts = f.ts), 0) "
        "+ row_number() OVER (PARTITION BY f.ts ORDER BY f.n) - 1 AS UINTEGER) AS ordinal"
        if name == "ordinal"
        else f"f.{name}"
        for name in EVENT_COLUMNS
    )
    return f"SELECT {columns} FROM fresh f ANTI JOIN matched USING (n)"


_MERGED = _merged_sql()
_ADDED = _added_sql()
