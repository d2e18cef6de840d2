"""What summing is about: whose events, by which roll-ups, of which stretch; and the statements that add rows up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finora.spend.rollups import BLOCK, FINEST, RUNS, WEEKLY, summand
from finora.spend.source import local_ms
from finora.storage.events.duckdb.dialect import BitStrings
from finora.storage.events.duckdb.packing import GROWN, SUMMED, pack_sums
from finora.values.interval import DAY_MS, HOUR_MS, day_from_number, offsets
from finora.values.period import Span, midnight, to_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from zoneinfo import ZoneInfo

    import duckdb

    from finora.spend.rollups import Rollup


_STEP = 64
"""By how many people the sets of people of a small company grow."""
OF_DAYS = "connection = ? AND day >= ? AND day < ?"
"""The condition for a connection's rows of some days, to be bound in this order."""
BLOCK_OF_PERSON = f"person // {BLOCK} AS block"
"""The column that says in which set of people somebody is."""
SINGLE_EVENTS = "events WHERE connection = ? AND ts >= ? AND ts < ?"
"""A source of a connection's events within some milliseconds, to be bound in this order."""


class Kept(NamedTuple):
    """The roll-ups that are kept.

    Attributes:
        by_day: Those by day, the finest first, of these the ones with the fewest rows last.
        by_week: Those by week.
    """

    by_day: tuple[Rollup, ...]
    by_week: tuple[Rollup, ...]

    @classmethod
    def of(cls, rollups: Iterable[Rollup]) -> Kept:
        """Return roll-ups told apart."""
        every = tuple(rollups)
        return cls(
            tuple(each for each in every if each not in WEEKLY),
            tuple(each for each in every if each in WEEKLY),
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """Where they rest."""
        return tuple(SUMMED[each] for each in (*self.by_day, *self.by_week))

    @property
    def all_there_are(self) -> bool:
        """Whether those of large stores are among them."""
        return {*GROWN}.issubset((*self.by_day, *self.by_week))


class Summed(NamedTuple):
    """Whose events are summed, and by what.

    Attributes:
        connection: The connection's number.
        zone: Whose days they are.
        kept: The roll-ups.
    """

    connection: int
    zone: ZoneInfo
    kept: Kept


class Stretch(NamedTuple):
    """A stretch of time whose events are summed, the days it touches, and those of them that are summed anew."""

    span: Span
    days: tuple[int, int]
    anew: tuple[int, int] | None

    @property
    def bounds(self) -> tuple[int, int]:
        """Its milliseconds."""
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


def kept(database: duckdb.DuckDBPyConnection) -> Kept:
    """Return the roll-ups that a store keeps."""
    there = {name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    return Kept.of(each for each, table in SUMMED.items() if table in there)


def sums_of_finest(rollup: Rollup) -> str:
    """Return a roll-up's figures, added up from rows of the finest."""
    return sums_of_rows(rollup, FINEST)


def sums_of_runs(rollup: Rollup) -> str:
    """Return a roll-up's figures, added up from rows of runs."""
    return sums_of_rows(rollup, RUNS)


def sums_of_events(rollup: Rollup) -> str:
    """Return a roll-up's figures, of single events."""
    sums = (f"CAST(coalesce(sum({summand(name)}), 0) AS BIGINT) AS {name}" for name in rollup.sums)
    return ", ".join([*sums, "count(*) AS events", "count(*) FILTER (WHERE cost IS NULL) AS unpriced"])


def sums_of_changes(rollup: Rollup) -> str:
    """Return by how much single events change a roll-up's figures: their `sign` is 1 where they come, and -1 where they go."""
    amounts = {name: summand(name) for name in rollup.sums}
    amounts |= {"events": "1", "unpriced": "CASE WHEN cost IS NULL THEN 1 ELSE 0 END"}
    return ", ".join(
        f"CAST(coalesce(sum(sign * ({amount})), 0) AS BIGINT) AS {name}" for name, amount in amounts.items()
    )


def sums_of_rows(rollup: Rollup, of: Rollup) -> str:
    """Return a roll-up's figures, added up from rows of another, or of its own."""
    return ", ".join(f"CAST(sum({told}) AS BIGINT) AS {name}" for name, told in told_by(rollup, of).items())


def told_by(rollup: Rollup, of: Rollup) -> dict[str, str]:
    """Return a roll-up's figures, by name, as a row of another roll-up tells them."""
    return {name: name if name in of.figures else summand(name) for name in rollup.figures}


def put(
    cursor: duckdb.DuckDBPyConnection,
    rollup: Rollup,
    source: str,
    *further: str,
    day: str = "day",
    sums: Callable[[Rollup], str] = sums_of_finest,
    values: tuple[int, ...] = (),
) -> None:
    """Add up a finer source and put its rows where a roll-up rests.

    Args:
        cursor: An open transaction.
        rollup: The roll-up.
        source: A table, with any conditions.
        further: Columns that are no sums.
        day: What the source's rows tell as their day.
        sums: What tells the figures of the source's rows.
        values: What is bound in the source's conditions.
    """
    rows = added_up(rollup, source, *further, day=day, sums=sums)
    cursor.execute(pack_sums(rollup, f"({rows})"), values).fetchall()


def added_up(
    rollup: Rollup,
    source: str,
    *further: str,
    day: str = "day",
    sums: Callable[[Rollup], str] = sums_of_finest,
) -> str:
    """Return the statement that adds a finer source up to a roll-up's rows, in their order; see `put`."""
    keys = ", ".join([told_as(day), *rollup.keys, *further])
    order = ", ".join(["day", *rollup.keys])
    return f"SELECT {keys}, {sums(rollup)} FROM {source} GROUP BY ALL ORDER BY {order}"


def told_as(day: str) -> str:
    """Return the column of the day that an expression tells."""
    return "day" if day == "day" else f"{day} AS day"


def add_up_by_hour(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    source: str,
    stretch: Stretch,
    zone: ZoneInfo,
    *,
    sums: Callable[[Rollup], str] = sums_of_events,
    values: tuple[int, ...] = (),
) -> None:
    """Make a temporary table of single events, added up by the hour and all that the finest roll-up keeps apart."""
    when = f"{day_told(stretch, zone)} AS day, {hour_told(stretch, zone)} AS hour"
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {when}, {', '.join(FINEST.keys)}, {sums(FINEST)} "
        f"FROM {source} GROUP BY ALL",
        values,
    ).fetchall()


def day_told(stretch: Stretch, zone: ZoneInfo) -> str:
    """Return what tells the day of an event of a stretch."""
    local = local_ms(offsets(stretch.span, zone))
    # Where a clock goes back over midnight, an hour of the day before comes again within the day that had begun.
    return f"CAST(least(greatest({local} // {DAY_MS}, {stretch.days[0]}), {stretch.days[1] - 1}) AS INTEGER)"


def hour_told(stretch: Stretch, zone: ZoneInfo) -> str:
    """Return what tells the hour of the day of an event of a stretch."""
    return f"CAST({local_ms(offsets(stretch.span, zone))} // {HOUR_MS} % 24 AS UTINYINT)"


def members(cursor: duckdb.DuckDBPyConnection) -> str:
    """Return the columns of a set of people, which is about as long as there are people known."""
    ((newest,),) = cursor.execute("SELECT max(id) FROM persons").fetchall()
    length = min((newest // _STEP + 1) * _STEP, BLOCK)
    gathered = BitStrings().gathered(f"person % {BLOCK}", length)
    return f"{BLOCK_OF_PERSON}, {gathered} FILTER (WHERE person <> 0) AS members"


def clear(cursor: duckdb.DuckDBPyConnection, table: str, connection: int, days: tuple[int, int]) -> None:
    """Delete a connection's rows of some days."""
    cursor.execute(f"DELETE FROM {table} WHERE {OF_DAYS}", (connection, *days)).fetchall()


def within(bounds: tuple[int, int], covered: Sequence[tuple[int, int]]) -> bool:
    """Return whether all of a stretch of milliseconds was read."""
    return any(start <= bounds[0] and bounds[1] <= end for start, end in covered)


def bounds_of(day: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return where a day begins and ends, in milliseconds; a day that the zone skipped ends where it begins."""
    first, last = (to_ms(midnight(day_from_number(each), zone)) for each in (day, day + 1))
    return first, last


def span_of(first: int, last: int, zone: ZoneInfo) -> Span:
    """Return the span of some days."""
    return Span(midnight(day_from_number(first), zone), midnight(day_from_number(last), zone))
