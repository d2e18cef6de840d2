"""Cursor's usage events as Finora's: a page of structs becomes columns, amounts become whole nano-USD.

Columns are built a whole page at a time; nothing here runs a Python statement per event and field beyond reading the
field, which is what keeps a million events a matter of seconds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pyarrow as pa

from finora.providers.base import HeldEvent
from finora.providers.cursor.figures import Figures, time_of
from finora.providers.cursor.kind import billing_class
from finora.providers.cursor.naming import LONGEST_ADDRESS, known_as
from finora.spend.event import EVENT_SCHEMA, BillingClass
from finora.values.money import nanos_from_cents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from finora.providers.cursor.payloads import UsageEvent, UsagePage

_NO_IDS = frozenset({"null", "undefined", ""})

_TOKENS = ("input_tokens", "output_tokens", "cache_write_tokens", "cache_read_tokens")
_UNTYPED = ("event_type", "basis", "apportioned")
PAGE_SCHEMA = pa.schema([member for member in EVENT_SCHEMA if member.name not in _UNTYPED])
"""The columns of a page: those of an event before its type is told."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A page's events as columns (`PAGE_SCHEMA`), those held aside, and the times of both where they have one."""

    events: pa.RecordBatch
    held: tuple[HeldEvent, ...]
    times: NDArray[np.int64]


def normalise(page: UsagePage, accepted: frozenset[str] = frozenset()) -> Normalised:
    """Return a page's events in Finora's terms.

    Args:
        page: What Cursor sent.
        accepted: Fingerprints of implausible events that someone accepted.
    """
    held = [_held(each.raw, each.raw, each.reason, None) for each in page.unreadable]
    rows = _Rows(page.events, page.extras)
    try:
        figures = Figures.of(rows.events)
        times = figures.ts
    except (ValueError, OverflowError):
        times = np.array([ts for event in rows.events if (ts := time_of(event)) is not None], np.int64)
        rows, broken = _storable(rows)
        held += broken
        figures = Figures.of(rows.events)
    refused = {
        place: each for place, each in _doubtful(rows, figures).items() if each.fingerprint not in accepted
    }
    if refused:
        held += refused.values()
        rows = rows.at([place for place in range(len(rows.events)) if place not in refused])
        figures = Figures.of(rows.events)
    return Normalised(_columns(rows.events, rows.extras, figures), tuple(held), times)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Events, and the fields of each that nobody knows."""

    events: list[UsageEvent]
    extras: list[str | None] | None

    def at(self, places: list[int]) -> _Rows:
        return _Rows(
            [self.events[place] for place in places],
            [self.extras[place] for place in places] if self.extras else None,
        )

    def held(self, place: int, reason: str, ts: int | None) -> HeldEvent:
        event = self.events[place]
        record = msgspec.json.decode(msgspec.json.encode(event))
        if self.extras and (extra := self.extras[place]):
            record |= msgspec.json.decode(extra)
        raw = msgspec.json.encode({name: value for name, value in record.items() if value is not None})
        return _held(_identity(event), raw.decode(), reason, ts)


def _identity(event: UsageEvent) -> str:
    """Return what names an event for good: the fields everyone knows, however they are written this time."""
    ts = time_of(event)
    plain = msgspec.structs.replace(
        event,
        timestamp=event.timestamp if ts is None else str(ts),
        user_email=address(event.user_email or ""),
    )
    return msgspec.json.encode(plain, order="sorted").decode()


def _storable(rows: _Rows) -> tuple[_Rows, list[HeldEvent]]:
    """Return the events whose numbers can be stored, and the others as held."""
    good, held = [], []
    for place, event in enumerate(rows.events):
        try:
            Figures.of([event])
            good.append(place)
        except (ValueError, OverflowError):
            held.append(rows.held(place, "Its time or one of its numbers is none that can be counted.", None))
    return rows.at(good), held


def _doubtful(rows: _Rows, figures: Figures) -> dict[int, HeldEvent]:
    return {
        place: rows.held(place, reason, int(figures.ts[place]))
        for place, reason in figures.doubtful().items()
    }


def _columns(
    events: Sequence[UsageEvent], extras: list[str | None] | None, figures: Figures
) -> pa.RecordBatch:
    kinds = _dictionary([event.kind for event in events])
    billing = np.array([billing_class(name) for name in kinds.dictionary.to_pylist()], np.uint8)[
        kinds.indices.to_numpy()
    ]
    cost, list_cost, fee = nanos_from_cents(figures.amounts[:3].ravel()).reshape(3, -1)
    discount, requests = figures.amounts[3:]
    columns: dict[str, pa.Array | NDArray[np.generic]] = {
        "ts": figures.ts,
        "person": _cleaned(_dictionary([event.user_email for event in events]), address),
        "service_account": _cleaned(_dictionary([event.service_account_id for event in events]), _id),
        "model": _dictionary([event.model for event in events]),
        "kind": kinds,
        "billing": billing,
        "chargeable": _chargeable(events, billing),
        # `chargedCents` already contains the fee; where Cursor gave none, there is no price.
        "cost": pa.array(cost, mask=figures.unpriced),
        "fee": fee,
        "list_cost": list_cost,
        "discount": _discounts(list_cost, discount),
        **dict(zip(_TOKENS, figures.tokens, strict=True)),
        "requests": np.rint(requests * 1e6).astype(np.int64),
        "max_mode": np.array([event.max_mode for event in events], np.bool_),
        "headless": np.array([event.is_headless for event in events], np.bool_),
        "token_based": np.array([event.is_token_based_call for event in events], np.bool_),
        "conversation": _ids([event.conversation_id for event in events]),
        "cloud_agent": _ids([event.cloud_agent_id for event in events]),
        "automation": _ids([event.automation_id for event in events]),
        "extra": pa.array(extras, pa.string()) if extras else pa.nulls(len(events), pa.string()),
    }
    return pa.record_batch([columns[name] for name in PAGE_SCHEMA.names], schema=PAGE_SCHEMA)


def _dictionary(names: list[str | None]) -> pa.DictionaryArray:
    """Return names as numbers into a list of the different ones."""
    return pa.array(names, pa.string()).dictionary_encode()


def _cleaned(names: pa.DictionaryArray, clean: Callable[[str], str | None]) -> pa.DictionaryArray:
    """Return dictionary-encoded names with each different one cleaned; what cleans to nothing becomes null."""
    before = names.dictionary.to_pylist()
    after = [clean(name) for name in before]
    if after == before:
        return names
    return pa.array(after, pa.string()).take(names.indices).dictionary_encode()


def address(email: str) -> str | None:
    """Return an e-mail address as Finora knows people by it; none where it is empty."""
    return known_as(email, LONGEST_ADDRESS).lower() or None


def _id(text: str) -> str | None:
    return None if text in _NO_IDS else text


def _ids(texts: list[str | None]) -> pa.Array:
    if not _NO_IDS.isdisjoint(texts):
        texts = [None if text in _NO_IDS else text for text in texts]
    return pa.array(texts, pa.string())


def _discounts(list_cost: NDArray[np.int64], percent: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return what the discount took off the list cost, in whole nano-USD, half up."""
    if not percent.any():
        return np.zeros_like(list_cost)
    millionths = np.rint(percent * 1e4).astype(np.int64)
    return (list_cost // 1_000_000) * millionths + (
        (list_cost % 1_000_000) * millionths + 500_000
    ) // 1_000_000


def _chargeable(events: Sequence[UsageEvent], billing: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return whether each event is billed on top: what Cursor says; before it said so, whether its kind is on demand."""
    said = [event.is_chargeable for event in events]
    if None not in said:
        return np.array(said, np.bool_)
    derived = billing == BillingClass.ON_DEMAND
    return np.array(
        [own if flag is None else flag for flag, own in zip(said, derived.tolist(), strict=True)], np.bool_
    )


def _held(identity: str, raw: str, reason: str, ts: int | None) -> HeldEvent:
    return HeldEvent(fingerprint=hashlib.sha256(identity.encode()).hexdigest(), ts=ts, reason=reason, raw=raw)
