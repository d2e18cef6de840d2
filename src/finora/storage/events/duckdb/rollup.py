"""The roll-ups: each day's events summed, exactly and in the events' own transaction.

Events are read once, summed by hour and all keys; from that come the roll-ups by day, and from the finest of them those with
fewer keys. What is added to a day that is not read whole yet is only summed for itself, and lies beside the rest until the
day is complete, when it is summed anew, so that reading a day in many pieces does not sum it as many times. So it is with
weeks. What changes of events that were there is brought into the sums there are (see `adjusting`).

A store keeps few roll-ups until it is large; then it is summed in all ways once (`grow`), and keeps that up.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from finora.spend.rollups import FINEST, OF_RUNS, RUNS
from finora.storage.events.duckdb.days import days_of
from finora.storage.events.duckdb.notes import note
from finora.storage.events.duckdb.packing import GROWN, SUMMED, pack_sums, rollup_table, rollup_view
from finora.storage.events.duckdb.run_sums import put_runs
from finora.storage.events.duckdb.summing import (
    SINGLE_EVENTS,
    Kept,
    Stretch,
    Summed,
    add_up_by_hour,
    added_up,
    bounds_of,
    clear,
    day_told,
    members,
    put,
    span_of,
    within,
)
from finora.storage.events.duckdb.weekly import extend_weeks, put_weeks, put_weeks_of_days
from finora.storage.events.stretches import days_touched
from finora.values.interval import DAY_MS
from finora.values.period import Span
from finora.values.weeks import week_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    import duckdb

    from finora.storage.events.duckdb.summing import Filled

LARGE = 2_000_000
"""As of how many events a store keeps all roll-ups (see `packing.GROWN`)."""
_AT_ONCE = 2_000_000
"""Events that are summed anew at once, unless there are more in a week."""
_HOURS, _FRESH = "fresh_hours", "fresh_daily"
"""Temporary tables: what is summed by the hour, and by the day, with all keys."""


def extend(cursor: duckdb.DuckDBPyConnection, summed: Summed, filled: Filled) -> None:
    """Sum the events of a window in which there were none before."""
    ((first, last),) = days_touched([filled.window], summed.zone)
    stretch = _extended(filled, (first, last), summed.zone)
    if stretch.bounds == filled.window:
        alone = stretch._replace(anew=None)  # nothing is there to be taken away
        _sum(cursor, summed, alone, filled.events)
    else:
        _sum(cursor, summed, stretch)
    extend_weeks(cursor, summed, filled, stretch, _FRESH)


def rebuild(cursor: duckdb.DuckDBPyConnection, zone: ZoneInfo, kept: Kept) -> None:
    """Sum all days anew, as after a change of the workspace's zone, and note whose days they are."""
    for table in kept.tables:
        cursor.execute(f"DELETE FROM {table}").fetchall()
    for connection, stretch in _all_there_is(cursor, zone):
        summed = Summed(connection, zone, kept)
        _sum(cursor, summed, stretch)
        put_weeks(cursor, summed, _FRESH)
    for key, value in days_of(zone).items():
        note(cursor, key, value)


def make_grown(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of the roll-ups that only large stores keep."""
    for rollup in GROWN:
        cursor.execute(rollup_table(rollup)).fetchall()
        cursor.execute(rollup_view(rollup)).fetchall()


def grow(cursor: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> None:
    """Keep the roll-ups of large stores, too, from now on, of all there is."""
    make_grown(cursor)
    for connection, stretch in _all_there_is(cursor, zone):
        summed = Summed(connection, zone, Kept.of(GROWN))
        _sum_events(cursor, summed, stretch)
        for rollup in summed.kept.by_day:
            if rollup not in OF_RUNS:
                put(cursor, rollup, _HOURS)
        put_weeks_of_days(cursor, summed, stretch.days)


def _all_there_is(cursor: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> Iterator[tuple[int, Stretch]]:
    """Yield stretches of whole weeks that hold all events, with the connection whose they are."""
    counted = f"SELECT connection, ts // {DAY_MS}, count(*) FROM events GROUP BY ALL ORDER BY ALL"
    for connection, days in groupby(cursor.execute(counted).fetchall(), key=lambda row: row[0]):
        for part in parts_of({day: events for _connection, day, events in days}):
            yield connection, Stretch(span_of(*part, zone), part, anew=None)


def parts_of(events: Mapping[int, int]) -> list[tuple[int, int]]:
    """Return runs of whole weeks that hold all events, of which so many are on each day of UTC: not too many events at once.

    To sum all at once takes memory by the number of rows, and each part takes time, whatever it holds. In any zone an event's day is at
    most one off.
    """
    parts: list[tuple[int, int]] = []
    held = 0
    for week in sorted(
        {week_of(near) for day in events for near in (day - 1, day, day + 1)}, key=lambda each: each.start
    ):
        own = sum(events.get(day, 0) for day in week)
        if parts and parts[-1][1] == week.start and held + own <= _AT_ONCE:
            parts[-1] = (parts[-1][0], week.stop)
            held += own
        else:
            parts.append((week.start, week.stop))
            held = own
    return parts


def _sum(cursor: duckdb.DuckDBPyConnection, summed: Summed, stretch: Stretch, fresh: str = "") -> None:
    """Sum a stretch's events, or those of a table that has all of them and no other, by day; leave them in `_FRESH`."""
    if stretch.anew:
        for rollup in summed.kept.by_day:
            clear(cursor, SUMMED[rollup], summed.connection, stretch.anew)
    _sum_events(cursor, summed, stretch, fresh)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_FRESH} AS {added_up(FINEST, _HOURS)}").fetchall()
    cursor.execute(pack_sums(FINEST, _FRESH)).fetchall()
    who = members(cursor)
    for rollup in summed.kept.by_day:
        if rollup not in (FINEST, *OF_RUNS):
            further = [who] if rollup.people else []
            put(cursor, rollup, _HOURS if "hour" in rollup.keys else _FRESH, *further)


def _sum_events(cursor: duckdb.DuckDBPyConnection, summed: Summed, stretch: Stretch, fresh: str = "") -> None:
    """Sum a stretch's events by hour and all keys, in `_HOURS`, and by runs where these are kept."""
    events, values = (fresh, ()) if fresh else (SINGLE_EVENTS, (summed.connection, *stretch.bounds))
    add_up_by_hour(cursor, _HOURS, events, stretch, summed.zone, values=values)
    if RUNS in summed.kept.by_day:
        put_runs(cursor, events, day_told(stretch, summed.zone), values)


def _extended(filled: Filled, days: tuple[int, int], zone: ZoneInfo) -> Stretch:
    """Return what is summed of a window: its days that are complete now in whole, of the others what it has of them."""
    window = filled.window
    bounds = {day: bounds_of(day, zone) for day in range(*days)}
    complete = [day for day, each in bounds.items() if within(each, filled.covered)]
    if not complete:
        return Stretch(Span.from_ms(*window), days, anew=None)
    # They are one run, as the window lies within one stretch that was read; it may begin before the window, and end after it.
    anew = (complete[0], complete[-1] + 1)
    whole = min(window[0], bounds[complete[0]][0]), max(window[1], bounds[complete[-1]][1])
    return Stretch(Span.from_ms(*whole), days, anew)
