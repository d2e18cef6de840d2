"""Subscriptions as charges: what each of them costs on each day, to be shown and summed beside the spend on events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from finora.subscriptions.accrual import stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from finora.subscriptions.accrual import Stretch
    from finora.subscriptions.catalogue import Sku
    from finora.subscriptions.subscription import Holding, Subscription

NOBODY = ""
"""The person of what falls on seats that nobody held."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a subscription costs on a day, in nano-USD; a day that costs nothing (a trial) has its charge too.

    Attributes:
        day: In the workspace's zone.
        subscription: Its id.
        name: What people call it.
        sku: The plan's id.
        label: What people call the plan.
        vendor: Who sells it; empty where the catalogue does not know the plan.
        tags: Those of the subscription.
        connection: The id of the connection whose seats these are, or none.
        amount: Nano-USD.
    """

    day: date
    subscription: str
    name: str
    sku: str
    label: str
    vendor: str
    tags: tuple[str, ...]
    connection: str | None
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatCharge:
    """What falls on a person for a subscription on a day, in nano-USD; `person` is `NOBODY` for seats without a holder."""

    day: date
    subscription: str
    person: str
    amount: int


def charges(
    subscriptions: Iterable[Subscription], start: date, end: date, skus: Mapping[str, Sku]
) -> Iterator[Charge]:
    """Yield the charge of each subscription on each of its days from a day up to, and without, another.

    They add up to what the subscriptions cost, to the nano. They come by subscription, and by day within each.
    """
    for each in subscriptions:
        listed = skus.get(each.sku)
        for stretch in stretches(each.contract, start, end):
            for day in _days(stretch):
                yield Charge(
                    day=day,
                    subscription=each.id,
                    name=each.name,
                    sku=each.sku,
                    label=listed.label if listed else each.sku,
                    vendor=listed.vendor if listed else "",
                    tags=each.tags,
                    connection=each.connection_id,
                    amount=stretch.on(day),
                )


def seat_charges(
    subscription: Subscription, holdings: Sequence[Holding], start: date, end: date
) -> Iterator[SeatCharge]:
    """Yield what falls on each holder on each day, and on nobody; those of a day add up to the day's charge."""
    for stretch, people in held_stretches(subscription, holdings, start, end):
        parts = max(stretch.terms.seats, len(people))
        for day in _days(stretch):
            one = stretch.only(day)
            left = one.cost
            for index, person in enumerate(people):
                share = one.share(index, parts)
                left -= share
                yield SeatCharge(day=day, subscription=subscription.id, person=person, amount=share)
            yield SeatCharge(day=day, subscription=subscription.id, person=NOBODY, amount=left)


def own_charges(
    subscription: Subscription, holdings: Sequence[Holding], start: date, end: date, person: str
) -> Iterator[SeatCharge]:
    """Yield those of `seat_charges` that fall on one person, without reckoning the others'."""
    for stretch, people in held_stretches(subscription, holdings, start, end):
        if person not in people:
            continue
        index, parts = people.index(person), max(stretch.terms.seats, len(people))
        for day in _days(stretch):
            amount = stretch.only(day).share(index, parts)
            yield SeatCharge(day=day, subscription=subscription.id, person=person, amount=amount)


def held_stretches(
    subscription: Subscription, holdings: Sequence[Holding], start: date, end: date
) -> Iterator[tuple[Stretch, list[str]]]:
    """Yield stretches in which nothing changes, neither terms nor holders, each with its holders in order."""
    cuts = {held.since for held in holdings if held.since}
    cuts |= {held.until + _DAY for held in holdings if held.until}
    for stretch in stretches(subscription.contract, start, end, cuts):
        yield stretch, sorted({held.person for held in holdings if held.covers(stretch.first)})


def _days(stretch: Stretch) -> Iterator[date]:
    return (stretch.first + number * _DAY for number in range((stretch.last - stretch.first).days + 1))
