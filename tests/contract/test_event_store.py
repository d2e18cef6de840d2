"""The contract of every event store: what was read is kept, exactly once, and never lost."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import strategies as st

from finora.spend.event import EVENT_SCHEMA
from finora.spend.model_name import ModelRules, Rule
from finora.spend.statement import Statement
from finora.spend.store import Actor, Person, Tally
from finora.storage.events import DuckDBEventStore
from finora.values.period import Span, from_ms
from support.events import DAY, T0, Row, event, read, table

if TYPE_CHECKING:
    from pathlib import Path

    from finora.spend.store import EventStore
    from support.engines import Engine


def stored(store: EventStore, columns: str = "ts, cost") -> list[tuple[object, ...]]:
    """Return what is stored, by time."""
    with store.snapshot() as reader:
        return reader.fetch(Statement(f"SELECT {columns} FROM events ORDER BY ts, ordinal"))


def assert_rollup_exact(store: EventStore) -> None:
    """The roll-up's sums are those of the events."""
    sums = "connection, person, model, event_type, chargeable, coalesce(sum(cost), 0), sum(list_cost), sum(input_tokens)"
    with store.snapshot() as reader:
        raw = reader.fetch(
            Statement(
                f"SELECT {reader.dialect.whole('ts', DAY)}, {sums}, count(*) FROM events GROUP BY ALL ORDER BY ALL"
            )
        )
        rolled = reader.fetch(
            Statement(f"SELECT day, {sums}, sum(events) FROM daily GROUP BY ALL ORDER BY ALL")
        )
    assert [tuple(map(int, row)) for row in rolled] == [tuple(map(int, row)) for row in raw]  # type: ignore[arg-type]


def test_every_event_is_kept_also_twins_and_calls_of_one_millisecond(store: EventStore) -> None:
    rows = [event(T0 + 5), event(T0 + 5), event(T0 + 5, model="gpt-5.5-high"), event(T0 + 6, cost=250)]
    change = store.replace_window(read(0, 1), table(rows))
    assert change.after == Tally(events=4, spend=3250, usage_value=3250)
    assert [row[1] for row in stored(store, "ts, ordinal")] == [0, 1, 2, 0]
    assert_rollup_exact(store)


def test_a_second_read_of_the_same_changes_nothing(store: EventStore) -> None:
    rows = [event(T0 + 5), event(T0 + 5), event(T0 + 9, None, 7), event(T0 + 9, cost=None)]
    store.replace_window(read(0, 1), table(rows))
    before = stored(store, "*")
    change = store.replace_window(read(0, 1, run=2), table(list(reversed(rows))))
    assert not change.changed
    assert stored(store, "*") == before
    assert store.revisions(1) == []


def test_names_are_not_mixed_up_between_pages_that_number_them_differently(store: EventStore) -> None:
    people = (None, "ana@acme.test", "ben@acme.test", "cem@acme.test", "ana@acme.test", None, "unattributed")
    pages = [table([event(T0 + place, person, place)]) for place, person in enumerate(people)]
    store.replace_window(read(0, 1), pa.concat_tables(pages))
    with store.snapshot() as reader:
        found = reader.fetch(
            Statement("SELECT ts, p.key FROM events JOIN persons p ON p.id = person ORDER BY ts")
        )
    assert found == [(T0 + place, person or "unattributed") for place, person in enumerate(people)]


def test_a_revised_cost_replaces_the_old_one_and_is_recorded(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + 5, cost=1000), event(T0 + 7, cost=10)]))
    change = store.replace_window(
        read(0, 1), table([event(T0 + 5, cost=1500, fee=500), event(T0 + 7, cost=10)])
    )
    assert (change.before.spend, change.after.spend, change.revised, change.added) == (1010, 1510, 1, 0)
    (revision,) = store.revisions(1)
    assert (revision.change.before.spend, revision.change.after.spend) == (1010, 1510)
    assert_rollup_exact(store)


def test_a_late_event_is_added_with_its_own_place(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + 5)]))
    store.replace_window(read(0, 1), table([event(T0 + 5), event(T0 + 5, model="auto")]))
    assert [row[:2] for row in stored(store, "ts, ordinal")] == [(T0 + 5, 0), (T0 + 5, 1)]


def test_a_person_the_provider_no_longer_names_keeps_their_events(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + 5), event(T0 + 6, "bo@acme.test")]))
    change = store.replace_window(read(0, 1), table([event(T0 + 5, None), event(T0 + 6, "bo@acme.test")]))
    assert not change.changed
    assert len({row[0] for row in stored(store, "person")}) == 2


def test_an_old_window_that_shrank_keeps_what_is_stored(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + n, cost=n) for n in range(1, 6)]))
    change = store.replace_window(read(0, 1), table([event(T0 + 5, cost=50)]))
    assert (change.retained, change.withdrawn, change.revised) == (4, 0, 1)
    assert store.count().spend == 1 + 2 + 3 + 4 + 50


def test_a_forgotten_and_a_late_event_in_one_old_window_both_count(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + 1, cost=1), event(T0 + 2, cost=2)]))
    store.replace_window(read(0, 1), table([event(T0 + 2, cost=2), event(T0 + 3, cost=4)]))
    assert store.count().spend == 7


def test_an_empty_answer_never_erases_money_not_even_of_today(store: EventStore) -> None:
    now = from_ms(T0 + DAY)
    store.replace_window(read(0, 1, now=now), table([event(T0 + 5)]))
    change = store.replace_window(read(0, 1, now=now), table([]))
    assert change.retained == 1
    assert store.count().events == 1


def test_a_recent_event_the_provider_took_back_goes(store: EventStore) -> None:
    now = from_ms(T0 + DAY)
    store.replace_window(read(0, 1, now=now), table([event(T0 + 5), event(T0 + 6, cost=3)]))
    change = store.replace_window(read(0, 1, now=now), table([event(T0 + 5)]))
    assert change.withdrawn == 1
    assert store.count().spend == 1000
    assert_rollup_exact(store)


def test_revised_tokens_do_not_double_the_event(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + 5, input_tokens=10)]))
    store.replace_window(read(0, 1), table([event(T0 + 5, input_tokens=12, cost=1200)]))
    assert store.count() == Tally(events=1, spend=1200, usage_value=1200)


def test_windows_read_are_remembered_and_merged(store: EventStore) -> None:
    for start, end in ((4, 5), (0, 1), (1, 2), (3, 4)):
        store.replace_window(read(start, end), table([]))
    assert store.covered(1) == [Span.from_ms(T0, T0 + 2 * DAY), Span.from_ms(T0 + 3 * DAY, T0 + 5 * DAY)]


def test_what_was_written_is_there_after_reopening(engine: Engine) -> None:
    with engine.place() as place:
        first = place.open()
        first.replace_window(
            read(0, 1), table([event(T0 + 5), event(T0 + 6, "bo@acme.test", service_account="sa_1")])
        )
        rows = stored(first, "*")
        first.close()
        second = place.open()
        assert stored(second, "*") == rows
        second.replace_window(read(1, 2), table([event(T0 + DAY, "cy@acme.test")]))
        assert len({row[0] for row in stored(second, "person")}) == 3
        second.close()


def test_tidying_changes_nothing_that_is_read_not_even_by_whoever_is_reading(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + n, cost=n) for n in range(500)]))
    rows, version = stored(store), store.version()
    with store.snapshot() as reader:
        assert reader.fetch(Statement("SELECT count(*) FROM events")) == [(500,)]
        store.tidy()
        assert reader.fetch(Statement("SELECT sum(cost) FROM events")) == [(sum(range(500)),)]
    store.tidy()
    assert (stored(store), store.version()) == (rows, version)


def test_tidying_after_much_was_written_leaves_the_disk_with_the_packed_file_alone(tmp_path: Path) -> None:
    """The log holds everything once more, unpacked: three times what the events take."""
    path = tmp_path / "events.duckdb"
    log = path.with_name("events.duckdb.wal")
    store = DuckDBEventStore(path)
    rows = [
        event(T0 + n, f"{n % 40}@acme.test", cost=n * 7919 % 10**9, conversation=f"c{n}")
        for n in range(60_000)
    ]
    store.replace_window(read(0, 1), table(rows))
    assert log.stat().st_size > 8_000_000
    store.tidy()
    assert not log.exists() or log.stat().st_size == 0
    store.close()


def test_a_change_of_zone_makes_the_roll_up_anew(engine: Engine) -> None:
    with engine.place() as place:
        first = place.open()
        first.replace_window(read(0, 1), table([event(T0 + 1), event(T0 + 23 * 3_600_000)]))
        first.close()
        second = place.open(zone="Asia/Tokyo")
        with second.snapshot() as reader:
            assert len(reader.fetch(Statement("SELECT DISTINCT day FROM daily"))) == 2
        second.close()


def test_a_model_known_before_its_rule_was_gets_its_vendor_when_the_rule_comes(engine: Engine) -> None:
    with engine.place() as place:
        first = place.open()
        first.replace_window(read(0, 1), table([event(T0 + 1, model="nova-1"), event(T0 + 2, model="auto")]))
        first.close()
        for rules, vendors in ((ModelRules((Rule("^nova", "Acme", "Nova"),)), ["Acme"]), (None, ["Unknown"])):
            later = place.open(rules=rules)
            with later.snapshot() as reader:
                found = reader.fetch(Statement("SELECT vendor_label FROM models WHERE key = 'nova-1'"))
            assert [row[0] for row in found] == vendors
            version = later.version()
            later.close()
            again = place.open(rules=rules)
            assert again.version() == version
            again.close()


def test_ids_of_a_removed_connection_are_gone_and_those_of_others_stay(tmp_path: Path) -> None:
    """Who removes a connection trusts that nothing is left of what it read."""
    store = DuckDBEventStore(tmp_path / "events.duckdb", large=0)
    ids = [str(UUID(int=number)) for number in range(1, 4)]

    def read_them(connection: int, *wanted: str) -> None:
        rows = [event(T0 + n, conversation=each, cloud_agent=each) for n, each in enumerate(wanted)]
        store.replace_window(read(0, 1, connection=connection), table(rows))

    def kept() -> list[object]:
        with store.snapshot() as reader:
            return [
                each
                for name in ("conversations", "cloud_agents")
                for (each,) in reader.fetch(Statement(f"SELECT key FROM {name} WHERE id > 0 ORDER BY key"))
            ]

    read_them(1, ids[0], ids[1])
    read_them(2, ids[1], ids[2])
    store.forget(2)
    assert kept() == ids[:2] * 2
    read_them(3, ids[2])
    store.forget(1)
    assert kept() == ids[2:] * 2
    read_them(4, ids[0], ids[2])
    with store.snapshot() as reader:
        told = reader.fetch(
            Statement(
                "SELECT c.key, a.key FROM events e JOIN conversations c ON c.id = e.conversation "
                "JOIN cloud_agents a ON a.id = e.cloud_agent ORDER BY e.connection, e.ts"
            )
        )
    assert told == [(ids[2], ids[2]), (ids[0], ids[0]), (ids[2], ids[2])]
    store.close()


def test_removing_a_connection_leaves_the_others(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + 5)]))
    store.replace_window(read(0, 1, connection=2), table([event(T0 + 5, cost=9)]))
    store.forget(1)
    assert store.count().spend == 9
    assert store.covered(1) == []


def test_a_failed_write_leaves_everything_as_it_was(store: EventStore) -> None:
    store.replace_window(read(0, 1), table([event(T0 + 5)]))
    broken = table([event(T0 + 6, "new@acme.test")]).drop_columns(["cost"])
    with pytest.raises(KeyError):
        store.replace_window(read(0, 1), broken)
    assert stored(store) == [(T0 + 5, 1000)]
    store.replace_window(read(0, 1), table([event(T0 + 5), event(T0 + 6, "new@acme.test", 3)]))
    assert store.count().spend == 1003


people = st.sampled_from(["ana@acme.test", "bo@acme.test", None])
histories = st.lists(
    st.lists(
        st.builds(
            event,
            st.integers(T0, T0 + 3 * DAY - 1).map(lambda ts: ts // (DAY // 8) * (DAY // 8)),
            people,
            st.one_of(st.none(), st.integers(0, 10**12)),
            model=st.sampled_from(["auto", "claude-opus-5"]),
            input_tokens=st.integers(0, 2),
            chargeable=st.booleans(),
        ),
        max_size=12,
    ),
    min_size=1,
    max_size=4,
)


def test_after_any_history_of_recent_reads_the_store_holds_the_last_one(engine: Engine) -> None:
    """Over recent windows the last non-empty read decides: as many events, and their money to the nano."""

    @engine.holds(40, histories)
    def check(reads: list[list[Row]]) -> None:
        with engine.store() as store:
            expected: list[Row] = []
            for rows in reads:
                store.replace_window(read(0, 3, settled_days=1000), table(rows))
                expected = rows or expected
                assert Counter(row[0] for row in stored(store, "cost")) == Counter(
                    row["cost"] for row in expected
                )
                assert_rollup_exact(store)
            keys = stored(store, "ts, ordinal")
            assert len(set(keys)) == len(keys)


def test_fixture_rows_are_what_the_schema_says() -> None:
    assert json.dumps(sorted(event(T0))) == json.dumps(sorted(EVENT_SCHEMA.names))
    assert table([event(T0)]).schema.names == EVENT_SCHEMA.names


def test_twins_that_differ_in_what_became_of_their_price_are_not_swapped_by_another_order(
    store: EventStore,
) -> None:
    rows = [event(T0 + 5, cost=0, chargeable=False), event(T0 + 5, cost=0, chargeable=True)]
    store.replace_window(read(0, 1), table(rows))
    assert not store.replace_window(read(0, 1), table(rows[::-1])).changed


def test_actors_are_told_with_their_last_day_and_service_accounts_apart(store: EventStore) -> None:
    store.name_people([Person(key="cy@acme.test", label="Cy", team="t", team_label="Web")])
    store.replace_window(
        read(0, 5),
        table(
            [
                event(T0 + 1),
                event(T0 + 2 * DAY + 1),
                event(T0 + 3 * DAY, None),
                event(T0 + 4, "svc@acme.test", service_account="sa_1"),
                event(T0 + 5, "bo@acme.test", service_account="sa_1"),
                event(T0 + 6, "bo@acme.test"),
            ]
        ),
    )
    store.name_service_accounts({"sa_1": "Nightly"})
    first = T0 // DAY

    def actor(key: str, label: str, last_day: int | None, service_account: str = "") -> Actor:
        team, team_label = ("t", "Web") if key == "cy@acme.test" else ("none", "No team")
        return Actor(
            key=key,
            label=label,
            team=team,
            team_label=team_label,
            service_account=service_account,
            last_day=last_day,
        )

    assert store.actors() == [
        actor("ana@acme.test", "ana@acme.test", first + 2),
        actor("bo@acme.test", "bo@acme.test", first),
        actor("cy@acme.test", "Cy", None),
        actor("svc@acme.test", "svc@acme.test", first, "Nightly"),
        actor("unattributed", "Unattributed", first + 3),
    ]
