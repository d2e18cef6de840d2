"""The event store on ClickHouse: any number of processes, one of which writes at a time."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from finora.spend.model_name import ModelRules
from finora.spend.rollups import BY_MODEL, BY_PERSON, ROLLUPS
from finora.spend.store import Actor, Tally
from finora.storage.events.clickhouse import flat_charges
from finora.storage.events.clickhouse.coverage import Coverage
from finora.storage.events.clickhouse.days import Days
from finora.storage.events.clickhouse.draft import Draft, Segment, newest_version, note_of
from finora.storage.events.clickhouse.engine import Engine
from finora.storage.events.clickhouse.evidence import evidence_statement
from finora.storage.events.clickhouse.labels import Labels
from finora.storage.events.clickhouse.move_mark import refuse_half_moved
from finora.storage.events.clickhouse.names import Names
from finora.storage.events.clickhouse.opening import settle_schema
from finora.storage.events.clickhouse.reader import Snapshot
from finora.storage.events.clickhouse.schema import READ_COLUMNS
from finora.storage.events.clickhouse.sweeping import segments_of, sweep
from finora.storage.events.clickhouse.turns import Alone
from finora.storage.events.clickhouse.versions import next_version, version_at
from finora.storage.events.clickhouse.views import FLAT, HOUR_MS, READS, explained, held_hours
from finora.storage.events.clickhouse.window import Scratch, Window
from finora.storage.events.errors import EventsDamaged
from finora.storage.events.records import figures_of, revision_of
from finora.values.clock import SystemClock
from finora.values.period import Span, from_ms, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

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
    from finora.storage.events.clickhouse.address import Address
    from finora.storage.events.clickhouse.engine import Rows
    from finora.storage.events.clickhouse.turns import Turns
    from finora.storage.events.clickhouse.window import WindowOutcome
    from finora.values.clock import Clock

_ACTORS = """
SELECT p.key, p.label, p.team, p.team_label,
  CASE WHEN p.id <> 0 AND min(d.service_account <> 0) THEN max(s.label) ELSE '' END, max(d.last_day)
FROM persons p
LEFT JOIN (SELECT person, service_account, max(day) AS last_day FROM {rollup} GROUP BY person, service_account) d ON d.person = p.id
LEFT JOIN service_accounts s ON s.id = d.service_account
GROUP BY p.id, p.key, p.label, p.team, p.team_label
ORDER BY 1""".strip().replace("{rollup}", BY_PERSON.table)
_READ = ", ".join(name for name in READ_COLUMNS if name != "revision")
_AGE_SECONDS = 1.0
"""How old what is known of other processes' writes may be."""
_SWEEPS_EVERY = 600.0


class ClickHouseEventStore:
    """Keeps events in a ClickHouse, on a server or embedded.

    Args:
        address: Where it is. The tables are made when missing.
        zone: The workspace's time zone.
        rules: Vendors and families of models. Known models are described anew where the rules have changed.
        turns: Who of several processes writes.
        longest_read: Seconds a reader may read one state; what a write replaces is kept for twice as long.
        clock: The present.
        change_days: Whether the roll-ups are made anew where they are by the days of another zone. Who shares them with other
            processes would change the figures under their hands.
        for_move: Whether it is opened to be moved into, and may be what a move left half done.

    Raises:
        StorageError: It cannot be reached, is too new, by other days, moved in part only or unusable; the message says what to do.
    """

    def __init__(
        self,
        address: Address,
        zone: str = "UTC",
        *,
        rules: ModelRules | None = None,
        turns: Turns | None = None,
        longest_read: int = 900,
        clock: Clock | None = None,
        change_days: bool = False,
        for_move: bool = False,
    ) -> None:
        self.zone = zone
        self._turns = turns or Alone()
        self._clock = clock or SystemClock()
        self._longest_read = longest_read
        self._writing = threading.RLock()
        self._scratch = Scratch()
        self._swept_at = time.monotonic()
        self._remembered: tuple[int, dict[str, Rows]] = (0, {})
        self._known, self._asked_at = 0, 0.0
        self.engine = Engine(address, longest=longest_read)
        try:
            with self.engine.told(), self._writing, self._turns.turn():
                settle_schema(self.engine)
                if not for_move:
                    refuse_half_moved(self.engine)
            self.names = Names(self.engine, rules or ModelRules())
            self._labels = Labels(self.names, self.writing)
            self._days = Days(self.engine, zone)
            self._settle_days(change=change_days)
            self._labels.label_models()
        except BaseException:
            self.close()
            raise

    @property
    def place(self) -> str:
        """Where it is, for people to read."""
        return self.engine.address.place

    # Writing

    def replace_window(self, read: WindowRead, events: pa.Table) -> WindowChange:
        """Make the window's events those just read; see `EventStore`."""
        with self.writing() as draft:
            coverage = Coverage.load(self.engine, read.connection, draft.base)
            read_id = 1 + self.engine.scalar(f"SELECT max(bucket) FROM segments WHERE kind = '{READS.name}'")
            window = Window(self.engine, draft, self.names, read, read_id)
            outcome = window.run(events, coverage.within(read), self._scratch)
            self._days.sum(draft, read.connection, outcome.stretches)
            after = coverage.with_read(read) if events.num_rows else coverage.with_empty(read)
            if after != coverage:
                after.write(draft)
            self._labels.label_for_now(draft, read.connection)
            if outcome.change.changed:
                _record(draft, read_id, read, outcome)
        return outcome.change

    def name_people(self, people: Sequence[Person]) -> None:
        """Give people the names and teams that answers show."""
        self._labels.label_people(people)

    def name_service_accounts(self, labels: Mapping[str, str]) -> None:
        """Give service accounts the names that answers show."""
        self._labels.label_service_accounts(labels)

    def name_connections(self, connections: Sequence[ConnectionName]) -> None:
        """Give connections the names that answers show."""
        self._labels.label_connections(connections)

    def hold_flat_rates(self, rates: Iterable[FlatRate], fingerprint: str) -> None:
        """Make these the flat rates, in place of those held before, and remember what they were made from."""
        with self.writing() as draft:
            flat_charges.replace(draft, self.names, rates, fingerprint)

    def flat_rates_fingerprint(self) -> str:
        """Return what the flat rates were made from; empty where there never were any."""
        return note_of(self.engine, FLAT, self.version())

    def forget(self, connection: int) -> None:
        """Delete all that came through a connection."""
        with self.writing() as draft:
            for kind, bucket in segments_of(self.engine, connection, draft.base):
                draft.put(Segment(kind=kind, connection=connection, bucket=bucket))
            named = self.names.rows("connections").get(connection)
            if named:
                self.names.write("connections", {connection: named}, draft.version, deleted=True)

    def sweep(self) -> int:
        """Clear away what no reader can want any more, and return how many segments that were."""
        with self._writing, self._turns.turn():
            return self._sweep()

    # Reading

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """Yield a reader of one consistent state, whatever is written meanwhile."""
        yield Snapshot(self.engine, self.version())

    def connections(self) -> list[int]:
        """Return the numbers of the connections with anything read."""
        return [number for (number,) in self._recall("SELECT DISTINCT connection FROM covered ORDER BY 1")]

    def covered(self, connection: int) -> list[Span]:
        """Return the stretches of time that were read, in order and merged."""
        rows = self._recall(
            f"SELECT start_ms, end_ms FROM covered WHERE connection = {connection:d} ORDER BY 1"
        )
        return [Span.from_ms(start, end) for start, end in rows]

    def revisions(self, connection: int, limit: int = 200) -> list[Revision]:
        """Return the reads that changed windows read before, newest first."""
        rows = self._rows(
            f"SELECT {_READ} FROM reads WHERE connection = ? AND revision ORDER BY id DESC LIMIT ?",
            connection,
            limit,
        )
        return [revision_of(row) for row in rows]

    def evidence(self, dispute: Dispute) -> pa.Table:
        """Return the single events that may be why totals differ; see `EventStore`."""
        statement = explained(evidence_statement(dispute), self.version())
        return self.engine.table(statement, list(dispute.people))

    def earliest(self, connection: int | None = None) -> datetime | None:
        """Return the time of the first event, of all or of a connection's."""
        return self._utmost("min", connection)

    def latest(self, connection: int) -> datetime | None:
        """Return the time of a connection's newest event."""
        return self._utmost("max", connection)

    def _utmost(self, utmost: str, connection: int | None) -> datetime | None:
        """Return the time of the first or the last event, which is sought in the first or last hour that holds one."""
        hours = self._recall(held_hours(self.version(), connection))
        if not hours or not hours[0][0]:
            return None
        start = hours[0][{"min": 1, "max": 2}[utmost]] * HOUR_MS
        where = "" if connection is None else f" AND connection = {connection:d}"
        ((found,),) = self._recall(
            f"SELECT {utmost}(ts) FROM events WHERE ts >= {start} AND ts < {start + HOUR_MS}{where}"
        )
        return from_ms(found)

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
            for key, label, team, team_label, service_account, last_day in self._recall(_ACTORS)
        ]

    def count(self, connection: int | None = None) -> Tally:
        """Return all events, or a connection's, counted and summed."""
        where = "" if connection is None else f" WHERE connection = {connection:d}"
        ((events, spend, value),) = self._recall(
            "SELECT coalesce(sum(events), 0), coalesce(sum(CASE WHEN chargeable THEN cost END), 0), "
            f"coalesce(sum(cost), 0) FROM {BY_MODEL.table}{where}"
        )
        return Tally(events=events, spend=spend, usage_value=value)

    def version(self) -> int:
        """Return a number that grows with every change of the data; of other processes' changes within a second.

        Raises:
            EventsByOtherDays: Another process sums the events by other days by now; what is read of them would be other figures.
        """
        if time.monotonic() - self._asked_at >= _AGE_SECONDS:
            asked_at = time.monotonic()
            newest = newest_version(self.engine)
            if newest > self._known:
                self._days.refuse_others(newest)
            self._saw(newest)
            self._asked_at = asked_at
        return self._known

    def check(self) -> None:
        """Read all events once, and compare them with what the segments and the roll-ups say of them.

        Raises:
            EventsDamaged: They differ.
        """
        version = newest_version(self.engine)
        events = self._totals("events", "count()", version)
        days = [self._totals(rollup.table, "sum(events)", version) for rollup in ROLLUPS]
        hours = self.engine.scalar(
            "SELECT sum(held) FROM (SELECT argMax(rows, version) AS held FROM segments WHERE kind = 'events' "
            f"AND version <= {version} GROUP BY connection, bucket)"
        )
        if any(each != events for each in days) or hours != sum(row[1] for row in events):
            raise EventsDamaged(
                f"What the event store at {self.place} holds does not add up: events are missing or there twice. Restore the "
                "database from a backup; or empty it and let Finora read the provider's history anew."
            )

    def tidy(self) -> None:
        """Put nothing off: the engine merges its parts by itself."""

    def close(self) -> None:
        """Let go of the engine."""
        self.engine.close()
        self._scratch.close()

    # Inside

    @contextmanager
    def writing(self, *, note: bool = False) -> Iterator[Draft]:
        """Yield a write that has its turn and is committed at the end; with `note` even if it has no segments of its own."""
        with self._writing, self._turns.turn():
            base = newest_version(self.engine)
            draft = Draft(self.engine, base, next_version(base, self._clock.now()))
            self._days.refuse_others(base)
            try:
                yield draft
                if note or not draft.is_empty:
                    self.names.keep(draft.version)
                    draft.commit()
                    self._saw(draft.version)
            finally:
                self.names.forget_new()
            if time.monotonic() - self._swept_at >= _SWEEPS_EVERY:
                self._sweep()

    def _totals(self, table: str, count: str, version: int) -> Rows:
        """Return what a table tells of each connection: how many events, and what they are worth."""
        sql = (
            f"SELECT connection, {count}, coalesce(sum(cost), 0) FROM {table} GROUP BY connection ORDER BY 1"
        )
        return self.engine.rows(explained(sql, version))

    def _sweep(self) -> int:
        self._swept_at = time.monotonic()
        return sweep(
            self.engine, version_at(self._clock.now()) - version_at(from_ms(2000 * self._longest_read))
        )

    def _saw(self, version: int) -> None:
        self._known = max(self._known, version)

    def _rows(self, sql: str, *values: object) -> Rows:
        return self.engine.rows(explained(sql, self.version()), *values)

    def _recall(self, sql: str) -> Rows:
        """Return the rows of a statement, remembered until the data changes."""
        version = self.version()
        if self._remembered[0] != version:
            self._remembered = (version, {})
        known = self._remembered[1]
        if sql not in known:
            known[sql] = self.engine.rows(explained(sql, version))
        return known[sql]

    def _settle_days(self, *, change: bool) -> None:
        """Make the roll-ups where there are none, or anew: where they are by another zone's days, or keep other things apart."""
        if self._days.are_of(newest_version(self.engine)):
            return
        with self._writing, self._turns.turn():
            base = newest_version(self.engine)
            if self._days.are_of(base):  # another process did it meanwhile
                return
            if not change and self._days.zone_of(base) not in {"", self.zone}:
                self._days.refuse_others(base)
            draft = Draft(self.engine, base, next_version(base, self._clock.now()))
            self._days.make_anew(draft)
            draft.commit()
            self._saw(draft.version)


def _record(draft: Draft, read_id: int, read: WindowRead, outcome: WindowOutcome) -> None:
    """Keep what a read changed; where the window had been read before, as a revision."""
    change = outcome.revision or outcome.change
    revision = outcome.revision is not None
    window = (read.window.start_ms, read.window.end_ms)
    values = (read_id, read.connection, read.run, *window, to_ms(read.read_at), *figures_of(change), revision)
    draft.put(Segment(kind=READS, connection=read.connection, bucket=read_id, rows=1))
    draft.fill("reads", pa.Table.from_pylist([dict(zip(READ_COLUMNS, values, strict=True))]))
