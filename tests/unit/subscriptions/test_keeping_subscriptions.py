"""Subscriptions change with a date, so that what was stays what it was, and every act is on record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finora.accounts import OPERATOR, Accounts, How, Principal, Role, Scope
from finora.accounts.errors import NotPermitted
from finora.subscriptions import InvalidSubscription, SubscriptionNotFound, TermsNotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.subscriptions import Subscriptions

    from .conftest import Book, HandClock

USD = 1_000_000_000


def total(subscriptions: Subscriptions, start: date, end: date) -> int:
    return subscriptions.summary(start, end).period_total


def month(subscriptions: Subscriptions, number: int) -> int:
    return total(subscriptions, date(2026, number, 1), date(2026, number + 1, 1))


def test_what_was_entered_comes_back_and_costs_what_it_should(
    book: Book, subscriptions: Subscriptions
) -> None:
    created = book.add(
        tags=["team:platform"], renewal_date="2027-01-01", end_date="2027-12-31", connection="Acme"
    )
    assert subscriptions.get(created.id) == created == subscriptions.all()[0]
    assert created.connection_id == "c1", "a connection may be named as people know it"
    summary = subscriptions.summary(date(2026, 10, 1), date(2026, 11, 1))
    assert (summary.monthly_total, summary.period_total, summary.seats) == (400 * USD, 400 * USD, 10)


def test_a_later_change_leaves_past_months_as_they_were(book: Book, subscriptions: Subscriptions) -> None:
    subscription = book.add()
    book.change(subscription, seats=15, effective="2026-10-01")
    changed = book.change(subscription, price_per_seat="32", effective="2026-11-01")
    assert [month(subscriptions, number) // USD for number in (9, 10, 11)] == [400, 600, 480]
    assert [each.effective for each in changed.contract.terms] == [
        date(2026, 1, 1),
        date(2026, 10, 1),
        date(2026, 11, 1),
    ]


def test_a_change_without_a_day_holds_from_today_in_the_workspaces_zone(book: Book, clock: HandClock) -> None:
    subscription = book.add()
    clock.time = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # already the 21st in Berlin
    changed = book.change(subscription, seats=11)
    assert changed.contract.terms[-1].effective == date(2026, 11, 21)


def test_a_change_of_a_day_with_its_own_terms_corrects_them(book: Book) -> None:
    subscription = book.add()
    book.change(subscription, seats=12, effective="2026-06-01")
    corrected = book.change(subscription, seats=9, effective="2026-01-01")
    assert [each.seats for each in corrected.contract.terms] == [9, 12]


def test_a_subscription_that_has_not_begun_changes_from_its_start(book: Book) -> None:
    subscription = book.add(start_date="2027-03-01")
    changed = book.change(subscription, seats=3)
    assert [(each.effective, each.seats) for each in changed.contract.terms] == [(date(2027, 3, 1), 3)]


def test_moving_the_start_keeps_the_terms(book: Book, subscriptions: Subscriptions) -> None:
    subscription = book.add()
    book.change(subscription, seats=20, effective="2026-03-01")
    book.change(subscription, start_date="2026-05-01")
    assert month(subscriptions, 4) == 0
    assert month(subscriptions, 5) == 800 * USD
    moved_back = book.change(subscription, start_date="2025-12-01")
    assert [(each.effective, each.seats) for each in moved_back.contract.terms] == [
        (date(2025, 12, 1), 10),
        (date(2026, 3, 1), 20),
    ]


def test_ending_keeps_what_it_cost_and_clearing_the_end_lets_it_go_on(
    book: Book, subscriptions: Subscriptions
) -> None:
    subscription = book.add()
    ended = book.change(subscription, end_date="2026-09-15")
    assert month(subscriptions, 9) == 200 * USD
    assert month(subscriptions, 10) == 0
    assert ended.state(subscriptions.today) == "ended"
    book.change(subscription, end_date=None)
    assert month(subscriptions, 10) == 400 * USD


def test_deleting_counts_nowhere_and_can_be_undone(book: Book, subscriptions: Subscriptions) -> None:
    subscription = book.add()
    before = month(subscriptions, 10)
    subscriptions.delete(OPERATOR, subscription.id)
    assert month(subscriptions, 10) == 0
    assert subscriptions.all() == []
    assert [each.id for each in subscriptions.all(deleted=True)] == [subscription.id]
    with pytest.raises(SubscriptionNotFound):
        subscriptions.get(subscription.id)
    with pytest.raises(SubscriptionNotFound):
        book.change(subscription, seats=1)
    assert subscriptions.restore(OPERATOR, subscription.id) == subscription
    assert month(subscriptions, 10) == before
    with pytest.raises(SubscriptionNotFound):
        subscriptions.restore(OPERATOR, subscription.id)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"end_date": "2025-12-31"}, "end_date", "before the start date"),
        ({"renewal_date": "2025-12-31"}, "renewal_date", "before the start date"),
        ({"seats": 1000, "price_per_seat": "1000000"}, "price_per_seat", "100,000,000 USD a payment"),
        ({"connection": "nowhere"}, "connection", "none of those connected (Acme, Beta)"),
        ({"effective": "2026-02-01"}, "effective", "belongs to a change"),
        ({"name": "left out"}, "name", "is missing"),
        ({"billing_cycle": "left out"}, "billing_cycle", "is missing"),
        ({"start_date": None}, "start_date", "must be a date"),
    ],
)
def test_a_new_subscription_that_cannot_be_is_refused_by_field(
    book: Book, subscriptions: Subscriptions, fields: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(InvalidSubscription) as caught:
        book.add(**fields)
    assert [(flaw.field, words in flaw.problem) for flaw in caught.value.flaws] == [(field, True)]
    assert caught.value.extra["errors"][0]["field"] == field
    assert subscriptions.all() == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"seats": 5, "effective": "2025-12-31"}, "effective"),
        ({"seats": 5, "effective": "2027-01-01"}, "effective"),
        ({"effective": "2026-05-01"}, "effective"),
        ({"billing_cycle": "annual"}, "price_per_seat"),
        ({"start_date": "2026-12-31"}, "end_date"),
        ({"end_date": "2025-01-01"}, "end_date"),
        ({"seats": -5}, "seats"),
        ({"name": None}, "name"),
        ({"seats": None}, "seats"),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(
    book: Book, subscriptions: Subscriptions, fields: dict[str, object], field: str
) -> None:
    subscription = book.add(end_date="2026-12-30")
    with pytest.raises(InvalidSubscription) as caught:
        book.change(subscription, **fields, tags=["new"])
    assert field in {flaw.field for flaw in caught.value.flaws}
    assert subscriptions.get(subscription.id) == subscription


def test_what_is_wrong_with_a_new_subscription_is_told_at_once(book: Book) -> None:
    """Else whoever mends one field is told of the next only then."""
    with pytest.raises(InvalidSubscription) as refused:
        book.add(seats=0, price_per_seat="-1", start_date="2026-05-01", end_date="2026-01-01")
    assert [flaw.field for flaw in refused.value.flaws] == ["seats", "price_per_seat", "end_date"]
    with pytest.raises(InvalidSubscription) as refused:
        book.add(start_date="soon", end_date="2026-01-01")
    assert [flaw.field for flaw in refused.value.flaws] == ["start_date"]


def test_changing_to_yearly_payment_takes_the_yearly_price(book: Book, subscriptions: Subscriptions) -> None:
    subscription = book.add()
    book.change(subscription, billing_cycle="annual", price_per_seat="384", effective="2026-11-01")
    assert month(subscriptions, 10) == 400 * USD
    assert month(subscriptions, 11) == 320 * USD


def test_the_summary_names_each_sku_and_adds_up(book: Book, subscriptions: Subscriptions) -> None:
    book.add()
    book.add(name="Cursor, design", seats=3, start_date="2026-10-16", tags=["team:design"])
    book.add(name="House", sku="house-gpt", seats=1, price_per_seat="100", billing_cycle="annual")
    book.add(name="Over", sku="midjourney-pro", end_date="2026-09-30")
    summary = subscriptions.summary(date(2026, 10, 1), date(2026, 11, 1))
    assert [(each.sku, each.label, each.vendor, each.seats) for each in summary.by_sku] == [
        ("cursor-business", "Cursor Teams Standard (formerly Business)", "Cursor", 13),
        ("house-gpt", "house-gpt", "", 1),
    ]
    assert summary.as_of == date(2026, 10, 31)
    assert summary.monthly_total == 520 * USD + 8_333_333_333
    tagged = subscriptions.summary(date(2026, 10, 1), date(2026, 11, 1), tag="team:design")
    assert [each.seats for each in tagged.by_sku] == [3]


def test_the_trend_ends_with_the_present_month_in_full(book: Book, subscriptions: Subscriptions) -> None:
    book.add(start_date="2026-10-16", price_per_seat="31")
    trend = subscriptions.trend(3)
    assert [(each.month, each.total // USD) for each in trend] == [
        (date(2026, 9, 1), 0),
        (date(2026, 10, 1), 160),
        (date(2026, 11, 1), 310),
    ]
    assert trend[-1].by_sku == {"cursor-business": 310 * USD}


def test_renewals_ahead_come_round_again_and_stop_with_the_end(
    book: Book, subscriptions: Subscriptions
) -> None:
    yearly = {"billing_cycle": "annual", "price_per_seat": "480"}
    book.add(name="Yearly", **yearly, start_date="2024-12-05", renewal_date="2025-12-05")
    book.add(name="Monthly", renewal_date="2026-01-31")
    book.add(name="Ending", **yearly, renewal_date="2026-12-10", end_date="2026-12-09")
    book.add(name="Far", **yearly, renewal_date="2027-06-01")
    book.add(name="Never said")
    found = [(each.subscription.name, each.day, each.amount // USD) for each in subscriptions.renewals(30)]
    assert found == [("Monthly", date(2026, 11, 30), 400), ("Yearly", date(2026, 12, 5), 4800)]


@pytest.fixture
def reader() -> Callable[[Role, Scope], Principal]:
    def make(role: Role, scope: Scope) -> Principal:
        return Principal(
            user_id="u", email="u@acme.test", name="U", role=role, how=How.TOKEN, scopes=frozenset({scope})
        )

    return make


def test_viewers_and_read_tokens_change_nothing(
    book: Book, subscriptions: Subscriptions, reader: Callable[[Role, Scope], Principal]
) -> None:
    kept = book.add()
    attempts: tuple[Callable[[Principal], object], ...] = (
        lambda who: subscriptions.create(who, {}),
        lambda who: subscriptions.change(who, kept.id, {}),
        lambda who: subscriptions.delete(who, kept.id),
        lambda who: subscriptions.restore(who, kept.id),
        lambda who: subscriptions.assign(who, kept.id, []),
    )
    for actor in (reader(Role.VIEWER, Scope.ADMIN), reader(Role.OWNER, Scope.READ)):
        for attempt in attempts:
            with pytest.raises(NotPermitted):
                attempt(actor)
    member = reader(Role.MEMBER, Scope.WRITE)
    assert subscriptions.change(member, kept.id, {"seats": 4}).contract.terms[-1].seats == 4


def test_every_act_is_in_the_audit_log_with_what_changed(
    book: Book, subscriptions: Subscriptions, accounts: Accounts
) -> None:
    subscription = book.add()
    book.change(subscription, seats=12, name="Cursor for all", effective="2026-11-01")
    subscriptions.delete(OPERATOR, subscription.id)
    subscriptions.restore(OPERATOR, subscription.id)
    entries = accounts.audit_entries(OPERATOR)
    assert [each.act for each in entries] == [
        "subscription.restored",
        "subscription.deleted",
        "subscription.changed",
        "subscription.created",
    ]
    assert entries[2].details == {
        "id": subscription.id,
        "name": {"from": "Cursor", "to": "Cursor for all"},
        "seats": {"from": 10, "to": 12},
        "effective": "2026-11-01",
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 50)), max_size=6))
def test_whatever_is_changed_later_days_before_keep_their_cost(
    book: Book, subscriptions: Subscriptions, changes: list[tuple[date, int]]
) -> None:
    subscription = book.add()
    for day, seats in sorted(changes):
        before = total(subscriptions, date(2026, 1, 1), day) if day > date(2026, 1, 1) else 0
        book.change(subscription, seats=seats, effective=day.isoformat())
        after = total(subscriptions, date(2026, 1, 1), day) if day > date(2026, 1, 1) else 0
        assert before == after
    days = subscriptions.daily(date(2026, 1, 1), date(2027, 1, 1))
    assert sum(days) == total(subscriptions, date(2026, 1, 1), date(2027, 1, 1))
    subscriptions.delete(OPERATOR, subscription.id)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(days=st.lists(st.dates(date(2026, 1, 2), date(2026, 12, 31)), min_size=1, max_size=4, unique=True))
def test_a_change_taken_back_leaves_every_day_as_if_it_had_never_been(
    book: Book, subscriptions: Subscriptions, days: list[date]
) -> None:
    start, end = date(2026, 1, 1), date(2027, 1, 1)
    made = book.add()
    for number, day in enumerate(days[1:]):
        book.change(made, seats=20 + number, effective=f"{day}")
    before = subscriptions.daily(start, end)
    book.change(made, seats=7, price_per_seat="1.23", effective=f"{days[0]}")
    subscriptions.withdraw(OPERATOR, made.id, days[0])
    assert subscriptions.daily(start, end) == before
    with pytest.raises(TermsNotFound):
        subscriptions.withdraw(OPERATOR, made.id, days[0])
    subscriptions.delete(OPERATOR, made.id)
