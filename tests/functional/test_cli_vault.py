"""The master key is changed and, when it is lost, done without: nothing but the stored keys is ever lost."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from finora.simulator import serve_in_thread
from finora.vault import KEY_FILE, MasterKey
from support.terminal import Terminal, of_today

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.simulator import Simulation


@pytest.fixture
def simulated() -> Simulation:
    return of_today()


@pytest.fixture
def terminal(simulated: Simulation, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal where a team is connected and read."""
    with serve_in_thread(simulated) as cursor:
        found = Terminal(tmp_path / "data").having(CURSOR_BASE_URL=cursor.base_url)
        found.well("connect", "cursor", "--name", "Acme", "--key-stdin", given=simulated.key)
        yield found


def stored(terminal: Terminal) -> list[tuple[bytes, bytes]]:
    with sqlite3.connect(terminal.data_dir / "ledger.sqlite") as ledger:
        return ledger.execute("SELECT wrapped_key, ciphertext FROM credentials").fetchall()


def everything(terminal: Terminal) -> bytes:
    return b"".join(path.read_bytes() for path in terminal.data_dir.rglob("*") if path.is_file())


def events(terminal: Terminal) -> object:
    answer = json.loads(terminal.well("query", "-m", "spend", "-m", "events", "--period", "all", "--json"))
    return answer["totals"]


def test_a_changed_master_key_opens_what_the_former_one_did_and_that_one_nothing(terminal: Terminal) -> None:
    before = (terminal.data_dir / KEY_FILE).read_text()
    ((wrapped, ciphertext),) = stored(terminal)
    assert "was changed" in terminal.well("vault", "rotate")
    ((wrapped_anew, ciphertext_after),) = stored(terminal)
    assert (terminal.data_dir / KEY_FILE).read_text() != before
    assert wrapped_anew != wrapped
    assert ciphertext_after == ciphertext
    assert wrapped not in everything(terminal), "an old backup of the key must not open the present ledger"
    terminal.well("sync")
    (terminal.data_dir / KEY_FILE).write_text(before)
    refused = terminal("doctor")
    assert refused.code == 1
    assert "does not hold the master key" in refused.said


def test_a_lost_master_key_costs_the_stored_keys_and_nothing_else(
    terminal: Terminal, simulated: Simulation
) -> None:
    figures = events(terminal)
    ((wrapped, ciphertext),) = stored(terminal)
    (terminal.data_dir / KEY_FILE).unlink()
    refused = terminal("connections")
    assert refused.code == 1
    assert "finora vault forget" in refused.said
    assert stored(terminal) == [(wrapped, ciphertext)], "nothing is lost by starting"
    assert terminal("vault", "forget", given="n\n").code != 0
    assert stored(terminal) == [(wrapped, ciphertext)]
    assert "1 stored credentials were given up" in terminal.well("vault", "forget", "--yes")
    for part in (wrapped, ciphertext):
        assert part not in everything(terminal)
    assert events(terminal) == figures
    (connection,) = json.loads(terminal.well("connections", "--json"))
    terminal.well("rotate", connection["id"], "--key-stdin", given=simulated.key)
    terminal.well("sync")
    assert events(terminal) == figures


def test_a_right_master_key_is_never_given_up(terminal: Terminal) -> None:
    before = stored(terminal)
    refused = terminal("vault", "forget", "--yes")
    assert refused.code == 1
    assert "nothing was forgotten" in refused.said
    assert stored(terminal) == before


def test_a_master_key_from_the_settings_is_changed_by_who_set_it(terminal: Terminal) -> None:
    key = (terminal.data_dir / KEY_FILE).read_text().strip()
    given = terminal.having(SECRET_KEY=key)
    assert "FINORA_SECRET_KEY=<new>,<former>" in given("vault", "rotate").said
    new = MasterKey.generate().text()
    given.having(SECRET_KEY=f"{new},{key}").well("sync")
    given.having(SECRET_KEY=new).well("sync")
    assert given("sync").code == 1


def test_while_a_server_runs_the_master_key_is_left_alone(terminal: Terminal) -> None:
    with terminal.serving():
        refused = terminal("vault", "rotate")
    assert refused.code == 1
    assert "data directory" in refused.said.lower()
