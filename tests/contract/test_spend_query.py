"""Answers are true: compared with a second, slow reading of the same rows, for any data and any query."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pyarrow as pa
import pytest
from hypothesis import strategies as st

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.course import course_statement
from finora.spend.event import FLAT_CHARGE_SCHEMA
from finora.spend.query import CHANGE, Comparison, Filter, Operator, Order, SpendQuery
from finora.spend.service import Spend
from finora.spend.statement import Statement
from finora.spend.store import ConnectionName, FlatRate, Person, WindowRead
from finora.values.interval import Interval, day_number
from finora.values.period import Period, Span, from_ms, to_ms
from support.clock import StandingClock
from support.events import DAY, Row, event, table
from support.reference import Answer, Answered, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.spend.result import Group, SpendResult
    from finora.spend.store import EventStore
    from support.engines import Engine

HOUR = DAY // 24

CHANGES = {
    "UTC": "2026-02-28T00:00",
    "Europe/Berlin": "2026-10-25T01:00",
    "America/New_York": "2026-03-08T07:00",
    "Australia/Lord_Howe": "2026-10-03T15:30",
    "America/Sao_Paulo": "2018-11-04T03:00",
    "Asia/Beirut": "2026-10-24T21:00",
    "Pacific/Apia": "2011-12-30T10:00",
}
"""Zones, each with a moment (of UTC) at which its clock, its date or the month of February makes a leap."""

PEOPLE = {
    person.key: person
    for person in (
        Person(key="ana@acme.test", label="Ana Abel", team="platform", team_label="Platform"),
        Person(key="bo@acme.test", label="Bo, the 2nd", team="data", team_label="Data & Science"),
        Person(key="cy@acme.test", label="Cy Çelik", team="platform", team_label="Platform"),
    )
}
CONNECTIONS = {
    each.number: each
    for each in (
        ConnectionName(number=1, key="acme", label="Acme", provider="cursor", provider_label="Cursor"),
        ConnectionName(number=2, key="labs", label="Acme Labs", provider="cursor", provider_label="Cursor"),
        ConnectionName(number=3, key="other", label="Elsewhere", provider="openai", provider_label="OpenAI"),
    )
}
POOLS: dict[str, list[str | None]] = {
    "person": [*PEOPLE, "dée@acme.test", None],
    "service_account": [None, None, "sa_1", "sa_2"],
    "model": ["auto", "default", "claude-opus-5", "claude-4.5-haiku", "gpt-5.5-high", "Exotic, 100 %"],
    "kind": ["Usage-based", "Included in Business", "Errored, Not Charged"],
    "event_type": ["chat", "agent", "inline_edit", "unknown"],
    "conversation": [None, "c1", "C2", "c,3", "none of it"],
    "cloud_agent": [None, "bc-1", "bc-\\2"],
    "automation": [None, "wf'1"],
}
WORDS = [
    "",
    "a",
    "o",
    "no",
    "none",
    "2",
    ",",
    "%",
    "_",
    "\\",
    "'",
    "zzz",
    "AUTO",
    "Max Mode",
    "subscription",
    "day",
    "1",
    "09",
    "opus",
]


@dataclass(frozen=True)
class Workspace:
    """A store of one zone, and the moment around which its events happen."""

    store: EventStore
    change: int

    @property
    def now(self) -> datetime:
        """The present: four and a half days after the leap."""
        return from_ms(self.change + 108 * HOUR)

    @property
    def spend(self) -> Spend:
        """The service under test."""
        return Spend(self.store, StandingClock(self.now))

    def hold(self, rows: list[Row], charges: list[Row]) -> Ledger:
        """Make the store hold just these events and flat charges, and return them as the reference reads them."""
        window = Span.from_ms(self.change - 500 * DAY, self.change + 100 * DAY)
        for number in CONNECTIONS:
            self.store.forget(number)
            mine = [row for row in rows if row["connection"] == number]
            if mine:
                read = WindowRead(
                    connection=number, run=1, window=window, read_at=window.end, settled_before=window.end
                )
                self.store.replace_window(read, table(mine))
        self.store.name_people(list(PEOPLE.values()))
        self.store.name_connections(list(CONNECTIONS.values()))
        self.store.hold_flat_rates([flat_rate(row) for row in charges], "")
        with self.store.snapshot() as reader:
            numbers = {
                name: dict(
                    cast(
                        "list[tuple[str, int]]",
                        reader.fetch(Statement(f"SELECT key, id FROM {lookup.table}")),
                    )
                )
                for name, lookup in reader.dialect.numbered.items()
            }
        return Ledger(rows + charges, PEOPLE, CONNECTIONS, numbers)


def flat_rate(row: Row) -> FlatRate:
    """Return a flat rate that is paid on one day."""
    charges = pa.table(
        [
            pa.array([day_number(row["day"])], pa.int32()),
            pa.array([row["person"]], pa.string()).dictionary_encode(),
            pa.array([row["amount"]], pa.int64()),
        ],
        schema=FLAT_CHARGE_SCHEMA,
    )
    return FlatRate(
        plan=row["plan"],
        plan_label=row["plan"].title(),
        vendor=row["vendor"] if row["vendor"] != "Unknown" else "",
        connection=row["connection"],
        charges=charges,
    )


@pytest.fixture(scope="module")
def workspaces(engine: Engine) -> Iterator[dict[str, Workspace]]:
    """Return a workspace of each zone."""
    with ExitStack() as closing:
        yield {
            zone: Workspace(
                closing.enter_context(engine.store(zone)),
                to_ms(datetime.fromisoformat(when).replace(tzinfo=UTC)),
            )
            for zone, when in CHANGES.items()
        }


def instants(change: int) -> st.SearchStrategy[int]:
    """Return milliseconds around a leap: at it, at midnights and hours near it, anywhere, and a year before."""
    near = st.builds(
        lambda hours, ms: change + hours * HOUR // 2 + ms,
        st.integers(-100, 200),
        st.sampled_from([-1, 0, 1, 900_000]),
    )
    anywhere = st.integers(change - 70 * DAY, change + 5 * DAY)
    return st.one_of(near, near, anywhere, near.map(lambda ms: ms - 364 * DAY))


def rows_around(change: int) -> st.SearchStrategy[list[Row]]:
    """Return events of a few people and models, in three connections."""
    small = st.integers(0, 3)
    row = st.builds(
        event,
        instants(change),
        connection=st.sampled_from([1, 1, 2, 3]),
        cost=st.one_of(st.none(), st.integers(-5, 30).map(lambda n: n * 250), st.just(10**15)),
        basis=st.integers(0, 3),
        billing=st.integers(0, 5),
        requests=small.map(lambda n: n * 100_000),
        **{name: st.sampled_from(pool) for name, pool in POOLS.items()},
        **{name: st.booleans() for name in ("chargeable", "max_mode", "headless")},
        **dict.fromkeys(
            (
                "fee",
                "list_cost",
                "discount",
                "input_tokens",
                "output_tokens",
                "cache_write_tokens",
                "cache_read_tokens",
            ),
            small,
        ),
    )
    return st.lists(row, max_size=25)


def charges_around(change: int) -> st.SearchStrategy[list[Row]]:
    """Return charges of a few plans and holders on days around a leap, and a year before."""
    leap = from_ms(change).date()
    days = st.one_of(st.integers(-5, 5), st.integers(-70, 5), st.integers(-367, -361))
    plans = {"chatgpt": "OpenAI", "cursor": "Cursor", "auto": "Unknown"}
    row = st.builds(
        lambda plan, **rest: {"plan": plan, "vendor": plans[plan], **rest},
        st.sampled_from(list(plans)),
        day=days.map(lambda number: leap + timedelta(days=number)),
        person=st.sampled_from([*PEOPLE, "holder@acme.test", None]),
        amount=st.one_of(st.integers(1, 9), st.just(10**17)),
        connection=st.sampled_from([0, 1, 3]),
    )
    return st.lists(row, max_size=12)


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """Return a filter that has something to do with the events."""
    name = draw(st.sampled_from(list(DIMENSIONS)))
    known = [value or "none" for value in POOLS.get(name, [])]
    known += [*(DIMENSIONS[name].codes or {}).values(), *(DIMENSIONS[name].labels or {}).values()]
    known += {
        "team": ["platform", "none"],
        "vendor": ["openai", "cursor-auto"],
        "provider": ["cursor"],
        "connection": ["labs"],
        "kind": ["subscription"],
        "model": ["plan:chatgpt"],
    }.get(name, [])
    values = st.lists(st.sampled_from([*known, *WORDS]), min_size=1, max_size=3)
    return Filter(draw(st.sampled_from(Operator)), name, tuple(draw(values)))


def periods(change: int) -> st.SearchStrategy[Period]:
    """Return periods that hold some of the events."""
    relative = st.sampled_from(
        ["today", "7d", "28d", "wtd", "last_week", "mtd", "last_month", "3mo", "yesterday"]
    )
    return st.one_of(
        relative.map(Period.relative),
        st.builds(
            lambda start, length: Period.absolute(from_ms(start), from_ms(start + length)),
            instants(change),
            st.one_of(st.integers(1, 20 * DAY), st.sampled_from([HOUR, DAY, 7 * DAY, 20 * DAY])),
        ),
    )


@st.composite
def queries(draw: st.DrawFn, change: int, zone: str) -> SpendQuery:
    """Return a query, mostly in the store's zone and without a filter that leaves nothing."""
    metrics = tuple(draw(st.lists(st.sampled_from(list(METRICS)), min_size=1, max_size=3, unique=True)))
    dimensions = tuple(draw(st.lists(st.sampled_from(list(DIMENSIONS)), max_size=3, unique=True)))
    compare = draw(st.sampled_from([None, *Comparison]))
    sortable = [*metrics, *dimensions, *([CHANGE] if compare else [])]
    ordered = draw(st.lists(st.sampled_from(sortable), max_size=2, unique=True))
    return SpendQuery(
        metrics=metrics,
        dimensions=dimensions,
        filters=tuple(draw(st.lists(filters(), max_size=2))),
        period=draw(periods(change)),
        interval=draw(st.sampled_from([None, *Interval])),
        timezone=draw(st.sampled_from([zone, zone, zone, "Asia/Kolkata"])),
        compare=compare,
        order=tuple(Order(name, descending=draw(st.booleans())) for name in ordered),
        limit=draw(st.sampled_from([1, 2, 5, 100])),
        offset=draw(st.sampled_from([0, 0, 0, 1, 4])),
    )


def shape_of(group: Group) -> Answered:
    """Return a group of a result as the reference writes it."""
    return Answered(
        group.keys, group.labels, group.values, group.previous, group.series, group.previous_series
    )


def as_answer(result: SpendResult) -> Answer:
    """Return a result as the reference writes it."""
    other = result.other
    return Answer(
        groups=tuple(shape_of(group) for group in result.groups),
        other=None if other is None else (other.members, replace(shape_of(other), keys=(), labels=())),
        totals=shape_of(result.totals),
        group_count=result.group_count,
        buckets=result.buckets,
    )


@pytest.mark.parametrize("zone", CHANGES)
def test_any_answer_is_the_one_that_reading_all_rows_by_hand_gives(
    engine: Engine, workspaces: dict[str, Workspace], zone: str
) -> None:
    @engine.holds(8, st.data())
    def check(data: st.DataObject) -> None:
        workspace = workspaces[zone]
        ledger = workspace.hold(
            data.draw(rows_around(workspace.change)), data.draw(charges_around(workspace.change))
        )
        for _ in range(6):
            query = data.draw(queries(workspace.change, workspace.store.zone))
            result = workspace.spend.answer(query)
            assert as_answer(result) == ledger.answer(query, workspace.now)
            assert_it_adds_up(result)


def assert_it_adds_up(result: SpendResult) -> None:
    """Groups and the rest make the total, and so do buckets."""
    parts = [*result.groups, *([result.other] if result.other else [])]
    for place, name in enumerate(result.query.metrics):
        if not METRICS[name].additive:
            continue
        if result.query.dimensions:
            assert sum(part.values[place] for part in parts) == result.totals.values[place]
            if result.totals.previous:
                assert sum((part.previous or ())[place] for part in parts) == result.totals.previous[place]
        for part in [*parts, result.totals]:
            if result.buckets:
                assert sum(values[place] for values in part.series) == part.values[place]
            if part.previous_series:
                assert sum(values[place] for values in part.previous_series) == (part.previous or ())[place]


ALWAYS_TRUE = (
    Filter(Operator.CONTAINS_NOT, "conversation", ("no conversation is called this",)),
    Filter(Operator.CONTAINS_NOT, "model", ("no model is called this",)),
)
"""Of both at once, no roll-up knows."""


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"])
def test_the_roll_up_and_the_events_give_the_same_answer(
    engine: Engine, workspaces: dict[str, Workspace], zone: str
) -> None:
    @engine.holds(6, st.data())
    def check(data: st.DataObject) -> None:
        workspace = workspaces[zone]
        workspace.hold(data.draw(rows_around(workspace.change)), data.draw(charges_around(workspace.change)))
        for _ in range(6):
            query = data.draw(queries(workspace.change, workspace.store.zone))
            from_events = workspace.spend.answer(query.filtered(*ALWAYS_TRUE))
            with workspace.store.snapshot() as reader:
                assert "FROM daily" not in course_statement(from_events.plan, reader.dialect, []).sql
            assert as_answer(workspace.spend.answer(query)) == as_answer(from_events)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"])
def test_nobody_sees_another_persons_figures_whatever_they_ask(
    engine: Engine, workspaces: dict[str, Workspace], zone: str
) -> None:
    @engine.holds(6, st.data())
    def check(data: st.DataObject) -> None:
        workspace = workspaces[zone]
        ledger = workspace.hold(
            data.draw(rows_around(workspace.change)), data.draw(charges_around(workspace.change))
        )
        own = data.draw(st.sampled_from(["ana@acme.test", "dée@acme.test", "nobody@acme.test", "", "a"]))
        mine = replace(ledger, rows=[row for row in ledger.rows if row["person"] == own])
        for _ in range(6):
            query = data.draw(queries(workspace.change, workspace.store.zone))
            result = workspace.spend.answer(query, own=own)
            assert as_answer(result) == mine.answer(query, workspace.now)
            assert result.query.filters == query.filters
            page = workspace.spend.events(query, own=own)
            assert {found.person for found in page.events} <= {own}
