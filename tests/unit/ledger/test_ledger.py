"""The ledger opens safely, keeps transactions whole and forgets what is deleted."""

import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import IntegrityError, StatementError

from finora.accounts.models import AuditEntry, SetupLink
from finora.errors import ConfigurationError
from finora.storage.ledger import Ledger, LedgerUnusable, UTCDateTime, erase_after_commit, open_ledger
from finora.vault.models import Credential, VaultKey

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def links(ledger: Ledger) -> int:
    with ledger.reading() as session:
        return session.scalar(select(func.count()).select_from(SetupLink)) or 0


def test_nobody_else_on_the_machine_may_read_the_ledger(ledger: Ledger, ledger_file: Path) -> None:
    with ledger.session() as session:
        session.add(SetupLink(token_digest="a", created_at=NOON))
    files = sorted(ledger_file.parent.iterdir())
    assert [file.name for file in files] == ["ledger.sqlite", "ledger.sqlite-shm", "ledger.sqlite-wal"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_ledger_that_others_could_read_is_closed_to_them(ledger_file: Path) -> None:
    url = f"sqlite:///{ledger_file}"
    open_ledger(url).close()
    ledger_file.chmod(0o644)
    open_ledger(url).close()
    assert stat.S_IMODE(ledger_file.stat().st_mode) == 0o600


def test_a_session_is_written_whole(ledger: Ledger) -> None:
    with ledger.session() as session:
        session.add(SetupLink(token_digest="a", created_at=NOON))
    assert links(ledger) == 1


def test_a_session_that_fails_writes_nothing(ledger: Ledger) -> None:
    def fail_midway() -> None:
        with ledger.session() as session:
            session.add(SetupLink(token_digest="a", created_at=NOON))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert links(ledger) == 0


def test_a_row_that_exists_twice_is_the_domains_to_tell(ledger: Ledger) -> None:
    with ledger.session() as session:
        session.add(SetupLink(token_digest="a", created_at=NOON))
    with pytest.raises(IntegrityError), ledger.session() as session:
        session.add(SetupLink(token_digest="a", created_at=NOON))


def test_a_reading_session_cannot_write(ledger: Ledger) -> None:
    with pytest.raises(LedgerUnusable), ledger.reading() as session:
        session.execute(insert(SetupLink).values(token_digest="a", created_at=NOON))
    with ledger.session() as session:
        session.add(SetupLink(token_digest="b", created_at=NOON))
    assert links(ledger) == 1


def test_a_reader_does_not_wait_for_a_writer_and_sees_one_state(ledger: Ledger) -> None:
    with ledger.session() as writing:
        writing.add(SetupLink(token_digest="a", created_at=NOON))
        writing.flush()
        assert links(ledger) == 0
    assert links(ledger) == 1


def test_writers_that_read_first_lose_no_update(ledger: Ledger) -> None:
    """Two processes that count up a number must not both read the old one."""
    with ledger.session() as session:
        entry = AuditEntry(at=NOON, actor="", act="count", subject="", details={"count": 0}, address="")
        session.add(entry)

    def count_up() -> None:
        for _ in range(10):
            with ledger.session() as session:
                row = session.get_one(AuditEntry, entry.id)
                row.details = {"count": row.details["count"] + 1}

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.reading() as session:
        assert session.get_one(AuditEntry, entry.id).details == {"count": 40}


def test_power_cuts_and_dangling_references_are_guarded_against(ledger: Ledger) -> None:
    with ledger.reading() as session:
        answers = {
            pragma: session.scalar(text(f"PRAGMA {pragma}"))
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert answers == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }


def test_what_is_deleted_is_in_no_file_afterwards(ledger: Ledger, ledger_file: Path) -> None:
    """Even SQLite's secure_delete leaves the former copy of a row that moved when its page was rebalanced."""
    chance = Random(6)  # noqa: S311 - the seed decides how pages are rebalanced; this one leaves something behind
    living: dict[str, bytes] = {}
    gone: list[bytes] = []
    with ledger.session() as session:
        session.add(VaultKey(id="key", first_used_at=NOON))
        erase_after_commit(session)
        for _ in range(600):
            content = chance.randbytes(chance.choice([40, 80, 120, 300, 900, 1800]))
            name = (
                chance.choice(list(living))
                if living and chance.random() < 0.6
                else chance.randbytes(16).hex()
            )
            if name in living:
                gone.append(living.pop(name))
                session.execute(delete(Credential).where(Credential.id == name))
            if chance.random() < 0.75:
                living[name] = content
                row = {
                    "id": name,
                    "key_id": "key",
                    "wrapped_key": b"",
                    "ciphertext": content,
                    "stored_at": NOON,
                }
                session.execute(insert(Credential).values(row))
    left = b"".join(file.read_bytes() for file in ledger_file.parent.iterdir())
    assert all(content in left for content in living.values() if len(content) < 900)
    assert [content for content in gone if content[:16] in left or content[-16:] in left] == []


def test_a_reader_who_delays_the_erasing_does_not_fail_the_deletion(
    ledger: Ledger, ledger_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The row is deleted and stays so; what is left of it goes when the ledger is closed at the latest."""
    monkeypatch.setattr("finora.storage.ledger.sqlite.BUSY_SECONDS", 0.01)
    with ledger.session() as session:
        session.add(SetupLink(token_digest="former", created_at=NOON))
    with ledger.reading() as old:
        old.scalar(select(SetupLink.token_digest))
        with ledger.session() as session:
            session.execute(delete(SetupLink))
            erase_after_commit(session)
        assert "may still be in the ledger's files" in caplog.text
    ledger.close()
    assert b"former" not in b"".join(file.read_bytes() for file in ledger_file.parent.iterdir())


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_a_moment_comes_back_as_the_same_moment(moment: datetime) -> None:
    kind, dialect = UTCDateTime(), sqlite_dialect.dialect()
    read = kind.process_result_value(kind.process_bind_param(moment, dialect), dialect)
    assert read is not None
    assert read.utcoffset() == timedelta(0)
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)


def test_a_moment_without_a_time_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(StatementError, match="without a time zone"), ledger.session() as session:
        session.add(SetupLink(token_digest="a", created_at=datetime(2026, 11, 22)))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("not an address of hunter2", "cannot be read"),
        ("mysql://root:hunter2@host/finora", "mysql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(url: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as caught:
        open_ledger(url)
    assert "hunter2" not in str(caught.value)


def test_a_missing_driver_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"finora\[postgresql\]") as caught:
        open_ledger("postgresql+psycopg://finora:hunter2@db/finora")
    assert "hunter2" not in str(caught.value)


def test_opening_a_current_ledger_does_not_import_alembic(ledger: Ledger, ledger_file: Path) -> None:
    """Alembic takes longer to import than the ledger to open, and each command opens it."""
    script = "import sys; from finora.storage.ledger import open_ledger; open_ledger(sys.argv[1]).close(); print('alembic' in sys.modules)"
    run = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script, f"sqlite:///{ledger_file}"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.stdout == "False\n"
