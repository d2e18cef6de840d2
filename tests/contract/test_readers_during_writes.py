"""Whoever looks while windows are replaced sees all before or all after, and parts that are their whole."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from finora.spend.query import SpendQuery
from finora.spend.service import Spend
from finora.values.interval import Interval
from finora.values.period import Period
from support.clock import StandingClock
from support.events import NOW, T0, Row, event, read, table

if TYPE_CHECKING:
    from finora.spend.result import SpendResult
    from finora.spend.store import EventStore

METRICS = ("spend", "usage_value", "events")
SECONDS = 4.0
PERIODS = (
    Period.absolute(NOW - timedelta(days=120), NOW),  # whole days, from the roll-up
    Period.absolute(NOW - timedelta(days=99, hours=23, minutes=51), NOW - timedelta(minutes=7)),  # edges too
)


def state(number: int) -> list[Row]:
    """Return one of the states a window goes through, each with sums of its own."""
    return [
        event(
            T0 + n * 3_600_000 + 1_800_000,
            f"p{n % 5}@acme.test",
            cost=1000 + n * (number + 1),
            model=f"m{n % 7}",
        )
        for n in range(100 + 60 * number)
    ]


def sums(rows: list[Row]) -> tuple[int, int, int]:
    """Return spend, usage value and number of events."""
    value = sum(row["cost"] for row in rows)
    return value, value, len(rows)


def assert_whole(answer: SpendResult, allowed: set[tuple[int, int, int]]) -> None:
    """Make sure that an answer is of one state and adds up, by groups and by buckets."""
    assert answer.totals.values in allowed, answer.totals.values
    rest = [answer.other] if answer.other else []
    for place in range(3):
        total = answer.totals.values[place]
        assert sum(group.values[place] or 0 for group in (*answer.groups, *rest)) == total
        assert sum(bucket[place] or 0 for bucket in answer.totals.series) == total


def test_queries_while_windows_are_replaced_see_one_state(store: EventStore) -> None:
    states = [state(number) for number in range(4)]
    allowed = {sums(rows) for rows in states}
    spend = Spend(store, StandingClock(NOW))
    problems: list[BaseException] = []
    looked = [0, 0, 0]
    ends = threading.Event()

    def look(reader: int) -> None:
        queries = [
            SpendQuery(metrics=METRICS, dimensions=(name,), period=period, interval=Interval.WEEK, limit=2)
            for period in PERIODS
            for name in ("person", "model", "event_type", "hour")
        ]
        try:
            while not ends.is_set():
                assert_whole(spend.answer(queries[looked[reader] % len(queries)]), allowed)
                looked[reader] += 1
        except BaseException as problem:  # noqa: BLE001 - it is raised again below
            problems.append(problem)

    store.replace_window(read(0, 60, settled_days=200), table(states[0]))
    threads = [threading.Thread(target=look, args=(reader,)) for reader in range(len(looked))]
    for thread in threads:
        thread.start()
    written, end = 0, time.monotonic() + SECONDS
    while (time.monotonic() < end or written <= 4 or min(looked) <= 4) and not problems:
        written += 1
        # Settled nowhere: what the provider no longer returns is withdrawn, so that sums go down as well as up.
        store.replace_window(read(0, 60, settled_days=200, run=written), table(states[written % 4]))
    ends.set()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
