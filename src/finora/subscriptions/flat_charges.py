"""Keeping the event store's flat charges what the subscriptions say, so that answers about money can count them in."""

from __future__ import annotations

import threading
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from finora.spend.event import FLAT_CHARGE_SCHEMA
from finora.spend.store import FlatRate
from finora.subscriptions.charges import held_stretches
from finora.subscriptions.holders import assigned_by_hand, holdings
from finora.values.interval import day_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from finora.people import People
    from finora.spend.store import EventStore
    from finora.subscriptions.catalogue import Sku
    from finora.subscriptions.service import Subscriptions
    from finora.subscriptions.subscription import Holding, Subscription

_MADE = 1
"""Raised when the same subscriptions shall make other charges than before."""


class FlatCharges:
    """Brings the event store's flat charges up to date before they are asked for.

    Whoever asks compares what they were made from with what there is, which is quick, and makes them anew where it
    differs; so nobody who has just saved a subscription, a seat or a plan sees figures from before.

    Args:
        subscriptions: What is bought.
        people: Who the members are.
        store: Where the charges are kept.
        numbers: Returns the event store's numbers of the connections by id.
        zone: The workspace's.
    """

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        people: People,
        store: EventStore,
        numbers: Callable[[], Mapping[str, int]],
        zone: ZoneInfo,
    ) -> None:
        self._subscriptions = subscriptions
        self._people = people
        self._store = store
        self._numbers = numbers
        self._zone = zone
        self._settling = threading.Lock()
        self._state: object = None
        self._end = date.min
        self._version = -1
        self._fingerprint = ""

    def settle(self, end: date) -> None:
        """Make the store hold the charges of all days up to, and without, a day at least; mostly it does already."""
        with self._settling:
            skus, numbers = self._subscriptions.catalogue.skus(), dict(self._numbers())
            plans = tuple(skus.values())
            state = (self._subscriptions.state(), self._people.revision, numbers, plans)
            version = self._store.version()
            if state == self._state and end <= self._end and version == self._version:
                return
            stored = self._store.flat_rates_fingerprint()
            if state != self._state or end > self._end or stored != self._fingerprint:
                self._make(end, stored, skus, numbers)
                self._state = state
            self._version = version

    def _make(self, end: date, stored: str, skus: Mapping[str, Sku], numbers: Mapping[str, int]) -> None:
        """Make the charges anew, unless those that are stored are of just the same."""
        everything = self._subscriptions.all()
        # Another process may have been asked for later days; to cut them off again would go on for ever.
        reach = max(self._end, _year_after(end), _year_after(self._subscriptions.today, 2), _reach_of(stored))
        held = self._held(everything)
        fingerprint = _fingerprint(held, skus, numbers, reach)
        if fingerprint != stored:
            self._store.hold_flat_rates(_rates(held, skus, numbers, reach), fingerprint)
        self._fingerprint, self._end = fingerprint, reach

    def _held(self, everything: Sequence[Subscription]) -> list[tuple[Subscription, list[Holding]]]:
        by_hand = assigned_by_hand(everything)
        return [(each, holdings(each, by_hand, self._people, self._zone)) for each in everything]


def charge_table(subscription: Subscription, held: Sequence[Holding], start: date, end: date) -> pa.Table:
    """Return `seat_charges` as a table of `FLAT_CHARGE_SCHEMA`: by day, by holder, what is nobody's last."""
    names = sorted({each.person for each in held})
    places = {name: place for place, name in enumerate(names)}
    days, people, amounts = [], [], []
    for stretch, holders in held_stretches(subscription, held, start, end):
        parts = max(stretch.terms.seats, len(holders))
        whose = np.array([*(places[each] for each in holders), len(names)], np.int32)
        for day, shares in stretch.daily_shares(len(holders), parts):
            days.append(np.full(len(whose), day_number(day), np.int32))
            people.append(whose)
            amounts.append(np.append(shares, stretch.on(day) - int(shares.sum())))
    index = np.concatenate(people) if people else np.array([], np.int32)
    person = pa.DictionaryArray.from_arrays(
        pa.array(index, mask=index == len(names)), pa.array(names, pa.string())
    )
    return pa.table(
        [
            pa.array(np.concatenate(days) if days else [], pa.int32()),
            person,
            pa.array(np.concatenate(amounts) if amounts else [], pa.int64()),
        ],
        schema=FLAT_CHARGE_SCHEMA,
    )


def _rates(
    held: Sequence[tuple[Subscription, list[Holding]]],
    skus: Mapping[str, Sku],
    numbers: Mapping[str, int],
    end: date,
) -> Iterator[FlatRate]:
    for subscription, holders in held:
        listed = skus.get(subscription.sku)
        yield FlatRate(
            plan=subscription.sku,
            plan_label=listed.label if listed else subscription.sku,
            vendor=listed.vendor if listed else "",
            connection=numbers.get(subscription.connection_id or "", 0),
            charges=charge_table(subscription, holders, subscription.contract.start, end),
        )


def _fingerprint(
    held: Sequence[tuple[Subscription, list[Holding]]],
    skus: Mapping[str, Sku],
    numbers: Mapping[str, int],
    end: date,
) -> str:
    """Return what tells whether charges would be the same; unlike `hash`, it is the same in another process."""
    rates = [
        (each.sku, skus.get(each.sku), each.contract, numbers.get(each.connection_id or "", 0), holders)
        for each, holders in held
    ]
    return f"{end} {sha256(repr((_MADE, rates, end)).encode()).hexdigest()}"


def _reach_of(fingerprint: str) -> date:
    """Return the day up to which charges were made that have a fingerprint."""
    try:
        return date.fromisoformat(fingerprint.partition(" ")[0])
    except ValueError:
        return date.min


def _year_after(day: date, years: int = 1) -> date:
    return date(day.year + years, 1, 1)
