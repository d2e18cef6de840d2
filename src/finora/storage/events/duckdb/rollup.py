"""The roll-ups: each day's events summed, exactly and in the events' own transaction.

Events are read once, summed by hour and all keys; from that come the roll-ups by day, and from the finest of them those with
fewer keys. A day that changed is summed anew; what is added to a day that is not read whole yet is only summed for itself,
and lies beside the rest until the day is complete, so that reading a day in many pieces does not sum it as many times. So it
is with weeks.

A store keeps few roll-ups until it is large; then it is summed in all ways once (`grow`), and keeps that up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from finora.spend.rollups import BLOCK, FINEST, SUMS, TOKENS, WEEKLY
from finora.spend.source import local_ms
from finora.storage.events.duckdb.dialect import BitStrings
from finora.storage.events.duckdb.packing import GROWN, SUMMED, pack_sums, rollup_table, rollup_view
from finora.storage.events.stretches import days_touched
from finora.values.interval import DAY_MS, HOUR_MS, day_from_number, offsets
from finora.values.period import Span, midnight, to_ms
from finora.values.weeks import week_of, weeks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    import duckdb

    from finora.spend.rollups import Rollup

LARGE = 2_000_000
"""As of how many events a store keeps all roll-ups (see `packing.GROWN`)."""
_BOUNDS = "connection = ? AND ts >= ? AND ts < ?"
_COUNTED = "count(*) AS events, count(*) FILTER (WHERE cost IS NULL) AS unpriced"
_SUMMED = ", ".join(f"CAST(coalesce(sum({name}), 0) AS BIGINT) AS {name}" for name in SUMS)
_STEP = 64
"""By how many people the sets of people of a small company grow."""
_EPOCH = "DATE '1970-01-01'"
_WEEK = f"CAST(greatest((day + 3) // 7 * 7 - 3, CAST(date_trunc('month', {_EPOCH} + day) AS DATE) - {_EPOCH}) AS INTEGER)"
"""The first day of the week that a day is in; see `values.weeks`."""
_AT_ONCE = 2_000_000
"""Events that are summed anew at once, unless there are more in a week."""
_HOURS, _FRESH = "fresh_hours", "fresh_daily"
"""Temporary tables: what is summed by the hour, and by the day, with all keys."""


@dataclass(frozen=True, slots=True)
class Summed:
    """Whose events are summed, and by what.

    Attributes:
        connection: The connection's number.
        zone: Whose days they are.
        rollups: The roll-ups that are kept.
    """

    connection: int
    zone: ZoneInfo
    rollups: Sequence[Rollup]

    @property
    def by_day(self) -> list[Rollup]:
        """Those by day, the finest first."""
        return [each for each in self.rollups if each not in WEEKLY]

    @property
    def by_week(self) -> list[Rollup]:
        """Those by week."""
        return [each for each in self.rollups if each in WEEKLY]


class _Stretch(NamedTuple):
    """A stretch of time whose events are summed, the days it touches, and those of them that are summed anew."""

    span: Span
    days: tuple[int, int]
    anew: tuple[int, int] | None

    @property
    def bounds(self) -> tuple[int, int]:
        return self.span.start_ms, self.span.end_ms


class Filled(NamedTuple):
    """A window that was filled.

    Attributes:
        window: Its bounds in milliseconds.
        covered: The stretches that were read, the window among them; a day within one of them is complete.
        events: The name of a table of just its events.
    """

    window: tuple[int, int]
    covered: Sequence[tuple[int, int]]
    events: str


def kept(database: duckdb.DuckDBPyConnection) -> tuple[Rollup, ...]:
    """Return the roll-ups that a store keeps, those by day first, of these the ones with the fewest rows last."""
    there = {name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    return tuple(each for each, table in SUMMED.items() if table in there)


def refresh(cursor: duckdb.DuckDBPyConnection, summed: Summed, stretches: Iterable[tuple[int, int]]) -> None:
    """Sum anew the days that touch the stretches of milliseconds."""
    runs = days_touched(stretches, summed.zone)
    for days in runs:
        _sum(cursor, summed, _Stretch(_span_of(*days, summed.zone), days, anew=days))
    for week in dict.fromkeys(week for run in runs for week in weeks_of(*run)):
        _sum_week(cursor, summed, week)


def extend(cursor: duckdb.DuckDBPyConnection, summed: Summed, filled: Filled) -> None:
    """Sum the events of a window in which there were none before."""
    ((first, last),) = days_touched([filled.window], summed.zone)
    stretch = _extended(filled, (first, last), summed.zone)
    if stretch.bounds == filled.window:
        alone = stretch._replace(anew=None)  # nothing is there to be taken away
        _sum(cursor, summed, alone, filled.events)
    else:
        _sum(cursor, summed, stretch)
    _extend_weeks(cursor, summed, filled, stretch)


def rebuild(cursor: duckdb.DuckDBPyConnection, zone: ZoneInfo, rollups: Sequence[Rollup]) -> None:
    """Sum all days anew, as after a change of the workspace's zone."""
    for rollup in rollups:
        cursor.execute(f"DELETE FROM {SUMMED[rollup]}").fetchall()
    for connection, stretch in _all_there_is(cursor, zone):
        summed = Summed(connection, zone, rollups)
        _sum(cursor, summed, stretch)
        _put_weeks(cursor, summed, _FRESH)


def make_grown(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of the roll-ups that only large stores keep."""
    for rollup in GROWN:
        cursor.execute(rollup_table(rollup)).fetchall()
        cursor.execute(rollup_view(rollup)).fetchall()


def grow(cursor: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> None:
    """Keep the roll-ups of large stores, too, from now on, of all there is."""
    make_grown(cursor)
    for connection, stretch in _all_there_is(cursor, zone):
        summed = Summed(connection, zone, GROWN)
        _sum_hours(cursor, summed, stretch)
        for rollup in summed.by_day:
            _put(cursor, rollup, _HOURS)
        days = f"{FINEST.table} WHERE connection = ? AND day >= ? AND day < ?"
        _put_weeks(cursor, summed, days, (connection, *stretch.days))


def _all_there_is(cursor: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> Iterator[tuple[int, _Stretch]]:
    """Yield stretches of whole weeks that hold all events, with the connection whose they are."""
    counted = f"SELECT connection, ts // {DAY_MS}, count(*) FROM events GROUP BY ALL ORDER BY ALL"
    for connection, days in groupby(cursor.execute(counted).fetchall(), key=lambda row: row[0]):
        for part in parts_of({day: events for _connection, day, events in days}):
            yield connection, _Stretch(_span_of(*part, zone), part, anew=None)


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


def _sum(cursor: duckdb.DuckDBPyConnection, summed: Summed, stretch: _Stretch, fresh: str = "") -> None:
    """Sum a stretch's events, or those of a table that has all of them and no other, by day; leave them in `_FRESH`."""
    if stretch.anew:
        for rollup in summed.by_day:
            cursor.execute(
                f"DELETE FROM {SUMMED[rollup]} WHERE connection = ? AND day >= ? AND day < ?",
                (summed.connection, *stretch.anew),
            ).fetchall()
    _sum_hours(cursor, summed, stretch, fresh)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_FRESH} AS {_added_up(FINEST, _HOURS)}").fetchall()
    cursor.execute(pack_sums(FINEST, _FRESH)).fetchall()
    members = _members(cursor)
    for rollup in summed.by_day:
        if rollup is not FINEST:
            further = [members] if rollup.people else []
            _put(cursor, rollup, _HOURS if "hour" in rollup.keys else _FRESH, *further)


def _sum_hours(cursor: duckdb.DuckDBPyConnection, summed: Summed, stretch: _Stretch, fresh: str = "") -> None:
    """Sum a stretch's events by hour and all keys, in `_HOURS`."""
    local = local_ms(offsets(stretch.span, summed.zone))
    # Where a clock goes back over midnight, an hour of the day before comes again within the day that had begun.
    day = f"least(greatest({local} // {DAY_MS}, {stretch.days[0]}), {stretch.days[1] - 1})"
    when = f"CAST({day} AS INTEGER) AS day, CAST({local} // {HOUR_MS} % 24 AS UTINYINT) AS hour"
    events, values = (
        (fresh, ()) if fresh else (f"events WHERE {_BOUNDS}", (summed.connection, *stretch.bounds))
    )
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {_HOURS} AS SELECT {when}, {', '.join(FINEST.keys)}, {_SUMMED}, {_COUNTED} "
        f"FROM {events} GROUP BY ALL",
        values,
    ).fetchall()


def _put(cursor: duckdb.DuckDBPyConnection, rollup: Rollup, source: str, *further: str) -> None:
    """Add a finer source's rows, added up, to a roll-up."""
    cursor.execute(pack_sums(rollup, f"({_added_up(rollup, source, *further)})")).fetchall()


def _added_up(rollup: Rollup, source: str, *further: str) -> str:
    """Return the statement that adds a finer source up to a roll-up's rows, in their order."""
    keys = ", ".join(["day", *rollup.keys, *further])
    return f"SELECT {keys}, {_sums(rollup)} FROM {source} GROUP BY ALL ORDER BY {_order(rollup)}"


def _sums(rollup: Rollup) -> str:
    """Return a roll-up's figures, each added up."""
    return ", ".join(
        f"CAST(sum({TOKENS if name == 'tokens' else name}) AS BIGINT) AS {name}" for name in rollup.figures
    )


def _order(rollup: Rollup) -> str:
    return ", ".join(["day", *rollup.keys])


def _members(cursor: duckdb.DuckDBPyConnection) -> str:
    """Return the columns of a set of people, which is about as long as there are people known."""
    ((newest,),) = cursor.execute("SELECT max(id) FROM persons").fetchall()
    length = min((newest // _STEP + 1) * _STEP, BLOCK)
    gathered = BitStrings().gathered(f"person % {BLOCK}", length)
    return f"person // {BLOCK} AS block, {gathered} FILTER (WHERE person <> 0) AS members"


def _extend_weeks(
    cursor: duckdb.DuckDBPyConnection, summed: Summed, filled: Filled, stretch: _Stretch
) -> None:
    """Add to each week what a window has of it, or sum it anew from its days where that completes it."""
    if not summed.by_week:
        return
    window, zone = filled.window, summed.zone
    own: list[range] = []
    for week in weeks_of(*stretch.days):
        begins, ends = _bounds_of(week.start, zone)[0], _bounds_of(week.stop, zone)[0]
        complete = _within((begins, ends), filled.covered)
        if _within((begins, ends), [window]) or (stretch.bounds == window and not complete):
            own.append(week)  # what was just summed is all that the window has of it, and no more
        elif complete:
            _sum_week(cursor, summed, week)
        else:
            bounds = (summed.connection, max(begins, window[0]), min(ends, window[1]))
            _put_weeks(
                cursor, summed, f"events WHERE {_BOUNDS}", bounds, week=week, sums=f"{_SUMMED}, {_COUNTED}"
            )
    if own:
        _put_weeks(cursor, summed, f"{_FRESH} WHERE day >= ? AND day < ?", (own[0].start, own[-1].stop))


def _sum_week(cursor: duckdb.DuckDBPyConnection, summed: Summed, week: range) -> None:
    """Sum a week anew from its days."""
    for rollup in summed.by_week:
        cursor.execute(
            f"DELETE FROM {SUMMED[rollup]} WHERE connection = ? AND day = ?", (summed.connection, week.start)
        ).fetchall()
    days = f"{FINEST.table} WHERE connection = ? AND day >= ? AND day < ?"
    _put_weeks(cursor, summed, days, (summed.connection, week.start, week.stop), week=week)


def _put_weeks(
    cursor: duckdb.DuckDBPyConnection,
    summed: Summed,
    source: str,
    values: tuple[int, ...] = (),
    *,
    week: range | None = None,
    sums: str = "",
) -> None:
    """Add the rows that a source has of its days' weeks, or of one that all of it is in."""
    day = week.start if week else _WEEK
    for rollup in summed.by_week:
        rows = (
            f"SELECT {day} AS day, {', '.join(rollup.keys)}, {sums or _sums(rollup)} FROM {source} GROUP BY ALL "
            f"ORDER BY {_order(rollup)}"
        )
        cursor.execute(pack_sums(rollup, f"({rows})"), values).fetchall()


def _extended(filled: Filled, days: tuple[int, int], zone: ZoneInfo) -> _Stretch:
    """Return what is summed of a window: its days that are complete now in whole, of the others what it has of them."""
    window = filled.window
    bounds = {day: _bounds_of(day, zone) for day in range(*days)}
    complete = [day for day, each in bounds.items() if _within(each, filled.covered)]
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
