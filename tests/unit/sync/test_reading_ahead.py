"""Older windows are read while the newest is: faster where the provider is slow, and nothing else is different."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from finora.accounts.passwords import Passwords
from finora.settings import Settings
from finora.simulator import UNLIMITED, Behaviour, Faults, serve_in_thread
from finora.sync import sync_pass, windows
from finora.sync.ahead import AHEAD, Ahead
from finora.sync.models import SyncLease
from finora.values.period import to_ms
from finora.workspace import Edges, open_workspace
from support.running import eventually
from support.simulated import (
    DAY_MS,
    EVENTS,
    Meddler,
    SimulatedTime,
    company,
    connect,
    pass_time,
    simulation,
    workspace_for,
    workspace_that_reads_ahead,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyarrow as pa

    from finora.simulator import Simulation
    from finora.spend.store import WindowChange, WindowRead
    from finora.sync import SyncRun
    from finora.sync.runs import Progress
    from finora.values.period import Span
    from finora.workspace import Workspace

PATIENCE = 30.0
LONG_MS = 20 * DAY_MS
"""Windows longer than this are read when those before them grow no more, so that some are read ahead."""


@pytest.fixture
def simulated() -> Simulation:
    """Return a team of a year."""
    return simulation(company(5, seats=3, days=360, events=700))


@pytest.fixture
def workspace(simulated: Simulation, meddler: Meddler, tmp_path: Path) -> Iterator[Workspace]:
    """Return an open workspace that reads ahead, with a connected team that was not synced yet."""
    with workspace_that_reads_ahead(simulated, tmp_path, transport=meddler) as opened:
        connect(opened, simulated)
        yield opened


@pytest.fixture
def stored(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[Span]:
    """Return the windows that are stored, as they are, each by itself as where the provider is slow."""
    monkeypatch.setattr(sync_pass, "joined", lambda _newer, _older: None)
    store = workspace.store.replace_window
    begun: list[Span] = []

    def watched(read: WindowRead, events: pa.Table) -> WindowChange:
        begun.append(read.window)
        return store(read, events)

    monkeypatch.setattr(workspace.store, "replace_window", watched)
    return begun


def adjoining(stored: list[Span]) -> bool:
    """Return whether each window was stored right after the next newer one."""
    return len(stored) > AHEAD and all(
        older.end == newer.start for newer, older in itertools.pairwise(stored)
    )


def synced(workspace: Workspace) -> SyncRun:
    """Run what is due and return how it ended; none of its threads stays."""
    (run,) = workspace.schedule.run_due()
    eventually(lambda: not [each for each in threading.enumerate() if each.name == "finora-reading"])
    return run


def whole(workspace: Workspace, simulated: Simulation) -> bool:
    """Return whether all that is public is stored, to the nano."""
    truth = simulated.truth
    known = truth.total(truth.visible(0, to_ms(workspace.store.covered(1)[-1].end)))
    count = workspace.store.count()
    return (count.events, count.spend, count.usage_value) == (
        known.events,
        known.spend_nano,
        known.value_nano,
    )


class Crowd:
    """Holds requests about long windows back until so many are there at once, but for the first, after which others are read ahead."""

    def __init__(self, size: int, then: Callable[[], object] = lambda: None) -> None:
        self._size = size
        self._then = then
        self._there = -1
        self._met = threading.Condition()
        self.has_met = False

    def __call__(self, body: dict[str, Any]) -> None:
        """Hold a request back."""
        if body["endDate"] - body["startDate"] < LONG_MS:
            return
        with self._met:
            self._there += 1
            if self._there == 0:
                return
            if self._there >= self._size and not self.has_met:
                self._then()
                self.has_met = True
                self._met.notify_all()
            assert self._met.wait_for(lambda: self.has_met, PATIENCE), "nobody else asks"
            self._there -= 1


# How much is asked at once


def test_several_windows_are_asked_for_at_once(
    workspace: Workspace, simulated: Simulation, meddler: Meddler
) -> None:
    """Else a provider that takes seconds for an answer is read for hours."""
    meddler.answers[EVENTS] = crowd = Crowd(AHEAD + 1)
    run = synced(workspace)
    assert run.state == "completed", run.error
    assert crowd.has_met
    assert whole(workspace, simulated)


@pytest.mark.parametrize(("pace", "at_once"), [(600, range(2, AHEAD + 2)), (0, range(1, 2))])
def test_a_slow_provider_answers_several_requests_at_once_and_no_more_than_it_may(
    tmp_path: Path, pace: int, at_once: range
) -> None:
    """Over real connections: a customer's other tools are to find the provider as it was; without a pace nothing is read ahead."""
    slow = Faults(slow_permille=1000, slow_ms=150, in_a_row=10_000, at_most=10_000)
    simulated = simulation(company(5, seats=3, days=300, events=400), faults=slow)
    edges = Edges(clock=SimulatedTime(simulated.clock), passwords=Passwords())
    with serve_in_thread(simulated) as served:
        settings = Settings(
            data_dir=tmp_path, cursor_base_url=served.base_url, cursor_requests_per_minute=pace
        )
        with open_workspace(settings, edges) as workspace:
            connect(workspace, simulated)
            run = synced(workspace)
            assert run.state == "completed", run.error
            assert whole(workspace, simulated)
    assert simulated.most_at_once in at_once
    assert run.requests <= sum(simulated.requests.values())


def test_the_newest_windows_are_read_before_anything_is_read_ahead(
    workspace: Workspace, meddler: Meddler
) -> None:
    """The first figures are on the screen within seconds; nothing older may come between."""
    asked_ahead: list[bool] = []

    def note(_body: object) -> None:
        asked_ahead.append(any(each.name == "finora-reading" for each in threading.enumerate()))

    meddler.answers[EVENTS] = note
    synced(workspace)
    assert asked_ahead[:4] == [False] * 4
    assert True in asked_ahead


@pytest.mark.parametrize("pace", [20, 45])
def test_reading_several_windows_at_once_never_meets_the_limit(tmp_path: Path, pace: int) -> None:
    """The provider refuses what is above it, and the refusals hit the customer's other tools."""
    behaviour = replace(UNLIMITED, events_per_minute=pace + AHEAD + 1, others_per_minute=20)
    simulated = simulation(company(5, seats=3, days=360, events=700), behaviour=behaviour)
    with workspace_that_reads_ahead(simulated, tmp_path, cursor_requests_per_minute=pace) as workspace:
        connect(workspace, simulated)
        for _ in range(3):
            run = synced(workspace)
            assert run.state == "completed", run.error
            pass_time(simulated, hours=25)
        assert whole(workspace, simulated)
    assert not [path for path, status in simulated.requests if status == 429]


def test_a_provider_that_asks_for_patience_again_and_again_is_read_whole(tmp_path: Path) -> None:
    simulated = simulation(
        company(5, seats=3, days=360, events=700), behaviour=Behaviour(events_per_minute=5)
    )
    with workspace_that_reads_ahead(simulated, tmp_path) as workspace:
        connect(workspace, simulated)
        run = synced(workspace)
        assert run.state == "completed", run.error
        assert whole(workspace, simulated)
    assert simulated.requests[EVENTS, 429] > 0


# What is stored


def test_windows_are_stored_newest_first_whichever_was_read_first(
    workspace: Workspace, simulated: Simulation, meddler: Meddler, stored: list[Span]
) -> None:
    """A crash on the way must leave the newest days, and no hole among them."""
    late = threading.Event()
    wanted: list[int] = []

    def newest_last(body: dict[str, Any]) -> None:
        if body["endDate"] - body["startDate"] < LONG_MS:
            return
        wanted.append(body["endDate"])
        if len(wanted) == AHEAD + 2:
            late.set()
        if len(wanted) == 2:  # the first that is read ahead waits for those behind it
            assert late.wait(PATIENCE)

    meddler.answers[EVENTS] = newest_last
    run = synced(workspace)
    assert run.state == "completed", run.error
    assert adjoining(stored)
    assert whole(workspace, simulated)


def test_progress_counts_windows_in_their_turn_and_never_goes_back(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Progress] = []
    watch = workspace.runs.watch

    def watched(run_id: str, progress: Progress) -> None:
        assert threading.current_thread().name != "finora-reading"
        seen.append(progress)
        watch(run_id, progress)

    monkeypatch.setattr(workspace.runs, "watch", watched)
    run = synced(workspace)
    for name in ("events", "spend", "windows_done", "seconds_done", "requests"):
        told = [getattr(progress, name) for progress in seen]
        assert told == sorted(told), name
    assert run.events == workspace.store.count().events
    assert run.windows_done == run.windows_total


def test_a_window_that_had_to_be_cut_leaves_no_gap_and_what_was_read_behind_it_is_not_read_again(
    workspace: Workspace, simulated: Simulation, meddler: Meddler, stored: list[Span]
) -> None:
    moment = simulated.clock.now_ms() - 150 * DAY_MS

    def contradict(body: dict[str, Any], answer: dict[str, Any]) -> None:
        if (
            body["startDate"] <= moment <= body["endDate"]
            and body["endDate"] - body["startDate"] > 5 * DAY_MS
        ):
            answer["totalUsageEventsCount"] += 3

    meddler.rewrites[EVENTS] = contradict
    run = synced(workspace)
    assert run.state == "completed", run.error
    assert whole(workspace, simulated)
    asked = Counter(meddler.windows())
    behind = {window: count for window, count in asked.items() if window[1] < moment - 40 * DAY_MS}
    assert len(behind) >= AHEAD
    assert set(behind.values()) == {1}
    assert set(behind) <= {(window.start_ms, window.end_ms - 1) for window in stored}
    assert sum(end - start + 1 for start, end in asked if end - start < 5 * DAY_MS) > 0
    assert adjoining(stored)


def test_windows_that_hold_too_much_are_cut_wherever_they_were_read(
    workspace: Workspace, simulated: Simulation, meddler: Meddler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "_TARGET", 12)
    monkeypatch.setattr(windows, "TOO_MANY", 20)
    run = synced(workspace)
    assert run.state == "completed", run.error
    assert whole(workspace, simulated)
    assert max(Counter(meddler.windows()).values()) <= 2


def test_a_moment_that_cannot_be_read_costs_a_minute_and_nothing_that_was_read_behind_it(
    workspace: Workspace, simulated: Simulation, meddler: Meddler
) -> None:
    moment = int(simulated.truth.events.ts[300])

    def contradict(body: dict[str, Any], answer: dict[str, Any]) -> None:
        if body["startDate"] <= moment <= body["endDate"]:
            answer["totalUsageEventsCount"] += 3

    meddler.rewrites[EVENTS] = contradict
    run = synced(workspace)
    assert (run.state, run.error_code) == ("failed", "inconsistent_read")
    truth = simulated.truth
    around = truth.visible(moment - 60_000, moment + 60_000)
    assert workspace.store.count().events >= truth.total().events - around.size
    meddler.rewrites.clear()
    pass_time(simulated, minutes=6)
    assert synced(workspace).state == "completed"
    assert whole(workspace, simulated)


def test_nothing_is_stored_of_what_was_read_ahead_of_the_beginning(tmp_path: Path) -> None:
    """Long before the first event nothing is looked for; what was asked for meanwhile is neither stored nor counted."""
    made = company(3, seats=3, days=0, events=80, after=3)
    told: list[SyncRun] = []
    covered: list[list[Span]] = []
    for opened in (workspace_for, workspace_that_reads_ahead):
        simulated = simulation(made)
        meddler = Meddler(simulated)
        (folder := tmp_path / opened.__name__).mkdir()
        with opened(simulated, folder, transport=meddler) as workspace:
            connect(workspace, simulated)
            assert synced(workspace).events == 0
            pass_time(simulated, hours=9)
            crowd = Crowd(AHEAD + 1)
            if opened is workspace_that_reads_ahead:
                meddler.answers[EVENTS] = crowd
            told.append(synced(workspace))
            covered.append(workspace.store.covered(1))
    assert crowd.has_met
    alone, ahead = told
    assert ahead.state == "completed", ahead.error
    for name in (
        "events",
        "spend",
        "changed",
        "windows_done",
        "windows_total",
        "seconds_done",
        "seconds_total",
    ):
        assert getattr(ahead, name) == getattr(alone, name), name
    assert covered[0] == covered[1]
    assert ahead.events > 0
    assert ahead.seconds_done < timedelta(days=150).total_seconds()
    assert ahead.requests > alone.requests  # asked for, and let go


# What ends a run


def test_stopping_ends_a_run_soon_though_several_windows_are_being_read(
    workspace: Workspace, simulated: Simulation, meddler: Meddler, stored: list[Span]
) -> None:
    """What was read already is stored, no more is asked for, and the next start reads on."""
    meddler.answers[EVENTS] = crowd = Crowd(AHEAD + 1, workspace.schedule.stop)
    meddler.asked.clear()
    run = synced(workspace)
    assert run.state == "pending"
    assert crowd.has_met
    assert len([1 for start, end in meddler.windows() if end - start >= LONG_MS]) <= AHEAD + 2
    assert adjoining(stored)
    assert 0 < workspace.store.count().events < simulated.truth.total().events


def test_nothing_more_is_asked_for_windows_that_are_not_wanted_any_more(
    workspace: Workspace, meddler: Meddler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped Finora must not go on asking, for pages or for the activity that tells the types of events."""
    closing, close, asked = threading.Event(), Ahead.close, [0]
    crowd = Crowd(AHEAD + 1, workspace.schedule.stop)

    def hold(body: dict[str, Any]) -> None:
        crowd(body)
        assert not crowd.has_met or closing.wait(PATIENCE)

    def close_first(ahead: Ahead, *, wait: bool) -> None:
        asked[0] = len(meddler.asked)
        ahead.drop()
        closing.set()
        close(ahead, wait=wait)

    meddler.answers[EVENTS] = hold
    monkeypatch.setattr(Ahead, "close", close_first)
    assert synced(workspace).state == "pending"
    assert crowd.has_met
    assert len(meddler.asked) == asked[0]


def test_a_run_that_lost_its_lease_amid_reading_ahead_stores_nothing_more(
    workspace: Workspace, meddler: Meddler, stored: list[Span]
) -> None:
    (connection,) = workspace.connections.all()
    kept: list[int] = []

    def take_over() -> None:
        with workspace.ledger.session() as session:
            session.get_one(SyncLease, connection.id).holder = "elsewhere:1:p:1"
        kept.append(len(stored))

    meddler.answers[EVENTS] = Crowd(AHEAD + 1, take_over)
    assert synced(workspace).state == "running"  # it is the other's to say how it ended
    assert len(stored) - kept[0] <= 1  # what was on its way into the store


def test_a_run_goes_on_with_a_key_that_was_replaced_while_windows_were_read_ahead(
    workspace: Workspace, simulated: Simulation, meddler: Meddler
) -> None:
    (connection,) = workspace.connections.all()

    def rotate() -> None:
        workspace.connections.rotate(connection.id, {"api_key": simulated.keys[0].spare})
        simulated.ring.revoke(simulated.key)

    meddler.answers[EVENTS] = crowd = Crowd(AHEAD + 1, rotate)
    run = synced(workspace)
    assert crowd.has_met
    assert run.state == "completed", run.error
    assert whole(workspace, simulated)
    assert workspace.connections.get(connection.id).failing_code == ""


def test_a_key_revoked_while_windows_are_read_ahead_fails_the_run_and_keeps_what_was_read(
    workspace: Workspace, simulated: Simulation, meddler: Meddler, stored: list[Span]
) -> None:
    meddler.answers[EVENTS] = Crowd(AHEAD + 1, lambda: simulated.ring.revoke(simulated.key))
    run = synced(workspace)
    assert (run.state, run.error_code) == ("failed", "invalid_credentials")
    assert adjoining(stored)
    assert run.windows_done == len(stored)
    assert run.events == workspace.store.count().events


@pytest.mark.parametrize("delete_history", [True, False])
def test_a_connection_removed_while_windows_are_read_ahead_gets_nothing_any_more(
    workspace: Workspace, meddler: Meddler, *, delete_history: bool
) -> None:
    (connection,) = workspace.connections.all()
    kept: list[int] = []

    def remove() -> None:
        eventually(lambda: workspace.store.count().events > 0)  # the first window is on its way at least
        workspace.connections.remove(connection.id, delete_history=delete_history)
        kept.append(workspace.store.count().events)  # with what was on its way into the store meanwhile

    meddler.answers[EVENTS] = crowd = Crowd(AHEAD + 1, remove)
    meddler.asked.clear()
    workspace.schedule.run_due()
    assert crowd.has_met
    assert workspace.store.count().events == kept[0]
    assert (kept[0] == 0) is delete_history
    assert workspace.connections.all() == []
    assert len([1 for start, end in meddler.windows() if end - start >= LONG_MS]) <= AHEAD + 2


def test_a_failure_that_only_a_window_read_ahead_met_is_none(
    workspace: Workspace, simulated: Simulation, meddler: Meddler
) -> None:
    """When its turn comes the provider may answer again."""
    failed: list[int] = []

    def refuse(_body: object) -> httpx.Response | None:
        if threading.current_thread().name != "finora-reading" or len(failed) >= AHEAD:
            return None
        failed.append(1)
        return httpx.Response(403)

    meddler.answers[EVENTS] = refuse
    run = synced(workspace)
    assert len(failed) == AHEAD
    assert run.state == "completed", run.error
    assert whole(workspace, simulated)
