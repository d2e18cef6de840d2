"""Bring the tables of a ledger up to date, wholly or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

from finora.errors import StorageError
from finora.storage.ledger import sqlite
from finora.storage.ledger.engine import make_engine, place_of
from finora.storage.ledger.errors import MigrationFailed
from finora.storage.ledger.revision import stored_revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for the migrations of this package on an open connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def migrate(address: URL, target: str) -> None:
    """Run all missing migrations up to a revision in one transaction.

    Two processes may start at the same time: in SQLite the second waits and finds nothing left to do.

    Raises:
        MigrationFailed: A migration failed. The tables are as they were; for SQLite a copy of the file from before
            stays beside it as well.
    """
    # SQLite changes a table by making it anew and dropping the old one, which must not take its children along.
    engine = make_engine(address, foreign_keys=False)
    try:
        with engine.connect() as connection:
            stored = stored_revision(connection)
            if stored == target:
                return
            if stored is not None and engine.dialect.name == "sqlite":
                sqlite.check_content(connection, place_of(address))
            with _kept_copy(address, wanted=stored is not None):
                command.upgrade(alembic_config(connection), target)
                if engine.dialect.name == "sqlite":
                    sqlite.check_references(connection)
                connection.commit()
    finally:
        engine.dispose()


def upgrade_within(connection: Connection, target: str) -> None:
    """Run all missing migrations up to a revision as part of a transaction of PostgreSQL, which the caller ends."""
    command.upgrade(alembic_config(connection), target)


@contextmanager
def _kept_copy(address: URL, *, wanted: bool) -> Iterator[None]:
    """Keep a copy of a SQLite file while its tables change, and for the operator when that fails.

    The copy goes once the tables are up to date, because a credential deleted later must not live on in it.
    """
    if not wanted or address.get_backend_name() != "sqlite":
        with _failure_told(place_of(address)):
            yield
        return
    file = sqlite.file_of(address)
    copy = file.with_name(f"{file.name}.before-migration")
    sqlite.copy_to(file, copy)
    with _failure_told(f"{file} (a copy is at {copy})"):
        yield
    copy.unlink()


@contextmanager
def _failure_told(place: str) -> Iterator[None]:
    try:
        yield
    except StorageError:
        raise
    except Exception as problem:
        raise MigrationFailed(
            f"The ledger {place} could not be brought up to date: {problem}. It was left as it was. "
            "Go back to the former version of Finora, and report this message."
        ) from problem
