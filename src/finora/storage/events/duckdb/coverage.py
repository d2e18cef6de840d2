"""What was read: stretches of time, merged, and those that were found empty and are not believed to be yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.storage.events.stretches import fills, merged, within
from finora.values.period import to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from finora.spend.store import WindowRead


_TOUCHING = "connection = ? AND start_ms <= ? AND end_ms >= ?"


def covered_near(cursor: duckdb.DuckDBPyConnection, read: WindowRead) -> list[tuple[int, int]]:
    """Return the stretches that were read and touch a window, in order."""
    return cursor.execute(
        f"SELECT start_ms, end_ms FROM covered WHERE {_TOUCHING} ORDER BY 1", _bounds(read)
    ).fetchall()


def cover(cursor: duckdb.DuckDBPyConnection, read: WindowRead, near: Sequence[tuple[int, int]]) -> None:
    """Note that a window was read, which touches the stretches that were read before."""
    whole = merged(near, read.window.start_ms, read.window.end_ms)
    if near:
        cursor.execute(f"DELETE FROM covered WHERE {_TOUCHING}", _bounds(read)).fetchall()
    cursor.execute("INSERT INTO covered VALUES (?, ?, ?)", (read.connection, *whole)).fetchall()
    cursor.execute(
        "DELETE FROM found_empty WHERE connection = ? AND start_ms >= ? AND end_ms <= ?",
        (read.connection, *whole),
    ).fetchall()


def believed_empty(
    cursor: duckdb.DuckDBPyConnection, read: WindowRead, near: Sequence[tuple[int, int]]
) -> bool:
    """Return whether a window that held nothing is taken to be empty; if not yet, note that it was found so."""
    if read.believe_empty_since is None:
        return True
    start, end = read.window.start_ms, read.window.end_ms
    earlier = cursor.execute(
        "SELECT start_ms, end_ms, read_at FROM found_empty WHERE connection = ? AND start_ms < ? AND end_ms > ?",
        (read.connection, end, start),
    ).fetchall()
    known = within(near, start, end)
    since = to_ms(read.believe_empty_since)
    if fills([*known, *((first, last) for first, last, at in earlier if at <= since)], start, end):
        return True
    if not fills([*known, *((first, last) for first, last, _at in earlier)], start, end):
        cursor.execute(
            "INSERT INTO found_empty VALUES (?, ?, ?, ?)", (read.connection, start, end, to_ms(read.read_at))
        ).fetchall()
    return False


def _bounds(read: WindowRead) -> tuple[int, int, int]:
    return read.connection, read.window.end_ms, read.window.start_ms
