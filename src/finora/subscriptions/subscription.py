"""A subscription as everybody but its tables knows it: plain values, safe to keep and to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finora.values.period import add_months

if TYPE_CHECKING:
    from datetime import date, datetime

    from finora.subscriptions.accrual import Contract, Terms
    from finora.subscriptions.reading import SeatRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A person who holds a seat, from a day (or always) up to a day (or on and on), both included."""

    person: str
    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether the seat is theirs on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A flat rate that is paid, or was, or will be.

    Attributes:
        id: Stays the same for good.
        name: For people.
        sku: What was bought, by catalogue id or a word of the workspace's own.
        contract: When, how many and for how much.
        renewal: A day on which it is paid again; later ones follow by billing cycle.
        tags: Words such as `team:marketing`.
        connection_id: The provider account whose seats these are.
        seat_rule: Who holds the seats besides those assigned by hand.
        assigned: Seats assigned by hand.
        deleted_at: When it was deleted; it counts nowhere, but can be restored.
    """

    id: str
    name: str
    sku: str
    contract: Contract
    renewal: date | None
    tags: tuple[str, ...]
    connection_id: str | None
    seat_rule: SeatRule
    assigned: tuple[Holding, ...]
    created_at: datetime
    created_by: str
    changed_at: datetime
    deleted_at: datetime | None

    def terms_now(self, today: date) -> Terms:
        """Return the terms of today; of the first or last day where it has not begun or is over."""
        return self.contract.terms_on(self.contract.nearest(today))

    def state(self, today: date) -> str:
        """Return `upcoming`, `active` or `ended`."""
        if today < self.contract.start:
            return "upcoming"
        return "active" if self.contract.runs_on(today) else "ended"

    def next_renewal(self, today: date) -> date | None:
        """Return the next day, today included, on which it is paid again; none where it ends first.

        A renewal on the 31st falls on the last day of shorter months.
        """
        if self.renewal is None:
            return None
        step = self.terms_now(today).cycle.months
        passed = (today.year - self.renewal.year) * 12 + today.month - self.renewal.month
        count = max(passed // step, 0)
        while (day := add_months(self.renewal, count * step)) < today:
            count += 1
        return day if self.contract.end is None or day <= self.contract.end else None
