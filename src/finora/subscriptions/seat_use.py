"""Who holds the seats, who uses them, and what each person costs with their share of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from finora.spend.query import Filter, Operator, SpendQuery
from finora.subscriptions.charges import held_stretches, own_charges, seat_charges
from finora.subscriptions.errors import NotLinked
from finora.subscriptions.holders import assigned_by_hand, holdings
from finora.subscriptions.seat_figures import HeldSeat, SeatUse, Shares, TrueCost
from finora.values.period import Period, midnight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from finora.people import KnownPerson, People
    from finora.spend.result import Group, SpendResult
    from finora.spend.service import Spend
    from finora.subscriptions.charges import SeatCharge
    from finora.subscriptions.service import Subscriptions
    from finora.subscriptions.subscription import Holding, Subscription

ACTIVE_DAYS = 30

_MEASURES = ("events", "spend", "usage_value", "included_value")
_PAGE = 10_000


class Seats:
    """The people on the seats.

    A seat is assigned by hand, or by the rule `members`: everyone whom the linked connection lists, except those with a
    seat by hand of any subscription linked to it. Members whom Finora's first read of the connection found are taken to
    have been there always, later ones from the day they were first seen, and removed ones until they were last seen.

    A day's cost is divided by its seats, or by its holders where these are more; what falls on seats without a holder is
    nobody's.

    Args:
        subscriptions: What is bought.
        people: Who the members are.
        spend: Who caused events.
        read_through: Returns how far a connection's events were read.
        zone: The workspace's.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        people: People,
        spend: Spend,
        read_through: Callable[[str], datetime | None],
        zone: ZoneInfo,
    ) -> None:
        self._subscriptions = subscriptions
        self._people = people
        self._spend = spend
        self._read_through = read_through
        self._zone = zone

    def use(self, subscription_id: str) -> SeatUse:
        """Return how the seats of a subscription are used.

        Raises:
            NotLinked: It is not linked to a connection, or that one was removed.
            SubscriptionNotFound: There is none.
        """
        subscription = self._subscriptions.get(subscription_id)
        connection = subscription.connection_id
        if connection is None or connection not in self._subscriptions.connections():
            raise NotLinked(
                f"“{subscription.name}” is not linked to a connection, so nobody can tell who uses it. Link it to the "
                "provider account whose seats these are."
            )
        day = subscription.contract.nearest(self._subscriptions.today)
        members = self._people.members_of(connection)
        data_through = self._read_through(connection)
        held = self._held(subscription, day, members, was_read=data_through is not None)
        idle = sum(each.idle for each in held)
        terms = subscription.contract.terms_on(day)
        empty = max(terms.seats - len(held), 0)
        return SeatUse(
            subscription=subscription,
            as_of=day,
            seats=terms.seats,
            members=sum(not each.removed for each in members),
            people=held,
            empty=empty,
            seat_cost=terms.seat_monthly_cost,
            idle_cost=replace(terms, seats=min(idle, terms.seats)).monthly_cost,
            empty_cost=replace(terms, seats=empty).monthly_cost,
            data_through=data_through,
        )

    def shares(self, start: date, end: date) -> Shares:
        """Return what subscriptions cost from a day up to, and without, another, by who held the seats.

        All shares together are what the subscriptions cost, to the nano, and those of a period are the sums of its days.
        """
        by_person: dict[str, int] = defaultdict(int)
        unassigned = 0
        for _, person, amount in self._each_share(start, end):
            if person is None:
                unassigned += amount
            else:
                by_person[person] += amount
        return Shares(by_person=dict(by_person), unassigned=unassigned)

    def unassigned(self, start: date, end: date) -> dict[Subscription, int]:
        """Return what falls on seats without a holder, by subscription, where anything does; `shares` has it in one sum."""
        found: dict[Subscription, int] = defaultdict(int)
        for subscription, person, amount in self._each_share(start, end):
            if person is None and amount:
                found[subscription] += amount
        return dict(found)

    def true_costs(self, start: date, end: date, *, own: str | None = None) -> tuple[list[TrueCost], int]:
        """Return what each person costs from a day up to, and without, another, dearest first, and what is nobody's.

        Args:
            start: The first day.
            end: The day after the last.
            own: The e-mail of a reader who may see their own cost only; what is nobody's is then nothing.
        """
        shares = self.shares(start, end)
        spent = {group.keys[0]: group for group in self._spent(start, end, own)}
        people = set(spent) | set(shares.by_person) if own is None else {own}
        names = self._names()
        found = [
            TrueCost(
                person=person,
                label=spent[person].labels[0] if person in spent else names.get(person, person),
                spend=spent[person].values[0] if person in spent else 0,
                usage_value=spent[person].values[1] if person in spent else 0,
                subscriptions=shares.by_person.get(person, 0),
            )
            for person in people
        ]
        found.sort(key=lambda each: (-each.total, each.person))
        return found, shares.unassigned if own is None else 0

    def seat_charges(self, start: date, end: date, *, own: str | None = None) -> Iterator[SeatCharge]:
        """Yield what falls on each person for each subscription and day from a day up to, and without, another.

        Those of a day are what the subscriptions cost on it, what is nobody's among them; `shares` sums them up.

        Args:
            start: The first day.
            end: The day after the last.
            own: The e-mail of a reader who may see their own share only.
        """
        everything = self._subscriptions.all()
        by_hand = assigned_by_hand(everything)
        for subscription in everything:
            held = holdings(subscription, by_hand, self._people, self._zone)
            if own is None:
                yield from seat_charges(subscription, held, start, end)
            else:
                yield from own_charges(subscription, held, start, end, own)

    def _each_share(self, start: date, end: date) -> Iterator[tuple[Subscription, str | None, int]]:
        everything = self._subscriptions.all()
        by_hand = assigned_by_hand(everything)
        for subscription in everything:
            held = holdings(subscription, by_hand, self._people, self._zone)
            for person, amount in _shares(subscription, held, start, end):
                yield subscription, person, amount

    def _held(
        self, subscription: Subscription, day: date, members: Sequence[KnownPerson], *, was_read: bool
    ) -> tuple[HeldSeat, ...]:
        """Return who holds a seat on a day, by name; where two holdings overlap, the one by hand counts."""
        by_hand = assigned_by_hand(self._subscriptions.all())
        held = {
            each.person: each
            for each in reversed(holdings(subscription, by_hand, self._people, self._zone))
            if each.covers(day)
        }
        known = {each.email: each for each in members}
        used = self._used(subscription.connection_id or "")
        found = [
            _held_seat(each, subscription, known.get(person), used.get(person), was_read=was_read)
            for person, each in held.items()
        ]
        return tuple(sorted(found, key=lambda seat: (seat.name.lower(), seat.person)))

    def _used(self, connection: str) -> dict[str, tuple[int, ...]]:
        """Return what each person did with a connection in the last 30 days, as `_MEASURES`."""
        query = SpendQuery(
            metrics=_MEASURES,
            dimensions=("person",),
            filters=(Filter(Operator.IS, "connection", (connection,)),),
            period=Period.relative(f"{ACTIVE_DAYS}d"),
            timezone=self._zone.key,
            limit=_PAGE,
        )
        return {group.keys[0]: group.values for result in self._results(query) for group in result.groups}

    def _spent(self, start: date, end: date, own: str | None) -> Iterator[Group]:
        period = Period.absolute(midnight(start, self._zone), midnight(end, self._zone))
        query = SpendQuery(
            metrics=("spend", "usage_value"),
            dimensions=("person",),
            period=period,
            timezone=self._zone.key,
            limit=_PAGE,
        )
        return (group for result in self._results(query, own) for group in result.groups)

    def _results(self, query: SpendQuery, own: str | None = None) -> Iterator[SpendResult]:
        """Yield the pages of a query until every group was there."""
        while True:
            result = self._spend.answer(query, own=own)
            yield result
            query = replace(query, offset=query.offset + _PAGE)
            if query.offset >= result.group_count:
                return

    def _names(self) -> dict[str, str]:
        members = (
            each
            for connection in self._subscriptions.connections()
            for each in self._people.members_of(connection)
        )
        return {each.email: each.name or each.email for each in members}


def _shares(
    subscription: Subscription, held: Sequence[Holding], start: date, end: date
) -> Iterator[tuple[str | None, int]]:
    """Yield what falls on each holder, stretch by stretch, and on nobody (none)."""
    for stretch, people in held_stretches(subscription, held, start, end):
        parts = max(stretch.terms.seats, len(people))
        left = stretch.cost
        for index, person in enumerate(people):
            share = stretch.share(index, parts)
            left -= share
            yield person, share
        yield None, left


def _held_seat(
    held: Holding,
    subscription: Subscription,
    known: KnownPerson | None,
    used: tuple[int, ...] | None,
    *,
    was_read: bool,
) -> HeldSeat:
    events, spend, usage_value, included_value = used or (0, 0, 0, 0)
    return HeldSeat(
        person=held.person,
        name=(known.name if known else "") or held.person,
        removed=known.removed if known else False,
        by_hand=held in subscription.assigned,
        since=held.since,
        idle=was_read and used is None,
        events=events,
        spend=spend,
        usage_value=usage_value,
        included_value=included_value,
    )
