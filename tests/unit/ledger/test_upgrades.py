"""Ledgers of every former version, on SQLite and on PostgreSQL, are brought up to date with all that was in them, or left as they were."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, Table, func, inspect, select

from finora.storage.ledger import Base, MigrationFailed, open_ledger
from finora.storage.ledger.engine import make_engine, parse_address
from finora.storage.ledger.migrate import migrate
from finora.storage.ledger.migrations.models import load_models
from finora.storage.ledger.revision import VERSION_TABLE, known_revisions
from finora.sync.models import ReconciledMember
from support.postgresql import Databases, programs, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from alembic.config import Config
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


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases | None]:
    """Return databases on a PostgreSQL; none where the machine has none."""
    if programs() is None:
        yield None
        return
    with server() as url, Databases(url) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases | None) -> str:
    """Return the address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    if databases is None:
        pytest.skip("PostgreSQL is not installed here")
    return databases.bare()


def filled(url: str, version: str) -> dict[str, int]:
    """Make a ledger as a former version had it, with a row in every table; return how many there are in each."""
    address = parse_address(url)
    migrate(address, version)
    engine = make_engine(address)
    with engine.connect() as connection:
        before = fill(connection)
        connection.commit()
    engine.dispose()
    return before


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables, the version's among them, whatever the tables are."""
    engine = make_engine(parse_address(url))
    with engine.connect() as connection:
        found = MetaData()
        found.reflect(connection)
        every = {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in found.sorted_tables
        }
    engine.dispose()
    return every


@pytest.mark.parametrize("version", known_revisions()[:-1])
def test_a_ledger_of_any_former_version_is_brought_up_to_date_with_its_rows(version: str, url: str) -> None:
    load_models()
    before = filled(url, version)
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


@pytest.mark.parametrize("version", known_revisions()[:-1])
def test_an_upgrade_whose_last_step_fails_leaves_all_as_it_was(
    version: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever starts a new version that cannot bring the ledger up to date must be able to go back to the former one."""
    filled(url, version)
    before = contents(url)

    whole = command.upgrade

    def upgrade_and_break(config: Config, target: str) -> None:
        whole(config, target)
        config.attributes["connection"].exec_driver_sql("DELETE FROM nowhere")

    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", upgrade_and_break)
        with pytest.raises(MigrationFailed, match="left as it was"):
            open_ledger(url)
    assert contents(url) == before
    open_ledger(url).close()


def test_figures_compared_before_causes_were_kept_stay_with_their_differences(url: str) -> None:
    filled(url, "0005")
    with open_ledger(url) as ledger, ledger.reading() as session:
        (row,) = session.scalars(select(ReconciledMember)).all()
        assert (row.first_spend, row.first_usage_value, row.run, row.parts) == (
            row.spend,
            row.usage_value,
            None,
            [],
        )
