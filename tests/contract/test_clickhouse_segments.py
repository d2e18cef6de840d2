"""ClickHouse has no transactions: what several processes write and read at once, and what a write leaves that dies."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from finora.errors import ConfigurationError, StorageError
from finora.spend.statement import Statement
from finora.spend.store import Person, Tally
from finora.storage.events import EventsBusy, EventsByOtherDays, EventsDamaged, EventsUnusable
from finora.storage.events.clickhouse import Address, parse_address
from finora.storage.events.clickhouse.engine import Engine
from finora.storage.events.clickhouse.names import number_of
from finora.storage.events.clickhouse.store import ClickHouseEventStore
from finora.values.patience import Patience, waiting
from finora.values.period import Span, from_ms
from support.events import DAY, NOW, T0, event, read, table
from support.stood_clock import StoodClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.engines import ClickHousePlace, OnClickHouse

COUNT = Statement("SELECT count(*), sum(cost) FROM events")
ROLLED = Statement("SELECT sum(events), sum(cost) FROM daily")


@pytest.fixture
def place(clickhouse: OnClickHouse) -> Iterator[ClickHousePlace]:
    """Return a database without tables."""
    with clickhouse.place() as place:
        yield place


def looked_anew(store: ClickHouseEventStore) -> ClickHouseEventStore:
    """Return a store that asks what others wrote, as it does once a second."""
    store._asked_at = 0.0
    return store


def test_a_reader_keeps_its_state_over_several_statements_while_another_process_writes(
    place: ClickHousePlace,
) -> None:
    first, second = place.open(), place.open()
    first.replace_window(read(0, 3, settled_days=200), table([event(T0, cost=1), event(T0 + DAY, cost=2)]))
    with looked_anew(second).snapshot() as reader:
        assert reader.fetch(COUNT) == [(2, 3)]
        first.replace_window(read(0, 3, settled_days=200), table([event(T0, cost=5)]))
        first.forget(1)
        assert reader.fetch(COUNT) == reader.fetch(ROLLED) == [(2, 3)]
    assert looked_anew(second).count() == Tally()
    assert second.connections() == []
    for store in (first, second):
        store.close()


def test_a_write_that_dies_before_it_counts_leaves_nothing_that_is_seen_and_is_cleared_away(
    place: ClickHousePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoodClock(NOW)
    store = ClickHouseEventStore(place.address, clock=clock)
    store.replace_window(read(0, 1), table([event(T0, cost=1)]))
    whole = Engine.insert

    def dying(engine: Engine, name: str, rows: object) -> None:
        if name == "segments":
            raise EventsUnusable("the power went")
        whole(engine, name, rows)

    monkeypatch.setattr(Engine, "insert", dying)
    with pytest.raises(EventsUnusable, match="the power went"):
        store.replace_window(read(0, 1), table([event(T0, cost=1), event(T0 + 9, cost=7)]))
    monkeypatch.setattr(Engine, "insert", whole)
    assert store.count().spend == 1
    store.replace_window(read(0, 1), table([event(T0, cost=1), event(T0 + 9, cost=8)]))
    assert (store.count().spend, kept(store)) == (9, 1 + 2 + 2)
    clock.move(hours=1)
    assert store.sweep() > 0
    assert (store.count().spend, kept(store)) == (9, 2)
    assert store.sweep() == 0
    store.check()
    store.close()


def kept(store: ClickHouseEventStore) -> int:
    """Return how many rows of events are kept, whether they count or not, once what is swept is gone."""
    while store.engine.scalar(
        "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done"
    ):
        time.sleep(0.01)
    return store.engine.scalar("SELECT count() FROM events_kept")


def test_what_is_swept_is_only_what_no_reader_can_want(place: ClickHousePlace) -> None:
    clock = StoodClock(NOW)
    store = ClickHouseEventStore(place.address, clock=clock, longest_read=900)
    store.replace_window(read(0, 2), table([event(T0, cost=1), event(T0 + DAY, cost=2)]))
    with store.snapshot() as reader:
        clock.move(minutes=20)
        store.replace_window(read(0, 2), table([event(T0, cost=4), event(T0 + DAY, cost=2)]))
        clock.move(minutes=5)
        store.sweep()
        assert reader.fetch(COUNT) == reader.fetch(ROLLED) == [(2, 3)]
    clock.move(minutes=60)
    store.forget(1)
    clock.move(minutes=60)
    version = store.version()
    store.sweep()
    assert kept(store) == 0
    assert looked_anew(store).version() == version
    assert store.engine.scalar("SELECT count() FROM segments WHERE connection > 0") == 0
    store.close()


def test_two_who_write_without_turns_are_told_and_nothing_is_mixed(
    place: ClickHousePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = place.open(), place.open()
    whole = Engine.insert

    def overtaken(engine: Engine, name: str, rows: object) -> None:
        whole(engine, name, rows)
        if name == "attempts":
            monkeypatch.setattr(Engine, "insert", whole)
            second.replace_window(read(0, 1), table([event(T0, cost=2)]))

    monkeypatch.setattr(Engine, "insert", overtaken)
    with pytest.raises(EventsBusy, match="Another process"):
        first.replace_window(read(0, 1), table([event(T0, cost=1)]))
    assert looked_anew(first).count().spend == 2
    for store in (first, second):
        store.close()


def test_two_processes_give_one_name_one_number_and_keep_what_it_is_called(place: ClickHousePlace) -> None:
    first, second = place.open(), place.open()
    first.name_people([Person(key="ana@acme.test", label="Ana", team="web", team_label="Web")])
    second.replace_window(read(0, 1), table([event(T0)]))
    first.replace_window(read(0, 1, connection=2), table([event(T0)]))
    for store in (first, second):
        assert [(each.key, each.label) for each in looked_anew(store).actors()] == [
            ("ana@acme.test", "Ana"),
            ("unattributed", "Unattributed"),
        ]
        store.close()


def test_a_server_of_another_time_zone_neither_starts_nor_changes_a_figure_of_the_others(
    place: ClickHousePlace,
) -> None:
    """A slip in one of several servers would else show Berlin's days as those of UTC, on servers where nothing is wrong."""
    first = place.open()
    first.replace_window(read(0, 2), table([event(T0 + DAY - 1, cost=5)]))
    with pytest.raises(
        EventsByOtherDays, match=r"days of UTC, but FINORA_TIMEZONE is Asia/Tokyo here.*finora timezone"
    ):
        ClickHouseEventStore(place.address, "Asia/Tokyo")
    assert cost_by_day(first) == [(T0 // DAY, 5)]
    first.close()


def test_what_is_summed_by_other_days_is_neither_read_nor_written(place: ClickHousePlace) -> None:
    """Whoever changes the zone for all is to stop all; of one that was forgotten, nobody gets figures of other days."""
    first = place.open()
    first.replace_window(read(0, 2), table([event(T0 + DAY - 1, cost=5)]))
    second = place.open(zone="Asia/Tokyo")  # as `finora timezone` does
    assert cost_by_day(second) == [(T0 // DAY + 1, 5)]
    first._asked_at = 0.0  # a second is over
    for attempt in (
        lambda: first.replace_window(read(0, 1), table([event(T0)])),
        lambda: cost_by_day(first),
        lambda: first.revisions(0, limit=1),
    ):
        with pytest.raises(EventsByOtherDays, match="FINORA_TIMEZONE=Asia/Tokyo"):
            attempt()
    again = place.open()
    first._asked_at = 0.0
    assert cost_by_day(first) == [(T0 // DAY, 5)], "it goes on once all is as it was"
    for store in (first, second, again):
        store.close()


def cost_by_day(store: ClickHouseEventStore) -> list[tuple[object, ...]]:
    """Return what each day cost."""
    with store.snapshot() as reader:
        return reader.fetch(Statement("SELECT day, sum(cost) FROM daily GROUP BY day ORDER BY day"))


def test_numbers_of_names_are_the_same_for_good() -> None:
    """Else what is stored would lose its names with a newer version."""
    assert number_of("ana@acme.test") == 6695203991934433904
    assert number_of("claude-opus-5") == 8356547906410491664
    assert all(0 < number_of(f"name {n}") < 2**63 for n in range(1000))


def test_lost_and_doubled_rows_are_found_by_the_check(place: ClickHousePlace) -> None:
    store = place.open()
    store.replace_window(read(0, 1), table([event(T0, cost=1), event(T0 + 5, cost=2)]))
    store.check()
    store.engine.execute("DELETE FROM events_kept WHERE cost = 2")
    with pytest.raises(EventsDamaged, match="does not add up"):
        store.check()
    store.close()


def test_a_question_that_nobody_waits_for_is_stopped(place: ClickHousePlace) -> None:
    store = place.open()
    patience = Patience()

    class GoneAway(Exception):
        """Whoever asked left."""

    threading.Timer(0.5, patience.end, [GoneAway()]).start()
    forever = Statement("SELECT count(*) FROM numbers(1000000000000) WHERE sipHash64(number) = 5")
    with waiting(patience), pytest.raises(GoneAway), store.snapshot() as reader:
        reader.fetch(forever)
    store.close()


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    address = Address(host="127.0.0.1", port=9, password="hunter2-secret", database="finora")
    with pytest.raises(StorageError, match="does not answer") as told:
        Engine(address)
    assert "hunter2" not in f"{told.value}{told.value.message}{address!r}"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("clickhouse://finora:p%40ss@db.example:9123/spend", "db.example:9123/spend"),
        ("clickhouses://finora:x@db.example/spend", "db.example:8443/spend"),
        ("clickhouse://db.example", "db.example:8123/default"),
        ("chdb:///var/lib/finora/chdb", "/var/lib/finora/chdb"),
    ],
)
def test_addresses_are_read(url: str, place: str, tmp_path: Path) -> None:
    address = parse_address(url, tmp_path)
    assert address.place == place
    assert address.password == ("p@ss" if "p%40ss" in url else "x" if ":x@" in url else "")
    assert parse_address("chdb://", tmp_path).folder == str(tmp_path / "events.chdb")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hunter2@h/d",
        "clickhouse://u:hunter2@h:port/d",
        "clickhouse://u:hunter2@h/d?secure=1",
        "clickhouse://u:hunter2@h/a-b;DROP",
        "clickhouse:///d",
        "chdb://host/d",
        "hunter2",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="FINORA_EVENTS_URL") as refused:
        parse_address(url, tmp_path)
    assert "hunter2" not in refused.value.message


def test_windows_of_half_an_hour_leave_the_rest_of_their_hour_as_it_is(place: ClickHousePlace) -> None:
    """The hour is written whole, so that what is stored beside the window has to be written with it."""
    store, half = place.open(), 1 / 48
    store.replace_window(read(0, 1), table([event(T0 + 1, cost=1), event(T0 + 40 * 60_000, cost=2)]))
    change = store.replace_window(
        read(half, 2 * half, settled_days=200),
        table([event(T0 + 40 * 60_000, cost=4), event(T0 + 50 * 60_000, cost=8)]),
    )
    assert (change.before.spend, change.after.spend, store.count().spend) == (2, 12, 13)
    assert store.covered(1) == [Span.from_ms(T0, T0 + DAY)]
    assert store.earliest() == from_ms(T0 + 1)
    store.close()
