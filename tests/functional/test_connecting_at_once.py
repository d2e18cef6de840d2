"""Connecting and removing while another process does the same, or dies on the way: nothing counts twice, nothing stays behind."""

from __future__ import annotations

import copy
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from finora.connections import AlreadyConnected, ConnectionNotFound
from finora.providers.cursor.account import CursorAccount
from finora.simulator import serve_in_thread
from finora.storage.events import DuckDBEventStore
from finora.storage.ledger import open_ledger
from support.events import T0, event, read, table
from support.postgresql import Databases, programs, server
from support.simulated import company, connect, simulation, workspace_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.providers.base import Access
    from finora.simulator import Simulation
    from finora.workspace import Workspace

MASTER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

_WORKER = """
import sys, time
from pathlib import Path
from finora.connections import AlreadyConnected
from finora.settings import Settings
from finora.workspace import open_workspace

url, place, provider, master, key = sys.argv[1:]
chosen = Settings(data_dir=Path(place), database_url=url, secret_key=master, cursor_base_url=provider, cursor_requests_per_minute=0)
with open_workspace(chosen) as workspace:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        workspace.connections.connect("cursor", "", {"api_key": key}, by="owner@acme.test")
    except AlreadyConnected:
        print("refused", flush=True)
    else:
        print("connected", flush=True)
"""


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
    """Return the address of an empty ledger."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    if databases is None:
        pytest.skip("PostgreSQL is not installed here")
    return databases.new()


@pytest.fixture
def simulated() -> Simulation:
    """Return a small simulated team."""
    return simulation(company(1, seats=3, days=12, events=60))


@pytest.mark.parametrize("same_key", [True, False])
def test_a_team_connected_at_once_in_two_processes_is_one_connection(
    simulated: Simulation, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, same_key: bool
) -> None:
    """Else all of the team's spend would count twice, with one key or with two of the same team."""
    met = threading.Barrier(2, timeout=30)
    check = CursorAccount.check

    def check_and_meet(account: CursorAccount) -> Access:
        access = check(account)
        met.wait()
        return access

    monkeypatch.setattr(CursorAccount, "check", check_and_meet)
    outcomes: list[object] = []

    def enter(workspace: Workspace, key: str) -> None:
        try:
            outcomes.append(
                workspace.connections.connect("cursor", "", {"api_key": key}, by="o@acme.test").id
            )
        except AlreadyConnected as refusal:
            outcomes.append(refusal)
        except BaseException as problem:
            outcomes.append(problem)
            raise

    keys = simulated.keys[0]
    with ExitStack() as closing:
        workspaces = [
            closing.enter_context(
                workspace_for(simulated, tmp_path / name, database_url=url, secret_key=MASTER_KEY)
            )
            for name in ("one", "two")
        ]
        for _round in range(3):
            outcomes.clear()
            threads = [
                threading.Thread(target=enter, args=(workspace, key))
                for workspace, key in zip(
                    workspaces, (keys.admin, keys.admin if same_key else keys.spare), strict=True
                )
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            made = [each for each in outcomes if isinstance(each, str)]
            assert len(made) == 1, outcomes
            assert sum(isinstance(each, AlreadyConnected) for each in outcomes) == 1, outcomes
            assert [each.id for each in workspaces[0].connections.all()] == made
            workspaces[0].connections.remove(made[0])


def test_two_real_processes_make_one_connection(simulated: Simulation, url: str, tmp_path: Path) -> None:
    open_ledger(url).close()
    with serve_in_thread(simulated) as provider:
        told = (provider.base_url, MASTER_KEY, simulated.key)
        workers = [
            subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-c", _WORKER, url, str(tmp_path / f"data{number}"), *told],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(3)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        said = [worker.communicate(timeout=60) for worker in workers]
    assert sorted(out for out, _problems in said) == ["connected\n", "refused\n", "refused\n"], said


class PowerCut(BaseException):
    """The process ends where it stands."""


def test_a_removal_with_its_history_that_was_cut_short_is_ended_by_the_next_start(
    simulated: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else events would count for ever that somebody wanted deleted, of a connection that nobody can remove any more."""

    def cut(_store: DuckDBEventStore, _number: int) -> None:
        raise PowerCut

    with workspace_for(simulated, tmp_path) as workspace:
        gone = connect(workspace, simulated)
        workspace.schedule.run_due()
        with monkeypatch.context() as patched:
            patched.setattr(DuckDBEventStore, "forget", cut)
            with pytest.raises(PowerCut):
                workspace.connections.remove(gone, delete_history=True)
        assert workspace.store.count(1).events
    with workspace_for(simulated, tmp_path) as workspace:
        assert workspace.store.count() == workspace.store.count(9), "the events are gone"
        assert not workspace.store.covered(1)
        kept = connect(workspace, simulated)
        workspace.schedule.run_due()
        workspace.connections.remove(kept)
    with workspace_for(simulated, tmp_path) as workspace:
        assert workspace.store.count(2).events, "what was to be kept is kept"


def test_a_key_cannot_take_the_place_of_another_while_it_is_in_use_itself(
    simulated: Simulation, tmp_path: Path
) -> None:
    both = simulation(*(company(seed, seats=3, days=12, events=60) for seed in (1, 2)))
    with workspace_for(both, tmp_path) as workspace:
        connect(workspace, both)
        other = connect(workspace, both, team=1)
        with pytest.raises(AlreadyConnected):
            workspace.connections.rotate(other, {"api_key": both.keys[0].admin}, confirm=True)
        assert workspace.connections.get(other).credential_version == 1


def test_a_window_stored_while_another_process_removes_the_connection_does_not_count(
    simulated: Simulation, tmp_path: Path
) -> None:
    """Else money of a team that somebody deleted would be shown for ever, and nobody could remove it."""
    with workspace_for(simulated, tmp_path) as workspace:
        gone = connect(workspace, simulated)
        syncing = copy.copy(workspace.connections)
        syncing._removing = threading.RLock()  # as another process has it

        def store_while_it_is_removed() -> None:
            with syncing.held_in_place(gone):
                workspace.connections.remove(gone, delete_history=True)
                workspace.store.replace_window(read(0, 1), table([event(T0, cost=7_000_000_000)]))

        with pytest.raises(ConnectionNotFound):
            store_while_it_is_removed()
        assert workspace.store.count().events == 0


def test_what_came_after_a_removal_goes_with_the_next_start(simulated: Simulation, tmp_path: Path) -> None:
    with workspace_for(simulated, tmp_path) as workspace:
        gone = connect(workspace, simulated)
        workspace.connections.remove(gone, delete_history=True)
        workspace.store.replace_window(read(0, 1), table([event(T0, cost=7_000_000_000)]))
    with workspace_for(simulated, tmp_path) as workspace:
        assert workspace.store.count().events == 0
