"""The contract of every event store: which single events are evidence of why a provider's total differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finora.spend.store import Dispute
from finora.values.period import Span
from support.events import DAY, T0, event, read, table

if TYPE_CHECKING:
    from finora.spend.store import EventStore

ANA, BO = "ana@acme.test", "bo@acme.test"
HOUR = DAY // 24
START, END = T0 + 10 * DAY, T0 + 20 * DAY


def evidence(store: EventStore, *people: str, by_spend: bool = False) -> list[dict[str, Any]]:
    """Return what is known of a cycle whose totals were read in the first run."""
    found = store.evidence(
        Dispute(
            connection=1,
            cycle=Span.from_ms(START, END),
            run=1,
            people=people,
            by_spend=by_spend,
            reach_ms=14 * HOUR,
            recent_ms=48 * HOUR,
        )
    )
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def times(rows: list[dict[str, Any]]) -> list[int]:
    """Return when the events were, in hours of the cycle."""
    return [(row["ts"] - START) // HOUR for row in rows]


def test_events_at_both_edges_are_evidence_and_those_amid_the_cycle_are_not(store: EventStore) -> None:
    hours = (-15, -14, -1, 0, 13, 14, 100, 10 * 24 - 49, 10 * 24 - 48, 10 * 24 - 1, 10 * 24)
    store.replace_window(read(0, 30), table([event(START + hour * HOUR) for hour in hours]))
    assert times(evidence(store, ANA)) == [-14, -1, 0, 13, 10 * 24 - 48, 10 * 24 - 1]
    assert not evidence(store, BO)


def test_an_event_that_a_later_run_read_first_is_told_from_one_that_it_revised(
    store: EventStore,
) -> None:
    known = [event(START + 50 * HOUR, cost=10), event(START + 60 * HOUR, cost=10)]
    store.replace_window(read(0, 30), table(known))
    once = [known[0] | {"cost": 15}, known[1], event(START + 55 * HOUR, cost=7)]
    store.replace_window(read(0, 30, run=2), table(once))
    twice = [
        known[0] | {"cost": 18},
        known[1] | {"model": "claude-opus-5", "extra": "{}"},
        once[2] | {"cost": 8},
    ]
    store.replace_window(read(0, 30, run=3), table(twice))
    rows = evidence(store, ANA)
    assert [
        (row["usage_value"], row["former_usage_value"], row["added"], row["revised"]) for row in rows
    ] == [(18, 10, False, True), (8, 7, True, False)], "what is no money, and what was known, is no evidence"


def test_what_a_total_may_leave_out_is_evidence_wherever_in_the_cycle_it_is(store: EventStore) -> None:
    free = event(START + 100 * HOUR, cost=3, billing=5, chargeable=False)
    included = event(START + 101 * HOUR, cost=4, billing=2, chargeable=False)
    store.replace_window(read(0, 30), table([free, included, event(START + 102 * HOUR)]))
    assert [row["usage_value"] for row in evidence(store, ANA)] == [3]
    assert [(row["usage_value"], row["spend"]) for row in evidence(store, ANA, by_spend=True)] == [
        (3, 0),
        (4, 0),
    ]
