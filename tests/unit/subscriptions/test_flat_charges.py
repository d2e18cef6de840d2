"""Subscriptions counted in: what Spend answers of total cost is the spend and what the subscriptions say, to the nano."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finora.accounts import OPERATOR
from finora.people import People
from finora.spend.query import Filter, InvalidQuery, Operator, SpendQuery
from finora.spend.service import Spend
from finora.spend.store import ConnectionName
from finora.storage.events import DuckDBEventStore
from finora.subscriptions import BillingCycle, Contract, FlatCharges, Holding, SeatRule, Subscription, Terms
from finora.subscriptions.charges import seat_charges
from finora.subscriptions.flat_charges import charge_table
from finora.values.interval import Interval, day_number
from finora.values.money import NANO_PER_CENT
from finora.values.period import Period, Span, midnight, to_ms
from support.events import event, read, table

from .conftest import NOW, ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.spend.result import SpendResult
    from finora.storage.ledger import Ledger
    from finora.subscriptions import Subscriptions

    from .conftest import Book, HandClock

DAY = timedelta(days=1)
HOLDERS = ("ana@acme.test", "bo@acme.test", "cy@acme.test")
NOVEMBER = date(2026, 11, 1), date(2026, 12, 1)
BOUGHT = Subscription(
    id="s1",
    name="Cursor",
    sku="cursor-business",
    contract=Contract(start=date(2026, 1, 1), end=None, terms=()),
    renewal=None,
    tags=(),
    connection_id=None,
    seat_rule=SeatRule.BY_HAND,
    assigned=(),
    created_at=NOW,
    created_by="owner@acme.test",
    changed_at=NOW,
    deleted_at=None,
)
days = st.dates(date(2025, 12, 1), date(2028, 2, 1))


class House:
    """A store of events and flat charges, and the subscriptions that these come from."""

    def __init__(
        self, store: DuckDBEventStore, spend: Spend, numbers: dict[str, int], another: FlatCharges
    ) -> None:
        self.store = store
        self.spend = spend
        self.numbers = numbers
        self.another = another
        """What another process keeps the same charges with."""

    def ask(
        self,
        metrics: str,
        *by: str,
        days: tuple[date, date] = NOVEMBER,
        own: str | None = None,
        **more: object,
    ) -> SpendResult:
        start, end = (midnight(day, ZONE) for day in days)
        query = SpendQuery(
            metrics=tuple(metrics.split()),
            dimensions=by,
            period=Period.absolute(start, end),
            timezone=ZONE.key,
            limit=10_000,
        )
        return self.spend.answer(replace(query, **more), own=own)  # type: ignore[arg-type]

    def by(self, dimension: str, metric: str = "subscription_cost", **more: object) -> dict[str, int]:
        result = self.ask(metric, dimension, **more)  # type: ignore[arg-type]
        return {group.keys[0]: group.values[0] for group in result.groups}


@pytest.fixture
def house(ledger: Ledger, clock: HandClock, subscriptions: Subscriptions, tmp_path: Path) -> Iterator[House]:
    store = DuckDBEventStore(tmp_path / "events.duckdb", ZONE.key)
    numbers = {"c1": 1, "c2": 2}
    flat, another = (
        FlatCharges(
            subscriptions=subscriptions,
            people=People(ledger, store, clock),
            store=store,
            numbers=lambda: numbers,
            zone=ZONE,
        )
        for _process in range(2)
    )
    yield House(store, Spend(store, clock, settle=flat.settle), numbers, another)
    store.close()


def put_events(store: DuckDBEventStore, *when: date) -> None:
    """Make the store hold an event of 1,000 nano-USD at the beginning of each day."""
    rows = [event(to_ms(midnight(day, ZONE))) for day in when]
    window = Span(midnight(date(2025, 1, 1), ZONE), midnight(date(2029, 1, 1), ZONE))
    store.replace_window(replace(read(0, 1), window=window), table(rows))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    cents=st.integers(0, 9_999_999),
    annual=st.booleans(),
    seats=st.integers(1, 5),
    change=days,
    start=days,
    length=st.integers(1, 400),
    holders=st.lists(st.sampled_from(HOLDERS), unique=True),
    since=st.one_of(st.none(), days),
)
def test_total_cost_is_spend_and_the_subscriptions_of_the_same_days_however_it_is_grouped(
    book: Book,
    subscriptions: Subscriptions,
    house: House,
    *,
    cents: int,
    annual: bool,
    seats: int,
    change: date,
    start: date,
    length: int,
    holders: list[str],
    since: date | None,
) -> None:
    price, cycle = f"{cents / 100:.2f}", "annual" if annual else "monthly"
    made = [
        book.add(name="One", seats=seats, price_per_seat=price, billing_cycle=cycle, connection="c1"),
        book.add(name="Two", sku="own-plan", end_date="2027-01-31"),
    ]
    book.change(made[0], seats=seats + 1, effective=f"{max(change, date(2026, 1, 1))}")
    held = [{"person": each, "since": since.isoformat() if since else None} for each in holders]
    subscriptions.assign(OPERATOR, made[0].id, held)
    put_events(house.store, date(2026, 11, 3), date(2026, 11, 17))
    asked = (start, start + length * DAY)
    expected = subscriptions.summary(*asked).period_total
    for dimension in (
        (),
        ("person",),
        ("model", "weekday"),
        ("provider",),
        ("hour", "billing"),
        ("max_mode",),
    ):
        for interval in (None, Interval.DAY, Interval.MONTH):
            result = house.ask(
                "total_cost spend subscription_cost", *dimension, days=asked, interval=interval
            )
            total, spend, flat = result.totals.values
            assert (total, flat) == (spend + expected, expected)
            if dimension:
                assert sum(group.values[0] for group in result.groups) == total
            if interval:
                assert sum(values[0] for values in result.totals.series) == total
    if length < 40:
        hourly = house.ask("total_cost subscription_cost", days=asked, interval=Interval.HOUR)
        assert sum(values[1] for values in hourly.totals.series) == expected
    for each in made:
        subscriptions.delete(OPERATOR, each.id)


@given(
    seats=st.integers(1, 100_000),
    price=st.integers(0, 100_000_000).map(lambda cents: cents * NANO_PER_CENT),
    cycle=st.sampled_from(BillingCycle),
    holdings=st.lists(
        st.builds(Holding, person=st.sampled_from(HOLDERS), since=st.none() | days, until=st.none() | days),
        max_size=4,
    ),
    start=days,
    length=st.integers(1, 70),
)
def test_the_table_of_charges_is_what_falls_on_each_seat_to_the_nano(
    *,
    seats: int,
    price: int,
    cycle: BillingCycle,
    holdings: list[Holding],
    start: date,
    length: int,
) -> None:
    terms = Terms(effective=date(2026, 1, 1), seats=seats, price=price, cycle=cycle)
    bought = replace(BOUGHT, contract=Contract(start=terms.effective, end=None, terms=(terms,)))
    expected: dict[tuple[int, str | None], int] = defaultdict(int)
    for charge in seat_charges(bought, holdings, start, start + length * DAY):
        expected[day_number(charge.day), charge.person or None] += charge.amount
    found = charge_table(bought, holdings, start, start + length * DAY).to_pylist()
    assert {(row["day"], row["person"]): row["amount"] for row in found} == expected


def test_charges_are_called_subscription_and_by_plan_vendor_and_connection(book: Book, house: House) -> None:
    house.store.name_connections(
        [ConnectionName(number=1, key="acme", label="Acme", provider="cursor", provider_label="Cursor")]
    )
    book.add(connection="c1")
    book.add(name="Images", sku="house-gpt", seats=1, price_per_seat="30.00")
    put_events(house.store, date(2026, 11, 3))
    whole = 430_000_000_000
    for dimension in ("provider", "kind", "billing", "event_type", "family", "basis", "max_mode", "hour"):
        assert house.by(dimension) == {"subscription": whole}
        wanted = Filter(Operator.IS, dimension, ("subscription",))
        assert house.ask("total_cost", filters=(wanted,)).totals.values == (whole,)
    assert house.by("model") == {"plan:cursor-business": 400_000_000_000, "plan:house-gpt": 30_000_000_000}
    assert house.by("vendor") == {"cursor": 400_000_000_000, "unknown": 30_000_000_000}
    assert house.by("connection", "total_cost") == {
        "acme": 400_000_001_000,
        "none": 30_000_000_000,
    }
    (label, *_), *_ = (group.labels for group in house.ask("subscription_cost", "model").groups)
    assert label == "Cursor Teams Standard (formerly Business)"
    opus = (Filter(Operator.CONTAINS, "model", ("opus",)),)
    assert house.ask("total_cost subscription_cost", filters=opus).totals.values == (1000, 0)


def test_who_holds_a_seat_is_not_counted_among_those_who_caused_events(
    book: Book, subscriptions: Subscriptions, house: House
) -> None:
    made = book.add()
    subscriptions.assign(OPERATOR, made.id, [{"person": each} for each in HOLDERS])
    put_events(house.store, date(2026, 11, 3))
    metrics = "total_cost people events conversations spend_per_person unpriced_events"
    assert house.ask(metrics).totals.values == (400_000_001_000, 1, 1, 1, 1000, 0)


def test_a_restricted_reader_sees_what_falls_on_their_own_seat(
    book: Book, subscriptions: Subscriptions, house: House
) -> None:
    made = book.add()
    subscriptions.assign(OPERATOR, made.id, [{"person": each} for each in HOLDERS])
    for own, expected in (("bo@acme.test", 40_000_000_000), ("nobody@acme.test", 0)):
        assert house.ask("subscription_cost total_cost", own=own).totals.values == (expected, expected)


def test_whoever_has_just_changed_something_sees_it_at_once(
    book: Book, subscriptions: Subscriptions, house: House
) -> None:
    def cost() -> int:
        return house.ask("subscription_cost").totals.values[0]

    assert cost() == 0
    made = book.add(connection="c1")
    assert cost() == 400_000_000_000
    book.change(made, seats=11, effective="2026-11-01")
    assert cost() == 440_000_000_000
    subscriptions.give(OPERATOR, made.id, {"person": "bo@acme.test"})
    assert house.by("person") == {"bo@acme.test": 40_000_000_000, "unattributed": 400_000_000_000}
    del house.numbers["c1"]  # the connection was removed
    assert house.by("connection") == {"none": 440_000_000_000}
    subscriptions.delete(OPERATOR, made.id)
    assert cost() == 0
    subscriptions.restore(OPERATOR, made.id)
    assert cost() == 440_000_000_000


def test_nothing_is_written_while_nothing_changes(
    book: Book, house: House, subscriptions: Subscriptions, clock: HandClock, ledger: Ledger
) -> None:
    """Else every question would wait for its turn to write, and no answer could be kept."""
    book.add()
    house.ask("total_cost")
    before = house.store.version()
    house.ask("total_cost", "vendor")
    restarted = FlatCharges(
        subscriptions=subscriptions,
        people=People(ledger, house.store, clock),
        store=house.store,
        numbers=lambda: house.numbers,
        zone=ZONE,
    )
    restarted.settle(date(2026, 12, 1))
    assert house.store.version() == before


def test_days_far_ahead_are_reckoned_when_they_are_asked_for_and_refused_beyond_reason(
    book: Book, house: House
) -> None:
    book.add()
    ahead = date(2034, 1, 1), date(2034, 2, 1)
    assert house.ask("subscription_cost", days=ahead).totals.values == (400_000_000_000,)
    with pytest.raises(InvalidQuery, match="10 years ahead"):
        house.ask("total_cost", days=(date(2026, 1, 1), date(2199, 1, 1)))
    assert house.ask("spend", days=(date(2026, 1, 1), date(2199, 1, 1))).totals.values == (0,)


def test_part_of_a_day_costs_the_whole_day_if_it_has_its_beginning_and_else_nothing(
    book: Book, house: House
) -> None:
    """So that periods that follow one another cost what they cost together."""
    book.add(price_per_seat="30.00")
    noon = midnight(date(2026, 11, 10), ZONE) + timedelta(hours=12)
    halves = [
        Period.absolute(midnight(date(2026, 11, 10), ZONE), noon),
        Period.absolute(noon, midnight(date(2026, 11, 11), ZONE)),
    ]
    costs = [house.ask("subscription_cost", period=half).totals.values[0] for half in halves]
    assert costs == [10_000_000_000, 0]


def test_a_month_costs_its_price_in_any_time_zone(book: Book, house: House) -> None:
    book.add()
    for zone in ("UTC", "America/New_York", "Asia/Tokyo"):
        query = SpendQuery(metrics=("subscription_cost",), period=Period("last_month"), timezone=zone)
        assert house.spend.answer(query).totals.values == (400_000_000_000,)


def test_a_plan_keeps_its_vendor_when_the_store_is_opened_again(
    book: Book, house: House, tmp_path: Path, clock: HandClock
) -> None:
    """Models are described anew from their names when a store is opened; plans are no models."""
    book.add()
    house.ask("subscription_cost")
    house.store.close()
    opened = DuckDBEventStore(tmp_path / "events.duckdb", ZONE.key)
    query = SpendQuery(metrics=("subscription_cost",), dimensions=("vendor",), timezone=ZONE.key)
    (group,) = Spend(opened, clock).answer(query).groups
    assert group.labels == ("Cursor",)
    opened.close()


def test_two_processes_that_are_asked_for_different_days_do_not_undo_each_others_charges(
    book: Book, house: House
) -> None:
    """Each would make them anew for its own days, again and again, and the other would miss those it had."""
    book.add()
    far = (date(2036, 1, 1), date(2036, 2, 1))
    cost = house.ask("subscription_cost", days=far).totals.values
    assert cost[0] > 0
    version = house.store.version()
    house.another.settle(date(2026, 12, 1))
    assert house.store.version() == version
    assert house.ask("subscription_cost", days=far).totals.values == cost


def test_charges_that_another_process_replaced_by_older_ones_are_made_again(book: Book, house: House) -> None:
    """It may not have seen yet what was saved here a moment ago."""
    book.add()
    cost = house.ask("subscription_cost").totals.values
    house.store.hold_flat_rates([], "of another process")
    assert house.ask("subscription_cost").totals.values == cost
