"""The contract of every event store: which stored event a fresh one is, however much of it changed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from finora.spend.statement import Statement
from finora.spend.store import ConnectionName, Person, Tally
from finora.storage.events.columns import EVENT_COLUMNS
from finora.values.period import Span, from_ms
from support.events import DAY, NOW, T0, Row, event, read, table

if TYPE_CHECKING:
    from finora.spend.store import EventStore, WindowChange
    from support.engines import Engine

ANA, BO = "ana@acme.test", "bo@acme.test"
HOUR = DAY // 24
TODAY = from_ms(T0 + DAY)


def stored(store: EventStore, connection: int = 1) -> list[tuple[str, int | None]]:
    """Return who is charged what, by time and place."""
    sql = (
        "SELECT p.key, e.cost FROM events e JOIN persons p ON p.id = e.person WHERE e.connection = ? "
        "ORDER BY e.ts, e.ordinal"
    )
    with store.snapshot() as reader:
        return reader.fetch(Statement(sql, (connection,)))  # type: ignore[return-value]


def everything(store: EventStore) -> dict[str, list[tuple[object, ...]]]:
    """Return all that is stored but for what reads leave behind."""
    with store.snapshot() as reader:
        return {
            name: sorted(reader.fetch(Statement(f"SELECT {columns} FROM {name}")), key=repr)
            for name, columns in (
                ("events", ", ".join(EVENT_COLUMNS)),
                *((name, "*") for name in ("daily", "persons", "models", "kinds", "revised_events", "reads")),
            )
        }


def put(store: EventStore, *rows: Row, recent: bool = True) -> WindowChange:
    """Replace the first day by events."""
    return store.replace_window(read(0, 1, now=TODAY if recent else NOW), table(list(rows)))


def test_one_revised_twin_is_one_revision_and_not_two(store: EventStore) -> None:
    put(store, event(T0, cost=10), event(T0, cost=20), event(T0, cost=30))
    change = put(store, event(T0, cost=20), event(T0, cost=30), event(T0, cost=35))
    assert (change.revised, change.added, change.withdrawn) == (1, 0, 0)
    assert sorted(cost or 0 for _person, cost in stored(store)) == [20, 30, 35]


def test_two_nameless_events_go_back_to_those_who_paid_as_much(store: EventStore) -> None:
    """Else what one person spent would be another's from the day their addresses vanish."""
    put(store, event(T0, ANA, 20), event(T0, BO, 10))
    change = put(store, event(T0, None, 10), event(T0, None, 20))
    assert not change.changed
    assert Counter(stored(store)) == Counter([(ANA, 20), (BO, 10)])


def test_a_nameless_event_does_not_take_the_place_of_one_that_is_still_named(store: EventStore) -> None:
    put(store, event(T0, ANA, 10), event(T0, BO, 10))
    put(store, event(T0, None, 10), event(T0, ANA, 10))
    assert Counter(stored(store)) == Counter([(ANA, 10), (BO, 10)])


def test_a_person_named_later_gets_their_events(store: EventStore) -> None:
    put(store, event(T0, None, 10), event(T0 + 1, None, 20))
    change = put(store, event(T0, ANA, 10), event(T0 + 1, None, 20))
    assert stored(store) == [(ANA, 10), ("unattributed", 20)]
    assert (change.revised, change.added) == (0, 0)


def test_a_person_whose_address_changes_keeps_one_event_and_not_two(store: EventStore) -> None:
    put(store, event(T0, "ana@old.test", 10))
    put(store, event(T0, ANA, 10))
    assert stored(store) == [(ANA, 10)]


@pytest.mark.parametrize("recent", [True, False])
def test_price_kind_tokens_and_address_may_all_change_at_once(store: EventStore, *, recent: bool) -> None:
    put(store, event(T0, ANA, 10, input_tokens=5), recent=recent)
    change = put(
        store,
        event(T0, None, 0, input_tokens=9, kind="Errored, Not Charged", billing=3, chargeable=False),
        recent=recent,
    )
    assert (change.revised, change.added, change.withdrawn, change.retained) == (1, 0, 0, 0)
    assert stored(store) == [(ANA, 0)]
    assert store.count() == Tally(events=1)


def test_an_event_that_is_withdrawn_and_comes_back_counts_once(store: EventStore) -> None:
    put(store, event(T0, cost=1), event(T0, cost=2, model="m2"), event(T0 + 5, cost=4))
    put(store, event(T0, cost=2, model="m2"), event(T0 + 5, cost=4))
    assert store.count().spend == 6
    put(store, event(T0, cost=1), event(T0, cost=2, model="m2"), event(T0 + 5, cost=4))
    assert store.count() == Tally(events=3, spend=7, usage_value=7)
    with store.snapshot() as reader:
        names = reader.fetch(Statement("SELECT connection, ts, ordinal FROM events"))
    assert len(set(names)) == 3


def test_a_twin_more_is_one_event_more_and_a_twin_less_one_less(store: EventStore) -> None:
    twin = event(T0, cost=3)
    for count in (1, 3, 2, 5, 1):
        put(store, *[twin] * count)
        assert store.count() == Tally(events=count, spend=3 * count, usage_value=3 * count)


def test_events_of_one_millisecond_in_two_connections_never_touch_each_other(store: EventStore) -> None:
    for connection, cost in ((1, 10), (2, 20)):
        store.replace_window(read(0, 1, connection=connection, now=TODAY), table([event(T0, ANA, cost)]))
    store.replace_window(read(0, 1, connection=1, now=TODAY), table([event(T0, ANA, 11), event(T0, BO, 5)]))
    store.replace_window(read(0, 1, connection=2, now=TODAY), table([event(T0 + 1, BO, 7)]))
    assert stored(store, 1) == [(ANA, 11), (BO, 5)]
    assert stored(store, 2) == [(BO, 7)]


def test_an_event_outside_its_window_is_refused_and_nothing_changes(store: EventStore) -> None:
    """It would be counted a second time when its own window is read."""
    put(store, event(T0, cost=1))
    before = everything(store)
    for ts in (T0 - 1, T0 + DAY):
        with pytest.raises(ValueError, match="outside its window"):
            put(store, event(T0, cost=1), event(ts, cost=2))
    assert everything(store) == before


def test_a_type_once_told_is_not_lost_when_a_later_read_cannot_tell_it(store: EventStore) -> None:
    put(store, event(T0, event_type="chat", basis=3, apportioned=True))
    put(store, event(T0, cost=7, event_type="unknown", basis=0))
    with store.snapshot() as reader:
        ((name, basis, apportioned, cost),) = reader.fetch(
            Statement(
                "SELECT t.key, basis, apportioned, cost FROM events JOIN event_types t ON t.id = event_type"
            )
        )
    assert (name, basis, apportioned, cost) == ("chat", 3, True, 7)


def test_withdrawing_is_decided_event_by_event_at_the_settling_time(store: EventStore) -> None:
    rows = [event(T0 + hour * HOUR, cost=2**hour) for hour in range(0, 24, 6)]
    store.replace_window(read(0, 1), table(rows))
    now = from_ms(T0 + 12 * HOUR)
    change = store.replace_window(read(0, 1, now=now, settled_days=0), table(rows[1:2]))
    assert (change.withdrawn, change.retained) == (2, 1)
    assert store.count().spend == 2**0 + 2**6


# Revisions


def test_new_events_of_a_new_hour_are_no_revision(store: EventStore) -> None:
    """Every refresh reads the last two days again; a list of 24 revisions a day would hide the true ones."""
    store.replace_window(read(0, 0.5), table([event(T0, cost=10)]))
    change = store.replace_window(read(0, 1), table([event(T0, cost=10), event(T0 + 20 * HOUR, cost=5)]))
    assert (change.added, change.after.spend) == (1, 15)
    assert store.revisions(1) == []


def test_a_revision_tells_only_of_what_had_been_read_before(store: EventStore) -> None:
    store.replace_window(read(0, 0.5), table([event(T0, cost=10), event(T0 + 1, cost=1)]))
    store.replace_window(
        read(0, 1),
        table(
            [
                event(T0, cost=12),
                event(T0 + 1, cost=1),
                event(T0 + HOUR, cost=100),
                event(T0 + 20 * HOUR, cost=5000),
            ]
        ),
    )
    (revision,) = store.revisions(1)
    assert (revision.change.before.spend, revision.change.after.spend) == (11, 113)
    assert (revision.change.added, revision.change.revised) == (1, 1)
    assert store.count().spend == 5113


def test_a_late_event_in_a_window_that_was_empty_is_a_revision(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([]))
    store.replace_window(read(0, 2), table([event(T0, cost=10), event(T0 + DAY, cost=5)]))
    (revision,) = store.revisions(1)
    assert (revision.change.before, revision.change.after) == (
        Tally(),
        Tally(events=1, spend=10, usage_value=10),
    )


# Empty windows


def test_an_empty_window_counts_as_read_only_when_it_is_still_empty_later(store: EventStore) -> None:
    """An outage that answers with nothing must not leave a hole that is never asked for again."""
    for hours, expected in ((0, []), (1, []), (19, []), (20, [Span.from_ms(T0, T0 + 9 * DAY)])):
        now = from_ms(T0 + 100 * DAY + hours * HOUR)
        halves = ((0, 4), (4, 9)) if hours == 0 else ((0, 1), (1, 9))
        for start, end in halves:
            since = from_ms(T0 + 100 * DAY + (hours - 20) * HOUR)
            store.replace_window(read(start, end, now=now, believe_empty_since=since), table([]))
        assert store.covered(1) == expected, hours


def test_a_window_that_was_wrongly_empty_is_filled_at_the_second_look(store: EventStore) -> None:
    since = from_ms(T0 + 99 * DAY)
    store.replace_window(read(0, 9, believe_empty_since=since), table([]))
    assert store.covered(1) == []
    store.replace_window(read(0, 9, believe_empty_since=since), table([event(T0 + DAY, cost=7)]))
    assert (store.covered(1), store.count().spend) == ([Span.from_ms(T0, T0 + 9 * DAY)], 7)
    assert store.revisions(1) == []


def test_the_rest_of_a_window_read_in_part_is_believed_with_it(store: EventStore) -> None:
    since = from_ms(T0)
    store.replace_window(read(0, 5), table([event(T0)]))
    store.replace_window(read(2, 5, believe_empty_since=since), table([]))
    assert store.covered(1) == [Span.from_ms(T0, T0 + 5 * DAY)]
    store.replace_window(read(4, 8, believe_empty_since=since), table([]))
    assert store.covered(1) == [Span.from_ms(T0, T0 + 5 * DAY)]


# Names


def test_names_that_are_as_they_were_change_nothing(store: EventStore) -> None:
    """What is shown is remembered until something changes; a refresh that finds nothing new must not undo that."""
    people = [Person(key=ANA, label="Ana", team="t1", team_label="Web"), Person(key=BO, label=BO)]
    name = ConnectionName(number=1, key="c", label="Acme", provider="cursor", provider_label="Cursor")
    for _ in range(2):
        store.name_people(people)
        store.name_service_accounts({"sa_1": "Nightly"})
        store.name_connections([name])
        version = store.version()
    store.name_people(people)
    store.name_service_accounts({"sa_1": "Nightly"})
    store.name_connections([name])
    assert store.version() == version
    store.name_people([Person(key=ANA, label="Ana B.", team="t1", team_label="Web")])
    assert store.version() > version


def test_the_first_event_and_the_newest_are_told_by_connection(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + 5), event(T0 + 7)]))
    store.replace_window(read(0, 1, connection=2), table([event(T0 + 9)]))
    assert store.earliest() == store.earliest(1) == from_ms(T0 + 5)
    assert store.earliest(2) == from_ms(T0 + 9)
    assert store.earliest(3) is None
    assert store.latest(1) == from_ms(T0 + 7)
    assert store.latest(2) == from_ms(T0 + 9)
    assert store.latest(3) is None


# Any history


def spans(days: int = 4) -> st.SearchStrategy[tuple[int, int]]:
    """Return windows in quarters of a day."""
    ends = st.lists(st.integers(0, 4 * days), min_size=2, max_size=2, unique=True).map(sorted)
    return ends.map(lambda pair: (pair[0], pair[1]))


rows = st.lists(
    st.builds(
        event,
        st.integers(0, 15).map(lambda quarter: T0 + quarter * (DAY // 4)),
        st.sampled_from([ANA, BO, None]),
        st.integers(0, 3),
        model=st.sampled_from(["auto", "claude-opus-5"]),
        conversation=st.sampled_from(["c1", None]),
        input_tokens=st.integers(0, 1),
        chargeable=st.booleans(),
    ),
    max_size=14,
)
histories = st.lists(
    st.tuples(spans(), rows, st.integers(0, 16), st.sampled_from([1, 2])), min_size=1, max_size=6
)


def test_after_any_read_the_store_holds_it_whole_and_nothing_else_that_is_recent(engine: Engine) -> None:
    """Old events of earlier reads may stay; whatever was read now is there exactly once, and no window touches another."""

    @engine.holds(60, histories)
    def check(history: list[tuple[tuple[int, int], list[Row], int, int]]) -> None:
        with engine.store() as store:
            for (start, end), found, settled, connection in history:
                first, last = T0 + start * (DAY // 4), T0 + end * (DAY // 4)
                fresh = [row for row in found if first <= row["ts"] < last]
                settled_at = T0 + settled * (DAY // 4)
                before, outside = contents(store, connection, first, last)
                window = read(
                    start / 4,
                    end / 4,
                    connection=connection,
                    now=from_ms(settled_at),
                    settled_days=0,
                )
                change = store.replace_window(window, table(fresh))
                after, outside_after = contents(store, connection, first, last)
                assert outside_after == outside
                assert change.after.events == after.total() == len(fresh) + change.retained
                if fresh:
                    kept = after - Counter(figures(row) for row in fresh)
                    assert not Counter(figures(row) for row in fresh) - after
                    assert not kept - before
                    assert all(int(str(ts)) < settled_at for ts, *_rest in kept)
                else:
                    assert after == before
                state = everything(store)
                again = store.replace_window(window, table(fresh[::-1]))
                assert not again.changed
                assert everything(store) == state


def figures(row: Row) -> tuple[object, ...]:
    """Return what an event's money is told by."""
    return row["ts"], row["model"], row["cost"], row["chargeable"], row["input_tokens"]


def contents(
    store: EventStore, connection: int, first: int, last: int
) -> tuple[Counter[tuple[object, ...]], list[tuple[object, ...]]]:
    """Return the events inside a connection's window, and all others as they are; names must be unique throughout."""
    with store.snapshot() as reader:
        found = reader.fetch(
            Statement(
                "SELECT e.connection, e.ts, e.ordinal, m.key, e.cost, e.chargeable, e.input_tokens, e.person "
                "FROM events e JOIN models m ON m.id = e.model ORDER BY ALL"
            )
        )
        rolled = reader.fetch(Statement("SELECT coalesce(sum(cost), 0), coalesce(sum(events), 0) FROM daily"))
    assert len({row[:3] for row in found}) == len(found)
    assert [tuple(map(int, row)) for row in rolled] == [(sum(int(row[4]) for row in found), len(found))]  # type: ignore[arg-type, call-overload]
    inside = [row for row in found if row[0] == connection and first <= row[1] < last]  # type: ignore[operator]
    others = [row for row in found if row not in inside]
    return Counter((row[1], *row[3:7]) for row in inside), others
