"""Flat rates become days without a nano lost or made, in every month and year."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.subscriptions.accrual import BillingCycle, Contract, Terms, cost, next_month, part, stretches

USD = 1_000_000_000
DAY = timedelta(days=1)

days = st.dates(date(2019, 1, 1), date(2033, 12, 31))
prices = st.integers(0, 5_000_000).map(lambda cents: cents * 10_000_000)
terms = st.builds(
    Terms, effective=days, seats=st.integers(1, 3000), price=prices, cycle=st.sampled_from(BillingCycle)
)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    start = draw(days)
    end = draw(st.one_of(st.none(), st.integers(0, 1500).map(lambda length: start + length * DAY)))
    chosen = draw(st.lists(terms, min_size=1, max_size=5, unique_by=lambda each: each.effective))
    return Contract(start=start, end=end, terms=tuple(sorted(chosen, key=lambda each: each.effective)))


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date]:
    start = draw(days)
    return start, start + draw(st.integers(0, 800)) * DAY


def flat(price: int, cycle: BillingCycle = BillingCycle.MONTHLY, seats: int = 1) -> Contract:
    always = Terms(effective=date(2000, 1, 1), seats=seats, price=price, cycle=cycle)
    return Contract(start=date(2000, 1, 1), end=None, terms=(always,))


def every_day(start: date, end: date) -> list[date]:
    return [start + number * DAY for number in range((end - start).days)]


@given(contracts(), spans())
def test_a_period_costs_what_its_days_cost(contract: Contract, span: tuple[date, date]) -> None:
    start, end = span
    assert cost(contract, start, end) == sum(cost(contract, day, day + DAY) for day in every_day(start, end))


@given(st.builds(flat, prices, st.just(BillingCycle.MONTHLY), st.integers(1, 3000)), days)
def test_a_months_days_add_up_to_its_price(contract: Contract, day: date) -> None:
    first = day.replace(day=1)
    assert cost(contract, first, next_month(day)) == contract.terms[0].cycle_cost


@given(st.builds(flat, prices, st.just(BillingCycle.ANNUAL), st.integers(1, 3000)), days)
def test_twelve_months_in_a_row_cost_the_yearly_price(contract: Contract, day: date) -> None:
    first = day.replace(day=1)
    assert cost(contract, first, first.replace(year=first.year + 1)) == contract.terms[0].cycle_cost


@given(st.builds(flat, prices, st.sampled_from(BillingCycle), st.integers(1, 3000)), days)
def test_days_of_one_month_differ_by_a_nano_at_most(contract: Contract, day: date) -> None:
    month = [cost(contract, each, each + DAY) for each in every_day(day.replace(day=1), next_month(day))]
    assert max(month) - min(month) <= 1


@given(contracts(), days)
def test_nothing_is_paid_before_the_first_and_after_the_last_day(contract: Contract, day: date) -> None:
    inside = contract.runs_on(day)
    assert inside == (contract.start <= day and (contract.end is None or day <= contract.end))
    if not inside:
        assert cost(contract, day, day + DAY) == 0
        assert contract.monthly_cost(day) == 0


@given(contracts(), spans(), st.lists(days, max_size=4))
def test_stretches_follow_each_other_wherever_they_are_cut(
    contract: Contract, span: tuple[date, date], cuts: list[date]
) -> None:
    found = list(stretches(contract, *span, cuts))
    assert all(later.first == earlier.last + DAY for earlier, later in pairwise(found))
    assert all(each.first.month == each.last.month and each.first <= each.last for each in found)
    assert all(contract.terms_on(day) == each.terms for each in found for day in (each.first, each.last))
    assert sum(each.cost for each in found) == cost(contract, *span)


@given(contracts(), spans(), st.integers(1, 60))
def test_the_parts_of_a_stretch_are_its_cost_and_the_sum_of_their_days(
    contract: Contract, span: tuple[date, date], parts: int
) -> None:
    for whole in stretches(contract, *span):
        assert sum(whole.share(index, parts) for index in range(parts)) == whole.cost
        single = stretches(contract, whole.first, whole.last + DAY, every_day(whole.first, whole.last))
        assert sum(day.share(parts - 1, parts) for day in single) == whole.share(parts - 1, parts)


@given(st.builds(flat, prices, st.just(BillingCycle.MONTHLY), st.integers(1, 50)), days)
def test_a_seat_costs_its_price_in_every_whole_month(contract: Contract, day: date) -> None:
    (month,) = stretches(contract, day.replace(day=1), next_month(day))
    always = contract.terms[0]
    assert {month.share(index, always.seats) for index in range(always.seats)} == {always.price}


@given(st.integers(0, 10**15), st.integers(1, 400))
def test_equal_parts_differ_by_one_at_most(total: int, parts: int) -> None:
    pieces = [part(total, index, parts) for index in range(parts)]
    assert sum(pieces) == total
    assert max(pieces) - min(pieces) <= 1


@pytest.mark.parametrize("year", [2024, 2026, 2028, 2100])
def test_february_costs_the_same_in_leap_years(year: int) -> None:
    forty = flat(40 * USD)
    assert cost(forty, date(year, 2, 1), date(year, 3, 1)) == 40 * USD
    length = 29 if isleap(year) else 28
    assert cost(forty, date(year, 2, 1), date(year, 2, 2)) == 40 * USD // length


def test_a_change_in_the_middle_of_a_month_counts_from_its_day() -> None:
    ten = Terms(effective=date(2026, 9, 1), seats=10, price=30 * USD, cycle=BillingCycle.MONTHLY)
    fifteen = Terms(effective=date(2026, 9, 16), seats=15, price=30 * USD, cycle=BillingCycle.MONTHLY)
    contract = Contract(start=date(2026, 9, 1), end=None, terms=(ten, fifteen))
    assert cost(contract, date(2026, 9, 1), date(2026, 10, 1)) == 150 * USD + 225 * USD
    assert contract.monthly_cost(date(2026, 9, 15)) == 300 * USD
    assert contract.monthly_cost(date(2026, 9, 16)) == 450 * USD


def test_the_end_date_is_the_last_day_that_is_paid() -> None:
    year = Terms(effective=date(2026, 1, 1), seats=1, price=120 * USD, cycle=BillingCycle.ANNUAL)
    contract = Contract(start=date(2026, 1, 1), end=date(2026, 12, 31), terms=(year,))
    assert cost(contract, date(2025, 1, 1), date(2028, 1, 1)) == 120 * USD


def test_a_trial_costs_nothing_until_it_is_over() -> None:
    trial = Terms(effective=date(2026, 3, 10), seats=20, price=0, cycle=BillingCycle.MONTHLY)
    paid = Terms(effective=date(2026, 4, 1), seats=20, price=25 * USD, cycle=BillingCycle.MONTHLY)
    contract = Contract(start=date(2026, 3, 10), end=None, terms=(trial, paid))
    assert cost(contract, date(2026, 3, 1), date(2026, 5, 1)) == 500 * USD


@pytest.mark.parametrize(
    ("cents", "monthly"),
    [(48_000, 40 * USD), (10_000, 8_333_333_333), (20_000, 16_666_666_667), (3, 2_500_000)],
)
def test_a_yearly_price_has_its_monthly_equivalent(cents: int, monthly: int) -> None:
    yearly = Terms(effective=date(2026, 1, 1), seats=1, price=cents * 10_000_000, cycle=BillingCycle.ANNUAL)
    assert yearly.monthly_cost == yearly.seat_monthly_cost == monthly
