"""After any history of reads, whatever they revised, added, took away or gave to somebody else, all sums are those of the events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finora.spend.event import BillingClass
from finora.spend.rollups import AGENTS, BLOCK, ROLLUPS, RUNS, WEEKLY
from finora.spend.statement import Statement
from finora.spend.store import Tally
from finora.storage.events import DuckDBEventStore
from finora.values.weeks import week_of
from support.events import DAY, NOW, T0, event, read, table

if TYPE_CHECKING:
    from pathlib import Path

    from finora.spend.rollups import Rollup
    from finora.spend.store import Reader, WindowRead
    from support.events import Row

HOUR = DAY // 24
OFFSETS = {"UTC": 0, "Asia/Kolkata": 5 * HOUR + HOUR // 2}
MOMENTS = [T0 + hour * HOUR + number for hour in (0, 1, 20, 23, 24, 47, 49, 150) for number in (0, 1)]
"""So few that reads are mostly about events that are there already."""
PEOPLE = ("ana@acme.test", "bo@acme.test", "cy@acme.test", None)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Draw an event."""
    billing = draw(st.integers(0, 3))
    return event(
        draw(st.sampled_from(MOMENTS)),
        draw(st.sampled_from(PEOPLE)),
        draw(st.none() | st.integers(-5, 10**12)),
        model=draw(st.sampled_from(["gpt-5", "claude-opus-5"])),
        billing=billing,
        chargeable=billing == 1 or draw(st.booleans()),
        fee=draw(st.integers(0, 10**9)),
        requests=draw(st.integers(0, 10**7)),
        output_tokens=draw(st.integers(0, 10**6)),
        max_mode=draw(st.booleans()),
        service_account=draw(st.sampled_from([None, "bot"])),
        conversation=draw(st.sampled_from([None, "talk", "walk"])),
        cloud_agent=draw(st.sampled_from([None, "bc-1"])),
    )


@st.composite
def reads(draw: st.DrawFn) -> tuple[WindowRead, list[Row]]:
    """Draw a window, and what was read of it; what it lacks is withdrawn or retained."""
    start = draw(st.sampled_from([0, 0.25, 0.5, 1, 2]))
    end = start + draw(st.sampled_from([0.25, 0.5, 1, 2, 7]))
    window = read(
        start,
        end,
        connection=draw(st.sampled_from([1, 1, 2])),
        now=NOW,
        settled_days=draw(st.sampled_from([0, 100])),
    )
    drawn = draw(st.lists(rows(), max_size=12))
    inside = [row for row in drawn if window.window.start_ms <= row["ts"] < window.window.end_ms]
    return window, inside


@pytest.mark.parametrize("large", [0, 10**6], ids=["large", "small"])
@settings(max_examples=40, deadline=None)
@given(
    history=st.lists(reads(), min_size=2, max_size=7),
    zone=st.sampled_from(sorted(OFFSETS)),
)
def test_sums_are_those_of_the_events_after_any_history(
    history: list[tuple[WindowRead, list[Row]]],
    zone: str,
    large: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A sum that missed a revision would be a bill that is not the company's."""
    store = DuckDBEventStore(tmp_path_factory.mktemp("stores") / "events.duckdb", zone, large=large)
    for window, found in history:
        change = store.replace_window(window, table(found))
        assert change.after == store_tally(store, window)
    with store.snapshot() as reader:
        kept = [*reader.dialect.rollups, *reader.dialect.weekly]
        assert large or {*kept} == {*ROLLUPS, *WEEKLY, RUNS, AGENTS}
        told = events_of(reader, OFFSETS[zone])
        for rollup in kept:
            assert summed(reader, rollup) == expected(told, rollup), rollup.table
            if rollup.people:
                assert people(reader, rollup) == expected_people(told, rollup), rollup.table
            ((empty,),) = reader.fetch(
                Statement(f"SELECT count(*) FROM {rollup.table} WHERE events < 1 OR unpriced > events")
            )
            assert empty == 0, f"{rollup.table} has groups of no event"
    store.close()


def test_sums_that_were_not_those_of_the_events_are_made_anew_when_that_shows(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of a former version, or of a disk, would otherwise be carried on for ever, and take more money with it."""
    path = tmp_path / "events.duckdb"
    store = DuckDBEventStore(path, large=0)
    store.replace_window(read(0, 2, now=NOW), table([event(T0, cost=100), event(T0 + DAY, cost=7)]))
    store.close()
    with duckdb.connect(str(path)) as database:
        database.execute("DELETE FROM packed_daily WHERE day = ?", (T0 // DAY,))
    store = DuckDBEventStore(path, large=0)
    store.replace_window(read(0, 1, now=NOW), table([event(T0, cost=900)]))
    with store.snapshot() as reader:
        told = events_of(reader, 0)
        for rollup in (*ROLLUPS, *WEEKLY, RUNS, AGENTS):
            assert summed(reader, rollup) == expected(told, rollup), rollup.table
    assert store.count() == Tally(events=2, spend=907, usage_value=907)
    assert "summed anew" in caplog.text
    store.close()


def store_tally(store: DuckDBEventStore, window: WindowRead) -> Tally:
    """Return what is stored of a window, counted event by event."""
    bounds = (window.connection, window.window.start_ms, window.window.end_ms)
    with store.snapshot() as reader:
        ((events, spend, value),) = reader.fetch(
            Statement(
                "SELECT count(*), coalesce(sum(cost) FILTER (WHERE chargeable), 0), coalesce(sum(cost), 0) "
                "FROM events WHERE connection = ? AND ts >= ? AND ts < ?",
                bounds,
            )
        )
    return Tally(events=int(str(events)), spend=int(str(spend)), usage_value=int(str(value)))


def events_of(reader: Reader, offset: int) -> list[dict[str, int]]:
    """Return all events, each with what roll-ups tell of it."""
    names = sorted({*RUNS.keys, *(key for each in ROLLUPS for key in each.keys if key != "hour")})
    amounts = [name for name in ROLLUPS[0].sums if name != "cost"]
    found = reader.fetch(Statement(f"SELECT ts, cost, {', '.join([*names, *amounts])} FROM events"))
    events = []
    for ts, cost, *rest in cast("list[tuple[Any, ...]]", found):
        told: dict[str, int] = dict(zip([*names, *amounts], rest, strict=True))
        local = ts + offset
        told |= {"day": local // DAY, "hour": local // HOUR % 24, "week": week_of(local // DAY).start}
        told |= {"cost": cost or 0, "events": 1, "unpriced": int(cost is None)}
        told["spend"] = told["cost"] if told["chargeable"] else 0
        told["included"] = told["cost"] if told["billing"] == BillingClass.INCLUDED else 0
        told["tokens"] = sum(amount for name, amount in told.items() if name.endswith("_tokens"))
        told["block"] = told["person"] // BLOCK
        events.append(told)
    return events


def keys_of(rollup: Rollup) -> list[str]:
    """Return what tells a roll-up's rows apart."""
    return ["day", *rollup.keys, *(["block"] if rollup.people else [])]


def key_of(told: dict[str, int], rollup: Rollup) -> tuple[int, ...]:
    """Return an event's key in a roll-up."""
    return tuple(told["week" if key == "day" and rollup in WEEKLY else key] for key in keys_of(rollup))


def expected(events: list[dict[str, int]], rollup: Rollup) -> dict[tuple[int, ...], list[int]]:
    """Return the figures of events by a roll-up's keys."""
    sums: dict[tuple[int, ...], list[int]] = {}
    for told in events:
        figures = sums.setdefault(key_of(told, rollup), [0] * len(rollup.figures))
        figures[:] = [figure + told[name] for figure, name in zip(figures, rollup.figures, strict=True)]
    return sums


def summed(reader: Reader, rollup: Rollup) -> dict[tuple[object, ...], list[object]]:
    """Return what a roll-up holds, added up by its keys."""
    keys = keys_of(rollup)
    sums = ", ".join(f"CAST(sum({name}) AS BIGINT)" for name in rollup.figures)
    found = reader.fetch(Statement(f"SELECT {', '.join(keys)}, {sums} FROM {rollup.table} GROUP BY ALL"))
    return {tuple(row[: len(keys)]): list(row[len(keys) :]) for row in found}


def people(reader: Reader, rollup: Rollup) -> dict[tuple[object, ...], set[int]]:
    """Return the people that a roll-up's sets hold, by its keys."""
    sets: dict[tuple[object, ...], set[int]] = {}
    found = reader.fetch(
        Statement(f"SELECT CAST(members AS VARCHAR), {', '.join(keys_of(rollup))} FROM {rollup.table}")
    )
    for members, *key in found:
        bits = str(members or "")[::-1]
        sets.setdefault(tuple(key), set()).update(place for place, bit in enumerate(bits) if bit == "1")
    return sets


def expected_people(events: list[dict[str, int]], rollup: Rollup) -> dict[tuple[int, ...], set[int]]:
    """Return who caused the events, by a roll-up's keys."""
    sets: dict[tuple[int, ...], set[int]] = {}
    for told in events:
        sets.setdefault(key_of(told, rollup), set()).update({told["person"]} - {0})
    return sets
