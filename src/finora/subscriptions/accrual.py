"""How a flat rate becomes the cost of days, exactly, in whole nano-USD.

A calendar month costs the monthly price, or for annual billing its share of the yearly price; a day costs its share of
its month. An amount that does not divide evenly is cut at the floors of its running total, so that

* the days of a month add up to the price of the month, in leap years too;
* any twelve months in a row add up to the yearly price, whichever month the contract begins in;
* a period costs what its days cost, wherever it is cut.

Terms hold from their effective day; where they change within a month, each day costs what the terms of that day make
of it. A month's cost is therefore its price, not its length: a day in February costs more than one in March.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

_DAY = timedelta(days=1)


class BillingCycle(StrEnum):
    """How often a subscription is paid."""

    MONTHLY = "monthly"
    ANNUAL = "annual"

    @property
    def months(self) -> int:
        """Months that one payment covers."""
        return 12 if self is BillingCycle.ANNUAL else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is bought from a day on.

    Attributes:
        effective: The first day they hold.
        seats: How many.
        price: Of one seat for one billing cycle, in nano-USD; zero for a trial.
        cycle: What `price` is paid for.
    """

    effective: date
    seats: int
    price: int
    cycle: BillingCycle

    @property
    def cycle_cost(self) -> int:
        """What one payment costs, in nano-USD."""
        return self.seats * self.price

    @property
    def monthly_cost(self) -> int:
        """What a month costs, in nano-USD; a twelfth of a yearly payment is rounded half to even."""
        return divided(self.cycle_cost, self.cycle.months)

    @property
    def seat_monthly_cost(self) -> int:
        """What a seat costs a month, in nano-USD; rounded as `monthly_cost`."""
        return divided(self.price, self.cycle.months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A subscription as a matter of dates and money.

    Attributes:
        start: The first day that costs.
        end: The last day that costs; none while it goes on.
        terms: At least one, by effective day. Days before the first are under it as well.
    """

    start: date
    end: date | None
    terms: tuple[Terms, ...]

    def terms_on(self, day: date) -> Terms:
        """Return the terms that hold on a day."""
        return self.terms[max(bisect_right(self.terms, day, key=lambda each: each.effective) - 1, 0)]

    def runs_on(self, day: date) -> bool:
        """Return whether a day costs."""
        return self.start <= day and (self.end is None or day <= self.end)

    def nearest(self, day: date) -> date:
        """Return a day, or the one nearest to it on which the contract runs."""
        day = max(day, self.start)
        return day if self.end is None else min(day, self.end)

    def monthly_cost(self, day: date) -> int:
        """Return what a month costs at the terms of a day, in nano-USD; nothing where it does not run."""
        return self.terms_on(day).monthly_cost if self.runs_on(day) else 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one month under the same terms, both ends included, and what they cost together in nano-USD."""

    first: date
    last: date
    terms: Terms
    cost: int

    def only(self, day: date) -> Stretch:
        """Return the one of its days."""
        return Stretch(day, day, self.terms, _cost_within_month(self.terms, day, day))

    def on(self, day: date) -> int:
        """Return what one of its days costs; all of them add up to its cost."""
        return _cost_within_month(self.terms, day, day)

    def share(self, index: int, parts: int) -> int:
        """Return what one of so many equal parts of it costs; the parts of a stretch add up to its cost.

        The cost of the first so many days and parts is cut at the floor of its running total in both directions, so
        that a part of a stretch is the sum of that part of its days, and one seat of a whole month costs its price.
        """

        def up_to(day: int) -> int:
            month, whole = _month_cost(self.terms, self.first) * day, _days_of_month(self.first) * parts
            return month * (index + 1) // whole - month * index // whole

        return up_to(self.last.day) - up_to(self.first.day - 1)

    def daily_shares(self, count: int, parts: int) -> Iterator[tuple[date, NDArray[np.int64]]]:
        """Yield each day with what the first so many of equal parts of it cost: `share` of each, all at once."""
        month, whole = _month_cost(self.terms, self.first), _days_of_month(self.first) * parts
        index = np.arange(count + 1, dtype=np.int64)

        def up_to(day: int) -> NDArray[np.int64]:
            # The whole part first, so that what is multiplied by the index stays within 64 bits.
            quotient, rest = divmod(month * day, whole)
            return quotient + np.diff(rest * index // whole)

        before = up_to(self.first.day - 1)
        for number in range(self.first.day, self.last.day + 1):
            after = up_to(number)
            yield self.first.replace(day=number), after - before
            before = after


def part(total: int, index: int, parts: int) -> int:
    """Return one of so many equal parts of an amount; all of them, from 0, add up to it."""
    return total * (index + 1) // parts - total * index // parts


def divided(amount: int, by: int) -> int:
    """Return a quotient rounded half to even."""
    quotient, rest = divmod(amount, by)
    return quotient + (2 * rest > by or (2 * rest == by and quotient % 2 == 1))


def cost(contract: Contract, start: date, end: date) -> int:
    """Return what a contract costs from a day up to, and without, another, in nano-USD."""
    return sum(stretch.cost for stretch in stretches(contract, start, end))


def stretches(contract: Contract, start: date, end: date, cuts: Iterable[date] = ()) -> Iterator[Stretch]:
    """Yield the stretches of a contract from a day up to, and without, another.

    Args:
        contract: What is paid for.
        start: The first day.
        end: The day after the last.
        cuts: Further days at which a stretch shall begin.
    """
    first = max(start, contract.start)
    after = end if contract.end is None else min(end, contract.end + _DAY)
    changes = sorted({each.effective for each in contract.terms} | set(cuts))
    while first < after:
        upcoming = changes[bisect_right(changes, first) :]
        following = min(after, next_month(first), *upcoming[:1])
        terms, last = contract.terms_on(first), following - _DAY
        yield Stretch(first, last, terms, _cost_within_month(terms, first, last))
        first = following


def next_month(day: date) -> date:
    """Return the first day of the month after a day's."""
    return day.replace(day=1) + timedelta(days=_days_of_month(day))


def _cost_within_month(terms: Terms, first: date, last: date) -> int:
    month, days = _month_cost(terms, first), _days_of_month(first)
    return month * last.day // days - month * (first.day - 1) // days


def _month_cost(terms: Terms, day: date) -> int:
    months = terms.cycle.months
    return part(terms.cycle_cost, (day.month - 1) % months, months)


def _days_of_month(day: date) -> int:
    return monthrange(day.year, day.month)[1]
