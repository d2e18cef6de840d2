"""One run: newest first, and nothing that goes wrong beside the events keeps them from counting."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from finora.settings import Settings
from finora.simulator import Faults, InProcessTransport
from finora.sync.errors import HeldEventCounted, HeldEventNotFound, HeldEventUnreadable
from finora.values.period import Span, from_ms, to_ms
from finora.workspace import Edges, open_workspace
from support.running import eventually
from support.simulated import (
    DAILY,
    DAY_MS,
    EVENTS,
    GROUPS,
    MEMBERS,
    NOW,
    SPEND,
    Meddler,
    SimulatedTime,
    company,
    connect,
    pass_time,
    simulation,
    workspace_for,
    workspace_of_one_thread,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from finora.simulator import Simulation
    from finora.sync import SyncRun
    from finora.workspace import Workspace

DAY = timedelta(days=1)
FAULT = httpx.Response(500)


@pytest.fixture(scope="module")
def _company() -> object:
    return company(seats=3, days=20, events=120)


@pytest.fixture
def simulated(_company: object) -> Simulation:
    """Return a simulated team."""
    return simulation(_company)  # type: ignore[arg-type]


def sync(workspace: Workspace, span: Span | None = None) -> SyncRun:
    """Run one sync and return how it ended."""
    (connection,) = workspace.connections.all()
    workspace.schedule.request(connection.id, span)
    (run,) = workspace.schedule.run_due()
    return run


def notices(workspace: Workspace) -> set[str]:
    """Return the kinds of the open notices."""
    return {notice.kind for notice in workspace.notices.open()}


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


# The way through the windows


def test_the_newest_days_come_first(simulated: Simulation, workspace: Workspace, meddler: Meddler) -> None:
    run = sync(workspace)
    asked = meddler.windows()
    asked = asked[asked.index(next(window for window in asked if window[1] < simulated.clock.now_ms())) :]
    assert asked[0][0] == simulated.clock.now_ms() // DAY_MS * DAY_MS
    for newer, older in itertools.pairwise(asked):
        assert older[1] == newer[0] - 1  # adjoining by a millisecond, as Cursor's bounds are inclusive
    assert all(end - start < 30 * DAY_MS for start, end in asked)
    assert asked[0][1] < simulated.clock.now_ms()
    assert whole(workspace, simulated)
    assert run.state == "completed"


def test_a_finished_run_tells_what_it_did(simulated: Simulation, workspace: Workspace) -> None:
    run = sync(workspace)
    truth = simulated.truth.total()
    assert (run.events, run.spend, run.usage_value) == (truth.events, truth.spend_nano, truth.value_nano)
    assert run.windows_done == run.windows_total > 1
    assert run.changed == truth.events
    assert run.requests > run.windows_done
    assert (run.waiting_for, run.waiting_until, run.error) == ("", None, "")
    assert run.started_at is not None
    assert run.finished_at is not None


def test_a_run_ends_with_the_store_tidied_once_all_is_in_it(
    simulated: Simulation, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first sync leaves the disk as full as it will be, not three times as full until somebody restarts."""
    held: list[int] = []
    monkeypatch.setattr(workspace.store, "tidy", lambda: held.append(workspace.store.count().events))
    run = sync(workspace)
    assert run.state == "completed", run.error
    assert held == [run.events]
    assert whole(workspace, simulated)


def test_time_before_the_first_event_is_looked_through_twice_and_then_left_alone(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    """Else a young team would ask for a year of nothing at every start."""
    sync(workspace)
    first = int(simulated.truth.events.ts[0])
    assert min(start for start, _end in meddler.windows()) <= simulated.clock.now_ms() - 365 * DAY_MS
    assert workspace.connections.all()[0].history_start == from_ms(first)
    meddler.asked.clear()
    pass_time(simulated, hours=1)
    sync(workspace)
    assert min(start for start, _end in meddler.windows()) > first - 91 * DAY_MS
    pass_time(simulated, hours=24)
    sync(workspace)
    assert len(workspace.store.covered(1)) == 1
    meddler.asked.clear()
    pass_time(simulated, hours=1)
    sync(workspace)
    assert min(start for start, _end in meddler.windows()) >= simulated.clock.now_ms() - 3 * DAY_MS


def test_what_a_team_spent_before_a_long_pause_is_read(tmp_path: Path) -> None:
    """Half a year of quiet is no proof that there was nothing before it."""
    simulated = simulation(company(3, seats=3, days=10, events=120, after=220))
    times = simulated.truth.events.ts.tolist()
    pause = range(times[0] + DAY_MS, times[0] + 150 * DAY_MS)
    shown = sum(ts not in pause for ts in times)
    assert pause.stop < times[-1]
    pass_time(simulated, days=220)
    meddler = Meddler(simulated)

    def without_pause(_body: dict[str, Any], answer: dict[str, Any]) -> None:
        answer["usageEvents"] = [
            each for each in answer["usageEvents"] if int(each["timestamp"]) not in pause
        ]
        answer["totalUsageEventsCount"] = len(answer["usageEvents"])

    meddler.rewrites[EVENTS] = without_pause
    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connect(workspace, simulated)
        workspace.schedule.run_due()
        assert workspace.store.count().events == shown


def test_a_first_sync_that_died_early_is_made_good_by_the_next_one_alone(tmp_path: Path) -> None:
    """The oldest event known by then is one of the newest; ninety days before it do not bound a year's history."""
    simulated = simulation(company(3, seats=3, days=350, events=400))
    meddler = Meddler(simulated)

    class Killed(BaseException):
        pass

    def die(_body: object) -> None:
        if len(meddler.windows()) > 3:
            raise Killed

    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connect(workspace, simulated)
        meddler.answers[EVENTS] = die
        with pytest.raises(Killed):
            workspace.schedule.run_due()
        assert 0 < workspace.store.count().events < 20
        meddler.answers.clear()
        workspace.schedule.run_due()
        assert whole(workspace, simulated)
        begins = workspace.connections.all()[0].history_start
        assert begins is None or begins == workspace.store.earliest(1)


def test_a_team_that_was_quiet_for_months_is_read_whole_beside_one_that_was_not(tmp_path: Path) -> None:
    """That another team has events says nothing about where this one's begin."""
    busy, quiet = (
        company(seed, seats=2, days=200, events=80, after=0, now=NOW - days * DAY)
        for seed, days in ((1, 0), (2, 120))
    )
    simulated = simulation(busy, quiet)
    with workspace_for(simulated, tmp_path) as workspace:
        connect(workspace, simulated)
        connect(workspace, simulated, team=1, name="Quiet")
        workspace.schedule.run_due()
        for number in (0, 1):
            truth = simulated.truth_of(number).total()
            assert workspace.store.count(number + 1).usage_value == truth.value_nano > 0


def test_a_span_asked_for_is_read_however_old_and_moves_no_plan(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    sync(workspace)
    pass_time(simulated, hours=30)
    (before,) = workspace.connections.all()
    meddler.asked.clear()
    span = Span(NOW - 500 * DAY, NOW - 400 * DAY)
    workspace.runs.request(before.id, span)
    workspace.connections.pause(before.id, paused=True)  # nothing else is due
    (run,) = workspace.schedule.run_due()
    assert (run.state, run.due) == ("completed", False)
    assert min(start for start, _end in meddler.windows()) == to_ms(span.start)
    assert max(end for _start, end in meddler.windows()) == to_ms(span.end) - 1
    (after,) = workspace.connections.all()
    for name in ("last_sync_at", "last_deep_sync_at", "next_sync_at", "history_start"):
        assert getattr(after, name) == getattr(before, name)
    assert SPEND not in {path for path, _body in meddler.asked}


def test_a_failed_span_leaves_the_refreshes_as_they_were(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    sync(workspace)
    (before,) = workspace.connections.all()
    meddler.answers[EVENTS] = lambda _body: FAULT
    assert sync(workspace, Span(NOW - 5 * DAY, NOW)).state == "failed"
    (after,) = workspace.connections.all()
    assert (after.failing_code, after.next_sync_at) == ("", before.next_sync_at)


def test_a_span_in_the_future_is_nothing_to_read(workspace: Workspace, meddler: Meddler) -> None:
    sync(workspace)
    meddler.asked.clear()
    run = sync(workspace, Span(NOW + DAY, NOW + 9 * DAY))
    assert (run.state, run.windows_done) == ("completed", 0)
    assert meddler.windows() == []


def test_a_long_first_sync_ends_up_to_date(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    def take_long(_body: object) -> None:
        pass_time(simulated, minutes=7)

    meddler.answers[EVENTS] = take_long
    sync(workspace)
    behind = workspace.clock.now() - workspace.store.covered(1)[-1].end
    assert behind < timedelta(minutes=15)
    assert whole(workspace, simulated)


def test_a_minute_that_cannot_be_read_whole_costs_nothing_but_itself(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    """One broken hour at the provider must not hide the year before it."""
    moment = to_ms(NOW - 4 * DAY)

    def contradict(body: dict[str, Any], answer: dict[str, Any]) -> None:
        if body["startDate"] <= moment <= body["endDate"]:
            answer["totalUsageEventsCount"] += 3

    meddler.rewrites[EVENTS] = contradict
    run = sync(workspace)
    assert (run.state, run.error_code) == ("failed", "inconsistent_read")
    *_, older, newer = workspace.store.covered(1)
    assert older.end <= from_ms(moment) < newer.start
    truth = simulated.truth
    around = truth.visible(moment - 60_000, moment + 60_000)
    assert workspace.store.count().events >= truth.visible(0, to_ms(newer.end)).size - around.size
    meddler.rewrites.clear()
    pass_time(simulated, minutes=6)
    assert [run.state for run in workspace.schedule.run_due()] == ["completed"]
    assert whole(workspace, simulated)


def test_a_provider_that_contradicts_itself_everywhere_is_given_up_soon(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    def contradict(_body: object, answer: dict[str, Any]) -> None:
        answer["totalUsageEventsCount"] += 3

    meddler.rewrites[EVENTS] = contradict
    meddler.asked.clear()
    assert sync(workspace).state == "failed"
    assert len(meddler.asked) < 1000
    assert workspace.store.count().events == 0


# What is beside the events


@pytest.mark.parametrize("path", [MEMBERS, GROUPS, SPEND, DAILY])
@pytest.mark.parametrize(
    "answer",
    [FAULT, httpx.Response(200, content=b"{"), httpx.Response(200, json={"odd": 1}), httpx.Response(401)],
    ids=["500", "broken off", "odd", "401"],
)
def test_events_count_whatever_becomes_of_members_groups_totals_and_activity(
    simulated: Simulation, workspace: Workspace, meddler: Meddler, path: str, answer: httpx.Response
) -> None:
    meddler.answers[path] = lambda _body: httpx.Response(answer.status_code, content=answer.content)
    assert sync(workspace).state == "completed"
    assert whole(workspace, simulated)
    kind = {MEMBERS: "people", GROUPS: "people", SPEND: "totals", DAILY: "untyped"}[path]
    assert (kind in notices(workspace)) == (answer.status_code != 401)
    meddler.answers.clear()
    assert sync(workspace).state == "completed"
    assert kind not in notices(workspace)


def test_a_list_of_nobody_removes_nobody(workspace: Workspace, meddler: Meddler) -> None:
    sync(workspace)
    (connection,) = workspace.connections.all()
    known = workspace.people.members_of(connection.id)
    meddler.answers[MEMBERS] = lambda _body: httpx.Response(200, json={"teamMembers": []})
    sync(workspace)
    assert [each.removed for each in workspace.people.members_of(connection.id)] == [
        each.removed for each in known
    ]


# Keys that change and connections that go


def test_a_run_goes_on_with_a_key_that_was_replaced_on_the_way(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    (connection,) = workspace.connections.all()
    seen: list[int] = []

    def rotate(_body: object) -> None:
        seen.append(1)
        if len(seen) == 3:
            meddler.answers.clear()
            workspace.connections.rotate(connection.id, {"api_key": simulated.keys[0].spare})
            simulated.ring.revoke(simulated.key)

    meddler.answers[EVENTS] = rotate
    assert sync(workspace).state == "completed"
    assert whole(workspace, simulated)
    assert workspace.connections.get(connection.id).failing_code == ""


def test_a_failure_of_the_old_key_does_not_mark_the_new_one(
    simulated: Simulation, workspace: Workspace, meddler: Meddler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new key may arrive between the old one's refusal and its being noted."""
    (connection,) = workspace.connections.all()
    simulated.ring.revoke(simulated.key)
    upkeep = workspace.connections.upkeep
    note = upkeep.failed

    def rotate_first(*args: Any, **more: Any) -> None:  # noqa: ANN401 - passed on as they are
        workspace.connections.rotate(connection.id, {"api_key": simulated.keys[0].spare})
        note(*args, **more)

    monkeypatch.setattr(upkeep, "failed", rotate_first)
    assert sync(workspace).state == "failed"
    monkeypatch.undo()
    assert workspace.connections.get(connection.id).failing_code == ""
    assert [run.state for run in workspace.schedule.run_due()] == ["completed"]


@pytest.mark.parametrize("delete_history", [True, False])
def test_a_connection_removed_on_the_way_gets_nothing_any_more(
    simulated: Simulation, workspace: Workspace, meddler: Meddler, *, delete_history: bool
) -> None:
    (connection,) = workspace.connections.all()
    seen: list[int] = []
    kept: list[int] = []

    def remove(_body: object) -> None:
        seen.append(1)
        if len(seen) == 4:
            eventually(lambda: workspace.store.count().events > 0)  # the first window is on its way at least
            workspace.connections.remove(connection.id, delete_history=delete_history)
            kept.append(workspace.store.count().events)  # with what was on its way into the store meanwhile

    meddler.answers[EVENTS] = remove
    workspace.schedule.request(connection.id)
    workspace.schedule.run_due()
    assert len(seen) == 4
    assert [workspace.store.count().events] == kept
    assert (kept == [0]) is delete_history
    assert bool(workspace.people.members_of(connection.id)) is not delete_history
    assert workspace.connections.all() == []


def test_a_run_that_lost_its_lease_stores_nothing_more(
    simulated: Simulation, meddler: Meddler, tmp_path: Path
) -> None:
    from finora.sync.models import SyncLease

    seen: list[int] = []

    def take_over(_body: object) -> None:
        seen.append(1)
        if len(seen) == 3:
            with workspace.ledger.session() as session:
                lease = session.get_one(SyncLease, connection_id)
                lease.holder = "elsewhere:1:p:1"
                seen.append(workspace.store.count().events)

    # In one thread, so that nothing is on its way into the store when the other takes over.
    with workspace_of_one_thread(simulated, tmp_path, transport=meddler) as workspace:
        connection_id = connect(workspace, simulated)
        meddler.answers[EVENTS] = take_over
        run = sync(workspace)
        assert run.state == "running"  # it is the other's to say how it ended
        assert workspace.store.count().events == seen[3]


# Events held aside


@pytest.fixture
def odd(simulated: Simulation, meddler: Meddler) -> int:
    """Make one event of eight days ago cost fifty thousand dollars, and return its time."""
    times = simulated.truth.events.ts
    chosen = int(times[times < to_ms(NOW - 8 * DAY)][-1])

    def raise_price(_body: object, answer: dict[str, Any]) -> None:
        for each in answer["usageEvents"]:
            if int(each["timestamp"]) == chosen:
                each["chargedCents"] = 5e6

    meddler.rewrites[EVENTS] = raise_price
    return chosen


def test_an_accepted_event_counts_after_the_next_read_however_old_it_is(
    simulated: Simulation, workspace: Workspace, odd: int
) -> None:
    sync(workspace)
    without = workspace.store.count()
    assert without.events == simulated.truth.total().events - 1
    assert "held" in notices(workspace)
    (connection,) = workspace.connections.all()
    (held,) = workspace.held.open(connection.id)
    assert held.ts == from_ms(odd)
    pass_time(simulated, days=9)  # by now no refresh would come by it soon
    sync(workspace)
    before = workspace.store.count()
    workspace.held.decide(held.id, accept=True, by="owner@acme.test")
    (run,) = workspace.schedule.run_due()
    assert (run.state, run.due) == ("completed", False)
    after = workspace.store.count()
    assert (after.events, after.usage_value) == (before.events + 1, before.usage_value + 50_000 * 10**9)
    assert "held" not in notices(workspace)
    sync(workspace)
    assert workspace.store.count() == after


def test_a_rejected_event_is_never_asked_about_again_and_never_counts(
    simulated: Simulation, workspace: Workspace, odd: int
) -> None:
    sync(workspace)
    (connection,) = workspace.connections.all()
    (held,) = workspace.held.open(connection.id)
    workspace.held.decide(held.id, accept=False, by="owner@acme.test")
    sync(workspace)
    assert workspace.held.open(connection.id) == []
    assert "held" not in notices(workspace)
    assert workspace.store.count().events == simulated.truth.total().events - 1
    workspace.held.decide(held.id, accept=True, by="owner@acme.test")
    workspace.schedule.run_due()
    assert workspace.store.count().events == simulated.truth.total().events
    with pytest.raises(HeldEventCounted):
        workspace.held.decide(held.id, accept=False, by="owner@acme.test")


def test_an_event_that_cannot_be_read_can_only_be_rejected(workspace: Workspace, meddler: Meddler) -> None:
    def spoil(body: dict[str, Any], answer: dict[str, Any]) -> None:
        if body["page"] == 1 and answer["usageEvents"]:
            answer["usageEvents"][0]["chargedCents"] = "plenty"

    meddler.rewrites[EVENTS] = spoil
    sync(workspace)
    (connection,) = workspace.connections.all()
    held = workspace.held.open(connection.id)[0]
    with pytest.raises(HeldEventUnreadable):
        workspace.held.decide(held.id, accept=True, by="owner@acme.test")
    assert workspace.held.decide(held.id, accept=False, by="owner@acme.test").state == "rejected"
    with pytest.raises(HeldEventNotFound):
        workspace.held.decide("nothing", accept=True, by="owner@acme.test")


# Outages


def test_an_outage_that_answers_with_nothing_leaves_no_hole(tmp_path: Path) -> None:
    """The first sync may meet it while it reads last spring, which no refresh reads again by itself."""
    simulated = simulation(
        company(3, seats=3, days=150, events=150), faults=Faults(outage_after=6, outage_requests=2)
    )
    with workspace_for(simulated, tmp_path) as workspace:
        connect(workspace, simulated)
        workspace.schedule.run_due()
        assert not whole(workspace, simulated)
        pass_time(simulated, hours=1)
        workspace.schedule.run_due()
        assert whole(workspace, simulated)


def test_an_outage_over_all_of_a_first_sync_is_not_taken_for_an_empty_team(tmp_path: Path) -> None:
    simulated = simulation(
        company(3, seats=3, days=150, events=150), faults=Faults(outage_after=1, outage_requests=40)
    )
    with workspace_for(simulated, tmp_path) as workspace:
        connect(workspace, simulated)
        for _ in range(5):
            workspace.schedule.run_due()
            pass_time(simulated, hours=1)
        assert whole(workspace, simulated)


def test_an_outage_that_lasts_for_days_is_not_taken_for_an_empty_past(tmp_path: Path) -> None:
    """Silence is no proof while the provider does not even return what it returned before."""
    simulated = simulation(
        company(3, seats=3, days=60, events=200), faults=Faults(outage_after=3, outage_requests=10_000)
    )
    with workspace_for(simulated, tmp_path) as workspace:
        connect(workspace, simulated)
        for _ in range(5):
            workspace.schedule.run_due()
            pass_time(simulated, hours=23)
        assert not whole(workspace, simulated)
        simulated.faults = Faults()
        workspace.schedule.run_due()
        assert whole(workspace, simulated)


def test_an_outage_is_not_taken_for_an_empty_past_because_the_team_was_quiet_of_late(tmp_path: Path) -> None:
    """A refresh that asks only for quiet times hears nothing, and must not believe it before it hears what it knows."""
    simulated = simulation(
        company(3, seats=3, days=60, events=200), faults=Faults(outage_after=6, outage_requests=10_000)
    )
    pass_time(simulated, days=60)
    with workspace_for(simulated, tmp_path) as workspace:
        connect(workspace, simulated)
        workspace.schedule.run_due()
        assert workspace.store.count().events
        for _ in range(3):
            pass_time(simulated, hours=23)
            workspace.schedule.run_due()
        assert not whole(workspace, simulated)
        simulated.faults = Faults()
        pass_time(simulated, hours=1)
        workspace.schedule.run_due()
        assert whole(workspace, simulated)


def test_a_team_that_was_billed_is_not_taken_for_empty_however_long_its_events_stay_away(
    tmp_path: Path,
) -> None:
    """Not one event was ever returned, but the provider's own totals say that there are some."""
    simulated = simulation(company(3, seats=3, days=150, events=400), faults=Faults(outage_requests=10_000))
    with workspace_for(simulated, tmp_path) as workspace:
        connect(workspace, simulated)
        for _ in range(3):
            workspace.schedule.run_due()
            pass_time(simulated, hours=25)
        assert not workspace.store.count().events
        simulated.faults = Faults()
        workspace.schedule.run_due()
        assert whole(workspace, simulated)


# Clocks set wrong


def test_a_clock_set_back_takes_nothing_for_withdrawn_that_the_provider_forgot(tmp_path: Path) -> None:
    """What lies three days back looks like yesterday then, and the provider forgets after three days."""
    simulated = simulation(company(3, seats=4, days=12, events=400, after=0), faults=Faults(retention_days=3))
    clock = WrongClock(simulated.clock)
    with opened_with(simulated, tmp_path, clock) as workspace:
        connect(workspace, simulated)
        workspace.schedule.run_due()
        before = workspace.store.count()
        pass_time(simulated, hours=6)
        clock.wrong = timedelta(hours=-30)
        sync(workspace)
        assert workspace.store.count() == before


def test_time_read_while_the_clock_went_ahead_is_read_again_once_it_has_passed(tmp_path: Path) -> None:
    simulated = simulation(company(3, seats=4, days=5, events=400, after=50))
    clock = WrongClock(simulated.clock)
    with opened_with(simulated, tmp_path, clock) as workspace:
        connect(workspace, simulated)
        clock.wrong = timedelta(days=49)
        workspace.schedule.run_due()
        clock.wrong = timedelta()
        sync(workspace)
        pass_time(simulated, days=48)  # Finora is off meanwhile
        workspace.schedule.run_due()
        assert whole(workspace, simulated)


class WrongClock(SimulatedTime):
    """A clock that somebody set wrong."""

    wrong = timedelta()

    def now(self) -> datetime:
        """Return what it takes for the present."""
        return super().now() + self.wrong


@contextmanager
def opened_with(simulated: Simulation, folder: Path, clock: WrongClock) -> Iterator[Workspace]:
    """Open a workspace with a clock of its own."""
    settings = Settings(data_dir=folder, cursor_requests_per_minute=0)
    with open_workspace(settings, Edges(clock=clock, transport=InProcessTransport(simulated))) as workspace:
        yield workspace
