"""What is noted of a file: words by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def note(cursor: duckdb.DuckDBPyConnection, key: str, value: str) -> None:
    """Note something of the file, in place of what was noted of it."""
    cursor.execute("DELETE FROM meta WHERE key = ?", (key,)).fetchall()
    cursor.execute("INSERT INTO meta VALUES (?, ?)", (key, value)).fetchall()
