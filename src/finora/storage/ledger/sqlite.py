"""What SQLite needs to be told: who may read the file, how transactions begin, how deleted rows vanish."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import event

from finora.errors import ConfigurationError
from finora.storage.ledger.errors import LedgerUnusable, busy_for_too_long, damaged

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 10
"""How long a transaction waits for another process or thread that is writing."""

READS_ONLY = "finora_reads_only"
"""The execution option of connections that only read."""

_OTHERS = 0o077


def file_of(url: URL) -> Path:
    """Return the path of the database file.

    Raises:
        ConfigurationError: The address names no file.
    """
    name = url.database or ""
    if not name or name == ":memory:":
        raise ConfigurationError(
            "FINORA_DATABASE_URL names no file; SQLite wants sqlite:////absolute/path/ledger.sqlite."
        )
    return Path(name.removeprefix("file:"))


def prepare_file(path: Path) -> None:
    """Make sure that the file exists and that nobody else on this machine may read it.

    SQLite gives its -wal and -shm files the mode of the database file.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        for file in (path, *companions(path)):
            if file.exists() and file.stat().st_mode & _OTHERS:
                file.chmod(0o600)
    except OSError as problem:
        raise LedgerUnusable(
            f"The ledger {path} cannot be opened ({problem.strerror}). Check that it is a file, and that the user who "
            "runs Finora may read and write it and its folder."
        ) from problem


def companions(path: Path) -> tuple[Path, Path]:
    """Return the paths of the write-ahead log and of the shared memory beside a database file."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def teach(engine: Engine, *, foreign_keys: bool = True) -> None:
    """Make each connection of an engine safe, and each transaction begin when we say so.

    Args:
        engine: An engine on SQLite.
        foreign_keys: Off only while migrating, because SQLite changes a table by making it anew.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # Python's driver would begin transactions at the first write only, and would end them before DDL.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {BUSY_SECONDS * 1000}",
            "journal_mode = WAL",
            # In WAL mode NORMAL may lose the last commits in a power cut. A revoked session or a deleted credential
            # that comes back is not acceptable, and the ledger is written too rarely for the sync to be felt.
            "synchronous = FULL",
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
            # Deleted rows are overwritten with zeros, and no sorted copy of them reaches a temporary file.
            "secure_delete = ON",
            "temp_store = MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get(READS_ONLY, False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads_only else 'OFF'}")
        # A transaction that reads first and writes later fails at once when another wrote in between; one that
        # claims the right to write when it begins waits its turn instead.
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def check_content(connection: Connection, place: str) -> None:
    """Look through the whole database.

    Raises:
        LedgerDamaged: Something in it is broken.
    """
    if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok":
        raise damaged(place)


def copy_to(path: Path, copy: Path) -> None:
    """Write a consistent copy of a database, its write-ahead log included, that only its owner may read."""
    copy.unlink(missing_ok=True)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def note_leftovers(connection: Connection) -> None:
    """Note, as part of a transaction, that what it deletes is to be erased; so that a crash cannot make us forget."""
    noted = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA user_version = {noted + 1}")


def has_leftovers(path: Path) -> bool:
    """Return whether something deleted is still to be erased, because whoever deleted it died before."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        return bool(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def erase_leftovers(path: Path) -> None:
    """Rewrite the file from its living rows and empty the write-ahead log.

    Overwriting deleted rows is not enough: while SQLite rebalances a page it may leave the former copy of a row
    that moved in the page's free space, and the write-ahead log holds former pages.

    Raises:
        LedgerBusy: Another connection kept reading an older state, which therefore is still there.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        noted = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            _forget_note(connection, noted)
    finally:
        connection.close()
    if busy:
        raise busy_for_too_long(str(path))


def _forget_note(connection: sqlite3.Connection, noted: int) -> None:
    """Take the note back, unless more was deleted while the file was rewritten."""
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] == noted:
        connection.execute("PRAGMA user_version = 0")
    connection.execute("COMMIT")


def check_references(connection: Connection) -> None:
    """Make sure that every foreign key still leads to a row, after tables were made anew.

    Raises:
        ValueError: One does not.
    """
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise ValueError(f"a row of {broken[0]} refers to a row of {broken[2]} that does not exist")
