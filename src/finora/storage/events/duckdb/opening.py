"""Opening the event store's file, and saying what is wrong with it when it does not open."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb

from finora.storage.events.duckdb.errors import damaged, troubles_told
from finora.storage.events.duckdb.packing import packed_tables, views
from finora.storage.events.duckdb.run_ids import run_tables
from finora.storage.events.duckdb.schema import NONE_ROWS, SCHEMA_VERSION, TABLES
from finora.storage.events.duckdb.upgrades import upgrade
from finora.storage.events.errors import EventsDamaged, EventsTooNew, EventsUnusable

if TYPE_CHECKING:
    from pathlib import Path

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Finora never reads another file through SQL, nor loads code into the engine.
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": "320MB",
    # Our tables have many narrow columns; smaller blocks leave less of each block empty.
    "default_block_size": "65536",
    # Folding the log into the file less often makes a first sync faster by a half, for tables that grow are packed anew each
    # time; what is not folded yet rests in memory unpacked, and a restart after a crash replays at most this much.
    "checkpoint_threshold": "96MB",
    "python_enable_replacements": False,
    # Both make the statements of people counted at several levels half as slow again, and help none of ours.
    "disabled_optimizers": "common_subplan,grouping_sets",
}


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the file, making it when missing.

    Raises:
        StorageError: It does not open; the message says why and what to do. The file is unchanged.
    """
    made = not path.exists()
    _refuse_what_is_none(path, made=made)
    with troubles_told(path):
        database = duckdb.connect(str(path), config=_CONFIG)
        try:
            _settle_schema(database, path, made=made)
        except BaseException:
            database.close()
            raise
        return database


def _refuse_what_is_none(path: Path, *, made: bool) -> None:
    """Refuse what the engine would take for something else, or would refuse less plainly."""
    if made and not os.access(path.parent, os.W_OK):
        raise EventsUnusable(
            f"The folder {path.parent} cannot be written. Give the user that runs Finora the right to, or set FINORA_DATA_DIR."
        )
    if path.is_dir():
        raise EventsUnusable(f"{path} is a folder, where the event store's file should be. Move it away.")
    if not made and not _begins_as_database(path):
        raise damaged(path)


def _begins_as_database(path: Path) -> bool:
    """Return whether a file is one of the engine's; with others it tries to load extensions for them."""
    try:
        with path.open("rb") as file:
            return file.read(12)[8:] == b"DUCK"
    except OSError:
        return True  # the engine says what is wrong with it


def _settle_schema(database: duckdb.DuckDBPyConnection, path: Path, *, made: bool) -> None:
    tables = {name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not tables:
        with database.cursor() as cursor:
            cursor.begin()
            for statement in (*TABLES, *run_tables(), *packed_tables(), *views(), *NONE_ROWS):
                cursor.execute(statement).fetchall()
            cursor.execute(
                "INSERT INTO meta VALUES ('schema', ?), ('version', '0')", (str(SCHEMA_VERSION),)
            ).fetchall()
            cursor.commit()
        if made:
            path.chmod(0o600)
        return
    if "meta" not in tables:
        raise EventsDamaged(
            f"{path} is a database, but not an event store of Finora. Move it away, or set FINORA_DATA_DIR."
        )
    rows = database.execute("SELECT value FROM meta WHERE key = 'schema'").fetchall()
    version = int(rows[0][0]) if rows else 0
    if version > SCHEMA_VERSION:
        raise EventsTooNew(
            f"{path} was written by a newer version of Finora (schema {version}; this one knows {SCHEMA_VERSION}). "
            "Install that version or a later one. Nothing was changed."
        )
    if version < SCHEMA_VERSION:
        upgrade(database, path)
