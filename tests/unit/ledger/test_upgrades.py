"""Ledgers of every former version are brought up to date with all that was in them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, Table, func, inspect, select

from finora.storage.ledger import Base, open_ledger
from finora.storage.ledger.engine import make_engine, parse_address
from finora.storage.ledger.migrate import migrate
from finora.storage.ledger.migrations.models import load_models
from finora.storage.ledger.revision import VERSION_TABLE, known_revisions

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

_VALUES: dict[type, object] = {
    int: 1,
    str: "x",
    bool: True,
    bytes: b"x",
    object: {},
    date: date(2026, 1, 1),
    dict: {},
    list: [],
}


def tables(connection: Connection) -> list[Table]:
    """Return the tables as they are in the database, parents first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


def fill(connection: Connection) -> dict[str, int]:
    """Put a row into every table, and return how many there are in each by name."""
    known = tables(connection)
    for table in known:
        row = {}
        for column in table.columns:
            if column.foreign_keys:
                (key,) = column.foreign_keys
                row[column.name] = connection.scalar(select(key.column).limit(1))
            else:
                row[column.name] = _VALUES[column.type.python_type]
        connection.execute(table.insert().values(row))
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in known}


@pytest.mark.parametrize("version", known_revisions()[:-1])
def test_a_ledger_of_any_former_version_is_brought_up_to_date_with_its_rows(
    version: str, tmp_path: Path
) -> None:
    load_models()
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    address = parse_address(url)
    migrate(address, version)
    engine = make_engine(address)
    with engine.connect() as connection:
        before = fill(connection)
        connection.commit()
    engine.dispose()
    assert min(before.values()) > 0
    with open_ledger(url) as ledger, ledger.engine.connect() as connection:
        assert before.keys() <= set(inspect(connection).get_table_names())
        for table in tables(connection):
            if table.name in before:
                assert connection.scalar(select(func.count()).select_from(table)) == before[table.name]
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
