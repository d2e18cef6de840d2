"""Taking over what another event store kept: the same events, reads and names, under this one's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from finora.storage.events.clickhouse.draft import Segment, note_of
from finora.storage.events.clickhouse.rollup import sum_days
from finora.storage.events.clickhouse.schema import NONE_ROWS, READ_COLUMNS
from finora.storage.events.clickhouse.views import EVENTS, FLAT, HOUR_MS, MOVING, READS
from finora.storage.events.columns import EVENT_COLUMNS, NAME_TABLES
from finora.storage.events.stretches import days_touched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.storage.events.clickhouse.coverage import Coverage
    from finora.storage.events.clickhouse.draft import Draft
    from finora.storage.events.clickhouse.names import Row
    from finora.storage.events.clickhouse.store import ClickHouseEventStore

Numbers = dict[int, int]
"""This store's numbers of names by the other's."""


class Intake:
    """Takes over, in pieces each of which counts whole; doing a piece again changes nothing.

    Args:
        store: Whose the taking is.
    """

    def __init__(self, store: ClickHouseEventStore) -> None:
        self._store = store
        self._numbers: dict[str, Numbers] = {}

    def names(self, table: str, rows: Mapping[int, Row]) -> None:
        """Take over names with what they are called; connections keep their numbers."""
        names = self._store.names
        with self._store.writing(note=True) as draft:
            if table == "connections":
                names.write(table, rows, draft.version)
                return
            self._numbers[table] = {
                old: names.number(table, row[0]) if old else 0 for old, row in rows.items()
            }
            changed = {self._numbers[table][old]: row for old, row in rows.items()}
            names.write(table, changed | {0: NONE_ROWS[table]}, draft.version)

    def events(self, connection: int, events: pa.Table) -> None:
        """Take over events with the columns of the view, all that there are of the hours they are in."""
        renumbered = self._renumbered(events, NAME_TABLES).select(list(EVENT_COLUMNS))
        hours = events["ts"].to_numpy() // HOUR_MS
        found, sizes = np.unique(hours, return_counts=True)
        zone = ZoneInfo(self._store.zone)
        with self._store.writing() as draft:
            for hour, size in zip(found.tolist(), sizes.tolist(), strict=True):
                draft.put(Segment(kind=EVENTS, connection=connection, bucket=hour, rows=size))
            draft.fill("events", renumbered.append_column("bucket", pa.array(hours, pa.int32())))
            stretches = [(hour * HOUR_MS, (hour + 1) * HOUR_MS) for hour in found.tolist()]
            sum_days(draft, connection, zone, days_touched(stretches, zone))

    def reads(self, reads: pa.Table, former: pa.Table) -> None:
        """Take over the reads that changed something, and the figures they replaced."""
        if not reads.num_rows:
            return
        with self._store.writing() as draft:
            for number, connection in zip(
                reads["id"].to_pylist(), reads["connection"].to_pylist(), strict=True
            ):
                draft.put(Segment(kind=READS, connection=connection, bucket=number, rows=1))
            draft.fill("reads", reads.select(list(READ_COLUMNS)))
            draft.fill("revised_events", self._renumbered(former, {"kind": "kinds"}))

    def coverage(self, coverage: Coverage) -> None:
        """Take over what was read of a connection."""
        with self._store.writing() as draft:
            coverage.write(draft)

    def flat_charges(self, rows: pa.Table, fingerprint: str) -> None:
        """Take over the flat charges, and what they were made from."""
        columns = {name: NAME_TABLES[name] for name in ("person", "model", "kind", "event_type")}
        with self._store.writing() as draft:
            draft.put(Segment(kind=FLAT, rows=rows.num_rows, note=fingerprint))
            draft.fill("flat_charges", self._renumbered(rows, columns))

    def note(self, text: str) -> None:
        """Note how far this is."""
        with self._store.writing() as draft:
            _note(draft, text)

    @property
    def noted(self) -> str:
        """How far it is; empty where nothing was begun."""
        return note_of(self._store.engine, MOVING, self._store.version())

    def _renumbered(self, rows: pa.Table, columns: Mapping[str, str]) -> pa.Table:
        """Return rows with this store's numbers of names."""
        for column, table in columns.items():
            numbers = self._numbers[table]
            known = np.fromiter(numbers, np.int64, len(numbers))
            order = np.argsort(known)
            ours = np.fromiter(numbers.values(), np.int64, len(numbers))[order]
            places = np.searchsorted(known[order], rows[column].to_numpy())
            at = rows.schema.get_field_index(column)
            rows = rows.set_column(at, column, pa.array(ours[places], pa.int64()))
        return rows


def _note(draft: Draft, text: str) -> None:
    draft.put(Segment(kind=MOVING, note=text))
