"""Event stores of every former version are brought up to date with all that was in them, wholly or not at all.

`tests/data/event_store` has what stores held that the code of former commits wrote, named after the first that wrote its kind: events in a
plain table (5f32ea2), packed (b2e183a), with request units as tenths (589be75), with windows found empty (d678b83), with flat
charges (b17f256), version 2, with one roll-up (12157fa), version 3, with months summed (086d6fb), version 4, with weeks (f756d5d), version 5, with all roll-ups of a large store and the ids of a
run as one text (9f0926c). All others call themselves version 1.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from finora.spend.rollups import AGENTS, ROLLUPS, RUNS, WEEKLY
from finora.spend.single_runs import RUN_IDS
from finora.spend.statement import Statement
from finora.spend.store import Tally
from finora.storage.events import DuckDBEventStore, EventsUnusable
from finora.storage.events.duckdb import upgrades
from finora.storage.events.duckdb.schema import SCHEMA_VERSION
from finora.values.period import Span, from_ms
from support.events import DAY, event, read, table

FORMER = sorted((Path(__file__).parent.parent / "data" / "event_store").glob("*.sql"))
START = 1_789_948_800_000
ZONE = "Europe/Berlin"


def as_written(script: Path, folder: Path) -> Path:
    """Make the store that a script describes."""
    path = folder / "events.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute(script.read_text())
    return path


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables of a file, whatever its version."""
    with duckdb.connect(str(path), read_only=True) as database:
        names = [name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: database.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in names}


def told(store: DuckDBEventStore) -> dict[str, list[tuple[object, ...]]]:
    """Return what anybody can see of a store."""
    questions = {
        "events": (
            "SELECT e.ts, e.ordinal, p.key, p.label, s.key, m.key, k.key, t.key, e.billing, e.basis, e.chargeable, e.cost, e.fee, "
            "e.list_cost, e.discount, e.requests, e.input_tokens, e.cache_read_tokens, e.max_mode, c.key, a.key, e.extra, "
            "e.run FROM events e JOIN persons p ON p.id = e.person JOIN service_accounts s ON s.id = e.service_account JOIN models m "
            "ON m.id = e.model JOIN kinds k ON k.id = e.kind JOIN event_types t ON t.id = e.event_type "
            "JOIN conversations c ON c.id = e.conversation JOIN automations a ON a.id = e.automation ORDER BY 1, 2"
        ),
        "daily": "SELECT day, sum(cost), sum(fee), sum(requests), sum(events), sum(unpriced) FROM daily GROUP BY day ORDER BY day",
        "former": "SELECT * FROM revised_events",
        "flat": "SELECT count(*) FROM flat_charges",
        "empty": "SELECT count(*) FROM found_empty",
    }
    with store.snapshot() as reader:
        return {name: reader.fetch(Statement(sql)) for name, sql in questions.items()}


def of_roll_ups(store: DuckDBEventStore) -> dict[str, tuple[object, ...]]:
    """Return what each roll-up sums up to."""
    with store.snapshot() as reader:
        return {
            each.table: reader.fetch(Statement(f"SELECT sum(cost), sum(events) FROM {each.table}"))[0]
            for each in (RUNS, AGENTS, *ROLLUPS, *WEEKLY)
        }


_AMOUNTS = "SELECT ts, ordinal, cost, fee, list_cost, discount, requests, {ids}, extra, run FROM events e ORDER BY 1, 2"
_IDS = ", ".join(f"nullif((SELECT key FROM {name}s WHERE id = e.{name}), 'none')" for name in RUN_IDS)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """Return the amounts as the oldest kind of store holds them, which is as they came; all have the same."""
    path = as_written(FORMER[0].with_stem("5f32ea2"), tmp_path_factory.mktemp("plain"))
    with duckdb.connect(str(path)) as database:
        return database.execute(_AMOUNTS.format(ids=", ".join(RUN_IDS))).fetchall()


@pytest.mark.parametrize("script", FORMER, ids=lambda script: script.stem)
def test_a_store_of_any_former_version_is_brought_up_to_date_with_all_that_was_in_it(
    script: Path, tmp_path: Path, expected: list[tuple[object, ...]]
) -> None:
    path = as_written(script, tmp_path)
    store = DuckDBEventStore(path, ZONE, large=0)
    with store.snapshot() as reader:
        assert reader.fetch(Statement(_AMOUNTS.format(ids=_IDS))) == expected
    assert store.count() == Tally(events=7, spend=22_010_042_018, usage_value=22_010_043_018)
    assert store.covered(1) == [Span.from_ms(START, START + 2 * DAY)]
    (revision,) = store.revisions(1)
    assert (revision.change.revised, revision.change.added) == (1, 1)
    assert of_roll_ups(store) == {
        each.table: (22_010_043_018, 7) for each in (RUNS, AGENTS, *ROLLUPS, *WEEKLY)
    }
    before = told(store)
    assert [row[2:4] for row in before["events"]] == [
        ("ana@acme.test", "Ana"),
        ("ana@acme.test", "Ana"),
        ("bo@acme.test", "bo@acme.test"),
        ("bo@acme.test", "bo@acme.test"),
        ("unattributed", "Unattributed"),
        ("svc@acme.test", "svc@acme.test"),
        ("bo@acme.test", "bo@acme.test"),
    ]
    assert before["former"] == [(2, 1, START + 1000, 0, 21_362_320_000, True, 1, 1_180_000_000)]
    store.close()
    again = DuckDBEventStore(path, ZONE)
    assert told(again) == before
    again.close()


@pytest.mark.parametrize("script", FORMER, ids=lambda script: script.stem)
def test_a_store_that_was_brought_up_to_date_reads_on(script: Path, tmp_path: Path) -> None:
    """Windows are replaced, found empty and revised in it as in one that was made today."""
    store = DuckDBEventStore(as_written(script, tmp_path), ZONE)
    now = from_ms(START + 4 * DAY)
    revised = event(START + 2000, "bo@acme.test", 700, model="gpt-5", max_mode=True)
    change = store.replace_window(read(0, 1, run=3, now=now), table([revised]))
    assert (change.before.events, change.revised, change.retained, change.added) == (4, 1, 3, 0)
    store.replace_window(read(5, 6, run=3, now=now, believe_empty_since=now - timedelta(hours=20)), table([]))
    assert store.covered(1) == [Span.from_ms(START, START + 2 * DAY)], (
        "an empty window is not believed at once"
    )
    store.hold_flat_rates([], "none")
    with store.snapshot() as reader:
        ((cost, summed),) = reader.fetch(
            Statement("SELECT (SELECT sum(cost) FROM events), (SELECT sum(cost) FROM daily)")
        )
    assert cost == summed
    store.close()


@pytest.mark.parametrize(
    ("commit", "breaking"),
    [
        ("5f32ea2", "packed_tables"),
        ("5f32ea2", "views"),
        ("b2e183a", "packed_tables"),
        ("b2e183a", "views"),
        ("589be75", "pack"),
        ("d678b83", "packed_tables"),
        ("b17f256", "views"),
        ("12157fa", "pack"),
        ("12157fa", "views"),
        ("086d6fb", "pack"),
        ("086d6fb", "views"),
        ("9f0926c", "pack"),
        ("9f0926c", "views"),
    ],
)
def test_an_upgrade_that_fails_leaves_all_as_it_was(
    commit: str, breaking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = as_written(FORMER[0].with_stem(commit), tmp_path)
    before = contents(path)

    def broken(*_values: object) -> str:
        raise duckdb.CatalogException("it broke off")

    with monkeypatch.context() as patched:
        patched.setattr(upgrades, breaking, broken)
        with pytest.raises(EventsUnusable, match="data is as it was"):
            DuckDBEventStore(path, ZONE)
    assert contents(path) == before
    DuckDBEventStore(path, ZONE).close()
    assert ("schema", str(SCHEMA_VERSION)) in contents(path)["meta"], "the next start tries again"


def test_who_starts_a_new_version_is_told_what_they_wait_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = as_written(FORMER[0], tmp_path)
    DuckDBEventStore(path, ZONE).close()
    assert [record.getMessage().partition(",")[0] for record in caplog.records] == [
        f"Bringing {path} up to date",
        f"{path} is up to date.",
    ]
    caplog.clear()
    DuckDBEventStore(path, ZONE).close()
    assert not caplog.records


def test_a_power_cut_during_an_upgrade_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = as_written(FORMER[0].with_stem("5f32ea2"), tmp_path)
    before = contents(path)

    class PowerCut(BaseException):
        pass

    def cut() -> str:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(upgrades, "views", cut)
        with pytest.raises(PowerCut):
            DuckDBEventStore(path, ZONE)
    assert contents(path) == before
