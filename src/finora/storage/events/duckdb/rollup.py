"""The roll-ups: each day's events summed, exactly and in the events' own transaction.

Events are read once, summed by hour and all keys; from that come the roll-ups by day, and from the finest of them those with
fewer keys. A day that changed is summed
anew; what is added to a day that is not read whole yet is only summed for itself, and lies beside the rest until the day
is complete, so that reading a day in many pieces does not sum it as many times. So it is with months.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finora.spend.rollups import BLOCK, BY_MODEL, BY_PERSON, FINEST, HOURLY, HOURS, MONTHLY, ROLLUPS, SUMS
from finora.spend.source import local_ms
from finora.storage.events.duckdb.packing import SUMMED, pack_sums
from finora.storage.events.stretches import days_touched
from finora.values.interval import DAY_MS, HOUR_MS, day_from_number, day_number, local_day, offsets
from finora.values.period import Span, add_months, from_ms, midnight, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    import duckdb

    from finora.spend.rollups import Rollup

_DAYS = tuple(SUMMED[each] for each in ROLLUPS)
TABLES = (*_DAYS, SUMMED[MONTHLY])
"""Where roll-ups rest."""
_BOUNDS = "connection = ? AND ts >= ? AND ts < ?"
_COUNTED = "count(*) AS events, count(*) FILTER (WHERE cost IS NULL) AS unpriced"
_ADDED_UP = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in (*SUMS, "events", "unpriced"))
_SUMMED = ", ".join(f"CAST(coalesce(sum({name}), 0) AS BIGINT) AS {name}" for name in SUMS)
_MEMBERS = f"person // {BLOCK} AS block, bitstring_agg(person % {BLOCK}, 0, {BLOCK - 1}) FILTER (WHERE person <> 0) AS members"
_HOURS, _FRESH = "fresh_hours", "fresh_daily"
"""Temporary tables: what is summed by the hour, and by the day, with all keys."""


class _Stretch(NamedTuple):
    """A stretch of time whose events are summed, the days it touches, and those of them that are summed anew."""

    span: Span
    days: tuple[int, int]
    anew: tuple[int, int] | None


def refresh(
    cursor: duckdb.DuckDBPyConnection, connection: int, zone: ZoneInfo, stretches: Iterable[tuple[int, int]]
) -> None:
    """Sum anew the days that touch the stretches of milliseconds."""
    runs = days_touched(stretches, zone)
    for first, last in runs:
        days = (first, last)
        _sum(cursor, connection, zone, _Stretch(_span_of(*days, zone), days, anew=days))
    for month in dict.fromkeys(month for run in runs for month in _months_of(*run)):
        _sum_month(cursor, connection, month)


def extend(
    cursor: duckdb.DuckDBPyConnection,
    connection: int,
    zone: ZoneInfo,
    window: tuple[int, int],
    covered: Sequence[tuple[int, int]],
) -> None:
    """Sum the events of a window in which there were none before.

    Args:
        cursor: An open transaction.
        connection: Whose events they are.
        zone: Whose days count.
        window: The window.
        covered: The stretches that were read, the window among them; a day within one of them is complete.
    """
    ((first, last),) = days_touched([window], zone)
    _sum(cursor, connection, zone, _extended(window, (first, last), zone, covered))
    for month in _months_of(first, last):
        begins, ends = _bounds_of(month.start, zone)[0], _bounds_of(month.stop, zone)[0]
        if _within((begins, ends), covered):
            _sum_month(cursor, connection, month)
        else:
            bounds = (connection, max(begins, window[0]), min(ends, window[1]))
            _put_month(cursor, month, f"events WHERE {_BOUNDS}", f"{_SUMMED}, {_COUNTED}", bounds)


def rebuild(cursor: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> None:
    """Sum all days anew, as after a change of the workspace's zone."""
    for table in TABLES:
        cursor.execute(f"DELETE FROM {table}").fetchall()
    ((first, last),) = cursor.execute("SELECT min(ts), max(ts) FROM events").fetchall()
    if first is None:
        return
    days = (local_day(from_ms(first), zone), local_day(from_ms(last), zone) + 1)
    for (connection,) in cursor.execute("SELECT DISTINCT connection FROM events ORDER BY 1").fetchall():
        # A month at a time: to sum all at once takes memory by the number of rows.
        for month in _months_of(*days):
            part = (max(month.start, days[0]), min(month.stop, days[1]))
            _sum(cursor, connection, zone, _Stretch(_span_of(*part, zone), part, anew=None))
            _sum_month(cursor, connection, month)


def _sum(cursor: duckdb.DuckDBPyConnection, connection: int, zone: ZoneInfo, stretch: _Stretch) -> None:
    if stretch.anew:
        for table in _DAYS:
            cursor.execute(
                f"DELETE FROM {table} WHERE connection = ? AND day >= ? AND day < ?",
                (connection, *stretch.anew),
            ).fetchall()
    local = local_ms(offsets(stretch.span, zone))
    # Where a clock goes back over midnight, an hour of the day before comes again within the day that had begun.
    day = f"least(greatest({local} // {DAY_MS}, {stretch.days[0]}), {stretch.days[1] - 1})"
    when = f"CAST({day} AS INTEGER) AS day, CAST({local} // {HOUR_MS} % 24 AS UTINYINT) AS hour"
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {_HOURS} AS SELECT {when}, {', '.join(FINEST.keys)}, {_SUMMED}, {_COUNTED} "
        f"FROM events WHERE {_BOUNDS} GROUP BY ALL",
        (connection, stretch.span.start_ms, stretch.span.end_ms),
    ).fetchall()
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {_FRESH} AS {_added_up(FINEST, _HOURS)} ORDER BY ALL"
    ).fetchall()
    cursor.execute(pack_sums(FINEST, _FRESH)).fetchall()
    for rollup, source in ((HOURLY, _HOURS), (HOURS, _HOURS), (BY_PERSON, _FRESH), (BY_MODEL, _FRESH)):
        cursor.execute(pack_sums(rollup, f"({_added_up(rollup, source)} ORDER BY ALL)")).fetchall()
    for table in (_HOURS, _FRESH):
        cursor.execute(f"DROP TABLE {table}").fetchall()


def _added_up(rollup: Rollup, source: str) -> str:
    """Return the statement that adds a finer source up to a roll-up's rows."""
    keys = ["day", *rollup.keys, *([_MEMBERS] if rollup.people else [])]
    return f"SELECT {', '.join(keys)}, {_ADDED_UP} FROM {source} GROUP BY ALL"


def _sum_month(cursor: duckdb.DuckDBPyConnection, connection: int, month: range) -> None:
    """Sum a month, given as its days, anew from its days."""
    cursor.execute(
        f"DELETE FROM {SUMMED[MONTHLY]} WHERE connection = ? AND day = ?", (connection, month.start)
    ).fetchall()
    days = f"{FINEST.table} WHERE connection = ? AND day >= ? AND day < ?"
    _put_month(cursor, month, days, _ADDED_UP, (connection, month.start, month.stop))


def _put_month(
    cursor: duckdb.DuckDBPyConnection, month: range, source: str, sums: str, values: tuple[int, ...]
) -> None:
    """Add the rows that a source has of a month."""
    rows = f"SELECT {month.start} AS day, {', '.join(MONTHLY.keys)}, {sums} FROM {source} GROUP BY ALL ORDER BY ALL"
    cursor.execute(pack_sums(MONTHLY, f"({rows})"), values).fetchall()


def _months_of(first: int, last: int) -> list[range]:
    """Return the months that have a day from the first on and before the last, as the numbers of all their days."""
    months, begins = [], day_from_number(first).replace(day=1)
    while day_number(begins) < last:
        following = add_months(begins, 1)
        months.append(range(day_number(begins), day_number(following)))
        begins = following
    return months


def _extended(
    window: tuple[int, int], days: tuple[int, int], zone: ZoneInfo, covered: Sequence[tuple[int, int]]
) -> _Stretch:
    """Return what is summed of a window: its days that are complete now in whole, of the others what it has of them."""
    bounds = {day: _bounds_of(day, zone) for day in range(*days)}
    complete = [day for day, each in bounds.items() if _within(each, covered)]
    if not complete:
        return _Stretch(Span.from_ms(*window), days, anew=None)
    # They are one run, as the window lies within one stretch that was read; it may begin before the window, and end after it.
    anew = (complete[0], complete[-1] + 1)
    whole = min(window[0], bounds[complete[0]][0]), max(window[1], bounds[complete[-1]][1])
    return _Stretch(Span.from_ms(*whole), days, anew)


def _within(bounds: tuple[int, int], covered: Sequence[tuple[int, int]]) -> bool:
    return any(start <= bounds[0] and bounds[1] <= end for start, end in covered)


def _bounds_of(day: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return where a day begins and ends, in milliseconds; a day that the zone skipped ends where it begins."""
    first, last = (to_ms(midnight(day_from_number(each), zone)) for each in (day, day + 1))
    return first, last


def _span_of(first: int, last: int, zone: ZoneInfo) -> Span:
    return Span(midnight(day_from_number(first), zone), midnight(day_from_number(last), zone))
