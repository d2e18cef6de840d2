"""A window is stored while the next one is read: faster, and nothing else is different."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pyarrow as pa
import pytest

from finora.providers.base import HeldEvent, WindowEvents
from finora.spend.statement import Statement
from finora.spend.store import WindowRead
from finora.storage.events import EventsUnusable
from finora.sync.piece import Piece, joined
from finora.sync.reading import Found
from finora.sync.windows import TOO_MANY
from finora.values.period import Span, from_ms
from support.simulated import (
    DAY_MS,
    EVENTS,
    Meddler,
    company,
    connect,
    simulation,
    workspace_of_one_thread,
)

if TYPE_CHECKING:
    from pathlib import Path

    from finora.simulator import Simulation
    from finora.spend.store import WindowChange
    from finora.sync import SyncRun
    from finora.sync.runs import Progress
    from finora.workspace import Workspace

PATIENCE = 30.0
NOW = from_ms(DAY_MS)
_NAMES = "JOIN persons p ON p.id = {0}.person JOIN models m ON m.id = {0}.model"
_EVENTS = "SELECT e.ts, e.ordinal, p.key, m.key, e.cost, e.fee, e.conversation, e.chargeable, e.event_type > 0 FROM events e "


@pytest.fixture
def simulated() -> Simulation:
    """Return a simulated team."""
    return simulation(company(seats=3, days=20, events=300))


def piece(window: Span, rows: int, *, new: bool = True) -> Piece:
    """Return a window of so many events, one more held aside, and a service account of its own."""
    name = "New" if window.start_ms >= 0 else "Old"
    events = WindowEvents(
        events=pa.table({"ts": pa.array(range(rows), pa.int64())}),
        held=(HeldEvent(fingerprint=name, ts=None, reason="odd", raw="{}"),),
        service_accounts={f"sa-{name.lower()}": name},
    )
    found = Found(window=window, events=events, read_at=NOW, heard=True, left=rows)
    read = WindowRead(connection=1, run=1, window=window, read_at=NOW, settled_before=NOW)
    return Piece(found, read, new=new)


def _told(run: SyncRun) -> list[object]:
    """Return what a run says of itself."""
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
    return [getattr(run, name) for name in told]


def _rows(workspace: Workspace) -> list[tuple[object, ...]]:
    """Return what is in the store, event by event and day by day."""
    days = (
        "SELECT r.day, p.key, m.key, sum(r.cost), sum(r.events) FROM {} r "
        + _NAMES.format("r")
        + " GROUP BY ALL ORDER BY ALL"
    )
    with workspace.store.snapshot() as reader:
        return [
            row
            for sql in (
                _EVENTS + _NAMES.format("e") + " ORDER BY 1, 2",
                days.format("daily"),
            )
            for row in reader.fetch(Statement(sql))
        ]


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


@pytest.fixture
def piled_up(workspace: Workspace, meddler: Meddler, monkeypatch: pytest.MonkeyPatch) -> list[WindowRead]:
    """Return what is stored, by a store that waits until nothing more is asked for."""
    store, asked = workspace.store.replace_window, threading.Event()
    begun: list[WindowRead] = []

    def slow(read: WindowRead, events: pa.Table) -> WindowChange:
        begun.append(read)
        while asked.wait(0.5):  # nothing was asked for half a second: the reading waits for this
            asked.clear()
        return store(read, events)

    meddler.answers[EVENTS] = lambda _body: asked.set()
    monkeypatch.setattr(workspace.store, "replace_window", slow)
    return begun


def test_windows_that_pile_up_are_stored_as_one_and_told_of_as_if_each_was(
    simulated: Simulation, workspace: Workspace, piled_up: list[WindowRead], tmp_path: Path
) -> None:
    run = synced(workspace)
    assert run.state == "completed", run.error
    assert len(piled_up) < run.windows_done == run.windows_total
    for newer, older in itertools.pairwise(piled_up):
        assert older.window.end == newer.window.start
    (folder := tmp_path / "other").mkdir()
    with workspace_of_one_thread(simulated, folder) as other:
        connect(other, simulated)
        alone = synced(other)
        assert _told(run) == _told(alone)
        assert other.store.count() == workspace.store.count()
        assert _rows(other) == _rows(workspace)


def test_windows_that_were_read_before_are_stored_each_by_itself(
    workspace: Workspace, piled_up: list[WindowRead]
) -> None:
    """A revision says which window changed."""
    first = synced(workspace)
    piled_up.clear()
    workspace.schedule.request(first.connection_id, workspace.store.covered(1)[0])
    run = synced(workspace)
    assert run.state == "completed", run.error
    assert len(piled_up) == run.windows_done > 1


span = Span.from_ms(0, DAY_MS)
older_span = Span.from_ms(-DAY_MS, 0)


@pytest.mark.parametrize(
    ("newer", "older", "one"),
    [
        (piece(span, 3), piece(older_span, 2), True),
        (piece(span, 3, new=False), piece(older_span, 2), False),
        (piece(span, 3), piece(older_span, 2, new=False), False),
        (
            piece(span, 3),
            piece(Span.from_ms(-DAY_MS, -1), 2),
            False,
        ),  # between them lies what could not be read
        (piece(span, TOO_MANY - 2), piece(older_span, 2), True),
        (piece(span, TOO_MANY - 1), piece(older_span, 2), False),
    ],
)
def test_only_what_lies_side_by_side_and_was_never_read_is_stored_as_one(
    newer: Piece, older: Piece, *, one: bool
) -> None:
    both = joined(newer, older)
    assert (both is not None) is one
    if both is None:
        return
    assert both.read.window == both.found.window == Span.from_ms(-DAY_MS, DAY_MS)
    assert both.found.rows == newer.found.rows + older.found.rows
    assert (both.found.windows, both.found.left) == (2, older.found.left)
    assert both.found.events.held == newer.found.events.held + older.found.events.held
    assert both.found.events.service_accounts == {"sa-new": "New", "sa-old": "Old"}


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
    assert _told(run) == _told(alone)
    assert run.seconds_done * 1000 >= 20 * DAY_MS


def test_an_event_held_aside_is_asked_about_though_the_ledger_failed_when_it_was_to_be_noted(
    simulated: Simulation, workspace: Workspace, meddler: Meddler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that is stored is not read for it again; the money would be missing without a word."""

    def implausible(_body: object, answer: dict[str, Any]) -> None:
        for each in answer["usageEvents"][:1]:
            each["chargedCents"] = -5.0

    keep = workspace.held.keep
    failed: list[bool] = []

    def fails_once(connection_id: str, held: tuple[HeldEvent, ...]) -> None:
        if held and not failed:
            failed.append(True)
            raise EventsUnusable("The ledger restarts.")
        keep(connection_id, held)

    meddler.rewrites[EVENTS] = implausible
    monkeypatch.setattr(workspace.held, "keep", fails_once)
    first = synced(workspace)
    assert (first.state, failed) == ("failed", [True])
    workspace.schedule.request(first.connection_id)
    assert synced(workspace).state == "completed"
    held = workspace.held.count_open(first.connection_id)
    assert held > 1  # one a window
    assert workspace.store.count().events + held == simulated.truth.total().events
