"""Subscriptions beside the spend on events: each day's charge of each subscription, with all that it can be grouped by."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finora.accounts import OPERATOR

if TYPE_CHECKING:
    from finora.subscriptions import Subscriptions

    from .conftest import Book

DAY = timedelta(days=1)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    cents=st.integers(0, 9_999_999),
    annual=st.booleans(),
    seats=st.integers(1, 500),
    change=days,
    start=days,
    length=st.integers(1, 500),
)
def test_charges_add_up_to_the_summary_and_each_day_to_its_own_cost(
    book: Book,
    subscriptions: Subscriptions,
    *,
    cents: int,
    annual: bool,
    seats: int,
    change: date,
    start: date,
    length: int,
) -> None:
    """What Overview and Explore add up must be what the page of subscriptions says, to the nano."""
    price, cycle = f"{cents / 100:.2f}", "annual" if annual else "monthly"
    made = [
        book.add(name="One", seats=seats, price_per_seat=price, billing_cycle=cycle),
        book.add(name="Two", sku="own-plan", end_date="2027-12-31"),
    ]
    book.change(made[0], seats=seats + 1, effective=f"{change}")
    end = start + length * DAY
    by_day: dict[date, int] = defaultdict(int)
    by_subscription: dict[str, int] = defaultdict(int)
    for charge in subscriptions.charges(start, end):
        by_day[charge.day] += charge.amount
        by_subscription[charge.subscription] += charge.amount
    summary = subscriptions.summary(start, end)
    assert sum(by_day.values()) == summary.period_total
    every = [start + number * DAY for number in range(length)]
    assert [by_day[day] for day in every] == subscriptions.daily(start, end)
    assert {sku.period_total for sku in summary.by_sku} == set(by_subscription.values())
    for each in made:
        subscriptions.delete(OPERATOR, each.id)


def test_a_charge_names_plan_vendor_tags_and_connection(book: Book, subscriptions: Subscriptions) -> None:
    made = book.add(tags=["team:platform"], connection="c1")
    first, *rest = subscriptions.charges(date(2026, 11, 1), date(2026, 12, 1))
    assert (first.day, first.subscription, first.name) == (date(2026, 11, 1), made.id, "Cursor")
    assert (first.sku, first.vendor, first.tags, first.connection) == (
        "cursor-business",
        "Cursor",
        ("team:platform",),
        "c1",
    )
    assert first.label == "Cursor Teams Standard (formerly Business)"
    assert sum(each.amount for each in (first, *rest)) == 400_000_000_000


def test_a_plan_that_the_catalogue_does_not_know_goes_by_its_own_name(
    book: Book, subscriptions: Subscriptions
) -> None:
    book.add(sku="house-gpt", end_date="2026-01-01")
    (charge,) = subscriptions.charges(date(2026, 1, 1), date(2026, 2, 1))
    assert (charge.label, charge.vendor) == ("house-gpt", "")


def test_a_tag_narrows_the_charges(book: Book, subscriptions: Subscriptions) -> None:
    book.add(name="One", tags=["team:a"])
    book.add(name="Two", tags=["team:b"])
    month = date(2026, 11, 1), date(2026, 12, 1)
    assert {each.name for each in subscriptions.charges(*month, tag="team:a")} == {"One"}
