"""The roll-up: each day's events summed by all dimensions that repeat, exact and kept in the events' own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import ROLLUPS, SUMS
from finora.spend.source import local_ms
from finora.storage.events.stretches import days_touched
from finora.values.interval import DAY_MS, day_from_number, offsets
from finora.values.period import Span, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    import duckdb

_KEYS = ", ".join(ROLLUPS[0].keys)
_SUMS = ", ".join(f"CAST(coalesce(sum({name}), 0) AS BIGINT)" for name in SUMS)


def refresh(
    cursor: duckdb.DuckDBPyConnection, connection: int, zone: ZoneInfo, stretches: Iterable[tuple[int, int]]
) -> None:
    """Sum anew the days that touch the stretches of milliseconds."""
    for first, last in days_touched(stretches, zone):
        span = Span(midnight(day_from_number(first), zone), midnight(day_from_number(last), zone))
        cursor.execute(
            "DELETE FROM daily WHERE connection = ? AND day >= ? AND day < ?", (connection, first, last)
        ).fetchall()
        _insert(
            cursor,
            span,
            zone,
            "connection = ? AND ts >= ? AND ts < ?",
            (connection, span.start_ms, span.end_ms),
        )


def rebuild(cursor: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> None:
    """Sum all days anew, as after a change of the workspace's zone."""
    cursor.execute("DELETE FROM daily").fetchall()
    ((first, last),) = cursor.execute("SELECT min(ts), max(ts) FROM events").fetchall()
    if first is not None:
        _insert(cursor, Span.from_ms(first, last + 1), zone, "true", ())


def _insert(
    cursor: duckdb.DuckDBPyConnection, span: Span, zone: ZoneInfo, where: str, values: tuple[int, ...]
) -> None:
    day = f"CAST({local_ms(offsets(span, zone))} // {DAY_MS} AS INTEGER)"
    cursor.execute(
        f"INSERT INTO daily SELECT {day} AS day, {_KEYS}, {_SUMS}, count(*), count(*) FILTER (WHERE cost IS NULL) "
        f"FROM events WHERE {where} GROUP BY ALL ORDER BY ALL",
        values,
    ).fetchall()
