"""The schedule: data keeps coming, whatever failed, stopped or stood still in between."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from finora.sync.models import SyncLease
from finora.sync.runner import SyncRunner
from finora.values.period import Span
from support.simulated import EVENTS, Meddler, company, connect, pass_time, simulation, workspace_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finora.connections import Connection
    from finora.simulator import Simulation
    from finora.sync import SyncRun
    from finora.workspace import Workspace

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def _company() -> object:
    return company(seats=3, days=20, events=120)


@pytest.fixture
def simulated(_company: object) -> Simulation:
    """Return a simulated team."""
    return simulation(_company)  # type: ignore[arg-type]


@pytest.fixture
def workspace(simulated: Simulation, meddler: Meddler, tmp_path: Path) -> Iterator[Workspace]:
    """Return an open workspace."""
    with workspace_for(simulated, tmp_path, transport=meddler) as opened:
        yield opened


def states(workspace: Workspace) -> list[str]:
    """Run what is due and return how it ended."""
    return [run.state for run in workspace.schedule.run_due()]


def only(workspace: Workspace) -> Connection:
    """Return the one connection."""
    (connection,) = workspace.connections.all()
    return connection


def broken(_body: object) -> httpx.Response:
    """Answer that the provider is at fault."""
    return httpx.Response(500)


def waits(workspace: Workspace) -> float:
    """Return the minutes until the next refresh."""
    planned = only(workspace).next_sync_at
    assert planned is not None
    return round((planned - workspace.clock.now()).total_seconds() / 60, 1)


def test_a_new_connection_syncs_by_itself_and_then_every_hour(
    simulated: Simulation, workspace: Workspace
) -> None:
    connect(workspace, simulated)
    assert states(workspace) == ["completed"]
    assert states(workspace) == []
    pass_time(simulated, minutes=59)
    assert states(workspace) == []
    pass_time(simulated, minutes=1)
    assert states(workspace) == ["completed"]


def test_a_refresh_reads_two_days_and_once_a_day_all_that_may_be_revised(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    connect(workspace, simulated)
    states(workspace)
    pass_time(simulated, hours=25)
    states(workspace)  # confirms that the time before the first event is empty

    def reach() -> float:
        meddler.asked.clear()
        states(workspace)
        now = simulated.clock.now_ms()
        return (now - min(start for start, _end in meddler.windows())) / 86_400_000

    pass_time(simulated, hours=1)
    assert 2 <= reach() <= 3
    pass_time(simulated, hours=24)
    assert 35 <= reach() <= 36


def test_a_paused_connection_is_left_alone_until_it_is_resumed_or_somebody_asks(
    simulated: Simulation, workspace: Workspace
) -> None:
    connection_id = connect(workspace, simulated)
    workspace.connections.pause(connection_id, paused=True)
    assert states(workspace) == []
    workspace.schedule.request(connection_id)
    assert states(workspace) == ["completed"]
    pass_time(simulated, hours=5)
    assert states(workspace) == []
    workspace.connections.pause(connection_id, paused=False)
    assert states(workspace) == ["completed"]


def test_the_wait_after_a_failure_grows_up_to_the_interval_and_a_success_mends_it(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    connect(workspace, simulated)
    meddler.answers[EVENTS] = broken
    found = []
    for _ in range(7):
        assert states(workspace) == ["failed"]
        found.append(waits(workspace))
        pass_time(simulated, minutes=found[-1] + 0.1)
    assert found[:2] == [5.0, 6.1]
    assert found == sorted(found)
    assert found[-1] == 60.0
    assert only(workspace).failing_code == "provider_fault"
    meddler.answers.clear()
    assert states(workspace) == ["completed"]
    assert (only(workspace).failing_code, only(workspace).failing_since, waits(workspace)) == ("", None, 60.0)


def test_a_failure_never_loses_what_was_read_and_the_next_run_goes_on_from_there(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    connect(workspace, simulated)
    left = [3]

    def fail_later(_body: object) -> httpx.Response | None:
        left[0] -= 1
        return httpx.Response(500) if left[0] < 0 else None

    meddler.answers[EVENTS] = fail_later
    assert states(workspace) == ["failed"]
    kept = workspace.store.count().events
    assert kept > 0
    meddler.answers.clear()
    pass_time(simulated, minutes=6)
    assert states(workspace) == ["completed"]
    assert workspace.store.count().usage_value == simulated.truth.total(simulated.truth.visible()).value_nano


def test_a_revoked_key_is_told_and_not_tried_every_few_minutes(
    simulated: Simulation, workspace: Workspace
) -> None:
    connection_id = connect(workspace, simulated)
    states(workspace)
    simulated.ring.revoke(simulated.key)
    pass_time(simulated, hours=1)
    assert states(workspace) == ["failed"]
    connection = only(workspace)
    assert connection.failing_code == "invalid_credentials"
    assert "Invalid Team API Key" in connection.failing_reason
    assert waits(workspace) == 60.0
    workspace.connections.rotate(connection_id, {"api_key": simulated.keys[0].spare})
    assert only(workspace).failing_code == ""
    assert states(workspace) == ["completed"]


def test_a_request_while_a_sync_is_under_way_is_run_after_it(
    simulated: Simulation, workspace: Workspace, meddler: Meddler
) -> None:
    connection_id = connect(workspace, simulated)
    asked: list[str] = []

    def ask_once(_body: object) -> None:
        if not asked:
            asked.append(workspace.schedule.request(connection_id).id)

    meddler.answers[EVENTS] = ask_once
    (first,) = workspace.schedule.run_due()
    assert first.state == "completed"
    (second,) = workspace.schedule.run_due()
    assert (second.id, second.state) == (asked[0], "completed")


def test_a_span_asked_for_just_before_a_refresh_is_due_does_not_put_that_off(
    simulated: Simulation, workspace: Workspace
) -> None:
    connection_id = connect(workspace, simulated)
    states(workspace)
    pass_time(simulated, hours=1)
    now = workspace.clock.now()
    workspace.schedule.request(connection_id, Span(now - 9 * HOUR, now - 8 * HOUR))
    (run,) = workspace.schedule.run_due()
    assert run.due
    assert states(workspace) == []


@pytest.mark.parametrize("back", [{"days": -40.0}, {"hours": -3.0}])
def test_a_clock_that_is_set_back_does_not_stop_the_refreshes(
    simulated: Simulation, workspace: Workspace, back: dict[str, float]
) -> None:
    connect(workspace, simulated)
    pass_time(simulated, days=-back.get("days", 0))
    states(workspace)
    pass_time(simulated, **back)
    for _ in range(5):
        pass_time(simulated, hours=1)
        states(workspace)
    last = only(workspace).last_sync_at
    assert last is not None
    assert abs(workspace.clock.now() - last) <= 2 * HOUR


# Processes that end


def test_a_run_whose_process_died_is_noticed_and_the_data_goes_on(
    simulated: Simulation, meddler: Meddler, tmp_path: Path
) -> None:
    """A crash must not leave a connection “syncing” for ever."""

    class Died(BaseException):
        """The process ended here."""

    def die(_body: object) -> None:
        raise Died

    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connection_id = connect(workspace, simulated)
        states(workspace)
        workspace.schedule.request(connection_id)
        meddler.answers[EVENTS] = die
        with pytest.raises(Died):
            workspace.schedule.run_due()
        run = workspace.runs.latest(connection_id)
        assert run is not None
        assert run.state == "running"
    meddler.answers.clear()
    pass_time(simulated, hours=1)
    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        assert states(workspace) == ["completed"]
        assert workspace.runs.get(run.id).state == "stale"


def test_a_run_of_another_living_process_is_left_alone(simulated: Simulation, workspace: Workspace) -> None:
    connection_id = connect(workspace, simulated)
    run = workspace.runs.request(connection_id)
    workspace.runs.start(run.id)
    with workspace.ledger.session() as session:
        session.add(
            SyncLease(
                connection_id=connection_id,
                holder="elsewhere:1:p:1",
                expires_at=workspace.clock.now() + timedelta(minutes=3),
            )
        )
    assert states(workspace) == []
    assert workspace.runs.get(run.id).state == "running"
    pass_time(simulated, minutes=3)
    assert states(workspace) == ["completed"]
    assert workspace.runs.get(run.id).state == "stale"


def test_stopping_ends_a_run_soon_and_the_next_start_takes_it_up(
    simulated: Simulation, meddler: Meddler, tmp_path: Path
) -> None:
    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connection_id = connect(workspace, simulated)

        def stop(body: dict[str, int]) -> None:
            if body["endDate"] - body["startDate"] > 3 * 86_400_000:
                workspace.schedule.stop()

        meddler.answers[EVENTS] = stop
        (run,) = workspace.schedule.run_due()
        assert run.state == "pending"
        kept = workspace.store.count().events
        assert kept > 0
        assert only(workspace).failing_code == ""
    meddler.answers.clear()
    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        (again,) = workspace.schedule.run_due()
        assert (again.id, again.state) == (run.id, "completed")
        assert workspace.store.count(only(workspace).number).events > kept
        assert workspace.connections.get(connection_id).failing_code == ""


def test_a_store_that_closes_under_a_run_is_no_failure_of_the_connection(
    simulated: Simulation, meddler: Meddler, tmp_path: Path
) -> None:
    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connect(workspace, simulated)

        def close(_body: object) -> None:
            workspace.schedule.stop()
            workspace.store.close()

        meddler.answers[EVENTS] = close
        workspace.schedule.run_due()
        assert only(workspace).failing_code == ""


# Threads


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait until something is so, in real time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_the_background_runs_what_is_due_and_what_is_asked_for(
    simulated: Simulation, workspace: Workspace
) -> None:
    connection_id = connect(workspace, simulated)
    workspace.schedule.start()
    assert until(lambda: only(workspace).last_sync_at is not None)
    run = workspace.schedule.request(connection_id)
    assert until(lambda: workspace.runs.get(run.id).state == "completed")
    workspace.schedule.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("finora-s")]


def test_a_run_that_another_process_holds_up_is_not_tried_without_pause(
    simulated: Simulation, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = connect(workspace, simulated)
    with workspace.ledger.session() as session:
        session.add(
            SyncLease(
                connection_id=connection_id,
                holder="elsewhere:1:p:1",
                expires_at=workspace.clock.now() + timedelta(minutes=3),
            )
        )
    tried: list[str] = []
    run_it = SyncRunner.run

    def count(runner: SyncRunner, run: SyncRun) -> bool:
        tried.append(run.id)
        return run_it(runner, run)

    monkeypatch.setattr(SyncRunner, "run", count)
    workspace.schedule.start()
    time.sleep(0.5)
    workspace.schedule.stop()
    assert 1 <= len(tried) <= 2


def test_a_round_that_fails_does_not_end_the_schedule(
    simulated: Simulation, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(workspace, simulated)
    monkeypatch.setattr("finora.sync.schedule._TICK_SECONDS", 0.05)
    failures = [RuntimeError("the ledger is locked")]
    pending = workspace.runs.pending

    def fail_once() -> list[SyncRun]:
        if failures:
            raise failures.pop()
        return pending()

    monkeypatch.setattr(workspace.runs, "pending", fail_once)
    workspace.schedule.start()
    assert until(lambda: only(workspace).last_sync_at is not None)
    workspace.schedule.stop()
    assert failures == []


def test_a_ledger_that_fails_is_one_line_in_the_log_each_round(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    """An outage of minutes would else fill the log with tracebacks of nothing unknown."""
    ledger = workspace.settings.data_dir / "ledger.sqlite"
    workspace.ledger.engine.dispose()
    for each in ledger.parent.glob("ledger.sqlite-*"):
        each.unlink()
    ledger.write_bytes(b"no database" * 1000)
    workspace.schedule.start()
    end = time.monotonic() + 10
    while "missed a round" not in caplog.text and time.monotonic() < end:
        time.sleep(0.05)
    workspace.schedule.stop()
    told = [each for each in caplog.records if "missed a round" in each.getMessage()]
    assert told
    assert all(each.exc_info is None and "is damaged" in each.getMessage() for each in told)
