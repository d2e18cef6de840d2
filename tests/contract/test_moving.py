"""A DuckDB event store is moved to ClickHouse whole, or it is said that it was not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from finora.spend.event import FLAT_CHARGE_SCHEMA
from finora.spend.query import Comparison, SpendQuery
from finora.spend.rendering import result_to_json
from finora.spend.service import Spend
from finora.spend.single_runs import id_of, joined_ids
from finora.spend.statement import Statement
from finora.spend.store import ConnectionName, FlatRate, Person
from finora.storage.events import DuckDBEventStore, EventsHalfMoved, EventsUnusable
from finora.storage.events.clickhouse.intake import Intake
from finora.storage.events.clickhouse.store import ClickHouseEventStore
from finora.storage.events.moving import MoveRefused, MoveUnproven, by_month, move
from finora.values.period import Period, from_ms
from support.clock import StandingClock
from support.events import DAY, NOW, T0, event, read, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.spend.store import EventStore
    from support.engines import OnClickHouse

ZONE = "America/New_York"


def filled(path: Path) -> DuckDBEventStore:
    """Return a store with something of everything: 90 days of two connections, late prices, names and flat charges."""
    store = DuckDBEventStore(path, ZONE)
    for connection in (1, 2):
        rows = [
            event(
                T0 + n * DAY // 2 + n,
                (None, "ana@acme.test", "bo@acme.test")[n % 3],
                1000 + n,
                model=f"m{n % 5}",
                input_tokens=n,
                extra='{"a": 1}' if n % 7 == 0 else None,
                service_account="sa_1" if n % 11 == 0 else None,
            )
            for n in range(180)
        ]
        store.replace_window(read(0, 90, connection=connection), table(rows))
        rows[3] |= {"cost": 77, "fee": 5}
        store.replace_window(read(0, 3, connection=connection, settled_days=99, run=2), table(rows[:6]))
    store.replace_window(read(95, 99, believe_empty_since=NOW - timedelta(days=9)), table([]))
    store.name_people([Person(key="ana@acme.test", label="Ana", team="web", team_label="Web")])
    store.name_service_accounts({"sa_1": "Nightly"})
    store.name_connections(
        [ConnectionName(number=1, key="acme", label="Acme", provider="cursor", provider_label="Cursor")]
    )
    charges = pa.table(
        [
            pa.array([T0 // DAY, T0 // DAY + 1], pa.int32()),
            pa.array(["ana@acme.test", None]).dictionary_encode(),
            pa.array([7, 9], pa.int64()),
        ],
        schema=FLAT_CHARGE_SCHEMA,
    )
    rate = FlatRate(plan="chatgpt", plan_label="ChatGPT", vendor="OpenAI", connection=1, charges=charges)
    store.hold_flat_rates([rate], "made of this")
    return store


@pytest.fixture
def source(tmp_path: Path) -> Iterator[DuckDBEventStore]:
    """Return a store with something of everything."""
    store = filled(tmp_path / "events.duckdb")
    yield store
    store.close()


@pytest.fixture
def target(clickhouse: OnClickHouse) -> Iterator[ClickHouseEventStore]:
    """Return an empty store on ClickHouse."""
    with clickhouse.place() as place:
        store = place.open(ZONE)
        yield store
        store.close()


def everything(store: EventStore) -> dict[str, object]:
    """Return all that is in a store, with names in place of numbers."""
    statements = {
        "events": "SELECT e.connection, e.ts, e.ordinal, p.key, s.key, m.key, k.key, t.key, billing, basis, apportioned, chargeable, "
        "cost, fee, list_cost, discount, input_tokens, requests, max_mode, {conversation}, extra, run FROM events e "
        "JOIN persons p ON p.id = e.person JOIN service_accounts s ON s.id = e.service_account JOIN models m ON m.id = e.model "
        "JOIN kinds k ON k.id = e.kind JOIN event_types t ON t.id = e.event_type{ids} ORDER BY 1, 2, 3",
        "days": "SELECT connection, day, p.key, m.key, cost, events, unpriced, input_tokens FROM daily d "
        "JOIN persons p ON p.id = d.person JOIN models m ON m.id = d.model ORDER BY ALL",
        "reads": "SELECT * FROM reads ORDER BY id",
        "former": "SELECT read_id, connection, ts, ordinal, cost, chargeable, k.key, fee FROM revised_events "
        "JOIN kinds k ON k.id = kind ORDER BY ALL",
        "found_empty": "SELECT * FROM found_empty ORDER BY ALL",
        "flat": "SELECT day, connection, p.key, m.key, amount FROM flat_charges f JOIN persons p ON p.id = f.person "
        "JOIN models m ON m.id = f.model ORDER BY ALL",
        "persons": "SELECT key, label, team, team_label FROM persons ORDER BY ALL",
        "models": "SELECT key, label, vendor, family_label FROM models ORDER BY ALL",
        "connections": "SELECT * FROM connections ORDER BY id",
    }
    with store.snapshot() as reader:
        ids = {"conversation": id_of("conversation", reader.dialect), "ids": joined_ids(reader.dialect)}
        found: dict[str, object] = {
            name: reader.fetch(Statement(sql.format(**ids))) for name, sql in statements.items()
        }
    return found | {
        "covered": [store.covered(number) for number in store.connections()],
        "revisions": [store.revisions(number) for number in store.connections()],
        "fingerprint": store.flat_rates_fingerprint(),
        "count": store.count(),
        "actors": store.actors(),
        "earliest": store.earliest(),
    }


def ignored(_over: int, _everything: int) -> None:
    """Show no progress."""


def test_everything_is_there_afterwards_and_answers_alike(
    source: DuckDBEventStore, target: ClickHouseEventStore
) -> None:
    told: list[tuple[int, int]] = []
    moved = move(source, target, lambda over, of: told.append((over, of)))
    assert everything(target) == everything(source)
    assert (told[-1], moved.totals.events) == ((360, 360), 360)
    assert moved.records == {
        "reads": 4,
        "revised_events": 2,
        "covered": 2,
        "found_empty": 1,
        "flat_charges": 2,
    }
    target.check()
    query = SpendQuery(
        metrics=("total_cost", "people", "tokens"),
        dimensions=("person", "vendor"),
        period=Period.absolute(from_ms(T0 + 3), from_ms(T0 + 80 * DAY)),
        timezone=ZONE,
        compare=Comparison.PREVIOUS,
    )
    answers = [result_to_json(Spend(store, StandingClock(NOW)).answer(query)) for store in (source, target)]
    assert answers[0] == answers[1]


def test_pieces_of_any_size_arrive_alike(source: DuckDBEventStore, target: ClickHouseEventStore) -> None:
    """Roll-ups of days that two pieces share have to be of both."""
    told: list[int] = []
    move(source, target, lambda over, _of: told.append(over), piece=7)
    assert len(set(told)) > len(by_month(source))
    assert everything(target) == everything(source)


def test_reading_goes_on_where_the_file_left_off(
    source: DuckDBEventStore, target: ClickHouseEventStore
) -> None:
    move(source, target, ignored)
    rows = table(
        [event(T0 + 3, cost=5), event(T0 + DAY // 2 + 1, "ana@acme.test", 1001, model="m1", input_tokens=1)]
    )
    for store in (source, target):
        store.replace_window(read(0, 1, settled_days=200, run=3), rows)
    assert everything(target) == everything(source)


def break_off(
    source: DuckDBEventStore, target: ClickHouseEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begin a move whose network goes amid it."""
    whole, taken = Intake.events, list[int]()

    def broken(intake: Intake, connection: int, events: pa.Table) -> None:
        if len(taken) == 40:
            raise EventsUnusable("the network went")
        taken.append(events.num_rows)
        whole(intake, connection, events)

    with monkeypatch.context() as patched:
        patched.setattr(Intake, "events", broken)
        with pytest.raises(EventsUnusable, match="the network went"):
            move(source, target, ignored, piece=1)


def test_what_was_broken_off_goes_on_and_what_is_over_is_not_moved_again(
    source: DuckDBEventStore, target: ClickHouseEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_off(source, target, monkeypatch)
    moved = move(source, target, ignored)
    assert 0 < sum(each.was_over for each in moved.months) < len(moved.months)
    assert everything(target) == everything(source)
    again = move(source, target, ignored)
    assert all(each.was_over for each in again.months)
    assert by_month(target) == by_month(source)


def test_what_a_broken_off_move_left_is_not_opened_as_if_it_were_whole(
    source: DuckDBEventStore, clickhouse: OnClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clickhouse.place() as place:
        target = place.open(ZONE)
        break_off(source, target, monkeypatch)
        arrived = target.count()
        with pytest.raises(EventsHalfMoved, match="finora migrate --to … again"):
            place.open("Asia/Tokyo")
        target.close()
        going_on = ClickHouseEventStore(place.address, ZONE, for_move=True)
        assert going_on.count() == arrived
        move(source, going_on, ignored)
        going_on.close()
        whole = place.open(ZONE)
        assert whole.count() == source.count()
        whole.close()


def test_a_move_that_was_broken_off_does_not_go_on_from_another_state_of_the_file(
    source: DuckDBEventStore, target: ClickHouseEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal totals do not say that whom money is of has not been put right since."""
    break_off(source, target, monkeypatch)
    source.replace_window(read(90, 91), table([event(T0 + 90 * DAY, "late@acme.test", cost=3)]))
    with pytest.raises(MoveRefused, match="has changed since"):
        move(source, target, ignored)


def test_nothing_is_moved_over_what_somebody_else_keeps_there(
    source: DuckDBEventStore, target: ClickHouseEventStore
) -> None:
    target.replace_window(read(0, 1), table([event(T0)]))
    with pytest.raises(MoveRefused, match="empty database"):
        move(source, target, ignored)
    assert target.count().events == 1


def test_a_file_is_not_moved_over_what_was_read_since(
    source: DuckDBEventStore, target: ClickHouseEventStore
) -> None:
    move(source, target, ignored)
    target.replace_window(read(90, 91), table([event(T0 + 90 * DAY, cost=3)]))
    with pytest.raises(MoveRefused, match="has changed since"):
        move(source, target, ignored)
    assert target.count().events == 361


def test_what_does_not_add_up_is_told_with_its_month(
    source: DuckDBEventStore, target: ClickHouseEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Intake.events
    monkeypatch.setattr(
        Intake, "events", lambda intake, connection, events: whole(intake, connection, events.slice(0, 1))
    )
    with pytest.raises(MoveUnproven, match="2026-09 of connection 1"):
        move(source, target, ignored)


def finora(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as the embedded engine wants it."""
    return program("-m", "finora", *words, **settings)


def program(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run Python with settings of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FINORA_")}
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *words],
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_moves_proves_and_says_what_to_do_next(tmp_path: Path) -> None:
    folder, engine = tmp_path / "data", tmp_path / "engine"
    folder.mkdir(mode=0o700)
    source = filled(folder / "events.duckdb")
    count = source.count()
    source.close()
    settings = {"FINORA_DATA_DIR": str(folder), "FINORA_TIMEZONE": ZONE}
    moved = finora("migrate", "--to", f"chdb://{engine}", "--json", **settings)
    assert moved.returncode == 0, moved.stderr
    told: dict[str, Any] = json.loads(moved.stdout)
    assert (told["events"], "FINORA_EVENTS_URL" in told["next"]) == (count.events, True)
    assert sum(month["events"] for month in told["months"]) == count.events
    assert (folder / "events.duckdb").exists()
    again = finora("migrate", "--to", "-", **settings, FINORA_EVENTS_URL=f"chdb://{engine}")
    assert (again.returncode, "add up" in again.stdout) == (0, True), again.stderr
    seen = finora("doctor", "--json", **settings, FINORA_EVENTS_URL=f"chdb://{engine}")
    found = {each["name"]: each["text"] for each in json.loads(seen.stdout)}
    assert f"has {count.events:,} events" in found["Event store"]


_KILLED = """
import os, signal
from finora.cli import main
from finora.storage.events.clickhouse.intake import Intake
whole, taken = Intake.events, []
def killed(intake, connection, events):
    if len(taken) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    taken.append(connection)
    whole(intake, connection, events)
Intake.events = killed
main()
"""


def test_after_a_killed_move_no_command_but_the_move_itself_goes_on(tmp_path: Path) -> None:
    folder, url = tmp_path / "data", f"chdb://{tmp_path / 'engine'}"
    folder.mkdir(mode=0o700)
    filled(folder / "events.duckdb").close()
    settings = {"FINORA_DATA_DIR": str(folder), "FINORA_TIMEZONE": ZONE}
    killed = program("-c", _KILLED, "migrate", "--to", url, **settings)
    assert killed.returncode == -9, killed.stderr
    for words in (("serve",), ("query",), ("sync",)):
        refused = finora(*words, **settings, FINORA_EVENTS_URL=url)
        assert (refused.returncode, "migrate --to … again" in refused.stderr) == (1, True), refused.stderr
    seen = finora("doctor", "--json", **settings, FINORA_EVENTS_URL=url)
    found = {each["name"]: each for each in json.loads(seen.stdout)}
    assert found["Event store"]["verdict"] == "wrong"
    assert "was not finished" in found["Event store"]["text"]
    moved = finora("migrate", "--to", url, **settings)
    assert (moved.returncode, "add up" in moved.stdout) == (0, True), moved.stderr
    seen = finora("doctor", "--json", **settings, FINORA_EVENTS_URL=url)
    assert {each["name"]: each["verdict"] for each in json.loads(seen.stdout)}["Event store"] == "well"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://finora:hunter2@db/x", "cannot be used"),
        ("clickhouse://finora:hunter2@127.0.0.1:9/x", "does not answer"),
    ],
)
def test_a_target_that_is_none_is_told_without_its_password(tmp_path: Path, url: str, said: str) -> None:
    filled(tmp_path / "events.duckdb").close()
    refused = finora("migrate", "--to", url, FINORA_DATA_DIR=str(tmp_path), FINORA_TIMEZONE=ZONE)
    assert (refused.returncode, said in refused.stderr) == (1, True), refused.stderr
    assert "hunter2" not in refused.stderr + refused.stdout


def test_months_end_at_midnight_of_utc(source: DuckDBEventStore) -> None:
    """Both engines cut months alike, whatever the workspace's zone is."""
    events = sum(figures.events for figures in by_month(source).values())
    assert events == source.count().events
    assert {month.first for month in by_month(source)} >= {datetime(2026, 9, 1, tzinfo=UTC).date()}
