"""Sync runs as rows: asked for once, widened, and none under way for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from finora.sync.errors import SyncNotFound
from finora.sync.runs import Progress, SyncRuns
from finora.values.period import Span

if TYPE_CHECKING:
    from finora.storage.ledger import Ledger
    from support.stood_clock import StoodClock

T0 = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def runs(ledger: Ledger, clock: StoodClock) -> SyncRuns:
    """Return the runs."""
    return SyncRuns(ledger, clock)


def span(first: int, last: int) -> Span:
    """Return a span in days."""
    return Span(T0 + first * DAY, T0 + last * DAY)


def test_two_clicks_are_one_run(runs: SyncRuns) -> None:
    assert runs.request("c1").id == runs.request("c1").id
    assert len(runs.pending()) == 1


def test_a_request_widens_what_is_pending(runs: SyncRuns) -> None:
    first = runs.request("c1", span(3, 4))
    assert (first.due, first.start, first.end) == (False, T0 + 3 * DAY, T0 + 4 * DAY)
    runs.request("c1", span(6, 7))
    runs.request("c1", span(1, 2))
    run = runs.get(runs.request("c1").id)
    assert (run.id, run.due, run.start, run.end) == (first.id, True, T0 + DAY, T0 + 7 * DAY)


def test_a_request_while_one_is_under_way_waits_its_turn(runs: SyncRuns) -> None:
    first = runs.request("c1")
    runs.start(first.id)
    second = runs.request("c1")
    assert second.id != first.id
    assert [run.id for run in runs.pending()] == [second.id]
    assert second.number == first.number + 1


def test_a_run_that_another_process_ran_already_is_not_run_again(runs: SyncRuns) -> None:
    """Each process lists what waits before it gets the lease, and by then all may be done."""
    run = runs.request("c1")
    assert runs.start(run.id) is not None
    runs.end(run.id, "completed")
    assert runs.start(run.id) is None
    assert runs.get(run.id).state == "completed"


def test_a_run_that_was_deleted_with_its_connection_is_not_run(runs: SyncRuns, ledger: Ledger) -> None:
    run = runs.request("c1")
    with ledger.session() as session:
        runs.forget("c1", session)
    assert runs.start(run.id) is None


def test_connections_do_not_widen_each_other(runs: SyncRuns) -> None:
    assert runs.request("c1").id != runs.request("c2").id


def test_a_dead_run_is_stale_and_the_span_it_was_asked_for_is_asked_for_again(runs: SyncRuns) -> None:
    dead = runs.request("c1", span(1, 5))
    runs.request("c1")
    runs.start(dead.id)
    runs.watch(dead.id, Progress(waiting_for="patience", waiting_until=T0))
    runs.mark_stale("c1")
    found = runs.get(dead.id)
    assert (found.state, found.waiting_for, found.waiting_until) == ("stale", "", None)
    assert found.finished_at is not None
    (again,) = runs.pending()
    assert (again.due, again.start, again.end) == (False, T0 + DAY, T0 + 5 * DAY)


def test_a_dead_run_of_what_was_due_leaves_that_to_the_schedule(runs: SyncRuns) -> None:
    runs.start(runs.request("c1").id)
    runs.mark_stale("c1")
    assert runs.pending() == []


def test_a_stopped_run_waits_to_be_taken_up_again(runs: SyncRuns) -> None:
    run = runs.request("c1", span(1, 2))
    runs.start(run.id)
    runs.put_back(run.id)
    assert [each.id for each in runs.pending()] == [run.id]
    assert runs.get(run.id).started_at is None


def test_a_stopped_run_joins_one_that_is_pending_already(runs: SyncRuns) -> None:
    run = runs.request("c1", span(1, 2))
    runs.start(run.id)
    runs.request("c1")
    runs.put_back(run.id)
    (pending,) = runs.pending()
    assert (pending.due, pending.start, pending.end) == (True, T0 + DAY, T0 + 2 * DAY)
    assert runs.get(run.id).state == "stale"


def test_progress_can_be_watched_and_ends_with_the_run(runs: SyncRuns) -> None:
    run = runs.request("c1")
    runs.start(run.id)
    runs.watch(run.id, Progress(windows_done=1, windows_total=4, events=10, spend=25, waiting_for="a limit"))
    assert runs.get(run.id).events == 10
    runs.end(run.id, "failed", code="provider_fault", error="It broke.")
    ended = runs.get(run.id)
    assert (ended.state, ended.error_code, ended.waiting_for) == ("failed", "provider_fault", "")
    assert runs.latest("c1") is not None
    assert [each.id for each in runs.history("c1")] == [run.id]


def test_an_unknown_run_is_said_to_be_unknown(runs: SyncRuns) -> None:
    with pytest.raises(SyncNotFound):
        runs.get("nothing")
