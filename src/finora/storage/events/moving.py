"""Moving an event store from DuckDB to ClickHouse: month by month, resumable, and proven by its totals.

The file is only read. A month of a connection that is over already, and whose totals are the same, is not moved again; so
what was broken off goes on where it was. At the end everything is added up once more on both sides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from finora.errors import StorageError
from finora.spend.single_runs import RUN_IDS, id_of, joined_ids
from finora.spend.statement import Statement
from finora.storage.events.clickhouse.coverage import Coverage
from finora.storage.events.clickhouse.intake import Intake
from finora.storage.events.clickhouse.move_mark import OVER, UNDER_WAY
from finora.storage.events.clickhouse.schema import NAME_COLUMNS
from finora.storage.events.columns import EVENT_COLUMNS
from finora.values.interval import DAY_MS, day_number
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from finora.spend.store import EventStore, Reader
    from finora.storage.events.clickhouse.store import ClickHouseEventStore
    from finora.storage.events.duckdb import DuckDBEventStore

_PIECE = 100_000
"""What each piece costs however small it is, roll-ups of its days above all, then no longer matters."""
_FIGURES = (
    "count(*), coalesce(sum(CASE WHEN chargeable THEN cost END), 0), coalesce(sum(cost), 0), "
    "coalesce(sum(input_tokens + output_tokens + cache_write_tokens + cache_read_tokens), 0)"
)


class MoveRefused(StorageError):
    """The event store cannot be moved there."""

    code = "move_refused"
    title = "The event store was not moved"


class MoveUnproven(StorageError):
    """What arrived does not add up to what was there."""

    code = "move_unproven"
    title = "The move is not proven"


@dataclass(frozen=True, slots=True)
class Figures:
    """What proves a move: events, and nano-USD of spend and of usage value, and tokens."""

    events: int = 0
    spend: int = 0
    usage_value: int = 0
    tokens: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.events + other.events,
            self.spend + other.spend,
            self.usage_value + other.usage_value,
            self.tokens + other.tokens,
        )


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month (of UTC) of a connection's events, by its first day."""

    connection: int
    first: date


@dataclass(frozen=True, slots=True)
class MovedMonth:
    """A month that is over, its figures on both sides, and whether it had been before."""

    month: Month
    figures: Figures
    was_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move did: months, everything together, and how many reads, revised figures and flat charges there are."""

    months: tuple[MovedMonth, ...]
    totals: Figures
    records: dict[str, int]


def move(
    source: DuckDBEventStore,
    target: ClickHouseEventStore,
    tell: Callable[[int, int], None],
    *,
    piece: int = _PIECE,
) -> Moved:
    """Move everything.

    Args:
        source: Where it is; it stays as it is.
        target: Where it shall be, empty or from a move that was broken off.
        tell: Is told, again and again, how many events are over of how many.
        piece: How many events, rounded up to whole days of a month, are moved at once.

    Raises:
        MoveRefused: There is something else at the target. Nothing was changed.
        MoveUnproven: What arrived does not add up.
        StorageError: One of the two cannot be read or written.
    """
    intake = Intake(target)
    wanted, present = by_month(source), by_month(target)
    state = f"{UNDER_WAY} {source.version()}"
    _refuse_a_used_target(intake, wanted, present, target.place)
    if intake.noted.startswith(UNDER_WAY) and intake.noted != state:
        raise MoveRefused(
            f"A move to {target.place} was broken off, and the event store has changed since. Empty the database, and move again. "
            "Nothing was changed."
        )
    if intake.noted != OVER:
        intake.note(state)
    everything = sum((figures.events for figures in wanted.values()), 0)
    over, months = 0, []
    with source.snapshot() as reader:
        _names(reader, intake)
        for month, figures in sorted(wanted.items()):
            was_over = present.get(month) == figures
            if not was_over:
                for moved in _move_month(reader, intake, month, piece):
                    tell(over + moved, everything)
            over += figures.events
            tell(over, everything)
            months.append(MovedMonth(month, figures, was_over))
        _records(reader, intake, source)
    totals = sum(wanted.values(), Figures())
    _prove(source, target, wanted)
    intake.note(OVER)
    return Moved(months=tuple(months), totals=totals, records=counted(target))


def by_month(store: EventStore) -> dict[Month, Figures]:
    """Return what each month of each connection adds up to, from the events themselves."""
    with store.snapshot() as reader:
        month_index = reader.dialect.month_index(reader.dialect.whole("ts", DAY_MS))
        found = reader.fetch(
            Statement(f"SELECT connection, {month_index} AS month, {_FIGURES} FROM events GROUP BY 1, 2")
        )
    return {
        Month(connection, _first_day(month)): Figures(*map(int, figures))
        for connection, month, *figures in cast("list[tuple[int, ...]]", found)
    }


def counted(store: EventStore) -> dict[str, int]:
    """Return how much there is beside the events."""
    tables = ("reads", "revised_events", "covered", "found_empty", "flat_charges")
    with store.snapshot() as reader:
        found = {name: reader.fetch(Statement(f"SELECT count(*) FROM {name}"))[0][0] for name in tables}
    return {name: int(cast("int", count)) for name, count in found.items()}


def _refuse_a_used_target(
    intake: Intake, wanted: dict[Month, Figures], present: dict[Month, Figures], place: str
) -> None:
    if present and not intake.noted:
        raise MoveRefused(f"{place} holds events already. Move into an empty database. Nothing was changed.")
    if intake.noted == OVER and present != wanted:
        raise MoveRefused(
            f"Everything was moved to {place} before, and one of the two has changed since. Go on with FINORA_EVENTS_URL set to "
            "it; or move into an empty database. Nothing was changed."
        )
    strange = present.keys() - wanted.keys()
    if strange:
        raise MoveRefused(f"{place} holds events of another event store. Move into an empty database.")


def _names(reader: Reader, intake: Intake) -> None:
    for table, columns in NAME_COLUMNS.items():
        rows = reader.fetch(Statement(f"SELECT id, {', '.join(columns)} FROM {table}"))
        named = cast("list[tuple[int, *tuple[str, ...]]]", rows)
        intake.names(table, {row[0]: row[1:] for row in named})


def _move_month(reader: Reader, intake: Intake, month: Month, piece: int) -> Iterator[int]:
    """Move a month by pieces of whole days, and yield how many events of it are over."""
    columns = ", ".join(
        f"{id_of(name, reader.dialect)} AS {name}" if name in RUN_IDS else f"e.{name}"
        for name in EVENT_COLUMNS
    )
    start, end = (day_number(day) for day in (month.first, _next_month(month.first)))
    over, days = 0, list[pa.Table]()
    for day in range(start, end):
        bounds = (month.connection, day * DAY_MS, (day + 1) * DAY_MS)
        ids = joined_ids(reader.dialect, Span.from_ms(*bounds[1:]))
        source = f"(SELECT * FROM events WHERE connection = ? AND ts >= ? AND ts < ?) e{ids}"
        sql = f"SELECT {columns} FROM {source} ORDER BY e.ts, e.ordinal"
        days.append(_table(reader, sql, bounds))
        waiting = sum(each.num_rows for each in days)
        if waiting and (waiting >= piece or day == end - 1):
            intake.events(month.connection, pa.concat_tables(days))
            days.clear()
            over += waiting
            yield over


def _records(reader: Reader, intake: Intake, source: EventStore) -> None:
    """Move what there is beside the events."""
    intake.reads(
        _table(reader, "SELECT * FROM reads ORDER BY id"),
        _table(reader, "SELECT * FROM revised_events ORDER BY read_id, connection, ts, ordinal"),
    )
    covered, empty = defaultdict(list), defaultdict(list)
    for connection, *span in reader.fetch(Statement("SELECT * FROM covered ORDER BY ALL")):
        covered[connection].append(tuple(span))
    for connection, *span in reader.fetch(Statement("SELECT * FROM found_empty ORDER BY ALL")):
        empty[connection].append(tuple(span))
    for connection in sorted({*covered, *empty}, key=str):
        intake.coverage(
            Coverage(
                int(cast("int", connection)),
                cast("tuple[tuple[int, int], ...]", tuple(covered[connection])),
                cast("tuple[tuple[int, int, int], ...]", tuple(empty[connection])),
            )
        )
    intake.flat_charges(_table(reader, "SELECT * FROM flat_charges"), source.flat_rates_fingerprint())


def _table(reader: Reader, sql: str, values: tuple[object, ...] = ()) -> pa.Table:
    return pa.Table.from_batches(reader.stream(Statement(sql, values), 100_000))


def _prove(source: EventStore, target: EventStore, wanted: dict[Month, Figures]) -> None:
    arrived = by_month(target)
    wrong = sorted(month for month in wanted if arrived.get(month) != wanted[month])
    rolled = [_rolled(store) for store in (source, target)]
    if (
        wrong
        or arrived.keys() != wanted.keys()
        or rolled[0] != rolled[1]
        or counted(source) != counted(target)
    ):
        named = (
            ", ".join(f"{month.first:%Y-%m} of connection {month.connection}" for month in wrong)
            or "the rest"
        )
        raise MoveUnproven(
            f"What arrived at {target.place} does not add up to what is in {source.place}: {named}. The file is as it was; go on "
            "with it, and run the move again. If that stays so, please report it."
        )


def _rolled(store: EventStore) -> tuple[int, ...]:
    """Return what the roll-up adds up to."""
    with store.snapshot() as reader:
        (row,) = reader.fetch(
            Statement(f"SELECT {_FIGURES}, sum(events) FROM daily".replace("count(*), ", ""))
        )
    return tuple(int(cast("int", value or 0)) for value in row)


def _first_day(month: int) -> date:
    return from_ms(0).date().replace(year=month // 12, month=month % 12 + 1)


def _next_month(first: date) -> date:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
