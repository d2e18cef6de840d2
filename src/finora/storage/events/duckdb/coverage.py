"""What was read: stretches of time, merged, and those that were found empty and are not believed to be yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.storage.events.stretches import fills
from finora.values.period import to_ms

if TYPE_CHECKING:
    import duckdb

    from finora.spend.store import WindowRead


def covered_within(cursor: duckdb.DuckDBPyConnection, read: WindowRead) -> list[tuple[int, int]]:
    """Return the parts of a window that were read before, in order."""
    start, end = read.window.start_ms, read.window.end_ms
    sql = (
        "SELECT greatest(start_ms, ?), least(end_ms, ?) FROM covered "
        "WHERE connection = ? AND start_ms < ? AND end_ms > ? ORDER BY 1"
    )
    return cursor.execute(sql, (start, end, read.connection, end, start)).fetchall()


def covered_near(cursor: duckdb.DuckDBPyConnection, read: WindowRead) -> list[tuple[int, int]]:
    """Return the stretches that were read and touch a window."""
    return cursor.execute(
        "SELECT start_ms, end_ms FROM covered WHERE connection = ? AND start_ms <= ? AND end_ms >= ?",
        (read.connection, read.window.end_ms, read.window.start_ms),
    ).fetchall()


def cover(cursor: duckdb.DuckDBPyConnection, read: WindowRead) -> None:
    """Note that a window was read."""
    start, end = read.window.start_ms, read.window.end_ms
    touching = "connection = ? AND start_ms <= ? AND end_ms >= ?"
    bounds = (read.connection, end, start)
    ((first, last),) = cursor.execute(
        f"SELECT min(start_ms), max(end_ms) FROM covered WHERE {touching}", bounds
    ).fetchall()
    merged = (min(start, first), max(end, last)) if first is not None else (start, end)
    cursor.execute(f"DELETE FROM covered WHERE {touching}", bounds).fetchall()
    cursor.execute("INSERT INTO covered VALUES (?, ?, ?)", (read.connection, *merged)).fetchall()
    cursor.execute(
        "DELETE FROM found_empty WHERE connection = ? AND start_ms >= ? AND end_ms <= ?",
        (read.connection, *merged),
    ).fetchall()


def believed_empty(cursor: duckdb.DuckDBPyConnection, read: WindowRead) -> bool:
    """Return whether a window that held nothing is taken to be empty; if not yet, note that it was found so."""
    if read.believe_empty_since is None:
        return True
    start, end = read.window.start_ms, read.window.end_ms
    earlier = cursor.execute(
        "SELECT start_ms, end_ms, read_at FROM found_empty WHERE connection = ? AND start_ms < ? AND end_ms > ?",
        (read.connection, end, start),
    ).fetchall()
    known = covered_within(cursor, read)
    since = to_ms(read.believe_empty_since)
    if fills([*known, *((first, last) for first, last, at in earlier if at <= since)], start, end):
        return True
    if not fills([*known, *((first, last) for first, last, _at in earlier)], start, end):
        cursor.execute(
            "INSERT INTO found_empty VALUES (?, ?, ?, ?)", (read.connection, start, end, to_ms(read.read_at))
        ).fetchall()
    return False
