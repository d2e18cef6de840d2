"""The file of an event store, opened: read by anybody at any time, written by one after the other."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import duckdb

from finora.storage.events.duckdb.errors import troubles_told
from finora.storage.events.duckdb.names import Names
from finora.storage.events.duckdb.opening import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.spend.model_name import ModelRules

_WORTH_FOLDING = 8_000_000
"""Bytes of a write-ahead log; each time it is folded, the last part of each table is packed anew."""
_MEMORY_OF_LARGE = "640MB"
"""What the engine may take for a large store, twice of what it may else. With less, blocks that were read for one question have to
make room for each next one, and 48 hours of a hundred million events take an eighth longer to be replaced."""


class EventFile:
    """A DuckDB file of events.

    Args:
        path: The file; made when missing.
        rules: Vendors and families of models, by which new names of models are described.

    Attributes:
        path: The file.
        names: The numbers of names.
        writing: Held by whoever writes.
        version: A number that grows with every change of the data.

    Raises:
        StorageError: The file is in use, damaged, too new or unusable; the message says what to do.
    """

    def __init__(self, path: Path, rules: ModelRules) -> None:
        self.path = path
        self.database = connect(path)
        self.names = Names(rules)
        self.writing = threading.RLock()
        self._remembered: dict[str, object] = {}
        with troubles_told(path):
            self.names.load(self.database)
            self.version = int(self.meta("version") or 0)

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor whose changes are kept, all of them or none, and make a new version of the data."""
        with self.writing, troubles_told(self.path):
            cursor = self.database.cursor()
            try:
                cursor.begin()
                yield cursor
                version = self.version + 1
                cursor.execute("UPDATE meta SET value = ? WHERE key = 'version'", (str(version),)).fetchall()
                cursor.commit()
            except BaseException:
                self.names.rollback()
                raise
            else:
                self.names.commit()
                self.version = version
                self._remembered = {}
            finally:
                cursor.close()  # an open transaction is rolled back

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor to read with."""
        with troubles_told(self.path):
            cursor = self.database.cursor()
            try:
                yield cursor
            finally:
                cursor.close()

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Return the rows of a statement."""
        with self.cursor() as cursor:
            return cursor.execute(sql, values).fetchall()

    def recall(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a statement, remembered until the data changes."""
        remembered = self._remembered
        if sql not in remembered:
            remembered[sql] = self.rows(sql)
        return cast("list[tuple[object, ...]]", remembered[sql])

    def meta(self, key: str) -> str | None:
        """Return something that is noted of the file."""
        rows = self.rows("SELECT value FROM meta WHERE key = ?", key)
        return cast("str", rows[0][0]) if rows else None

    def fold_if_worth_it(self) -> None:
        """Fold the write-ahead log into the file where it is long; what folds it by itself waits for far more."""
        log = self.path.with_name(f"{self.path.name}.wal")
        if log.exists() and log.stat().st_size >= _WORTH_FOLDING:
            self.fold()

    def fold(self) -> None:
        """Fold the write-ahead log into the file."""
        with self.writing:
            cursor = self.database.cursor()
            try:
                cursor.execute("CHECKPOINT").fetchall()
            except duckdb.TransactionException:
                pass  # readers are still on the old state; the next one catches up
            finally:
                cursor.close()

    def take_memory_of_large(self) -> None:
        """Let the engine take as much memory as a large store is worth."""
        with self.cursor() as cursor:
            cursor.execute(f"SET memory_limit = '{_MEMORY_OF_LARGE}'").fetchall()

    def close(self) -> None:
        """Write everything out and let go of the file."""
        with self.writing:
            self.database.close()
