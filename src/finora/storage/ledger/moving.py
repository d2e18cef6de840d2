"""Moving a ledger from SQLite to PostgreSQL: every row as it was, in one transaction, proven before it is committed.

The file is only read. The target's tables are made by the same migrations as ever, within that transaction: what fails or is
killed on the way leaves the database as it was.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError

from finora.storage.ledger import sqlite
from finora.storage.ledger.base import PASSING, Base
from finora.storage.ledger.engine import make_engine, parse_address, place_of
from finora.storage.ledger.errors import LOCK_NOT_AVAILABLE, busy_for_too_long
from finora.storage.ledger.migrations.models import load_models
from finora.storage.ledger.move_errors import (
    LedgerIsThere,
    LedgerMoveUnproven,
    LedgerNotInFile,
    LedgerRowUnfit,
    LedgerTargetNotEmpty,
    LedgerTargetNotPostgreSQL,
    LedgerTargetUnusable,
)
from finora.storage.ledger.revision import VERSION_TABLE, known_revisions, refuse_newer, stored_revision
from finora.storage.ledger.rows import Checksum, Proof, StoredTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Connection

    from finora.storage.ledger.ledger import Ledger

_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLedger:
    """What a move did: what each table holds on both sides, and how many rows of running processes stayed behind by table."""

    place: str
    tables: dict[str, Proof]
    left_behind: dict[str, int]

    @property
    def rows(self) -> int:
        """How many rows arrived."""
        return sum(each.rows for each in self.tables.values())


def refuse_unfit_target(source_url: str, url: str) -> None:
    """Go on only if the ledger can be moved there; nothing is changed.

    Args:
        source_url: The address of the ledger that there is.
        url: The address that it is to be moved to.

    Raises:
        LedgerIsThere: The two are the same.
        LedgerNotInFile: The ledger is not a SQLite file.
        LedgerTargetNotPostgreSQL: The address cannot be read, or is none of PostgreSQL.
        LedgerTargetNotEmpty: There is something in that database.
        LedgerTargetUnusable: It cannot be reached, or does not let us.
    """
    load_models()
    with _connected(_target_address(parse_address(source_url), url), reads_only=True) as connection:
        _refuse_unless_empty(connection)


def move_ledger(source: Ledger, url: str, tell: Callable[[int, int], None]) -> MovedLedger:
    """Copy every row, but for those that only the processes at work have a use for.

    Args:
        source: The ledger that there is, in SQLite; nobody else may write to it.
        url: The address of an empty database of PostgreSQL.
        tell: Is told, again and again, how many rows are over of how many.

    Raises:
        LedgerRowUnfit: PostgreSQL refuses a row. As after all others, nothing was changed.
        LedgerMoveUnproven: What arrived is not what was sent.
        StorageError: As for `refuse_unfit_target`, or the file cannot be read.
    """
    load_models()
    address = _target_address(source.engine.url, url)
    moving = [StoredTable(each) for each in Base.metadata.sorted_tables if not each.info.get(PASSING, False)]
    staying = [StoredTable(each) for each in Base.metadata.sorted_tables if each.info.get(PASSING, False)]
    with source.reading() as session, _connected(address, reads_only=False) as target:
        kept = session.connection()
        _refuse_unless_empty(target)
        _make_tables(target)
        counts = {table.name: table.count(kept) for table in moving}
        sent = _copied(moving, kept, target, counts, tell)
        _refuse_unproven(moving, target, counts, sent)
        left_behind = {table.name: table.count(kept) for table in staying}
    return MovedLedger(place=place_of(address), tables=sent, left_behind=left_behind)


def _target_address(source: URL, url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        # The address may hold a password, so that it must not be repeated.
        raise LedgerTargetNotPostgreSQL(
            "The address to move the ledger to cannot be read; postgresql+psycopg://user:password@host/database is wanted. "
            "Nothing was changed."
        ) from None
    if address.get_backend_name() == source.get_backend_name() and place_of(address) == place_of(source):
        raise LedgerIsThere(
            f"The ledger is at {place_of(source)}, and was to be moved to where it is. Give the address of an empty database of "
            "PostgreSQL. Nothing was changed."
        )
    if source.get_backend_name() != "sqlite":
        raise LedgerNotInFile(
            f"The ledger is in PostgreSQL already, at {place_of(source)}. From there to another server it goes with pg_dump and "
            "pg_restore. Is FINORA_DATABASE_URL meant for after the move? Take it away, or say --ledger-to -"
        )
    if address.get_backend_name() != "postgresql":
        raise LedgerTargetNotPostgreSQL(
            f"The ledger can be moved to PostgreSQL, not to {address.get_backend_name()}; "
            "postgresql+psycopg://user:password@host/database is wanted. Nothing was changed."
        )
    return address


@contextmanager
def _connected(address: URL, *, reads_only: bool) -> Iterator[Connection]:
    """Yield one transaction at the target, committed at the end. Whoever else of Finora writes there waits or is waited for."""
    engine = make_engine(address)
    try:
        with (
            _target_troubles_told(place_of(address)),
            engine.execution_options(**{sqlite.READS_ONLY: reads_only}).begin() as connection,
        ):
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _target_troubles_told(place: str) -> Iterator[None]:
    """Turn the target's errors into ours; those of the file go on to who tells them."""
    try:
        yield
    except DBAPIError as problem:
        if isinstance(problem.orig, sqlite3.Error):
            raise
        if getattr(problem.orig, "sqlstate", "") == LOCK_NOT_AVAILABLE:
            raise busy_for_too_long(place) from problem
        said = _said_by_server(problem)
        raise LedgerTargetUnusable(
            f"The database {place} cannot be used{f' ({said})' if said else ''}. Check that PostgreSQL runs there, that the "
            "address names it with the right user and password, and that this user may create tables in it. Nothing was changed."
        ) from problem


def _refuse_unless_empty(connection: Connection) -> None:
    """Go on only if there is nothing but the tables of a ledger without rows, or not even these."""
    place, known = place_of(connection.engine.url), {VERSION_TABLE, *Base.metadata.tables}
    found = sorted(inspect(connection).get_table_names())
    refuse_newer(stored_revision(connection), place)
    used = [
        name for name in found if name not in known or (name != VERSION_TABLE and _has_rows(connection, name))
    ]
    if used:
        more = f" and {len(used) - _NAMED} more" if len(used) > _NAMED else ""
        raise LedgerTargetNotEmpty(
            f"The database {place} is not empty: there is something in {', '.join(used[:_NAMED])}{more}. If the ledger was moved "
            "there before, all is done: set FINORA_DATABASE_URL. Else give the address of an empty database. Nothing was changed."
        )


def _has_rows(connection: Connection, name: str) -> bool:
    quoted = connection.dialect.identifier_preparer.quote(name)
    return bool(connection.scalar(text(f"SELECT EXISTS (SELECT 1 FROM {quoted})")))


def _make_tables(connection: Connection) -> None:
    newest = known_revisions()[-1]
    if stored_revision(connection) == newest:
        return
    from finora.storage.ledger.migrate import upgrade_within  # noqa: PLC0415 - Alembic is slow to import

    upgrade_within(connection, newest)


def _copied(
    tables: list[StoredTable],
    source: Connection,
    target: Connection,
    counts: dict[str, int],
    tell: Callable[[int, int], None],
) -> dict[str, Proof]:
    """Copy rows, and return what was sent of each table."""
    sent, over, everything = dict[str, Proof](), 0, sum(counts.values())
    tell(0, everything)
    for table in tables:
        checksum = Checksum()
        for rows in table.batches(source):
            with _refusal_told(table.name):
                table.write(target, rows)
            checksum.add(rows)
            over += len(rows)
            tell(over, everything)
        table.go_on_numbering(target)
        sent[table.name] = checksum.proof
    return sent


def _refuse_unproven(
    tables: list[StoredTable], target: Connection, counts: dict[str, int], sent: dict[str, Proof]
) -> None:
    """Read everything back, and go on only if it is what was sent, and as much as there was."""
    for table in tables:
        arrived, wanted = table.proof(target), sent[table.name]
        if arrived != wanted or arrived.rows != counts[table.name]:
            raise LedgerMoveUnproven(
                f"The table {table.name} has {counts[table.name]:,} rows in the file, {wanted.rows:,} were sent, and {arrived.rows:,} "
                f"are in the database, {'with other content' if arrived.rows == wanted.rows else 'not as many'}. All was taken back. "
                "Make sure that nobody else writes there, and move again; should it stay so, report this message."
            )


@contextmanager
def _refusal_told(table: str) -> Iterator[None]:
    try:
        yield
    except (DataError, IntegrityError) as problem:
        raise LedgerRowUnfit(
            f"PostgreSQL does not take a row of the table {table} ({_said_by_server(problem)}). All was taken back. A database in "
            "UTF-8 takes whatever Finora wrote; is this one? Else something other than Finora wrote to the file: report this message."
        ) from problem


def _said_by_server(problem: DBAPIError) -> str:
    """Return the server's reason in one line, without the values of rows that its details hold, and without any address."""
    told = getattr(getattr(problem.orig, "diag", None), "message_primary", None)
    if told:
        return str(told)
    return "a text has a NUL character" if "NUL" in str(problem.orig) else ""
