"""Seats are counted once, idle ones have a name and a price, and shares add up to what is paid."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finora.accounts import OPERATOR
from finora.people import People
from finora.providers.base import Member
from finora.spend.event import BillingClass
from finora.spend.service import Spend
from finora.spend.store import ConnectionName
from finora.storage.events import DuckDBEventStore
from finora.subscriptions import NOBODY, InvalidSubscription, NotLinked, Seats
from support.events import T0, event, read, table

from .conftest import NOW, ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.storage.ledger import Ledger
    from finora.subscriptions import Subscription, Subscriptions

    from .conftest import Book, HandClock

USD = 1_000_000_000
CENT = 10_000_000
OCTOBER = date(2026, 10, 1), date(2026, 11, 1)


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def member(name: str, *, removed: bool = False) -> Member:
    return Member(
        provider_id=name, email=f"{name}@acme.test", name=name.title(), role="member", removed=removed
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBEventStore]:
    store = DuckDBEventStore(tmp_path / "events.duckdb", ZONE.key)
    store.name_connections(
        [
            ConnectionName(number=number, key=key, label=key, provider="cursor", provider_label="Cursor")
            for number, key in ((1, "c1"), (2, "c2"))
        ]
    )
    yield store
    store.close()


@pytest.fixture
def people(ledger: Ledger, store: DuckDBEventStore, clock: HandClock) -> People:
    return People(ledger, store, clock)


@pytest.fixture
def seats(subscriptions: Subscriptions, people: People, store: DuckDBEventStore, clock: HandClock) -> Seats:
    def read_through(connection: str) -> datetime | None:
        covered = store.covered({"c1": 1, "c2": 2}[connection])
        return covered[-1].end if covered else None

    return Seats(subscriptions, people, Spend(store, clock), read_through, ZONE)


def use_cursor(store: DuckDBEventStore, connection: int, *events: tuple[str, timedelta, int]) -> None:
    """Let people have caused events of so many nano-USD, so long ago."""
    rows = [event(ms(NOW - ago), f"{name}@acme.test", cost) for name, ago, cost in events]
    start, end = -400, (ms(NOW) - T0) / 86_400_000
    store.replace_window(read(start, end, connection=connection, now=NOW), table(rows))


def by_name(subscription: Subscription, seats: Seats) -> list[str]:
    return [seat.name for seat in seats.use(subscription.id).idle]


def test_seats_bought_held_used_idle_and_empty_are_told_apart(
    book: Book, people: People, store: DuckDBEventStore, seats: Seats
) -> None:
    people.record("c1", [member("ana"), member("bo"), member("cy"), member("old", removed=True)], None)
    use_cursor(
        store, 1, ("ana", timedelta(days=2), CENT), ("bo", timedelta(days=31), CENT), ("guest", timedelta(days=1), CENT)
    )  # fmt: skip
    use_cursor(store, 2, ("cy", timedelta(days=1), CENT))
    use = seats.use(book.add(seats=5, connection="c1").id)
    assert (use.seats, use.members, use.holders, use.active, use.empty) == (5, 3, 3, 1, 2)
    assert [(seat.person, seat.name) for seat in use.idle] == [("bo@acme.test", "Bo"), ("cy@acme.test", "Cy")]
    assert (use.seat_cost, use.idle_cost, use.empty_cost) == (40 * USD, 80 * USD, 80 * USD)
    assert use.data_through == NOW


def test_what_a_seat_covered_is_held_against_its_price(
    book: Book, people: People, store: DuckDBEventStore, seats: Seats
) -> None:
    """Break-even: what the plan covered in 30 days, less what a month of the seat costs."""
    people.record("c1", [member("ana"), member("bo")], None)
    ago = ms(NOW - timedelta(days=2))
    rows = [
        event(ago, "ana@acme.test", 50 * USD, billing=BillingClass.INCLUDED.value, chargeable=False),
        event(ago + 1, "ana@acme.test", 7 * USD),
        event(ago, "bo@acme.test", 3 * USD, billing=BillingClass.INCLUDED.value, chargeable=False),
    ]
    store.replace_window(read(-400, (ms(NOW) - T0) / 86_400_000, connection=1, now=NOW), table(rows))
    use = seats.use(book.add(seats=2, connection="c1").id)
    ana, bo = use.people
    assert (ana.events, ana.spend, ana.usage_value, ana.included_value) == (2, 7 * USD, 57 * USD, 50 * USD)
    assert (use.saved(ana), use.saved(bo)) == (10 * USD, -37 * USD)


def test_before_any_event_was_read_nobody_is_called_idle(
    book: Book, people: People, store: DuckDBEventStore, seats: Seats
) -> None:
    people.record("c1", [member("ana")], None)
    use_cursor(store, 2, ("ana", timedelta(days=1), CENT))
    use = seats.use(book.add(connection="c1").id)
    assert (use.holders, use.idle, use.data_through) == (1, (), None)


def test_a_yearly_seat_that_idles_costs_a_twelfth_a_month(
    book: Book, people: People, store: DuckDBEventStore, seats: Seats
) -> None:
    people.record("c1", [member("ana"), member("bo"), member("cy")], None)
    use_cursor(store, 1)
    use = seats.use(book.add(seats=3, billing_cycle="annual", price_per_seat="100", connection="c1").id)
    assert (use.seat_cost, use.idle_cost) == (8_333_333_333, 25 * USD)


def test_without_a_living_connection_nobody_is_called_idle(
    book: Book, people: People, seats: Seats, connected: dict[str, str]
) -> None:
    people.record("c1", [member("ana")], None)
    with pytest.raises(NotLinked, match="Link it to the provider account"):
        seats.use(book.add().id)
    linked = book.add(connection="c1")
    del connected["c1"]
    with pytest.raises(NotLinked):
        seats.use(linked.id)


def test_who_has_a_premium_seat_by_hand_holds_no_standard_seat_by_rule(
    book: Book, subscriptions: Subscriptions, people: People, store: DuckDBEventStore, seats: Seats
) -> None:
    people.record("c1", [member("ana"), member("bo")], None)
    use_cursor(store, 1)
    standard = book.add(name="Standard", seats=1, connection="c1")
    premium = book.add(name="Premium", seats=1, price_per_seat="120", connection="c1", seat_rule="by_hand")
    subscriptions.assign(OPERATOR, premium.id, [{"person": "Ana@acme.test "}])
    assert by_name(standard, seats) == ["Bo"]
    assert by_name(premium, seats) == ["Ana"]
    shares = seats.shares(*OCTOBER)
    assert shares.by_person == {"ana@acme.test": 120 * USD, "bo@acme.test": 40 * USD}
    assert shares.unassigned == 0


def test_more_holders_than_seats_share_what_is_paid(
    book: Book, people: People, store: DuckDBEventStore, seats: Seats
) -> None:
    people.record("c1", [member("ana"), member("bo"), member("cy")], None)
    use_cursor(store, 1)
    subscription = book.add(seats=2, price_per_seat="30", connection="c1")
    assert set(seats.shares(*OCTOBER).by_person.values()) == {20 * USD}
    use = seats.use(subscription.id)
    assert (len(use.idle), use.idle_cost) == (3, 60 * USD), "no more can idle than was paid"


def test_a_member_who_came_later_costs_from_then_and_one_who_left_until_then(
    book: Book, people: People, seats: Seats, clock: HandClock
) -> None:
    book.add(seats=2, price_per_seat="31", connection="c1", start_date="2026-10-01")
    clock.time = datetime(2026, 10, 5, 9, tzinfo=UTC)
    people.record("c1", [member("ana"), member("bo")], None)
    clock.time = datetime(2026, 10, 20, 9, tzinfo=UTC)
    people.record("c1", [member("ana"), member("bo")], None)
    clock.time = datetime(2026, 10, 21, 9, tzinfo=UTC)
    people.record("c1", [member("ana"), member("bo", removed=True), member("cy")], None)
    clock.time = NOW
    people.record("c1", [member("ana"), member("bo", removed=True), member("cy")], None)
    assert {person: cost / USD for person, cost in seats.shares(*OCTOBER).by_person.items()} == {
        "ana@acme.test": 31,
        "bo@acme.test": 20,
        "cy@acme.test": 11,
    }


def test_a_person_removed_before_finora_came_never_held_a_seat(
    book: Book, people: People, seats: Seats, clock: HandClock
) -> None:
    book.add(seats=2, connection="c1")
    people.record("c1", [member("ana"), member("old", removed=True)], None)
    clock.time += timedelta(days=1)
    people.record("c1", [member("ana"), member("old", removed=True)], None)
    assert set(seats.shares(*OCTOBER).by_person) == {"ana@acme.test"}


def test_a_seat_by_hand_passes_from_one_person_to_the_next(
    book: Book, subscriptions: Subscriptions, seats: Seats
) -> None:
    subscription = book.add(name="Midjourney", sku="midjourney-pro", seats=1, price_per_seat="62")
    subscriptions.assign(
        OPERATOR,
        subscription.id,
        [
            {"person": "ana@acme.test", "until": "2026-10-10"},
            {"person": "bo@acme.test", "since": "2026-10-12", "until": None},
        ],
    )
    shares = seats.shares(*OCTOBER)
    assert (shares.by_person, shares.unassigned) == (
        {"ana@acme.test": 20 * USD, "bo@acme.test": 40 * USD},
        2 * USD,
    )


def test_seats_are_given_ended_and_taken_one_by_one(book: Book, subscriptions: Subscriptions) -> None:
    made = book.add()
    for person in ("ana@b.test", "bo@b.test"):
        subscriptions.give(OPERATOR, made.id, {"person": person, "since": "2026-10-01"})
    ana = ("ana@b.test", date(2026, 10, 1))
    subscriptions.take(OPERATOR, made.id, ana, until=date(2026, 10, 31))
    found = subscriptions.take(OPERATOR, made.id, ("bo@b.test", date(2026, 10, 1)))
    assert [(each.person, each.until) for each in found.assigned] == [("ana@b.test", date(2026, 10, 31))]
    assert subscriptions.take(OPERATOR, made.id, ("bo@b.test", None)).assigned == found.assigned
    with pytest.raises(InvalidSubscription):
        subscriptions.take(OPERATOR, made.id, ana, until=date(2026, 9, 30))
    with pytest.raises(InvalidSubscription):
        subscriptions.give(OPERATOR, made.id, {"person": "ana@b.test"})


@pytest.mark.parametrize(
    ("held", "field"),
    [
        ([{"person": "a@b", "since": "2026-02-01", "until": "2026-01-01"}], "until"),
        ([{"person": "a@b"}, {"person": "A@B", "since": "2026-02-01"}], "person"),
        ([{"person": "a@b"}, {"person": "a@b"}], "person"),
        (
            [
                {"person": "a@b", "since": "2026-01-01", "until": "2026-02-01"},
                {"person": "a@b", "since": "2026-02-01"},
            ],
            "person",
        ),
        ([{"person": "a@b"}, {"person": "Ana"}], "people.1.person"),
        ([{"since": "2026-01-01"}], "people.0.person"),
        ([{"person": "a@b", "until": "soon"}], "people.0.until"),
    ],
)
def test_seats_that_cannot_be_held_are_refused(
    book: Book, subscriptions: Subscriptions, held: list[dict[str, object]], field: str
) -> None:
    subscription = book.add()
    with pytest.raises(InvalidSubscription) as caught:
        subscriptions.assign(OPERATOR, subscription.id, held)
    assert {flaw.field for flaw in caught.value.flaws} == {field}
    assert subscriptions.get(subscription.id).assigned == ()


def test_a_persons_true_cost_is_their_events_and_their_seat(
    book: Book, people: People, store: DuckDBEventStore, seats: Seats
) -> None:
    people.record("c1", [member("ana"), member("bo")], None)
    ago = timedelta(days=25)  # in October
    use_cursor(store, 1, ("ana", ago, 7 * USD), ("guest", ago, 90 * USD))
    book.add(seats=3, connection="c1")
    found, unassigned = seats.true_costs(*OCTOBER)
    assert [
        (each.label, each.spend // USD, each.subscriptions // USD, each.total // USD) for each in found
    ] == [
        ("guest@acme.test", 90, 0, 90),
        ("Ana", 7, 40, 47),
        ("Bo", 0, 40, 40),
    ]
    assert unassigned == 40 * USD


def test_a_reader_of_their_own_sees_nobody_elses_cost(
    book: Book, people: People, store: DuckDBEventStore, seats: Seats
) -> None:
    people.record("c1", [member("ana"), member("bo")], None)
    use_cursor(store, 1, ("ana", timedelta(days=25), 7 * USD), ("bo", timedelta(days=25), 9 * USD))
    book.add(seats=3, connection="c1")
    found, unassigned = seats.true_costs(*OCTOBER, own="ana@acme.test")
    assert [(each.person, each.total // USD) for each in found] == [("ana@acme.test", 47)]
    assert unassigned == 0


people_named = st.sampled_from(["ana", "bo", "cy", "di"]).map(lambda name: f"{name}@acme.test")
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    holdings=st.lists(
        st.tuples(people_named, days, st.integers(0, 120)), max_size=4, unique_by=lambda each: each[0]
    ),
    seats_bought=st.integers(1, 5),
    cents=st.integers(0, 99_999),
    cut=days,
)
def test_shares_add_up_to_what_is_paid_and_a_period_to_its_parts(
    book: Book,
    subscriptions: Subscriptions,
    seats: Seats,
    *,
    holdings: list[tuple[str, date, int]],
    seats_bought: int,
    cents: int,
    cut: date,
) -> None:
    subscription = book.add(
        seats=seats_bought,
        price_per_seat=f"{cents / 100:.2f}",
        billing_cycle="annual",
        start_date="2026-02-10",
    )
    held = [
        {"person": person, "since": f"{since}", "until": f"{since + timedelta(days=length)}"}
        for person, since, length in holdings
    ]
    subscriptions.assign(OPERATOR, subscription.id, held)
    start, end = date(2026, 1, 1), date(2027, 1, 1)
    whole = seats.shares(start, end)
    paid = subscriptions.summary(start, end).period_total
    assert sum(whole.by_person.values()) + whole.unassigned == paid
    by_day: dict[str, int] = defaultdict(int)
    for charge in seats.seat_charges(start, end):
        by_day[charge.person] += charge.amount
    assert by_day.pop(NOBODY) == whole.unassigned
    assert sum(seats.unassigned(start, end).values()) == whole.unassigned
    assert by_day == whole.by_person
    for person, amount in whole.by_person.items():
        assert sum(each.amount for each in seats.seat_charges(start, end, own=person)) == amount
    parts = [seats.shares(start, cut), seats.shares(cut, end)]
    for person, amount in whole.by_person.items():
        assert sum(each.by_person.get(person, 0) for each in parts) == amount
    subscriptions.delete(OPERATOR, subscription.id)
