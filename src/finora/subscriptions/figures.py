"""What subscriptions add up to: totals of a period, months, days, and the payments ahead."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from finora.subscriptions.accrual import cost, next_month, stretches
from finora.values.period import add_months

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finora.subscriptions.catalogue import Sku
    from finora.subscriptions.subscription import Subscription

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuTotal:
    """The subscriptions of one SKU together. Amounts are nano-USD; seats and monthly cost are those of `Summary.as_of`."""

    sku: str
    label: str
    vendor: str
    subscriptions: int
    seats: int
    monthly_total: int
    period_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What subscriptions cost. The totals are the sums of `by_sku`.

    Attributes:
        start: The first day.
        end: The day after the last.
        as_of: The day of seats and monthly cost: today, or the day of the period that is nearest to it.
        monthly_total: What a month costs at the terms of that day, in nano-USD.
        period_total: What the days of the period cost, in nano-USD.
        by_sku: SKUs that cost anything in the period or have seats on `as_of`, dearest first.
    """

    start: date
    end: date
    as_of: date
    by_sku: tuple[SkuTotal, ...]

    @property
    def monthly_total(self) -> int:
        """What a month costs."""
        return sum(each.monthly_total for each in self.by_sku)

    @property
    def period_total(self) -> int:
        """What the period costs."""
        return sum(each.period_total for each in self.by_sku)

    @property
    def seats(self) -> int:
        """How many seats there are."""
        return sum(each.seats for each in self.by_sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotal:
    """A calendar month, by its first day, and what it costs in nano-USD, together and by SKU."""

    month: date
    total: int
    by_sku: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A payment ahead, in nano-USD."""

    day: date
    subscription: Subscription
    amount: int


def summary(
    subscriptions: Sequence[Subscription], start: date, end: date, today: date, skus: Mapping[str, Sku]
) -> Summary:
    """Return what subscriptions cost from a day up to, and without, another."""
    as_of = min(max(today, start), end - _DAY)
    groups: dict[str, list[Subscription]] = defaultdict(list)
    for each in subscriptions:
        if each.contract.runs_on(as_of) or any(stretches(each.contract, start, end)):
            groups[each.sku].append(each)
    totals = [_sku_total(sku, group, start, end, as_of=as_of, skus=skus) for sku, group in groups.items()]
    totals.sort(key=lambda each: (-each.period_total, -each.monthly_total, each.sku))
    return Summary(start=start, end=end, as_of=as_of, by_sku=tuple(totals))


def trend(subscriptions: Sequence[Subscription], today: date, months: int) -> list[MonthTotal]:
    """Return the cost of each of so many months, the last being today's in full."""
    firsts = [add_months(today.replace(day=1), back) for back in range(1 - months, 1)]
    return [_month(subscriptions, first) for first in firsts]


def renewals(subscriptions: Sequence[Subscription], today: date, days: int) -> list[Renewal]:
    """Return what is paid again within so many days from today, soonest first; each subscription once."""
    last = today + days * _DAY
    found = []
    for each in subscriptions:
        day = each.next_renewal(today)
        if day is not None and day <= last:
            amount = each.contract.terms_on(day).cycle_cost
            found.append(Renewal(day=day, subscription=each, amount=amount))
    return sorted(found, key=lambda renewal: (renewal.day, renewal.subscription.name.lower()))


def payments(subscriptions: Sequence[Subscription], today: date, days: int) -> list[Renewal]:
    """Return what is paid within so many days from today, soonest first; each subscription as often as it comes round."""
    last = today + days * _DAY
    found = []
    for each in subscriptions:
        day = each.next_renewal(today)
        while day is not None and day <= last:
            amount = each.contract.terms_on(day).cycle_cost
            found.append(Renewal(day=day, subscription=each, amount=amount))
            day = each.next_renewal(day + _DAY)
    return sorted(found, key=lambda payment: (payment.day, payment.subscription.name.lower()))


def daily(subscriptions: Sequence[Subscription], start: date, end: date) -> list[int]:
    """Return the cost of each day, in nano-USD, from a day up to, and without, another."""
    days = [start + number * _DAY for number in range((end - start).days)]
    return [sum(cost(each.contract, day, day + _DAY) for each in subscriptions) for day in days]


def _sku_total(
    sku: str,
    group: Sequence[Subscription],
    start: date,
    end: date,
    *,
    as_of: date,
    skus: Mapping[str, Sku],
) -> SkuTotal:
    running = [each.contract for each in group if each.contract.runs_on(as_of)]
    listed = skus.get(sku)
    return SkuTotal(
        sku=sku,
        label=listed.label if listed else sku,
        vendor=listed.vendor if listed else "",
        subscriptions=len(group),
        seats=sum(contract.terms_on(as_of).seats for contract in running),
        monthly_total=sum(contract.monthly_cost(as_of) for contract in running),
        period_total=sum(cost(each.contract, start, end) for each in group),
    )


def _month(subscriptions: Sequence[Subscription], first: date) -> MonthTotal:
    by_sku: dict[str, int] = defaultdict(int)
    for each in subscriptions:
        if amount := cost(each.contract, first, next_month(first)):
            by_sku[each.sku] += amount
    return MonthTotal(month=first, total=sum(by_sku.values()), by_sku=dict(by_sku))
