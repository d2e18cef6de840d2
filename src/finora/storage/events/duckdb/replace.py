"""Replacing a window: the new read takes the place of what was stored, event by event, in one transaction.

Which stored event a fresh one is, `matching` says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finora.spend.store import Missing, Tally, WindowChange
from finora.storage.events.columns import EVENT_COLUMNS, NAME_TABLES
from finora.storage.events.duckdb.changed import set_changed_apart
from finora.storage.events.duckdb.changes import note_changes, tally_with_changes
from finora.storage.events.duckdb.lent import lent
from finora.storage.events.duckdb.packing import pack
from finora.storage.events.duckdb.run_ids import NUMBERED, number_ids
from finora.storage.events.matching import UNMATCHED, Matching
from finora.values.interval import DAY_MS
from finora.values.period import to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from finora.spend.store import WindowRead
    from finora.storage.events.duckdb.names import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a replacement did.

    Attributes:
        change: What changed in the window.
        revision: What changed in those parts of it that had been read before; none where nothing did.
        filled: The events that were put where there were none, if nothing else was done.
        stretches: Where something was, the stretches of milliseconds in which anything changed; the table of `changes` says what.
    """

    change: WindowChange
    revision: WindowChange | None = None
    filled: pa.Table | None = None
    stretches: Sequence[tuple[int, int]] = ()

    @property
    def kept(self) -> WindowChange:
        """What is kept of it, where anything changed: the revision, or else what changed in the window."""
        return self.revision or self.change


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
        return Outcome(change=change, revision=late if late.changed else None, filled=fresh)

    def _numbered(self, events: pa.Table) -> pa.Table:
        """Return the events with numbers for names and ids, in the order of the table's columns."""
        ids = number_ids(self._cursor, events)
        columns = []
        for name in EVENT_COLUMNS:
            if name in NAME_TABLES:
                columns.append(self._names.number_column(self._cursor, name, events[name]))
            elif name in NUMBERED:
                columns.append(pa.chunked_array([ids[name]]))
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
        with lent(self._cursor, "fresh_events", fresh):
            self._cursor.execute(pack("fresh_events")).fetchall()

    def _merge(self, before: Tally, fresh: pa.Table) -> Outcome:
        set_changed_apart(self._cursor, fresh, self._bounds)
        matching = Matching(self._cursor, to_ms(self._read.settled_before))
        outcome = self._apply(before, matching)
        matching.drop()
        return outcome

    def _apply(self, before: Tally, matching: Matching) -> Outcome:
        cursor, counts = self._cursor, matching.counts
        left = (f"{UNMATCHED} e", "e.ts < ?", (to_ms(self._read.settled_before),))
        missing = self._missing(*left) if counts.retained else ()
        late = sum(matching.late(*span) for span in self._known)
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
        note_changes(cursor)
        cursor.execute(pack("merged")).fetchall()
        cursor.execute(pack("added")).fetchall()
        change = WindowChange(
            before=before,
            after=tally_with_changes(cursor, before, [self._bounds[1:]]),
            added=counts.added,
            revised=counts.revised,
            withdrawn=counts.withdrawn,
            retained=counts.retained,
            missing=missing,
        )
        after_known = tally_with_changes(cursor, before, self._known)
        revision = replace(change, after=after_known, added=late)
        stretches = [(day * DAY_MS, (day + 1) * DAY_MS) for day in matching.touched(DAY_MS)]
        return Outcome(change=change, revision=revision if revision.changed else None, stretches=stretches)

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
