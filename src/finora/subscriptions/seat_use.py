"""Who holds the seats, who uses them, and what each person costs with their share of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from finora.spend.query import Filter, Operator, SpendQuery
from finora.subscriptions.accrual import stretches
from finora.subscriptions.errors import NotLinked
from finora.subscriptions.reading import SeatRule
from finora.subscriptions.subscription import Holding, Subscription
from finora.values.period import Period, midnight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from finora.people import KnownPerson, People
    from finora.spend.result import Group, SpendResult
    from finora.spend.service import Spend
    from finora.subscriptions.service import Subscriptions

ACTIVE_DAYS = 30

_DAY = timedelta(days=1)
_PAGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleSeat:
    """A seat whose holder had no event in the last 30 days."""

    person: str
    name: str
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatUse:
    """How the seats of a subscription are used. Costs are nano-USD a month.

    Attributes:
        as_of: Today, or the nearest day on which the subscription runs.
        seats: How many are bought.
        members: How many members the connection has.
        holders: How many people hold a seat.
        active: How many of them had an event in the last 30 days; all, while no events were read that could tell.
        idle: The others, by name.
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
    holders: int
    active: int
    idle: tuple[IdleSeat, ...]
    empty: int
    seat_cost: int
    idle_cost: int
    empty_cost: int
    data_through: datetime | None


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
        known = {each.email: each for each in members}
        holders = sorted(
            {held.person for held in self._holdings(subscription, self._by_hand()) if held.covers(day)}
        )
        data_through = self._read_through(connection)
        active = self._active(connection) if data_through else set(holders)
        idle = [_idle(person, known.get(person)) for person in holders if person not in active]
        terms = subscription.contract.terms_on(day)
        empty = max(terms.seats - len(holders), 0)
        return SeatUse(
            subscription=subscription,
            as_of=day,
            seats=terms.seats,
            members=sum(not each.removed for each in members),
            holders=len(holders),
            active=len(holders) - len(idle),
            idle=tuple(sorted(idle, key=lambda seat: (seat.name.lower(), seat.person))),
            empty=empty,
            seat_cost=terms.seat_monthly_cost,
            idle_cost=replace(terms, seats=min(len(idle), terms.seats)).monthly_cost,
            empty_cost=replace(terms, seats=empty).monthly_cost,
            data_through=data_through,
        )

    def shares(self, start: date, end: date) -> Shares:
        """Return what subscriptions cost from a day up to, and without, another, by who held the seats.

        All shares together are what the subscriptions cost, to the nano, and those of a period are the sums of its days.
        """
        by_person: dict[str, int] = defaultdict(int)
        unassigned = 0
        everything = self._subscriptions.all()
        by_hand = _assigned_by_hand(everything)
        for subscription in everything:
            for person, amount in _shares(subscription, self._holdings(subscription, by_hand), start, end):
                if person is None:
                    unassigned += amount
                else:
                    by_person[person] += amount
        return Shares(by_person=dict(by_person), unassigned=unassigned)

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

    def _holdings(self, subscription: Subscription, by_hand: dict[str, set[str]]) -> list[Holding]:
        connection = subscription.connection_id
        held = list(subscription.assigned)
        if subscription.seat_rule is SeatRule.MEMBERS and connection is not None:
            held += _by_rule(self._people.members_of(connection), by_hand.get(connection, set()), self._zone)
        return held

    def _by_hand(self) -> dict[str, set[str]]:
        return _assigned_by_hand(self._subscriptions.all())

    def _active(self, connection: str) -> set[str]:
        """Return who had an event in the last 30 days."""
        query = SpendQuery(
            metrics=("events",),
            dimensions=("person",),
            filters=(Filter(Operator.IS, "connection", (connection,)),),
            period=Period.relative(f"{ACTIVE_DAYS}d"),
            timezone=self._zone.key,
            limit=_PAGE,
        )
        return {group.keys[0] for result in self._results(query) for group in result.groups}

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


def _assigned_by_hand(subscriptions: Sequence[Subscription]) -> dict[str, set[str]]:
    """Return, by connection, who was given a seat of it by hand."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in subscriptions:
        if each.connection_id is not None:
            found[each.connection_id] |= {held.person for held in each.assigned}
    return found


def _by_rule(members: Sequence[KnownPerson], taken: set[str], zone: ZoneInfo) -> Iterator[Holding]:
    """Yield the seats of a connection's members; of one known by several identities, the longest."""
    first_read = min((each.first_seen_at for each in members), default=None)
    for member in members:
        never_seen_in = member.removed and member.last_seen_at <= member.first_seen_at
        if first_read is None or not member.email or member.email in taken or never_seen_in:
            continue
        since = member.first_seen_at.astimezone(zone).date()
        yield Holding(
            person=member.email,
            since=since if since > first_read.astimezone(zone).date() else None,
            until=member.last_seen_at.astimezone(zone).date() if member.removed else None,
        )


def _shares(
    subscription: Subscription, holdings: Sequence[Holding], start: date, end: date
) -> Iterator[tuple[str | None, int]]:
    """Yield what falls on each holder, stretch by stretch, and on nobody (none)."""
    cuts = {held.since for held in holdings if held.since}
    cuts |= {held.until + _DAY for held in holdings if held.until}
    for stretch in stretches(subscription.contract, start, end, cuts):
        people = sorted({held.person for held in holdings if held.covers(stretch.first)})
        parts = max(stretch.terms.seats, len(people))
        left = stretch.cost
        for index, person in enumerate(people):
            share = stretch.share(index, parts)
            left -= share
            yield person, share
        yield None, left


def _idle(person: str, known: KnownPerson | None) -> IdleSeat:
    return IdleSeat(
        person=person,
        name=(known.name if known else "") or person,
        removed=known.removed if known else False,
    )
