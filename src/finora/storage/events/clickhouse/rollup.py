"""The roll-ups of days, summed by the engine from the events that count with a write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import ROLLUPS, SUMS, summand
from finora.spend.source import local_ms
from finora.storage.events.clickhouse.draft import UNKNOWN, Segment
from finora.storage.events.clickhouse.schema import TABLES
from finora.storage.events.clickhouse.views import DAYS, EVENTS, HOUR_MS, live
from finora.storage.events.columns import EVENT_COLUMNS
from finora.values.interval import DAY_MS, day_from_number, offsets
from finora.values.period import Span, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from finora.spend.rollups import Rollup
    from finora.storage.events.clickhouse.draft import Draft

_SUMS = {name: f"CAST(coalesce(sum({summand(name)}), 0) AS Int64)" for name in (*SUMS, "tokens")}


def sum_days(draft: Draft, connection: int, zone: ZoneInfo, runs: Iterable[tuple[int, int]]) -> None:
    """Let a write sum whole days anew, given as half-open runs, from what is stored and what it writes itself."""
    for first, after in runs:
        span = Span(midnight(day_from_number(first), zone), midnight(day_from_number(after), zone))
        for day in range(first, after):
            draft.put(Segment(kind=DAYS, connection=connection, bucket=day, rows=UNKNOWN))
        for rollup in ROLLUPS:
            draft.make(_summed(rollup, draft, connection, zone, span))


def _summed(rollup: Rollup, draft: Draft, connection: int, zone: ZoneInfo, span: Span) -> str:
    """Return the statement that makes a roll-up's rows of a span of whole days."""
    made = {
        "connection": "connection",
        "day": f"CAST({local_day_of(span, zone)} AS Int32)",
        **{name: name for name in rollup.keys},
        "hour": f"CAST(intDiv({local_ms(offsets(span, zone))}, {HOUR_MS}) % 24 AS UInt8)",
        **_SUMS,
        "events": "count()",
        "unpriced": "countIf(cost IS NULL)",
        "version": str(draft.version),
    }
    columns = next(each for each in TABLES if each.name == f"{rollup.table}_kept").columns
    selected = ", ".join(f"{made[name]} AS {name}" if made[name] != name else name for name in columns)
    hours = (span.start_ms // HOUR_MS, -(-span.end_ms // HOUR_MS))
    near = f"connection = {connection:d} AND bucket >= {hours[0]} AND bucket < {hours[1]}"
    fresh = f"SELECT connection, bucket, version FROM attempts WHERE version = {draft.version} AND kind = '{EVENTS.name}' AND {near}"
    newest = (
        "SELECT connection, bucket, max(of) FROM (SELECT connection, bucket, version AS of FROM segments "
        f"WHERE kind = '{EVENTS.name}' AND version <= {draft.base} AND {near} UNION ALL {fresh}) GROUP BY connection, bucket"
    )
    read = ", ".join(each for each in EVENT_COLUMNS if each in {*rollup.keys, *SUMS, "connection", "ts"})
    source = (
        f"SELECT {read} FROM events_kept WHERE connection = {connection:d} AND ts >= {span.start_ms} AND ts < {span.end_ms} "
        f"AND (connection, bucket, version) IN ({newest})"
    )
    keys = ", ".join(dict.fromkeys(("connection", "day", *rollup.keys)))
    return f"INSERT INTO {rollup.table}_kept ({', '.join(columns)}) SELECT {selected} FROM ({source}) GROUP BY {keys}"


def local_day_of(span: Span, zone: ZoneInfo) -> str:
    """Return the zone's day of an event, as an expression."""
    return f"intDiv({local_ms(offsets(span, zone))}, {DAY_MS})"


def day_segments(version: int, connection: int) -> str:
    """Return the statement that names the days of a connection that are summed."""
    return live(DAYS, version, f"connection = {connection:d}")
