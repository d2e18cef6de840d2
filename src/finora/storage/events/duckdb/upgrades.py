"""Bringing an event store up to date that an earlier version wrote: all of it in one transaction, or none.

What a file lacks is told from its tables as well as from its version, for the first versions did not count theirs up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb

from finora.storage.events.columns import EVENT_COLUMNS
from finora.storage.events.duckdb import rollup
from finora.storage.events.duckdb.errors import troubles_told
from finora.storage.events.duckdb.packing import EVENTS, pack, packed_tables, views
from finora.storage.events.duckdb.schema import FLAT_CHARGES, FOUND_EMPTY, SCHEMA_VERSION
from finora.storage.events.errors import EventsUnusable

if TYPE_CHECKING:
    from pathlib import Path

_FORMER = "former_events"


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
            if "daily" in tables:
                _pack_anew(cursor, tables)
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


def _pack_anew(cursor: duckdb.DuckDBPyConnection, tables: set[str]) -> None:
    """Let events rest as they do now that are in a table as they came, or packed in a former way, and sum them anew."""
    columns = ", ".join(EVENT_COLUMNS)
    if "events" in tables:
        cursor.execute(f"ALTER TABLE events RENAME TO {_FORMER}").fetchall()
    else:
        cursor.execute(f"CREATE TEMP TABLE {_FORMER} AS SELECT {columns} FROM events").fetchall()
        cursor.execute("DROP VIEW events").fetchall()
        cursor.execute(f"DROP TABLE {EVENTS}").fetchall()
    cursor.execute("DROP TABLE daily").fetchall()
    for statement in packed_tables():
        cursor.execute(statement).fetchall()
    cursor.execute(f"{pack(_FORMER)} ORDER BY rowid").fetchall()
    cursor.execute(f"DROP TABLE {_FORMER}").fetchall()
    for statement in views():
        cursor.execute(statement).fetchall()
    zone = cursor.execute("SELECT value FROM meta WHERE key = 'zone'").fetchall()
    if zone:
        rollup.rebuild(cursor, ZoneInfo(zone[0][0]))


def _names(cursor: duckdb.DuckDBPyConnection, source: str) -> set[str]:
    return {name for (name,) in cursor.execute(f"SELECT table_name FROM {source}()").fetchall()}
