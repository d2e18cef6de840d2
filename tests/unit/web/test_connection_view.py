"""A connection's row: its state, its progress and the time it takes yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from finora.connections import Connection
from finora.spend.store import Tally
from finora.sync import SyncRun
from finora.values.period import Span
from finora.web.settings.connection_view import ConnectionView, connection_view, progress_view

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
YEAR = 366 * 86_400


def connection(**changes: object) -> Connection:
    values = {
        "id": "c1", "number": 1, "provider": "cursor", "name": "Acme", "key_last4": "1a2b", "paused": False,
        "connected_by": "ada@acme.test", "connected_at": NOW - timedelta(days=2), "failing_code": "",
        "failing_reason": "", "failing_since": None, "last_sync_at": NOW - timedelta(minutes=3),
        "next_sync_at": NOW + timedelta(minutes=57),
    }  # fmt: skip
    return Connection(**values | changes)


def run(**changes: object) -> SyncRun:
    values = {
        "id": "r1", "state": "running", "started_at": NOW - timedelta(seconds=60), "seconds_done": YEAR // 4,
        "seconds_total": YEAR, "events": 1_200, "spend": 5_000_000_000, "requests": 12, "waiting_for": "",
        "waiting_until": None,
    }  # fmt: skip
    return SyncRun(**values | changes)


def view(of: Connection, latest: SyncRun | None = None) -> ConnectionView:
    span = Span(NOW - timedelta(days=9), NOW - timedelta(minutes=5))
    return connection_view(
        of,
        provider=None,
        run=latest,
        spans=(span,),
        tally=Tally(events=84_120),
        now=NOW,
        zone=ZoneInfo("UTC"),
    )


@pytest.mark.parametrize(
    ("changes", "latest", "state"),
    [
        ({}, None, "connected"),
        ({"paused": True}, None, "paused"),
        ({"failing_code": "invalid_credentials"}, None, "failing"),
        ({"failing_code": "invalid_credentials"}, run(), "syncing"),
        ({}, run(state="pending"), "syncing"),
        ({}, run(state="completed"), "connected"),
    ],
)
def test_the_state_in_one_word(changes: dict[str, object], latest: SyncRun | None, state: str) -> None:
    assert view(connection(**changes), latest).state == state


def test_the_row_tells_all_that_product_md_asks_for() -> None:
    facts = dict(view(connection()).facts)
    assert facts == {
        "Data through": "14:55",
        "Last refresh": "3 min ago",
        "Next refresh": "in 57 min",
        "Events": "84,120",
        "Connected by": "ada@acme.test, 20 Nov, 15:00",
    }
    assert view(connection()).key == "…1a2b"


def test_a_paused_connection_promises_no_refresh() -> None:
    assert dict(view(connection(paused=True)).facts)["Next refresh"] == "when resumed"


def test_why_and_since_when_a_connection_fails() -> None:
    failing = connection(
        failing_code="x", failing_reason="No answer.", failing_since=NOW - timedelta(hours=1)
    )
    assert view(failing).reason == "Since 14:00: No answer."


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, "about 3 min left"),
        ({"seconds_done": 0}, "beginning"),
        ({"seconds_done": YEAR}, "nearly done"),
        ({"state": "pending"}, "waiting to start"),
        (
            {"waiting_for": "Keeping below the request limit", "waiting_until": NOW + timedelta(seconds=23)},
            "Keeping below the request limit, 23 s",
        ),
    ],
)
def test_how_long_it_takes_yet_or_why_it_waits(changes: dict[str, object], left: str) -> None:
    assert progress_view(connection(), run(**changes), NOW).left == left


def test_progress_counts_days_and_never_more_than_there_are() -> None:
    found = progress_view(connection(), run(), NOW)
    assert (found.done, found.total) == (91, 366)
    over = progress_view(connection(), run(seconds_done=2 * YEAR), NOW)
    assert over.done == over.total
    unplanned = progress_view(connection(), run(seconds_done=0, seconds_total=0), NOW)
    assert (unplanned.done, unplanned.total) == (0, 1)


def test_a_first_read_is_called_so_from_the_start() -> None:
    unplanned = run(state="pending", seconds_done=0, seconds_total=0)
    assert progress_view(connection(last_sync_at=None), unplanned, NOW).label == "First read"
    assert progress_view(connection(), unplanned, NOW).label == "Refresh"
