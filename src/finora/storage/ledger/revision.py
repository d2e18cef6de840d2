"""Which revision the tables of a ledger have, and which this program wants.

Alembic is only imported when the two differ: it takes longer than opening the ledger.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import column, inspect, select, table

from finora.storage.ledger.engine import place_of
from finora.storage.ledger.errors import LedgerTooNew

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

VERSION_TABLE = "ledger_revision"
"""Alembic's table; a name of its own, for PostgreSQL may be shared with other programs."""

VERSIONS = Path(__file__).parent / "migrations" / "versions"
"""The migrations, one `NNNN_what.py` each; the number is the revision and they follow each other by number."""


def known_revisions() -> list[str]:
    """Return the revisions that this program knows, oldest first."""
    return sorted(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*_*.py"))


def stored_revision(connection: Connection) -> str | None:
    """Return the revision of the tables in a database, or None where there are none yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))


def refuse_newer(stored: str | None, place: str) -> None:
    """Go on only if this program knows the revision of the tables in a database.

    Raises:
        LedgerTooNew: It does not.
    """
    known = known_revisions()
    if stored is not None and stored not in known:
        raise LedgerTooNew(
            f"The ledger {place} was written by a newer version of Finora (its revision is {stored}, the newest known here is "
            f"{known[-1]}). It was left as it is. Install the newer version again, or restore a backup from before the "
            "update."
        )


def ensure_current(engine: Engine) -> None:
    """Bring the tables to the newest revision that this program knows.

    Raises:
        LedgerTooNew: The tables have a revision that this program does not know.
        MigrationFailed: The tables could not be changed and are as they were.
    """
    known = known_revisions()
    with engine.connect() as connection:
        stored = stored_revision(connection)
    if stored == known[-1]:
        return
    refuse_newer(stored, place_of(engine.url))
    from finora.storage.ledger.migrate import migrate  # noqa: PLC0415 - Alembic is slow to import and rarely needed

    migrate(engine.url, known[-1])
