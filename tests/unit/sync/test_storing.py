"""A window is stored while the next one is read: faster, and nothing else is different."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from finora.storage.events import EventsUnusable
from support.simulated import (
    DAY_MS,
    EVENTS,
    Meddler,
    company,
    connect,
    simulation,
    workspace_for,
    workspace_of_one_thread,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from finora.simulator import Simulation
    from finora.spend.store import WindowChange, WindowRead
    from finora.sync import SyncRun
    from finora.sync.runs import Progress
    from finora.workspace import Workspace

PATIENCE = 30.0


@pytest.fixture
def simulated() -> Simulation:
    """Return a simulated team."""
    return simulation(company(seats=3, days=20, events=300))


@pytest.fixture
def meddler(simulated: Simulation) -> Meddler:
    """Return what stands between."""
    return Meddler(simulated)


@pytest.fixture
def workspace(simulated: Simulation, meddler: Meddler, tmp_path: Path) -> Iterator[Workspace]:
    """Return an open workspace with a connected team that was not synced yet."""
    with workspace_for(simulated, tmp_path, transport=meddler) as opened:
        connect(opened, simulated)
        yield opened


def synced(workspace: Workspace) -> SyncRun:
    """Run what is due and return how it ended."""
    (run,) = workspace.schedule.run_due()
    return run


def test_the_provider_is_asked_on_while_a_window_is_stored(
    workspace: Workspace, meddler: Meddler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a first sync would take the time of both."""
    store, asked_again = workspace.store.replace_window, threading.Event()
    asked: list[object] = []
    overlapped: list[bool] = []

    def answer(body: object) -> None:
        asked.append(body)
        if len(asked) == 2:  # each window is one page here, so that this asks for the second
            asked_again.set()

    def slow(read: WindowRead, events: pa.Table) -> WindowChange:
        overlapped.append(asked_again.wait(PATIENCE))
        return store(read, events)

    meddler.answers[EVENTS] = answer
    monkeypatch.setattr(workspace.store, "replace_window", slow)
    assert synced(workspace).state == "completed"
    assert overlapped[0]


def test_windows_are_stored_in_the_order_in_which_they_were_read(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash on the way must leave the newest days, and no hole among them."""
    store = workspace.store.replace_window
    begun: list[WindowRead] = []
    busy = threading.Lock()

    def watched(read: WindowRead, events: pa.Table) -> WindowChange:
        assert busy.acquire(blocking=False), "two windows are stored at once"
        try:
            begun.append(read)
            return store(read, events)
        finally:
            busy.release()

    monkeypatch.setattr(workspace.store, "replace_window", watched)
    run = synced(workspace)
    assert run.state == "completed", run.error
    assert len(begun) > 3
    for newer, older in itertools.pairwise(begun):
        assert older.window.end == newer.window.start


def test_a_window_that_cannot_be_stored_fails_the_run_and_nothing_read_after_it_is_kept(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = workspace.store.replace_window
    begun: list[WindowRead] = []

    def full(read: WindowRead, events: pa.Table) -> WindowChange:
        begun.append(read)
        if len(begun) == 2:
            raise EventsUnusable("The disk is full.")
        return store(read, events)

    monkeypatch.setattr(workspace.store, "replace_window", full)
    run = synced(workspace)
    assert (run.state, run.error, run.windows_done) == ("failed", "The disk is full.", 1)
    assert len(begun) == 2
    assert workspace.store.covered(1) == [begun[0].window]
    monkeypatch.undo()
    workspace.schedule.request(run.connection_id)
    assert synced(workspace).state == "completed"


def test_what_was_read_before_the_provider_failed_is_kept_and_told_of(
    workspace: Workspace, meddler: Meddler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window before the failure is still on its way into the store when it happens."""
    store, failed = workspace.store.replace_window, threading.Event()
    asked: list[object] = []
    begun: list[WindowRead] = []

    def answer(body: object) -> httpx.Response | None:
        asked.append(body)
        if len(asked) < 3:
            return None
        failed.set()
        return httpx.Response(403)

    def slow(read: WindowRead, events: pa.Table) -> WindowChange:
        begun.append(read)
        if len(begun) == 2:
            assert failed.wait(PATIENCE)
        return store(read, events)

    meddler.answers[EVENTS] = answer
    monkeypatch.setattr(workspace.store, "replace_window", slow)
    run = synced(workspace)
    assert (run.state, run.error_code, run.windows_done) == ("failed", "access_refused", 2)
    assert run.events == workspace.store.count().events > 0


def test_progress_never_goes_back(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures that shrink while one looks on make one doubt those that stay."""
    seen: list[Progress] = []
    watch = workspace.runs.watch

    def watched(run_id: str, progress: Progress) -> None:
        seen.append(progress)
        watch(run_id, progress)

    monkeypatch.setattr(workspace.runs, "watch", watched)
    run = synced(workspace)
    for name in ("events", "spend", "windows_done", "seconds_done", "requests"):
        told = [getattr(progress, name) for progress in seen]
        assert told == sorted(told), name
    assert run.events == workspace.store.count().events


def test_both_ways_end_with_the_same(simulated: Simulation, workspace: Workspace, tmp_path: Path) -> None:
    run = synced(workspace)
    (folder := tmp_path / "other").mkdir()
    with workspace_of_one_thread(simulated, folder) as other:
        connect(other, simulated)
        alone = synced(other)
        assert other.store.count() == workspace.store.count()
        assert other.store.covered(1) == workspace.store.covered(1)
    told = (
        "state",
        "windows_done",
        "windows_total",
        "seconds_done",
        "events",
        "spend",
        "usage_value",
        "changed",
    )
    assert [getattr(run, name) for name in told] == [getattr(alone, name) for name in told]
    assert run.seconds_done * 1000 >= 20 * DAY_MS
