"""A zone's clock is found to run otherwise than was known, as when its country gives up summer time and the server is told late."""

from __future__ import annotations

import logging
import zoneinfo
from importlib.resources import files
from typing import TYPE_CHECKING

import duckdb
import pytest

from finora.spend.rollups import AGENTS, ROLLUPS, RUNS, WEEKLY
from finora.spend.statement import Statement
from finora.spend.store import Tally
from finora.storage.events import DuckDBEventStore
from finora.values.weeks import week_of
from support.events import DAY, T0, event, read, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ZONE = "Acme/Office"
HOUR = DAY // 24
LATE = T0 + 3 * HOUR + HOUR // 2
"""Half past midnight three hours west of Greenwich, and half past eleven the evening before where it is four."""


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Return what lets the zone's clock run as that of another zone does."""
    known = zoneinfo.TZPATH
    file = tmp_path / "zones" / ZONE
    file.parent.mkdir(parents=True)

    def run_as(zone: str) -> None:
        file.write_bytes(files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes())
        zoneinfo.ZoneInfo.clear_cache()

    zoneinfo.reset_tzpath(to=[str(tmp_path / "zones"), *known])
    yield run_as
    zoneinfo.reset_tzpath(to=known)
    zoneinfo.ZoneInfo.clear_cache()


def summed(store: DuckDBEventStore) -> dict[str, list[tuple[object, ...]]]:
    """Return the days, events and cost of each roll-up."""
    with store.snapshot() as reader:
        return {
            each.table: reader.fetch(Statement(f"SELECT day, events, cost FROM {each.table} ORDER BY ALL"))
            for each in (RUNS, AGENTS, *ROLLUPS, *WEEKLY)
        }


def test_a_price_revised_after_the_clock_was_corrected_is_in_all_sums(
    clock: Callable[[str], None], tmp_path: Path
) -> None:
    """The event would be taken away where it is not, and what it costs now would be in no sum."""
    path = tmp_path / "events.duckdb"
    clock("Etc/GMT+3")
    store = DuckDBEventStore(path, ZONE, large=0)
    store.replace_window(read(0, 1), table([event(LATE, cost=1000)]))
    store.close()
    clock("Etc/GMT+4")
    store = DuckDBEventStore(path, ZONE, large=0)
    store.replace_window(read(0, 1), table([event(LATE, cost=5000)]))
    assert store.count() == Tally(events=1, spend=5000, usage_value=5000)
    before = T0 // DAY - 1
    assert summed(store) == {
        each.table: [(week_of(before).start if each in WEEKLY else before, 1, 5000)]
        for each in (RUNS, AGENTS, *ROLLUPS, *WEEKLY)
    }
    store.close()


def test_days_are_those_of_the_corrected_clock_without_anything_read(
    clock: Callable[[str], None], tmp_path: Path
) -> None:
    """What is asked of single events goes by the new clock at once; sums would go by the old one for ever."""
    path = tmp_path / "events.duckdb"
    clock("Etc/GMT+3")
    store = DuckDBEventStore(path, ZONE, large=0)
    store.replace_window(read(0, 1), table([event(LATE)]))
    assert summed(store)["daily"] == [(T0 // DAY, 1, 1000)]
    store.close()
    clock("Etc/GMT+4")
    store = DuckDBEventStore(path, ZONE, large=0)
    assert summed(store)["daily"] == [(T0 // DAY - 1, 1, 1000)]
    store.close()


def test_a_store_that_does_not_say_by_which_clock_it_is_summed_is_summed_anew_once(
    clock: Callable[[str], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Former versions did not note it."""
    caplog.set_level(logging.INFO)
    path = tmp_path / "events.duckdb"
    clock("Etc/GMT+3")
    store = DuckDBEventStore(path, ZONE, large=0)
    store.replace_window(read(0, 1), table([event(LATE)]))
    store.close()
    with duckdb.connect(str(path)) as database:
        database.execute("DELETE FROM meta WHERE key = 'clock'")
    clock("Etc/GMT+4")
    caplog.clear()
    for _start in range(2):
        store = DuckDBEventStore(path, ZONE, large=0)
        assert summed(store)["daily"] == [(T0 // DAY - 1, 1, 1000)]
        store.close()
    assert [record.getMessage() for record in caplog.records] == [
        f"All events in {path} are summed anew, by the days of {ZONE}."
    ]


def test_a_store_whose_clock_is_as_it_was_is_not_summed_anew(
    clock: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes minutes for a hundred million events, at each start."""
    path = tmp_path / "events.duckdb"
    clock("Europe/Berlin")
    DuckDBEventStore(path, ZONE).close()
    clock("Europe/Berlin")

    def summed_anew(*_values: object) -> None:
        raise AssertionError("nothing changed")

    monkeypatch.setattr("finora.storage.events.duckdb.rollup.rebuild", summed_anew)
    DuckDBEventStore(path, ZONE).close()
