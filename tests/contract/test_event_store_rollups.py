"""The contract of every event store: roll-ups sum the events exactly, in however many pieces these were read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from threading import Thread
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finora.spend.rollups import AGENTS, HOURLY_PEOPLE, ROLLUPS, RUNS, WEEKLY
from finora.spend.single_runs import RUN_IDS, id_of, joined_ids
from finora.spend.statement import Statement
from finora.storage.events import DuckDBEventStore
from finora.storage.events.duckdb import rollup
from finora.storage.events.duckdb.packing import GROWN
from finora.storage.events.duckdb.rollup import parts_of as rollup_parts
from finora.values.weeks import week_of
from support.events import DAY, NOW, T0, event, read, table

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from finora.spend.rollups import Rollup
    from support.events import Row

HOUR = DAY // 24
PEOPLE = ("ana@acme.test", "bo@acme.test", None)
CONVERSATIONS = (None, "talk", str(UUID(int=7)), str(UUID(int=8)))


@st.composite
def events(draw: st.DrawFn) -> list[Row]:
    """Draw events of three days."""
    return [
        event(
            T0 + hour * HOUR + number,
            draw(st.sampled_from(PEOPLE)),
            draw(st.none() | st.integers(-5, 10**12)),
            model=draw(st.sampled_from(["gpt-5", "claude-opus-5"])),
            fee=draw(st.integers(0, 10**9)),
            list_cost=draw(st.integers(0, 10**12)),
            requests=draw(st.integers(0, 10**7)),
            input_tokens=draw(st.integers(0, 10**6)),
            conversation=draw(st.sampled_from(CONVERSATIONS)),
            cloud_agent=draw(st.sampled_from([None, "bc-1", "bc-2"])),
        )
        for number, hour in enumerate(draw(st.lists(st.integers(0, 71), max_size=25)))
    ]


@settings(max_examples=25)
@given(
    rows=events(),
    cuts=st.sets(st.integers(1, 71), max_size=6),
    newest_first=st.booleans(),
    large=st.integers(0, 25),
)
def test_sums_are_the_same_in_however_many_pieces_days_are_read(
    rows: list[Row],
    cuts: set[int],
    *,
    newest_first: bool,
    large: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """And whenever the store grew so large that it is summed in more ways."""
    folder = tmp_path_factory.mktemp("stores")
    pieces = sorted({0, 72, *cuts})
    windows = list(pairwise(pieces))
    path, zone = folder / f"{uuid4()}.duckdb", "Asia/Kolkata"
    whole = DuckDBEventStore(folder / f"{uuid4()}.duckdb", zone, large=0)
    cut = DuckDBEventStore(path, zone, large=large)
    whole.replace_window(read(0, 3, now=NOW), table(rows))
    for first, last in reversed(windows) if newest_first else windows:
        within = [row for row in rows if first <= (row["ts"] - T0) // HOUR < last]
        cut.replace_window(read(first / 24, last / 24, now=NOW), table(within))
        cut.tidy()
    cut.close()
    cut = DuckDBEventStore(path, zone, large=0)
    assert _told(cut) == _told(whole)
    cut.close()
    whole.close()


_NAMED = {"person": "p.key", "model": "m.key", "conversation": "c.key", "cloud_agent": "a.key"}


def _told(store: DuckDBEventStore) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of each roll-up, added up by their keys and with names for numbers."""
    with store.snapshot() as reader:
        told = {}
        for rollup in (RUNS, AGENTS, *ROLLUPS, *WEEKLY):
            sums = ", ".join(f"CAST(sum({name}) AS BIGINT)" for name in rollup.figures)
            keys = ", ".join(
                _NAMED.get(key, f"r.{key}") for key in rollup.keys if key not in {"kind", "event_type"}
            )
            person = "JOIN persons p ON p.id = r.person" if "person" in rollup.keys else ""
            model = "JOIN models m ON m.id = r.model" if "model" in rollup.keys else ""
            conversation = "JOIN conversations c ON c.id = r.conversation" if rollup is RUNS else ""
            agent = "JOIN cloud_agents a ON a.id = r.cloud_agent" if "cloud_agent" in rollup.keys else ""
            told[rollup.table] = reader.fetch(
                Statement(
                    f"SELECT r.day, {keys}, {sums} FROM {rollup.table} r {person} {model} {conversation} {agent} GROUP BY ALL ORDER BY ALL"
                )
            )
        return told


@settings(max_examples=15)
@given(
    days=st.sets(st.integers(0, 800), min_size=1, max_size=8), others=st.sets(st.integers(0, 800), max_size=4)
)
def test_another_time_zone_sums_all_there_is_as_if_it_had_been_the_zone_all_along(
    days: set[int], others: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However far events lie apart, and whoever they came through."""
    moved, there = (tmp_path_factory.mktemp("stores") / "events.duckdb" for _ in range(2))
    rows = {
        1: [event(T0 + day * DAY + hour * HOUR, cost=1 << hour) for day in days for hour in (0, 13, 23)],
        2: [event(T0 + day * DAY, cost=7) for day in others],
    }
    stores = []
    for path, zone in ((moved, "America/St_Johns"), (there, "Asia/Kolkata")):
        store = DuckDBEventStore(path, zone, large=0)
        for connection, some in rows.items():
            store.replace_window(replace(read(0, 801, now=NOW), connection=connection), table(some))
        stores.append(store)
    stores[0].close()
    again = DuckDBEventStore(moved, "Asia/Kolkata")
    assert _told(again) == _told(stores[1])
    again.close()
    stores[1].close()


@pytest.mark.parametrize(
    ("days", "parts"),
    [
        ({}, []),
        ({0: 1}, [(-3, 4)]),
        ({0: 1, 100: 1}, [(-3, 4), (95, 102)]),
        ({0: 1_500_000, 5: 400_000, 12: 400_000}, [(-3, 11), (11, 18)]),
        ({0: 9_000_000}, [(-3, 0), (0, 4)]),
    ],
)
def test_neither_empty_years_nor_too_many_events_at_once_are_summed_anew(
    days: dict[int, int], parts: list[tuple[int, int]]
) -> None:
    assert rollup_parts(days) == parts


def test_a_store_is_summed_in_more_ways_once_it_is_large_and_keeps_that_up(tmp_path: Path) -> None:
    """A small store would carry more than it saves; a large one makes nobody wait for all of its events."""
    path = tmp_path / "events.duckdb"
    store = DuckDBEventStore(path, "Asia/Kolkata", large=4)
    ana, bo = PEOPLE[:2]

    def read_day(day: int, *rows: Row) -> None:
        store.replace_window(read(day, day + 1, now=NOW), table(list(rows)))
        store.tidy()

    read_day(1, event(T0 + DAY, ana, 5), event(T0 + DAY + HOUR, bo, 1))
    assert not {*GROWN}.intersection(kept_by(store))
    assert memory_of(store) == "305.1 MiB"
    with store.snapshot() as before:
        read_day(0, event(T0, ana, 7, input_tokens=3, cache_read_tokens=4), event(T0 + HOUR, bo, 2))
        assert HOURLY_PEOPLE not in before.dialect.rollups, "a state without its rows is not asked for them"
    assert {*GROWN}.issubset(kept_by(store))
    read_day(1, event(T0 + DAY, ana, 6), event(T0 + DAY + HOUR, bo, 1))
    read_day(2, event(T0 + 2 * DAY, ana, 10))
    assert memory_of(store) == "610.3 MiB", "and it may take more memory"
    store.close()
    again = DuckDBEventStore(path, "Asia/Kolkata", large=10**6)
    assert {*GROWN}.issubset(kept_by(again)), "it stays, whatever counts as large later"
    assert memory_of(again) == "610.3 MiB"
    with again.snapshot() as reader:
        found = reader.fetch(
            Statement(
                "SELECT hour, key, sum(cost), sum(tokens), sum(events) FROM hourly_people JOIN persons ON id = person "
                "GROUP BY ALL ORDER BY ALL"
            )
        )
    assert found == [(5, ana, 23, 7, 3), (6, bo, 3, 0, 2)]
    again.close()


def test_what_is_stored_while_a_store_grows_is_summed_in_all_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a page by hour and person would lack the events of whichever connection was read meanwhile, for good."""
    store = DuckDBEventStore(tmp_path / "events.duckdb", large=1)
    later = Thread(
        target=lambda: store.replace_window(read(1, 2, now=NOW), table([event(T0 + DAY, "ana@acme.test", 5)]))
    )

    def grow(cursor: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> None:
        later.start()
        later.join(0.1)  # it waits for its turn to write
        really(cursor, zone)

    really = rollup.grow
    monkeypatch.setattr(rollup, "grow", grow)
    store.replace_window(read(0, 1, now=NOW), table([event(T0, "ana@acme.test", 7)]))
    later.join()
    with store.snapshot() as reader:
        found = reader.fetch(Statement("SELECT hour, sum(cost) FROM hourly_people GROUP BY ALL"))
    assert found == [(0, 12)]
    store.close()


def test_a_store_that_cannot_grow_goes_on_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that is nearly full must neither keep Finora from starting nor end a run that stored all it read."""
    store = DuckDBEventStore(tmp_path / "events.duckdb", large=1)

    def no_space(*_: object) -> None:
        raise duckdb.IOException("Could not write file: No space left on device")

    with monkeypatch.context() as full:
        full.setattr(rollup, "grow", no_space)
        store.replace_window(read(0, 1, now=NOW), table([event(T0, "ana@acme.test", 7)]))
        store.tidy()
        assert "no space left" in caplog.text
        assert store.count().usage_value == 7
        store.close()
        store = DuckDBEventStore(tmp_path / "events.duckdb", large=1)
        assert not {*GROWN}.intersection(kept_by(store))
    store.tidy()
    assert {*GROWN}.issubset(kept_by(store))
    store.close()


def test_a_conversation_that_goes_on_another_day_is_no_longer_one_of_a_single_row(tmp_path: Path) -> None:
    """What is one day's alone is ranked and counted as it is; a conversation of two days has to be added up."""
    store = DuckDBEventStore(tmp_path / "events.duckdb", large=0)

    def read_day(day: int, *conversations: str) -> list[tuple[object, ...]]:
        rows = [event(T0 + day * DAY + n, cost=7, conversation=each) for n, each in enumerate(conversations)]
        store.replace_window(read(day, day + 1, now=NOW), table(rows))
        with store.snapshot() as reader:
            return reader.fetch(
                Statement(
                    "SELECT day, key, sole FROM daily_runs JOIN conversations ON id = conversation ORDER BY ALL"
                )
            )

    first = T0 // DAY
    assert read_day(0, "long", "short") == [(first, "long", True), (first, "short", True)]
    assert read_day(1, "long") == [
        (first, "long", False),
        (first, "short", True),
        (first + 1, "long", False),
    ]
    assert read_day(0, "long", "short", "new") == [
        (first, "long", False),
        (first, "new", True),
        (first, "short", True),
        (first + 1, "long", False),
    ]
    store.close()


@st.composite
def reads_of_runs(draw: st.DrawFn) -> tuple[int, int, list[Row]]:
    """Draw a window of some days, and what was read of it."""
    start = draw(st.integers(0, 5))
    end = draw(st.integers(start + 1, 6))
    hours = draw(st.lists(st.integers(start * 24, end * 24 - 1), max_size=8))
    return (
        start,
        end,
        [
            event(
                T0 + hour * HOUR + number,
                draw(st.sampled_from(PEOPLE)),
                cost=1 << number,
                conversation=draw(st.sampled_from(CONVERSATIONS)),
            )
            for number, hour in enumerate(hours)
        ],
    )


@settings(max_examples=40)
@given(
    history=st.lists(reads_of_runs(), min_size=1, max_size=6), zone=st.sampled_from(["UTC", "Asia/Kolkata"])
)
def test_after_any_history_no_conversation_of_several_rows_has_a_row_that_is_said_to_be_its_only_one(
    history: list[tuple[int, int, list[Row]]], zone: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Or it would be listed as two, with a part of its cost each, and counted twice."""
    store = DuckDBEventStore(tmp_path_factory.mktemp("stores") / "events.duckdb", zone, large=0)
    for start, end, rows in history:
        store.replace_window(read(start, end, now=NOW), table(rows))
        with store.snapshot() as reader:
            wrong = reader.fetch(
                Statement(
                    "SELECT conversation FROM daily_runs GROUP BY conversation HAVING bool_or(sole) "
                    "AND (count(*) > 1 OR conversation = 0)"
                )
            )
            ((of_runs, of_agents, of_events),) = reader.fetch(
                Statement(
                    "SELECT (SELECT sum(spend) FROM daily_runs), (SELECT sum(spend) FROM daily_agents), "
                    "(SELECT sum(cost) FROM events WHERE chargeable)"
                )
            )
        assert not wrong
        assert of_runs == of_agents == of_events
    store.close()


def memory_of(store: DuckDBEventStore) -> object:
    """Return how much the engine may take."""
    with store.snapshot() as reader:
        return reader.fetch(Statement("SELECT current_setting('memory_limit')"))[0][0]


def kept_by(store: DuckDBEventStore) -> list[Rollup]:
    """Return what a store is summed by."""
    with store.snapshot() as reader:
        return [*reader.dialect.rollups, *reader.dialect.weekly]


@settings(max_examples=15)
@given(start=st.integers(0, 400), length=st.integers(1, 45), cuts=st.sets(st.integers(1, 44), max_size=4))
def test_every_event_is_summed_in_the_week_of_its_day_however_days_are_read(
    start: int, length: int, cuts: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = DuckDBEventStore(tmp_path_factory.mktemp("stores") / "events.duckdb", large=0)
    bounds = sorted({0, length, *(cut for cut in cuts if cut < length)})
    for first, after in reversed(list(pairwise(bounds))):
        rows = [event(T0 + (start + day) * DAY, cost=1 << day) for day in range(first, after)]
        store.replace_window(read(start + first, start + after, now=NOW), table(rows))
    expected: dict[int, int] = {}
    for day in range(length):
        week = week_of(T0 // DAY + start + day).start
        expected[week] = expected.get(week, 0) + (1 << day)
    with store.snapshot() as reader:
        for weekly in WEEKLY:
            found = reader.fetch(Statement(f"SELECT day, sum(cost) FROM {weekly.table} GROUP BY day"))
            assert {row[0]: row[1] for row in found} == expected
    store.close()


ids = (
    st.none()
    | st.text(min_size=1, max_size=4)
    | st.uuids().map(str)
    | st.uuids().map(lambda each: str(each).upper())
    | st.sampled_from(["none", "None", f"{{{UUID(int=7)}}}", UUID(int=7).hex, str(UUID(int=7))])
)
"""Ids that are kept in few bytes, those that look like one and are told from it, and any other text."""


@settings(max_examples=30)
@given(rows=st.lists(st.tuples(ids, ids, ids), min_size=1, max_size=6))
def test_ids_come_back_as_they_were_whatever_is_in_them(
    rows: list[tuple[str | None, str | None, str | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = DuckDBEventStore(tmp_path_factory.mktemp("stores") / "events.duckdb", large=0)
    store.replace_window(
        read(0, 1, now=NOW),
        table(
            [
                event(T0 + number, conversation=one, cloud_agent=two, automation=three)
                for number, (one, two, three) in enumerate(rows)
            ]
        ),
    )
    with store.snapshot() as reader:
        told = ", ".join(id_of(name, reader.dialect) for name in RUN_IDS)
        found = reader.fetch(
            Statement(f"SELECT {told} FROM events e{joined_ids(reader.dialect)} ORDER BY e.ts, e.ordinal")
        )
    assert found == rows
    store.close()


def test_a_person_is_in_the_sets_of_the_models_they_used_and_in_no_other(tmp_path: Path) -> None:
    store = DuckDBEventStore(tmp_path / "events.duckdb")
    crowd = [event(T0 + number, f"p{number}@acme.test", model="gpt-5") for number in range(1030)]
    few = [
        event(T0 + DAY + number, f"p{1029 - number}@acme.test", model="claude-opus-5") for number in range(3)
    ]
    store.replace_window(read(0, 2, now=NOW), table([*crowd, *few, event(T0, None, model="claude-opus-5")]))
    with store.snapshot() as reader:
        found = reader.fetch(
            Statement(
                "SELECT key, sum(size) FROM (SELECT m.key, r.block, bit_count(bit_or(r.members)) AS size FROM daily_models r "
                "JOIN models m ON m.id = r.model GROUP BY ALL) GROUP BY ALL ORDER BY ALL"
            )
        )
    assert found == [("claude-opus-5", 3), ("gpt-5", 1030)]
    store.close()
