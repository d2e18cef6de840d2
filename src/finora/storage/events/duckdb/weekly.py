"""The roll-ups by week: added up from days, each week once it is complete, and before that as far as it was read.

Weeks are cut where a month begins; see `values.weeks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import FINEST
from finora.storage.events.duckdb.adjustment import Adjustment
from finora.storage.events.duckdb.packing import SUMMED
from finora.storage.events.duckdb.summing import (
    OF_DAYS,
    SINGLE_EVENTS,
    bounds_of,
    clear,
    put,
    sums_of_events,
    within,
)
from finora.values.weeks import weeks_of

if TYPE_CHECKING:
    import duckdb

    from finora.storage.events.duckdb.summing import Filled, Stretch, Summed

_EPOCH = "DATE '1970-01-01'"
_WEEK = f"CAST(greatest((day + 3) // 7 * 7 - 3, CAST(date_trunc('month', {_EPOCH} + day) AS DATE) - {_EPOCH}) AS INTEGER)"
"""The first day of the week that a day is in."""
_DAYS = f"{FINEST.table} WHERE {OF_DAYS}"


def put_weeks(
    cursor: duckdb.DuckDBPyConnection, summed: Summed, source: str, values: tuple[int, ...] = ()
) -> None:
    """Add the rows that a source of days, with what is bound in its conditions, has of their weeks."""
    for rollup in summed.kept.by_week:
        put(cursor, rollup, source, day=_WEEK, values=values)


def put_weeks_of_days(cursor: duckdb.DuckDBPyConnection, summed: Summed, days: tuple[int, int]) -> None:
    """Add the rows that some days, summed before, have of their weeks."""
    put_weeks(cursor, summed, _DAYS, (summed.connection, *days))


def adjust_weeks(
    cursor: duckdb.DuckDBPyConnection, summed: Summed, changes: str, days: tuple[int, int]
) -> None:
    """Adjust the weeks of some days to changes, which are added up by day."""
    weeks = weeks_of(*days)
    for rollup in summed.kept.by_week:
        touched = (weeks[0].start, weeks[-1].stop)
        Adjustment(rollup, summed.connection, touched, changes, day=_WEEK).make(cursor)


def _sum_week(cursor: duckdb.DuckDBPyConnection, summed: Summed, week: range) -> None:
    """Sum a week anew from its days."""
    bounds = (summed.connection, week.start, week.stop)
    for rollup in summed.kept.by_week:
        clear(cursor, SUMMED[rollup], summed.connection, (week.start, week.start + 1))
        put(cursor, rollup, _DAYS, day=str(week.start), values=bounds)


def extend_weeks(
    cursor: duckdb.DuckDBPyConnection, summed: Summed, filled: Filled, stretch: Stretch, days: str
) -> None:
    """Add to each week what a window has of it, or sum it anew from its days where that completes it.

    `days` is a table of what was summed by day, which is that of the stretch.
    """
    if not summed.kept.by_week:
        return
    window, zone = filled.window, summed.zone
    own: list[range] = []
    for week in weeks_of(*stretch.days):
        begins, ends = bounds_of(week.start, zone)[0], bounds_of(week.stop, zone)[0]
        complete = within((begins, ends), filled.covered)
        if within((begins, ends), [window]) or (stretch.bounds == window and not complete):
            own.append(week)  # what was just summed is all that the window has of it, and no more
        elif complete:
            _sum_week(cursor, summed, week)
        else:
            bounds = (summed.connection, max(begins, window[0]), min(ends, window[1]))
            for rollup in summed.kept.by_week:
                put(
                    cursor,
                    rollup,
                    SINGLE_EVENTS,
                    day=str(week.start),
                    sums=sums_of_events,
                    values=bounds,
                )
    if own:
        put_weeks(cursor, summed, f"{days} WHERE day >= {own[0].start} AND day < {own[-1].stop}")
