"""Over the wire, as with a server: two clients share what is written, events stream, and refusals are told in plain words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from finora.errors import StorageError
from finora.spend.statement import Statement
from finora.storage.backup import BackupImpossible, write_backup
from finora.storage.events.clickhouse import parse_address
from finora.storage.events.clickhouse.inspection import look
from finora.storage.events.clickhouse.store import ClickHouseEventStore
from finora.storage.ledger import open_ledger
from support.clickhouse_server import PASSWORD, running
from support.events import DAY, NOW, T0, event, read, table
from support.stood_clock import StoodClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.storage.events.clickhouse import Address

AWKWARD = ["quo'te", "back\\slash", "100 %?", "漢字🦊", "tab\t", "new\nline", "İ"]


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    """Return the address of a server."""
    with running() as url:
        yield parse_address(url, Path())


def test_two_clients_share_events_and_any_text_survives_the_wire(address: Address) -> None:
    assert "makes the tables" in look(address)
    first, second = ClickHouseEventStore(address), ClickHouseEventStore(address)
    rows = [event(T0 + n, cost=n, model=name, conversation=name) for n, name in enumerate(AWKWARD)]
    first.replace_window(read(0, 1), table(rows))
    second._asked_at = 0.0
    with second.snapshot() as reader:
        for name in AWKWARD:
            statement = Statement(
                "SELECT m.key, e.conversation, e.max_mode FROM events e JOIN models m ON m.id = e.model "
                "WHERE m.key = ? AND e.conversation = ?",
                (name, name),
            )
            assert reader.fetch(statement) == [(name, name, False)]
        batches = [*reader.stream(Statement("SELECT ts, cost, extra FROM events ORDER BY ts"), 3)]
    assert [cost for batch in batches for cost in batch["cost"].to_pylist()] == [*range(len(AWKWARD))]
    assert f"has {len(AWKWARD)} events" in look(address)
    first.replace_window(read(0, 1, settled_days=200), table(rows[:2]))
    second._asked_at = 0.0
    assert (second.count().events, second.covered(1)[0].length.total_seconds() * 1000) == (2, DAY)
    for store in (first, second):
        store.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"password": "wrong-secret"}, "refuses the user name"), ({"database": "nowhere"}, "does not exist")],
)
def test_what_a_server_refuses_is_told_with_what_to_do_and_without_the_password(
    address: Address, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(StorageError, match=said) as told:
        look(replace(address, **wrong))  # type: ignore[arg-type]
    assert not {PASSWORD, "wrong-secret"} & {*told.value.message.split()}
    assert "secret" not in told.value.message


def test_a_backup_says_how_it_is_done_with_servers(address: Address, tmp_path: Path) -> None:
    store = ClickHouseEventStore(address, clock=StoodClock(NOW))
    with (
        open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as ledger,
        pytest.raises(BackupImpossible, match="BACKUP DATABASE"),
    ):
        write_backup(tmp_path / "b", tmp_path, ledger, store, now=NOW)
    store.close()
