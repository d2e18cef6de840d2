"""Bringing an event store up to date that an earlier version wrote: all of it in one transaction, or none.

What a file lacks is told from its tables as well as from its version, for the first versions did not count theirs up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from finora.storage.events.columns import EVENT_COLUMNS
from finora.storage.events.duckdb.errors import troubles_told
from finora.storage.events.duckdb.packing import pack, packed_columns, view
from finora.storage.events.duckdb.schema import FLAT_CHARGES, FOUND_EMPTY, SCHEMA_VERSION
from finora.storage.events.errors import EventsUnusable

if TYPE_CHECKING:
    from pathlib import Path

_FORMER = "former_events"


def packed_table() -> str:
    """Return the statement that makes the table where events rest."""
    columns = ", ".join(f"{name} {kind}" for name, kind in packed_columns().items())
    return f"CREATE TABLE packed_events ({columns})"


def upgrade(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Bring the tables up to date.

    Raises:
        EventsUnusable: They could not be. The file is as it was.
        StorageError: The file is damaged, or there is no space left.
    """
    try:
        with troubles_told(path), database.cursor() as cursor:
            cursor.begin()
            tables = _names(cursor, "duckdb_tables")
            if "events" in tables:
                _pack_plain_events(cursor)
            elif "request_tenths" not in _columns(cursor, "packed_events"):
                _pack_anew(cursor)
            for name, statement in (("found_empty", FOUND_EMPTY), ("flat_charges", FLAT_CHARGES)):
                if name not in tables:
                    cursor.execute(statement).fetchall()
            cursor.execute(
                "UPDATE meta SET value = ? WHERE key = 'schema'", (str(SCHEMA_VERSION),)
            ).fetchall()
            cursor.commit()
    except duckdb.Error as problem:
        raise EventsUnusable(
            f"The event store {path} could not be brought up to date. Its data is as it was; the former version of Finora "
            f"can go on with it. Please report this: {problem}"
        ) from problem


def _pack_plain_events(cursor: duckdb.DuckDBPyConnection) -> None:
    """Let events rest packed that are in a table as they came."""
    cursor.execute(f"ALTER TABLE events RENAME TO {_FORMER}").fetchall()
    _move(cursor)
    cursor.execute(f"DROP TABLE {_FORMER}").fetchall()


def _pack_anew(cursor: duckdb.DuckDBPyConnection) -> None:
    """Pack events whose request units rest as they came."""
    columns = ", ".join(EVENT_COLUMNS)
    cursor.execute(f"CREATE TEMP TABLE {_FORMER} AS SELECT {columns} FROM events").fetchall()
    cursor.execute("DROP VIEW events").fetchall()
    cursor.execute("DROP TABLE packed_events").fetchall()
    _move(cursor)
    cursor.execute(f"DROP TABLE {_FORMER}").fetchall()


def _move(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute(packed_table()).fetchall()
    cursor.execute(f"{pack(_FORMER)} ORDER BY rowid").fetchall()
    cursor.execute(view()).fetchall()


def _names(cursor: duckdb.DuckDBPyConnection, source: str) -> set[str]:
    return {name for (name,) in cursor.execute(f"SELECT table_name FROM {source}()").fetchall()}


def _columns(cursor: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    found = cursor.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = ?", (table,))
    return {name for (name,) in found.fetchall()}
