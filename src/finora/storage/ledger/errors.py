"""What can be wrong with the ledger, in words for the person who runs Finora."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from finora.errors import FinoraError, StorageError
from finora.storage.ledger.texts import unfit

if TYPE_CHECKING:
    from collections.abc import Iterator


LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's code for a lock that was waited for in vain."""


class LedgerTooNew(StorageError):
    """The ledger was written by a newer version of Finora."""

    code = "ledger_too_new"
    title = "The ledger belongs to a newer Finora"


class LedgerDamaged(StorageError):
    """The ledger's file is not a database, or its content is broken."""

    code = "ledger_damaged"
    title = "The ledger is damaged"


class LedgerUnusable(StorageError):
    """The ledger cannot be opened, read or written."""

    code = "ledger_unusable"
    title = "The ledger cannot be used"


class LedgerBusy(StorageError):
    """Another process kept the ledger for itself for too long."""

    code = "ledger_busy"
    title = "The ledger is busy"


class MigrationFailed(StorageError):
    """The ledger could not be brought up to date; its data is as it was."""

    code = "migration_failed"
    title = "The ledger could not be brought up to date"


@contextmanager
def troubles_told(place: str) -> Iterator[None]:
    """Turn the database's own errors about the ledger as a whole into ours; let all others through.

    Args:
        place: The file or the host, as the operator knows it, without user name and password.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as problem:
        told = _told(problem, place)
        if told is None:
            raise
        raise told from problem


def _told(problem: DBAPIError | sqlite3.Error, place: str) -> FinoraError | None:
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    if isinstance(cause, sqlite3.Error):
        return _sqlite_told(cause, place)
    if getattr(cause, "sqlstate", "") == LOCK_NOT_AVAILABLE:
        return busy_for_too_long(place)
    if isinstance(problem, DataError):
        return unfit()
    if isinstance(problem, OperationalError):
        return LedgerUnusable(
            f"The ledger's database at {place} cannot be reached, or refused us. "
            "Check that it runs and that FINORA_DATABASE_URL names it with the right user and password."
        )
    return None


def _sqlite_told(cause: sqlite3.Error, place: str) -> StorageError | None:
    # Extended codes such as SQLITE_IOERR_WRITE or SQLITE_READONLY_DIRECTORY begin with their family.
    family = "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
    match family:
        case "SQLITE_NOTADB" | "SQLITE_CORRUPT":
            return damaged(place)
        case "SQLITE_CANTOPEN" | "SQLITE_PERM" | "SQLITE_AUTH":
            return LedgerUnusable(
                f"The ledger {place} cannot be opened. Check that it is a file, and that the user who runs Finora "
                "may read and write it and its folder."
            )
        case "SQLITE_READONLY":
            return LedgerUnusable(
                f"The ledger {place} cannot be written. Check that the user who runs Finora may write the file and "
                "its folder, and that the file system is not mounted read-only."
            )
        case "SQLITE_FULL" | "SQLITE_IOERR":
            return LedgerUnusable(
                f"The disk refused to read or write the ledger {place} ({cause}). Check for free space and for faults."
            )
        case "SQLITE_BUSY" | "SQLITE_LOCKED":
            return busy_for_too_long(place)
        case _:
            return None


def damaged(place: str) -> LedgerDamaged:
    """Return the error for a file that SQLite cannot make sense of."""
    return LedgerDamaged(
        f"The ledger {place} is damaged or is no SQLite database. It was left as it is. Move it aside together with "
        "its -wal and -shm files and restore all of them from a backup."
    )


def busy_for_too_long(place: str) -> LedgerBusy:
    """Return the error for a file that another connection would not let go."""
    return LedgerBusy(
        f"Another program kept the ledger {place} locked for too long. Try again; if it stays so, look for a second "
        "Finora or a database tool that has the file open."
    )
