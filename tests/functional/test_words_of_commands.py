"""What commands say when they do not go well, or stand alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from finora.cli import migrate as command
from finora.cli import moving_events
from finora.cli.demo_folder import DEMO_MARK
from finora.storage.events import DuckDBEventStore
from support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


def test_an_address_that_does_not_answer_is_named_by_where_it_came_from(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    DuckDBEventStore(data / "events.duckdb").close()
    refused = Terminal(data)("migrate", "--to", "clickhouse://finora@127.0.0.1:9/x", "--json")
    told = json.loads(refused.err)["error"]
    assert "Check --to" in told["detail"]
    assert "FINORA_EVENTS_URL" not in refused.said


def test_the_doctor_does_not_praise_settings_that_it_rejects(tmp_path: Path) -> None:
    finora = Terminal(tmp_path / "data").having(SMTP_HOST="mail.test")
    told = [each for each in json.loads(finora("doctor", "--json").out) if each["name"] == "Settings"]
    assert [each["verdict"] for each in told] == ["wrong"]


def test_the_doctor_asks_no_provider_for_a_demo(tmp_path: Path) -> None:
    """A demo asks its own simulator; a warning about another address would only puzzle."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / DEMO_MARK).touch()
    names = {each["name"] for each in json.loads(Terminal(data)("doctor", "--json").out)}
    assert "Cursor" not in names


def test_help_names_the_simulator(tmp_path: Path) -> None:
    assert "finora simulate cursor" in Terminal(tmp_path / "data").well("--help")


def test_a_move_that_is_broken_off_by_hand_says_that_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C is at the machine's edge: it comes here as the first piece is taken."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    DuckDBEventStore(data / "events.duckdb").close()
    monkeypatch.setenv("FINORA_DATA_DIR", str(data))

    def interrupted(*_words: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(moving_events, "moved", interrupted)
    with pytest.raises(KeyboardInterrupt):
        command.migrate(to="chdb://", json=True)
    assert "go on where they were" in capsys.readouterr().err
