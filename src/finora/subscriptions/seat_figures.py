"""How seats are used, and what each person costs with their share of them, as values. Amounts are nano-USD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from finora.subscriptions.subscription import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSeat:
    """A seat that somebody holds, and what they did with it in the last 30 days. Amounts are nano-USD.

    Attributes:
        person: Their e-mail address.
        name: What people call them.
        removed: Whether the provider no longer lists them.
        by_hand: Whether the seat was assigned by hand.
        since: From when it is theirs; none where it always was.
        idle: Whether they had no event, where events were read that could tell.
        events: How many events of the connection they caused.
        spend: What was billed for these on top of the seat.
        usage_value: What all of these are worth.
        included_value: What those are worth that the plan covered.
    """

    person: str
    name: str
    removed: bool
    by_hand: bool
    since: date | None
    idle: bool
    events: int
    spend: int
    usage_value: int
    included_value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatUse:
    """How the seats of a subscription are used. Costs are nano-USD a month.

    Attributes:
        as_of: Today, or the nearest day on which the subscription runs.
        seats: How many are bought.
        members: How many members the connection has.
        people: Who holds a seat, by name.
        empty: Seats that nobody holds.
        seat_cost: Of one seat.
        idle_cost: Of the idle seats, those bought at most.
        empty_cost: Of the empty ones.
        data_through: How far the connection's events were read.
    """

    subscription: Subscription
    as_of: date
    seats: int
    members: int
    people: tuple[HeldSeat, ...]
    empty: int
    seat_cost: int
    idle_cost: int
    empty_cost: int
    data_through: datetime | None

    @property
    def holders(self) -> int:
        """How many people hold a seat."""
        return len(self.people)

    @property
    def idle(self) -> tuple[HeldSeat, ...]:
        """Those who had no event in the last 30 days; nobody, while no events were read that could tell."""
        return tuple(each for each in self.people if each.idle)

    @property
    def active(self) -> int:
        """How many holders are not idle."""
        return self.holders - len(self.idle)

    @property
    def unused_cost(self) -> int:
        """What is paid for seats that nobody holds, or whose holders are idle; what is bought at most."""
        return self.empty_cost + self.idle_cost

    def saved(self, seat: HeldSeat) -> int:
        """Return what a seat covered in 30 days beyond its monthly price; below zero, paying by use would cost less.

        That is the plan's break-even against on-demand, at the provider's own price of each event.
        """
        return seat.included_value - self.seat_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What subscriptions cost, by who held the seats, in nano-USD; `unassigned` is of seats that nobody held."""

    by_person: dict[str, int]
    unassigned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueCost:
    """What a person costs: the spend on their events and their share of subscriptions, in nano-USD."""

    person: str
    label: str
    spend: int
    usage_value: int
    subscriptions: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.spend + self.subscriptions
