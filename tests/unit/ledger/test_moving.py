"""A ledger is moved from SQLite to PostgreSQL as it is, row by row, or the database stays as it was and it is said why."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    Enum,
    Integer,
    LargeBinary,
    create_engine,
    func,
    insert,
    select,
    text,
)

from finora.accounts.models import ApiToken, AuditEntry, SetupLink, User
from finora.accounts.roles import Role
from finora.storage.ledger import PASSING, Base, Ledger, LedgerTooNew, UTCDateTime, move_errors, open_ledger
from finora.storage.ledger.migrations.models import load_models
from finora.storage.ledger.moving import MovedLedger, move_ledger, refuse_unfit_target
from finora.storage.ledger.rows import Checksum, StoredTable
from support.postgresql import Databases, programs, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Column, Table

pytestmark = pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed here")

NOON = datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)
LONGEST_NUMBER = 2**63 - 1
ROWS = 3


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with server() as url, Databases(url) as made:
        yield made


@pytest.fixture
def source(ledger: Ledger) -> Ledger:
    """A ledger with some rows in each table, of whatever a column can hold."""
    load_models()
    with ledger.session() as session:
        for table in Base.metadata.sorted_tables:
            for number in range(ROWS):
                session.execute(
                    table.insert().values({each.name: odd(each, number) for each in table.columns})
                )
    return ledger


def odd(column: Column[object], number: int) -> object:
    """Return what is easily changed on the way: both truths, long numbers, all bytes, JSON in an order of its own."""
    name, kind = f"Zoë 東京 {number}\n\t'\"\\", column.type
    if column.foreign_keys:
        return None if column.nullable else str(number)
    if column.primary_key and not isinstance(kind, Integer):
        return str(number)
    if column.nullable and number == 1:
        return None
    by_kind: dict[type, object] = {
        UTCDateTime: NOON.replace(microsecond=number * 1000),
        Boolean: number % 2 == 0,
        BigInteger: -LONGEST_NUMBER + number,
        Integer: 2**31 - 10 + number,
        LargeBinary: bytes(range(256)) + bytes([number]),
        Date: date(1999, 12, 31 - number),
        JSON: {"z": [1.5, None, True, name], "a": {"n": LONGEST_NUMBER, "": number}},
        Enum: list(Role)[number],
    }
    fallback = name if (getattr(kind, "length", None) or LONGEST_NUMBER) >= len(name) else str(number)
    return next((value for each, value in by_kind.items() if isinstance(kind, each)), fallback)


def ignored(_over: int, _everything: int) -> None:
    """Show no progress."""


def moved(source: Ledger, url: str) -> MovedLedger:
    return move_ledger(source, url, ignored)


def everything(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows as domains read them, by table; JSON as its text."""
    with ledger.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def is_bare(url: str) -> bool:
    """Return whether a database has no tables at all."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    engine.dispose()
    return bool(tables == 0)


def test_each_row_of_each_table_is_there_afterwards_as_it_was(source: Ledger, databases: Databases) -> None:
    url, told = databases.bare(), list[tuple[int, int]]()
    done = move_ledger(source, url, lambda over, of: told.append((over, of)))
    wanted = everything(source)
    passing = {table.name for table in Base.metadata.sorted_tables if table.info.get(PASSING)}
    assert passing == {"sync_leases"}
    with open_ledger(url) as target:
        assert everything(target) == wanted | {"sync_leases": []}
    assert {name: each.rows for name, each in done.tables.items()} == {
        name: len(rows) for name, rows in wanted.items() if name not in passing
    }
    assert (done.left_behind, done.rows) == ({"sync_leases": ROWS}, ROWS * (len(wanted) - 1))
    assert told[-1] == (done.rows, done.rows)


def test_json_keeps_its_very_text(source: Ledger, databases: Databases) -> None:
    url = databases.bare()
    with source.session() as session:
        session.execute(
            text("UPDATE audit_entries SET details = :text"), {"text": '{"z":1e2,  "é": "\\u00e9"}'}
        )
    moved(source, url)
    statement = text("SELECT CAST(details AS TEXT) FROM audit_entries ORDER BY id")
    with open_ledger(url) as target, target.reading() as there, source.reading() as here:
        assert there.scalars(statement).all() == here.scalars(statement).all()


def test_the_next_act_gets_the_next_number(source: Ledger, databases: Databases) -> None:
    """Explicit numbers do not move PostgreSQL's own count on: the next row would collide with the first."""
    url = databases.bare()
    moved(source, url)
    with open_ledger(url) as target, target.session() as session:
        highest = session.scalar(select(func.max(AuditEntry.id)))
        entry = AuditEntry(at=NOON, actor="", act="sign_in", subject="", details={}, address="")
        session.add(entry)
        session.flush()
        assert entry.id == (highest or 0) + 1


def test_an_empty_ledger_is_moved_too_and_numbers_from_one(ledger: Ledger, databases: Databases) -> None:
    url = databases.new()
    assert moved(ledger, url).rows == 0
    with open_ledger(url) as target, target.session() as session:
        entry = AuditEntry(at=NOON, actor="", act="sign_in", subject="", details={}, address="")
        session.add(entry)
        session.flush()
        assert entry.id == 1


def test_tokens_that_issued_each_other_arrive_in_whatever_order_they_are_kept(
    ledger: Ledger, databases: Databases
) -> None:
    """Here the last of fifteen hundred is the first of a chain of issuers."""
    last = 1499
    with ledger.session() as session:
        session.execute(insert(User).values(_user()))
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        session.execute(
            insert(ApiToken),
            [_token(n, issued_by=None if n == last else f"{min(n + 100, last)}") for n in range(last + 1)],
        )
    url = databases.bare()
    assert moved(ledger, url).tables["api_tokens"].rows == last + 1
    with open_ledger(url) as target:
        assert everything(target) == everything(ledger)


def _user() -> dict[str, object]:
    return {
        "id": "u",
        "email": "ana@acme.test",
        "name": "Ana",
        "role": Role.OWNER,
        "password_hash": "",
        "created_at": NOON,
        "password_set_at": NOON,
    }


def _token(number: int, issued_by: str | None) -> dict[str, object]:
    return {
        "id": str(number),
        "token_digest": str(number),
        "user_id": "u",
        "issued_by": issued_by,
        "name": "t",
        "last4": "",
        "scopes": ["read"],
        "created_at": NOON,
    }


def test_a_database_that_holds_a_ledger_is_refused_and_stays(source: Ledger, databases: Databases) -> None:
    url = databases.new()
    with open_ledger(url) as target, target.session() as session:
        session.add(SetupLink(token_digest="theirs", created_at=NOON))
    for attempt in (lambda: moved(source, url), lambda: refuse_unfit_target(address_of(source), url)):
        with pytest.raises(move_errors.LedgerTargetNotEmpty, match="something in setup_links"):
            attempt()
    with open_ledger(url) as target, target.reading() as session:
        assert session.scalars(select(SetupLink.token_digest)).all() == ["theirs"]
        assert session.scalar(select(func.count()).select_from(User)) == 0


def test_a_database_of_another_program_is_refused_and_stays(source: Ledger, databases: Databases) -> None:
    url = databases.bare()
    run(url, "CREATE TABLE invoices (id INTEGER)")
    with pytest.raises(move_errors.LedgerTargetNotEmpty, match="something in invoices"):
        moved(source, url)
    run(url, "DROP TABLE invoices")
    assert is_bare(url)


def test_a_database_of_a_newer_finora_is_refused(source: Ledger, databases: Databases) -> None:
    url = databases.new()
    run(url, "UPDATE ledger_revision SET version_num = '9999'")
    with pytest.raises(LedgerTooNew, match="9999"):
        moved(source, url)


def test_moving_twice_is_refused_and_said_to_be_done(source: Ledger, databases: Databases) -> None:
    url = databases.bare()
    moved(source, url)
    with pytest.raises(move_errors.LedgerTargetNotEmpty, match="all is done: set FINORA_DATABASE_URL"):
        moved(source, url)


def test_a_target_that_is_none_is_told_without_its_password(source: Ledger, tmp_path: Path) -> None:
    here = address_of(source)
    there = "postgresql+psycopg://finora:hunter2@127.0.0.1:9/x"
    cases: list[tuple[str, str, type[Exception]]] = [
        (here, here, move_errors.LedgerIsThere),
        (there, there, move_errors.LedgerIsThere),
        (there, "postgresql+psycopg://finora:hunter2@127.0.0.1:9/y", move_errors.LedgerNotInFile),
        (here, f"sqlite:///{tmp_path / 'other.sqlite'}", move_errors.LedgerTargetNotPostgreSQL),
        (here, "mysql://root:hunter2@db/x", move_errors.LedgerTargetNotPostgreSQL),
        (here, "an address of hunter2", move_errors.LedgerTargetNotPostgreSQL),
        (here, there, move_errors.LedgerTargetUnusable),
    ]
    for source_url, url, error in cases:
        with pytest.raises(error) as caught:
            refuse_unfit_target(source_url, url)
        assert "hunter2" not in str(caught.value)
    assert not (tmp_path / "other.sqlite").exists()


def test_a_user_who_may_not_create_tables_is_told_so(source: Ledger, databases: Databases) -> None:
    url = databases.bare()
    run(
        url,
        "DROP ROLE IF EXISTS guest",
        "CREATE ROLE guest LOGIN",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    )
    with pytest.raises(move_errors.LedgerTargetUnusable, match=r"permission denied.*may create tables"):
        moved(source, url.replace("finora@", "guest@"))
    assert is_bare(url)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("name", "a" * 201, "value too long"),
        ("name", "a\0b", "NUL"),
        ("created_at", "yesterday", "users"),
    ],
)
def test_a_row_that_postgresql_does_not_take_is_told_by_its_table_and_all_is_taken_back(
    source: Ledger, databases: Databases, column: str, value: str, said: str
) -> None:
    """SQLite keeps any text in any column, and Finora is not all that can write to a file."""
    with source.session() as session:
        session.execute(text(f"UPDATE users SET {column} = :value WHERE id = '1'"), {"value": value})
    url = databases.bare()
    with pytest.raises(move_errors.LedgerRowUnfit, match=said) as caught:
        moved(source, url)
    assert "table users" in str(caught.value)
    assert is_bare(url)


def test_what_does_not_arrive_as_it_was_sent_is_told_and_taken_back(
    source: Ledger, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = databases.new()
    changed = {
        "not as many": "DELETE FROM sessions WHERE id = '2'",
        "other content": "UPDATE sessions SET address = 'elsewhere' WHERE id = '2'",
    }
    whole = StoredTable.go_on_numbering
    for said, statement in changed.items():

        def meddled(table: StoredTable, connection: object, statement: str = statement) -> None:
            whole(table, connection)  # type: ignore[arg-type]
            if table.name == "sessions":
                connection.execute(text(statement))  # type: ignore[attr-defined]

        monkeypatch.setattr(StoredTable, "go_on_numbering", meddled)
        with pytest.raises(move_errors.LedgerMoveUnproven, match=f"The table sessions .*{said}"):
            moved(source, url)
    with open_ledger(url) as target:
        assert not any(everything(target).values())


@pytest.mark.parametrize("bare", [True, False])
def test_a_process_killed_before_the_end_leaves_the_database_as_it_was(
    source: Ledger, databases: Databases, *, bare: bool
) -> None:
    url = databases.bare() if bare else databases.new()
    script = """
import os, signal, sys
from finora.storage.ledger import open_ledger
from finora.storage.ledger.moving import move_ledger

def tell(over, everything):
    if over == everything:
        print("all over", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

with open_ledger(sys.argv[1]) as source:
    move_ledger(source, sys.argv[2], tell)
"""
    killed = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script, address_of(source), url], capture_output=True, text=True, check=False
    )
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "all over\n"), killed.stderr
    if bare:
        assert is_bare(url)
    else:
        with open_ledger(url) as target:
            assert not any(everything(target).values())
    assert moved(source, url).rows > 0


@given(
    st.lists(st.tuples(st.text(), st.binary(), st.none() | st.integers(-(2**63), 2**63 - 1))), st.randoms()
)
def test_a_checksum_is_of_all_rows_in_whatever_order(rows: list[tuple[object, ...]], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    sums = [Checksum() for _ in range(3)]
    for each, given_rows in zip(sums, (rows, shuffled, [*rows, ("one more",)]), strict=True):
        each.add(given_rows)
    assert sums[0].proof == sums[1].proof
    assert sums[0].proof.checksum != sums[2].proof.checksum


def test_which_tables_may_be_left_behind_is_what_their_domain_says() -> None:
    load_models()
    left: list[Table] = [each for each in Base.metadata.sorted_tables if each.info.get(PASSING)]
    assert [each.name for each in left] == ["sync_leases"]


def address_of(ledger: Ledger) -> str:
    return ledger.engine.url.render_as_string(hide_password=False)


def run(url: str, *statements: str) -> None:
    """Do something in a database that Finora would not."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
