"""The event store on DuckDB: one file, one process, any number of readers beside one writer."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from finora.errors import StorageError
from finora.spend.model_name import ModelRules
from finora.spend.rollups import BY_MODEL
from finora.spend.store import Actor, Tally
from finora.storage.events.duckdb import flat_charges, labels, rollup
from finora.storage.events.duckdb.days import days_of
from finora.storage.events.duckdb.errors import troubles_told
from finora.storage.events.duckdb.evidence import evidence
from finora.storage.events.duckdb.file import EventFile
from finora.storage.events.duckdb.notes import note
from finora.storage.events.duckdb.reader import snapshot
from finora.storage.events.duckdb.run_ids import forget_unused
from finora.storage.events.duckdb.summing import kept
from finora.storage.events.duckdb.window import Windows
from finora.storage.events.records import revision_of
from finora.values.interval import DAY_MS
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from finora.spend.store import (
        ConnectionName,
        Dispute,
        FlatRate,
        Person,
        Reader,
        Revision,
        WindowChange,
        WindowRead,
    )

_LOG = logging.getLogger(__name__)
_ACTORS = """
SELECT p.key, p.label, p.team, p.team_label,
  CASE WHEN p.id <> 0 AND bool_and(d.service_account <> 0) THEN max(s.label) ELSE '' END, max(d.last_day)
FROM persons p
LEFT JOIN (SELECT person, service_account, max(day) AS last_day FROM daily_people GROUP BY ALL) d ON d.person = p.id
LEFT JOIN service_accounts s ON s.id = d.service_account
GROUP BY p.id, p.key, p.label, p.team, p.team_label
ORDER BY 1"""
_OF_CONNECTIONS = ("packed_events", "reads", "revised_events", "covered", "found_empty")
"""Tables, besides the roll-ups, with rows of each connection."""


class DuckDBEventStore:
    """Keeps events in a DuckDB file.

    Args:
        path: The file; made when missing.
        zone: The workspace's time zone. When it or its clock differs from the file's, the roll-ups are made anew.
        rules: Vendors and families of models. Known models are described anew where the rules have changed.
        large: As of how many events all roll-ups are kept.

    Raises:
        StorageError: The file is in use, damaged, too new or unusable; the message says what to do.
    """

    def __init__(
        self, path: Path, zone: str = "UTC", rules: ModelRules | None = None, *, large: int = rollup.LARGE
    ) -> None:
        self.zone = zone
        self._large = large
        self._may_grow = True
        self._file = EventFile(path, rules or ModelRules())
        with troubles_told(path):
            self._kept = kept(self._file.database)
        self._windows = Windows(self._file, zone)
        self._settle_days()
        labels.describe_models(self._file)
        if self._kept.all_there_are:
            self._file.take_memory_of_large()
        self._settle_size()

    @property
    def place(self) -> str:
        """The file."""
        return str(self._file.path)

    # Writing

    def replace_window(self, read: WindowRead, events: pa.Table) -> WindowChange:
        """Make the window's events those just read; see `EventStore`."""
        # The store must not grow between what is told here to be kept and what is kept.
        with self._file.writing:
            change = self._windows.replace(read, events, self._kept)
            if self._may_grow:
                self._settle_size()
            return change

    def name_people(self, people: Sequence[Person]) -> None:
        """Give people the names and teams that answers show."""
        labels.label_people(self._file, people)

    def name_service_accounts(self, names: Mapping[str, str]) -> None:
        """Give service accounts the names that answers show."""
        labels.label_service_accounts(self._file, names)

    def name_connections(self, connections: Sequence[ConnectionName]) -> None:
        """Give connections the names that answers show."""
        labels.label_connections(self._file, connections)

    def hold_flat_rates(self, rates: Iterable[FlatRate], fingerprint: str) -> None:
        """Make these the flat rates, in place of those held before, and remember what they were made from."""
        with self._file.transaction() as cursor:
            flat_charges.replace(cursor, self._file.names, rates)
            note(cursor, "flat_rates", fingerprint)

    def flat_rates_fingerprint(self) -> str:
        """Return what the flat rates were made from; empty where there never were any."""
        return self._file.meta("flat_rates") or ""

    def forget(self, connection: int) -> None:
        """Delete all that came through a connection."""
        with self._file.transaction() as cursor:
            for table in (*_OF_CONNECTIONS, *self._kept.tables):
                cursor.execute(f"DELETE FROM {table} WHERE connection = ?", (connection,)).fetchall()
            forget_unused(cursor)
            cursor.execute("DELETE FROM connections WHERE id = ?", (connection,)).fetchall()
            self._windows.forget(connection)
        self.checkpoint()

    def tidy(self) -> None:
        """Fold the write-ahead log into the file where it is worth it; try again to sum many events in more ways where that failed."""
        self._settle_size()
        self._file.fold_if_worth_it()

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        self._file.fold()

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """Keep the file and its log as they are until the block ends, so that they can be copied; readers go on."""
        with self._file.writing:
            self.checkpoint()
            yield

    # Reading

    def snapshot(self) -> AbstractContextManager[Reader]:
        """Return what yields a reader of one consistent state, whatever is written meanwhile."""
        return snapshot(self._file, self._kept)

    def connections(self) -> list[int]:
        """Return the numbers of the connections with anything read."""
        rows = self._file.recall("SELECT DISTINCT connection FROM covered ORDER BY 1")
        return [cast("int", number) for (number,) in rows]

    def covered(self, connection: int) -> list[Span]:
        """Return the stretches of time that were read, in order and merged."""
        rows = self._file.recall(
            f"SELECT start_ms, end_ms FROM covered WHERE connection = {int(connection)} ORDER BY 1"
        )
        return [Span.from_ms(start, end) for start, end in cast("list[tuple[int, int]]", rows)]

    def revisions(self, connection: int, limit: int = 200) -> list[Revision]:
        """Return the reads that changed windows read before, newest first."""
        rows = self._file.rows(
            "SELECT * EXCLUDE (revision) FROM reads WHERE connection = ? AND revision ORDER BY id DESC LIMIT ?",
            connection,
            limit,
        )
        return [revision_of(row) for row in cast("list[tuple[int, ...]]", rows)]

    def evidence(self, dispute: Dispute) -> pa.Table:
        """Return the single events that may be why totals differ; see `EventStore`."""
        with self._file.cursor() as cursor:
            return evidence(cursor, dispute)

    def earliest(self, connection: int | None = None) -> datetime | None:
        """Return the time of the first event, of all or of a connection's."""
        return self._utmost("min", "true" if connection is None else f"connection = {int(connection)}")

    def latest(self, connection: int) -> datetime | None:
        """Return the time of a connection's newest event."""
        return self._utmost("max", f"connection = {int(connection)}")

    def actors(self) -> list[Actor]:
        """Return everybody who was named or caused events, remembered until the data changes; nobody is one of them."""
        rows = cast("list[tuple[str, str, str, str, str, int | None]]", self._file.recall(_ACTORS))
        return [
            Actor(
                key=key,
                label=label,
                team=team,
                team_label=team_label,
                service_account=service_account,
                last_day=last_day,
            )
            for key, label, team, team_label, service_account, last_day in rows
        ]

    def count(self, connection: int | None = None) -> Tally:
        """Return all events, or a connection's, counted and summed."""
        where = "" if connection is None else f" WHERE connection = {int(connection)}"
        ((events, spend, value),) = self._file.recall(
            "SELECT coalesce(sum(events), 0), coalesce(sum(CASE WHEN chargeable THEN cost END), 0), "
            f"coalesce(sum(cost), 0) FROM {BY_MODEL.table}{where}"
        )
        return Tally(
            events=int(cast("int", events)),
            spend=int(cast("int", spend)),
            usage_value=int(cast("int", value)),
        )

    def version(self) -> int:
        """Return a number that grows with every change of the data."""
        return self._file.version

    def check(self) -> None:
        """Read the whole file once; it holds a checksum of each block.

        Raises:
            StorageError: It is damaged.
        """
        for (table,) in self._file.rows("SELECT table_name FROM duckdb_tables()"):
            self._file.rows(f'SELECT bit_xor(hash(t)) FROM "{table}" t')

    def close(self) -> None:
        """Write everything out and let go of the file."""
        self._file.close()

    # Inside

    def _utmost(self, utmost: str, where: str) -> datetime | None:
        """Return the time of the first or the last event, which is sought around the first or last day that has one."""
        ((day,),) = self._file.recall(f"SELECT {utmost}(day) FROM {BY_MODEL.table} WHERE {where}")
        if day is None:
            return None
        start, end = (cast("int", day) + days for days in (-1, 2))  # in any zone
        ((found,),) = self._file.recall(
            f"SELECT {utmost}(ts) FROM events WHERE {where} AND ts >= {start * DAY_MS} AND ts < {end * DAY_MS}"
        )
        return from_ms(cast("int", found))

    def _settle_days(self) -> None:
        """Sum all anew where it is by the days of another zone, or of a clock that is known to run otherwise by now."""
        zone = ZoneInfo(self.zone)
        if all(self._file.meta(key) == value for key, value in days_of(zone).items()):
            return
        if self._file.meta("zone"):
            _LOG.info("All events in %s are summed anew, by the days of %s.", self.place, self.zone)
        with self._file.transaction() as cursor:
            rollup.rebuild(cursor, zone, self._kept)

    def _settle_size(self) -> None:
        """Sum events in more ways once there are many; where that fails, they go on as they are, and it is tried again."""
        with self._file.writing:
            if self._kept.all_there_are or self.count().events < self._large:
                return
            _LOG.info("There are many events in %s by now: they are summed in more ways, once.", self.place)
            try:
                with self._file.transaction() as cursor:
                    rollup.grow(cursor, ZoneInfo(self.zone))
            except StorageError as trouble:
                _LOG.warning(
                    "Events are not summed in more ways yet; large questions take longer: %s", trouble
                )
                self._may_grow = False
                return
            self._kept = kept(self._file.database)
            self._file.take_memory_of_large()
