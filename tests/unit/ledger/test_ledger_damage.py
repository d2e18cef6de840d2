"""A ledger that cannot be used is told as such, and left as it is."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from finora.storage.ledger import Ledger, LedgerBusy, LedgerDamaged, LedgerTooNew, LedgerUnusable, open_ledger


@pytest.fixture
def closed(ledger: Ledger, ledger_file: Path) -> Path:
    ledger.close()
    return ledger_file


def refusal(file: Path, kind: type[Exception], query: str = "") -> str:
    before = file.read_bytes()
    with pytest.raises(kind) as caught:
        open_ledger(f"sqlite:///{file}{query}")
    assert file.read_bytes() == before
    return str(caught.value)


def test_a_ledger_of_a_newer_finora_is_left_alone(closed: Path) -> None:
    connection = sqlite3.connect(closed)
    connection.execute("UPDATE ledger_revision SET version_num = '9999'")
    connection.commit()
    connection.close()
    message = refusal(closed, LedgerTooNew)
    assert "9999" in message
    assert "Install the newer version" in message


def test_a_file_that_is_no_database_is_left_alone(closed: Path) -> None:
    closed.write_bytes(b"something else entirely, " * 400)
    assert str(closed) in refusal(closed, LedgerDamaged)


def test_a_file_cut_short_is_left_alone(closed: Path) -> None:
    closed.write_bytes(closed.read_bytes()[:8192])
    assert "restore" in refusal(closed, LedgerDamaged)


def test_a_check_finds_a_page_that_rotted(closed: Path) -> None:
    content = bytearray(closed.read_bytes())
    content[4096 * 5 : 4096 * 6] = b"\xa5" * 4096
    closed.write_bytes(content)
    with open_ledger(f"sqlite:///{closed}") as ledger, pytest.raises(LedgerDamaged):
        ledger.check()


def test_a_sound_ledger_passes_the_check(ledger: Ledger) -> None:
    ledger.check()


def test_a_folder_in_the_ledgers_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match="Check that it is a file"):
        open_ledger(f"sqlite:///{tmp_path}")


def test_a_ledger_that_cannot_be_written_is_told(closed: Path) -> None:
    url = f"sqlite:///file:{closed}?mode=ro&uri=true"
    with (
        open_ledger(url) as ledger,
        pytest.raises(LedgerUnusable, match="cannot be written"),
        ledger.session() as session,
    ):
        session.execute(text("DELETE FROM users"))


def test_a_ledger_that_somebody_else_keeps_locked_is_told(ledger: Ledger, ledger_file: Path) -> None:
    other = sqlite3.connect(ledger_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ledger.reading() as session:
        session.execute(text("PRAGMA busy_timeout = 10"))
    with pytest.raises(LedgerBusy), ledger.session() as session:
        session.execute(text("DELETE FROM users"))
    other.close()
