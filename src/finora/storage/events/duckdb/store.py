"""The event store on DuckDB: one file, one process, any number of readers beside one writer."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from finora.spend.model_name import ModelRules
from finora.spend.rollups import BY_MODEL
from finora.spend.store import Actor, Tally
from finora.storage.events.columns import FLAT_CONNECTION
from finora.storage.events.duckdb import coverage, flat_charges, rollup
from finora.storage.events.duckdb.dialect import DuckDBDialect
from finora.storage.events.duckdb.errors import troubles_told
from finora.storage.events.duckdb.evidence import evidence
from finora.storage.events.duckdb.lent import lent
from finora.storage.events.duckdb.names import Names
from finora.storage.events.duckdb.opening import connect
from finora.storage.events.duckdb.packing import GROWN, SUMMED
from finora.storage.events.duckdb.replace import Outcome, Replacement
from finora.storage.events.records import figures_of, revision_of
from finora.storage.events.stretches import merged, within
from finora.values.interval import DAY_MS
from finora.values.patience import present_patience
from finora.values.period import Span, from_ms, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from finora.spend.dialect import Dialect
    from finora.spend.statement import Statement
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
_WORTH_FOLDING = 8_000_000
"""Bytes of a write-ahead log; each time it is folded, the last part of each table is packed anew."""
_TALLY = "count(*), coalesce(sum(CASE WHEN chargeable THEN cost END), 0), coalesce(sum(cost), 0)"


class DuckDBEventStore:
    """Keeps events in a DuckDB file.

    Args:
        path: The file; made when missing.
        zone: The workspace's time zone. When it differs from the file's, the roll-up is made anew.
        rules: Vendors and families of models. Known models are described anew where the rules have changed.
        large: As of how many events all roll-ups are kept.

    Raises:
        StorageError: The file is in use, damaged, too new or unusable; the message says what to do.
    """

    def __init__(
        self, path: Path, zone: str = "UTC", rules: ModelRules | None = None, *, large: int = rollup.LARGE
    ) -> None:
        self._path = path
        self._database = connect(path)
        self._writing = threading.RLock()
        self._names = Names(rules or ModelRules())
        self.zone = zone
        self._remembered: dict[str, object] = {}
        self._named: set[int] = set()
        self._large = large
        with troubles_told(path):
            self._rollups = rollup.kept(self._database)
            self._names.load(self._database)
            self._version = int(self._meta("version") or 0)
            self._last_read = cast("int", self._rows("SELECT coalesce(max(id), 0) FROM reads")[0][0])
            self._settle_zone()
        self._settle_rules()
        self._settle_size()

    @property
    def place(self) -> str:
        """The file."""
        return str(self._path)

    # Writing

    def replace_window(self, read: WindowRead, events: pa.Table) -> WindowChange:
        """Make the window's events those just read; see `EventStore`."""
        with self._writing:
            outcome = self._replace(read, events)
            if outcome.kept.changed:
                self._last_read += 1
            self._named.add(read.connection)
        return outcome.change

    def name_people(self, people: Sequence[Person]) -> None:
        """Give people the names and teams that answers show."""
        wanted = {
            person.key: (person.label, person.team or "none", person.team_label or "No team")
            for person in people
        }
        self._rename("persons", ("label", "team", "team_label"), wanted)

    def name_service_accounts(self, labels: Mapping[str, str]) -> None:
        """Give service accounts the names that answers show."""
        self._rename("service_accounts", ("label",), {key: (label,) for key, label in labels.items()})

    def name_connections(self, connections: Sequence[ConnectionName]) -> None:
        """Give connections the names that answers show."""
        wanted = {
            each.number: (each.key, each.label, each.provider, each.provider_label) for each in connections
        }
        with self._writing:
            present = {row[0]: row[1:] for row in self._rows("SELECT id, * EXCLUDE (id) FROM connections")}
            changed = {number: row for number, row in wanted.items() if present.get(number) != row}
            if not changed:
                return
            with self._transaction() as cursor:
                for number, row in changed.items():
                    cursor.execute("DELETE FROM connections WHERE id = ?", (number,)).fetchall()
                    cursor.execute(
                        "INSERT INTO connections VALUES (?, ?, ?, ?, ?)", (number, *row)
                    ).fetchall()
                    cursor.execute(
                        "UPDATE connections SET key = ?, label = ? WHERE id = ?",
                        (*row[:2], FLAT_CONNECTION + number),
                    ).fetchall()

    def hold_flat_rates(self, rates: Iterable[FlatRate], fingerprint: str) -> None:
        """Make these the flat rates, in place of those held before, and remember what they were made from."""
        with self._transaction() as cursor:
            flat_charges.replace(cursor, self._names, rates)
            cursor.execute("DELETE FROM meta WHERE key = 'flat_rates'").fetchall()
            cursor.execute("INSERT INTO meta VALUES ('flat_rates', ?)", (fingerprint,)).fetchall()

    def flat_rates_fingerprint(self) -> str:
        """Return what the flat rates were made from; empty where there never were any."""
        return self._meta("flat_rates") or ""

    def forget(self, connection: int) -> None:
        """Delete all that came through a connection."""
        with self._transaction() as cursor:
            for table in (
                "packed_events",
                *(SUMMED[each] for each in self._rollups),
                "reads",
                "revised_events",
                "covered",
                "found_empty",
            ):
                cursor.execute(f"DELETE FROM {table} WHERE connection = ?", (connection,)).fetchall()
            cursor.execute("DELETE FROM connections WHERE id = ?", (connection,)).fetchall()
            self._named.discard(connection)
        self.checkpoint()

    def tidy(self) -> None:
        """Fold the write-ahead log into the file where it is worth it; what folds it by itself waits for far more.

        And where there are many events by now, sum them in more ways.
        """
        self._settle_size()
        log = self._path.with_name(f"{self._path.name}.wal")
        if log.exists() and log.stat().st_size >= _WORTH_FOLDING:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        with self._writing:
            cursor = self._database.cursor()
            try:
                cursor.execute("CHECKPOINT").fetchall()
            except duckdb.TransactionException:
                pass  # readers are still on the old state; the next checkpoint catches up
            finally:
                cursor.close()

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """Keep the file and its log as they are until the block ends, so that they can be copied; readers go on."""
        with self._writing:
            self.checkpoint()
            yield

    # Reading

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """Yield a reader of one consistent state, whatever is written meanwhile."""
        cursor = self._database.cursor()
        dialect = DuckDBDialect(
            self._rollups
        )  # first: a roll-up that is begun later this state has no rows of
        try:
            cursor.begin()
            yield _Snapshot(cursor, dialect, self._path)
        finally:
            cursor.close()

    def connections(self) -> list[int]:
        """Return the numbers of the connections with anything read."""
        return [
            cast("int", number)
            for (number,) in self._recall("SELECT DISTINCT connection FROM covered ORDER BY 1")
        ]

    def covered(self, connection: int) -> list[Span]:
        """Return the stretches of time that were read, in order and merged."""
        rows = self._recall(
            f"SELECT start_ms, end_ms FROM covered WHERE connection = {int(connection)} ORDER BY 1"
        )
        return [Span.from_ms(start, end) for start, end in cast("list[tuple[int, int]]", rows)]

    def revisions(self, connection: int, limit: int = 200) -> list[Revision]:
        """Return the reads that changed windows read before, newest first."""
        rows = self._rows(
            "SELECT * EXCLUDE (revision) FROM reads WHERE connection = ? AND revision ORDER BY id DESC LIMIT ?",
            connection,
            limit,
        )
        return [revision_of(row) for row in cast("list[tuple[int, ...]]", rows)]

    def evidence(self, dispute: Dispute) -> pa.Table:
        """Return the single events that may be why totals differ; see `EventStore`."""
        with troubles_told(self._path):
            cursor = self._database.cursor()
            try:
                return evidence(cursor, dispute)
            finally:
                cursor.close()

    def earliest(self, connection: int | None = None) -> datetime | None:
        """Return the time of the first event, of all or of a connection's."""
        return self._utmost("min", "true" if connection is None else f"connection = {int(connection)}")

    def latest(self, connection: int) -> datetime | None:
        """Return the time of a connection's newest event."""
        return self._utmost("max", f"connection = {int(connection)}")

    def _utmost(self, utmost: str, where: str) -> datetime | None:
        """Return the time of the first or the last event, which is sought around the first or last day that has one."""
        ((day,),) = self._recall(f"SELECT {utmost}(day) FROM {BY_MODEL.table} WHERE {where}")
        if day is None:
            return None
        start, end = (cast("int", day) + days for days in (-1, 2))  # in any zone
        ((found,),) = self._recall(
            f"SELECT {utmost}(ts) FROM events WHERE {where} AND ts >= {start * DAY_MS} AND ts < {end * DAY_MS}"
        )
        return from_ms(cast("int", found))

    def actors(self) -> list[Actor]:
        """Return everybody who was named or caused events, remembered until the data changes; nobody is one of them."""
        return [
            Actor(
                key=key,
                label=label,
                team=team,
                team_label=team_label,
                service_account=service_account,
                last_day=last_day,
            )
            for key, label, team, team_label, service_account, last_day in cast(
                "list[tuple[str, str, str, str, str, int | None]]", self._recall(_ACTORS)
            )
        ]

    def count(self, connection: int | None = None) -> Tally:
        """Return all events, or a connection's, counted and summed."""
        where = "" if connection is None else f" WHERE connection = {int(connection)}"
        ((events, spend, value),) = self._recall(
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
        return self._version

    def check(self) -> None:
        """Read the whole file once; it holds a checksum of each block.

        Raises:
            StorageError: It is damaged.
        """
        for (table,) in self._rows("SELECT table_name FROM duckdb_tables()"):
            self._rows(f'SELECT bit_xor(hash(t)) FROM "{table}" t')

    def close(self) -> None:
        """Write everything out and let go of the file."""
        with self._writing:
            self._database.close()

    # Inside

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._writing, troubles_told(self._path):
            cursor = self._database.cursor()
            try:
                cursor.begin()
                yield cursor
                version = self._version + 1
                cursor.execute("UPDATE meta SET value = ? WHERE key = 'version'", (str(version),)).fetchall()
                cursor.commit()
            except BaseException:
                self._names.rollback()
                raise
            else:
                self._names.commit()
                self._version = version
                self._remembered = {}
            finally:
                cursor.close()  # an open transaction is rolled back

    def _rename(self, table: str, columns: tuple[str, ...], wanted: Mapping[str, tuple[str, ...]]) -> None:
        """Change the rows of a table of names that are not as wanted; where all are, nothing is written."""
        with self._writing:
            present = {
                row[0]: row[1:] for row in self._rows(f"SELECT key, {', '.join(columns)} FROM {table}")
            }
            changed = {key: values for key, values in wanted.items() if present.get(key) != values}
            if not changed:
                return
            settings = ", ".join(f"{name} = ?" for name in columns)
            with self._transaction() as cursor:
                for key, values in changed.items():
                    number = self._names.number(cursor, table, key)
                    cursor.execute(
                        f"UPDATE {table} SET {settings} WHERE id = ?", (*values, number)
                    ).fetchall()

    def _rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with troubles_told(self._path):
            cursor = self._database.cursor()
            try:
                return cursor.execute(sql, values).fetchall()
            finally:
                cursor.close()

    def _recall(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a statement, remembered until the data changes."""
        remembered = self._remembered
        if sql not in remembered:
            remembered[sql] = self._rows(sql)
        return cast("list[tuple[object, ...]]", remembered[sql])

    def _meta(self, key: str) -> str | None:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", key)
        return cast("str", rows[0][0]) if rows else None

    def _settle_zone(self) -> None:
        if self._meta("zone") == self.zone:
            return
        with self._transaction() as cursor:
            rollup.rebuild(cursor, ZoneInfo(self.zone), self._rollups)
            cursor.execute("DELETE FROM meta WHERE key = 'zone'").fetchall()
            cursor.execute("INSERT INTO meta VALUES ('zone', ?)", (self.zone,)).fetchall()

    def _settle_size(self) -> None:
        if {*GROWN}.issubset(self._rollups) or self.count().events < self._large:
            return
        _LOG.info("There are many events in %s by now: they are summed in more ways, once.", self._path)
        with self._transaction() as cursor:
            rollup.grow(cursor, ZoneInfo(self.zone))
        self._rollups = rollup.kept(self._database)

    def _settle_rules(self) -> None:
        outdated = self._names.misdescribed(self._database)
        if not outdated:
            return
        with self._transaction() as cursor:
            for key, *described in outdated:
                cursor.execute(
                    "UPDATE models SET (label, vendor, vendor_label, family, family_label) = (?, ?, ?, ?, ?) WHERE key = ?",
                    (*described, key),
                ).fetchall()

    def _replace(self, read: WindowRead, events: pa.Table) -> Outcome:
        with self._transaction() as cursor:
            read_id = self._last_read + 1
            near = coverage.covered_near(cursor, read)
            window = (read.window.start_ms, read.window.end_ms)
            known = within(near, *window)
            outcome = Replacement(cursor, read, read_id, self._names, known).run(events)
            if events.num_rows or coverage.believed_empty(cursor, read, near):
                coverage.cover(cursor, read, near)
            self._sum(cursor, read, outcome, [merged(near, *window)])
            self._name_for_now(cursor, read.connection)
            if outcome.kept.changed:
                self._record(cursor, read_id, read, outcome.kept, revision=outcome.revision is not None)
        return outcome

    def _sum(
        self,
        cursor: duckdb.DuckDBPyConnection,
        read: WindowRead,
        outcome: Outcome,
        covered: Sequence[tuple[int, int]],
    ) -> None:
        """Bring the roll-ups up to date; `covered` is what was read around the window, and that itself."""
        summed = rollup.Summed(read.connection, ZoneInfo(self.zone), self._rollups)
        if outcome.filled is None:
            rollup.refresh(cursor, summed, outcome.stretches)
            return
        window = (read.window.start_ms, read.window.end_ms)
        with lent(cursor, "filled", outcome.filled):
            rollup.extend(cursor, summed, rollup.Filled(window, covered, "filled"))

    def _name_for_now(self, cursor: duckdb.DuckDBPyConnection, connection: int) -> None:
        """Give a connection that nobody named yet a row, so that grouping by it or its provider loses no money."""
        if connection in self._named:
            return
        cursor.execute(
            "INSERT INTO connections SELECT ?, ?, ?, 'unknown', 'Unknown' "
            "WHERE NOT EXISTS (SELECT 1 FROM connections WHERE id = ?)",
            (connection, str(connection), f"Connection {connection}", connection),
        ).fetchall()

    def _record(
        self,
        cursor: duckdb.DuckDBPyConnection,
        read_id: int,
        read: WindowRead,
        change: WindowChange,
        *,
        revision: bool,
    ) -> None:
        row = (
            *(
                read_id,
                read.connection,
                read.run,
                read.window.start_ms,
                read.window.end_ms,
                to_ms(read.read_at),
            ),
            *figures_of(change),
            revision,
        )
        cursor.execute(f"INSERT INTO reads VALUES ({', '.join('?' * len(row))})", row).fetchall()


class _Snapshot:
    """Reads through a cursor with an open transaction."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, dialect: Dialect, path: Path) -> None:
        self._cursor = cursor
        self.dialect = dialect
        self._path = path

    def fetch(self, statement: Statement) -> list[tuple[object, ...]]:
        """Return the rows of a statement."""
        with self._stoppable(), troubles_told(self._path):
            return self._cursor.execute(statement.sql, statement.values).fetchall()

    def stream(self, statement: Statement, rows: int = 10_000) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a statement in batches, at least one, so that a file has its columns even without rows."""
        with self._stoppable(), troubles_told(self._path):
            reader = self._cursor.sql(statement.sql, params=list(statement.values)).to_arrow_reader(rows)
            first = next(reader, None)
        yield pa.RecordBatch.from_pylist([], schema=reader.schema) if first is None else first
        while True:
            with self._stoppable(), troubles_told(self._path):
                batch = next(reader, None)
            if batch is None:
                return
            yield batch

    def _stoppable(self) -> AbstractContextManager[None]:
        return present_patience().stopping(self._cursor.interrupt)
