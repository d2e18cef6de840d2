"""All roll-ups adjusted to what changed in a window that was read again.

The changes are added up by hour and all keys, as events are, and from that by the keys of each roll-up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import FINEST, OF_RUNS, RUNS
from finora.storage.events.duckdb.adjustment import Adjustment
from finora.storage.events.duckdb.changes import CHANGES
from finora.storage.events.duckdb.run_sums import adjust_runs
from finora.storage.events.duckdb.summing import (
    OF_DAYS,
    SINGLE_EVENTS,
    Stretch,
    add_up_by_hour,
    added_up,
    day_told,
    hour_told,
    members,
    span_of,
    sums_of_changes,
)
from finora.storage.events.duckdb.weekly import adjust_weeks
from finora.storage.events.stretches import days_touched

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from finora.spend.rollups import Rollup
    from finora.storage.events.duckdb.summing import Summed

_BY_HOUR, _BY_DAY = "changes_by_hour", "changes_by_day"


def adjust_to_changes(
    cursor: duckdb.DuckDBPyConnection, summed: Summed, stretches: Iterable[tuple[int, int]]
) -> bool:
    """Adjust all roll-ups to the table of changes, which are within some stretches of milliseconds.

    Return whether the finest was what the events had come to. Where it was not, nothing is right that is adjusted: all has to be
    summed anew.
    """
    runs = days_touched(stretches, summed.zone)
    if not runs:
        return True
    days = (runs[0][0], runs[-1][1])
    stretch = Stretch(span_of(*days, summed.zone), days, anew=None)
    add_up_by_hour(cursor, _BY_HOUR, CHANGES, stretch, summed.zone, sums=sums_of_changes)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_BY_DAY} AS {added_up(FINEST, _BY_HOUR)}").fetchall()
    finest = Adjustment(FINEST, summed.connection, days, _BY_DAY)
    finest.take_out(cursor)
    if finest.differs(cursor):
        return False
    finest.put_back(cursor)
    for rollup in summed.kept.by_day:
        if rollup not in (FINEST, *OF_RUNS):
            changes = _BY_HOUR if "hour" in rollup.keys else _BY_DAY
            people = _people_of(cursor, rollup, summed, stretch) if rollup.people else ("", ())
            Adjustment(rollup, summed.connection, days, changes).make(cursor, *people)
    adjust_weeks(cursor, summed, _BY_DAY, days)
    if RUNS in summed.kept.by_day:
        adjust_runs(cursor, CHANGES, day_told(stretch, summed.zone), summed.connection, days)
    return True


def _people_of(
    cursor: duckdb.DuckDBPyConnection, rollup: Rollup, summed: Summed, stretch: Stretch
) -> tuple[str, tuple[int, ...]]:
    """Return the statement that tells the sets of people of some days by a roll-up's keys, and what is bound in it."""
    who = members(cursor)
    for finer in summed.kept.by_day:
        if {*rollup.keys, "person"}.issubset(finer.keys):
            rows = (
                f"SELECT day, {', '.join(rollup.keys)}, {who} FROM {finer.table} WHERE {OF_DAYS} GROUP BY ALL"
            )
            return rows, (summed.connection, *stretch.days)
    day, hour = day_told(stretch, summed.zone), hour_told(stretch, summed.zone)
    keys = ", ".join(f"{hour} AS hour" if key == "hour" else key for key in rollup.keys)
    rows = f"SELECT {day} AS day, {keys}, {who} FROM {SINGLE_EVENTS} GROUP BY ALL"
    return rows, (summed.connection, *stretch.bounds)
