"""The connection to the ledger's database: its address, and the SQLAlchemy engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from finora.errors import ConfigurationError
from finora.storage.ledger import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine


def make_engine(address: URL, *, foreign_keys: bool = True) -> Engine:
    """Return an engine that speaks to the ledger as `sqlite.teach` or `postgresql.teach` have it.

    Raises:
        ConfigurationError: The database's driver is not installed.
    """
    try:
        engine = create_engine(address, pool_pre_ping=address.get_backend_name() != "sqlite", max_overflow=30)
    except (NoSuchModuleError, ModuleNotFoundError) as problem:
        raise ConfigurationError(
            f"FINORA_DATABASE_URL asks for {address.drivername}, which is not installed. "
            'For PostgreSQL install "finora[postgresql]" and write postgresql+psycopg://…'
        ) from problem
    if engine.dialect.name == "sqlite":
        sqlite.teach(engine, foreign_keys=foreign_keys)
    else:
        postgresql.teach(engine)
    return engine


def place_of(address: URL) -> str:
    """Return the ledger's file, or its host and database, without user name and password."""
    if address.get_backend_name() == "sqlite":
        return str(sqlite.file_of(address))
    return f"{address.host or 'localhost'}/{address.database or ''}"


def parse_address(url: str) -> URL:
    """Return the address of a ledger.

    Raises:
        ConfigurationError: It cannot be read, or names a database other than SQLite and PostgreSQL.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        # The address may hold a password, so that it must not be repeated.
        raise ConfigurationError(
            "FINORA_DATABASE_URL cannot be read; sqlite:////absolute/path/ledger.sqlite or "
            "postgresql+psycopg://user:password@host/database is wanted."
        ) from None
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ConfigurationError(
            f"FINORA_DATABASE_URL asks for {address.get_backend_name()}; Finora keeps its ledger in SQLite or PostgreSQL."
        )
    return address


def check_address(url: str) -> None:
    """Go on only if an address can be that of a ledger; whether anything is there does not matter.

    Raises:
        ConfigurationError: As for `parse_address`, or it is of SQLite and names no file.
    """
    place_of(parse_address(url))
