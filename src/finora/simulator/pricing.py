"""What each event costs, and under which kind it is billed.

The formulas are those of section 7 of the reference, in integer nano-USD: list cost is tokens times list
price; the token rate is 250 nano-USD a token of third-party models; the charge is
`list * (100 - discount) / 100 + fee`. Discounts are given on Claude only, whose prices make that exact.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from finora.simulator.events import (
    ABORTED,
    CHARGEABLE,
    ERRORED,
    FREE,
    HAS_FEE,
    HAS_TOKENS,
    INCLUDED,
    INLINE_EDIT,
    NONE,
    OWN_KEY,
    TOKEN_BASED,
    USAGE_BASED,
    EventColumns,
)
from finora.simulator.habits import Habits
from finora.simulator.models_catalog import MODELS, TOKEN_RATE_NANO, price_columns

NANO_PER_USD: Final = 1_000_000_000
NANO_PER_CENT: Final = 10_000_000
REQUEST_NANO: Final = 4 * NANO_PER_CENT
"""What one legacy request costs: 4 cents."""

INCLUDED_NANO: Final = {True: 25 * NANO_PER_USD, False: 20 * NANO_PER_USD}
"""Included usage a person and billing cycle, for first-party and for third-party models."""

ERRORED_SHARE, ABORTED_SHARE = 0.011, 0.016
DISCOUNT_SHARE, DISCOUNT_PERCENT = 0.03, 10
FLAT_INCLUDED_SHARE: Final = 0.01
REQUEST_PLAN_SHARE: Final = 0.3

Bools = npt.NDArray[np.bool_]


def list_cost(events: EventColumns) -> npt.NDArray[np.int64]:
    """Tokens at list price, in nano-USD."""
    price = price_columns()[events.model]
    classes = (events.input, events.cache_write, events.cache_read, events.output)
    cost = np.zeros(len(events), np.int64)
    for column, tokens in enumerate(classes):
        cost += tokens * price[:, column]
    return cost


@dataclass(frozen=True)
class Circumstances:
    """What sets the price of an event apart, one mark an event; no event is more than one of the first five."""

    errored: Bools
    aborted: Bools
    by_request: Bools
    own_key: Bools
    free: Bools
    first_party: Bools

    @property
    def on_plan(self) -> Bools:
        """Events that the plan's included amount may cover."""
        return ~(self.errored | self.aborted | self.own_key | self.free)

    @property
    def tokenless(self) -> Bools:
        """Events that report no tokens."""
        return self.errored | self.by_request


def price(seed: int, events: EventColumns, habits: Habits, cycle: npt.NDArray[np.int64]) -> EventColumns:
    """The events with kinds and money. `cycle` is the number of the billing cycle each lies in."""
    rng = np.random.default_rng([seed, 6])
    case = _circumstances(rng, events, habits)
    cost = np.where(case.own_key, 0, list_cost(events))
    reduced = _claude()[events.model] & (rng.random(len(events)) < DISCOUNT_SHARE)
    discount = np.where(reduced & ~case.own_key & ~case.free, DISCOUNT_PERCENT, 0)
    fee = np.where(case.first_party | case.free, 0, events.tokens * TOKEN_RATE_NANO)
    units = np.where(_thinking()[events.model], 2, 1)
    by_tokens = cost * (100 - discount) // 100 + fee
    charged = np.where(case.by_request, units * REQUEST_NANO, by_tokens)
    human = events.actor < len(habits.own_key)
    included = _within_allowance(events, charged, cycle, case.first_party, human & case.on_plan)
    flat = included & ~case.by_request & (rng.random(len(events)) < FLAT_INCLUDED_SHARE)
    kind = np.select(
        [case.errored, case.aborted, case.free, case.own_key, included],
        [ERRORED, ABORTED, FREE, OWN_KEY, INCLUDED],
        USAGE_BASED,
    )
    unpriced = case.errored | case.aborted | flat
    tenths = (cost * 10 + REQUEST_NANO // 2) // REQUEST_NANO
    requests = np.where(case.errored, 0, np.where(case.by_request, units * 10, tenths))
    return replace(
        _without_tokens(events, case),
        kind=kind.astype(np.int8),
        flags=_flags(events, case, kind=kind, flat=flat, has_fee=(fee > 0) & ~unpriced),
        discount=np.where(case.tokenless, 0, discount).astype(np.int8),
        list_nano=np.where(case.tokenless, 0, cost),
        charged_nano=np.where(unpriced, 0, charged),
        requests=requests.astype(np.int32),
    )


def _circumstances(rng: np.random.Generator, events: EventColumns, habits: Habits) -> Circumstances:
    draw = rng.random(len(events))
    errored = draw < ERRORED_SHARE
    aborted = ~errored & (draw < ERRORED_SHARE + ABORTED_SHARE)
    completed = ~errored & ~aborted
    free = np.array([model.free for model in MODELS])[events.model]
    first_party = np.array([model.first_party for model in MODELS])[events.model]
    by_request = completed & _by_request(rng, events, habits)
    own_key = completed & _own_key(events, habits)
    return Circumstances(errored, aborted, by_request, own_key, completed & free, first_party)


def _without_tokens(events: EventColumns, case: Circumstances) -> EventColumns:
    """The events less what errored calls and calls on the request plan do not report."""
    gone = case.tokenless
    return replace(
        events,
        conversation=np.where(case.by_request, np.int32(NONE), events.conversation),
        input=np.where(gone, np.int32(0), events.input),
        output=np.where(gone, np.int32(0), events.output),
        cache_write=np.where(gone, np.int32(0), events.cache_write),
        cache_read=np.where(gone, np.int32(0), events.cache_read),
    )


def _flags(
    events: EventColumns, case: Circumstances, *, kind: npt.NDArray[np.int64], flat: Bools, has_fee: Bools
) -> npt.NDArray[np.uint8]:
    flags = events.flags.copy()
    flags[case.tokenless] &= np.uint8(0xFF ^ HAS_TOKENS)
    flags[case.by_request | flat] &= np.uint8(0xFF ^ TOKEN_BASED)
    flags[np.isin(kind, (USAGE_BASED, OWN_KEY))] |= CHARGEABLE
    flags[has_fee & ~case.by_request] |= HAS_FEE
    return flags


def _by_request(rng: np.random.Generator, events: EventColumns, habits: Habits) -> Bools:
    """Calls of the few people still on the request plan that went to the models it covers."""
    people = len(habits.request_plan)
    on_plan = (events.actor < people) & habits.request_plan[events.actor % people]
    covered = np.array([model.name.startswith(("claude-4-sonnet", "claude-4.5-sonnet")) for model in MODELS])
    in_editor = events.cloud_agent == NONE
    drawn = rng.random(len(events)) < REQUEST_PLAN_SHARE
    return np.asarray(on_plan & covered[events.model] & in_editor & drawn)


def _own_key(events: EventColumns, habits: Habits) -> Bools:
    people = len(habits.own_key)
    owns = (events.actor < people) & habits.own_key[events.actor % people]
    gpt = np.array([model.vendor == "openai" for model in MODELS])[events.model]
    return np.asarray(owns & gpt & (events.feature != INLINE_EDIT))


def _within_allowance(
    events: EventColumns,
    charged: npt.NDArray[np.int64],
    cycle: npt.NDArray[np.int64],
    first_party: Bools,
    may: Bools,
) -> Bools:
    """Which events the plan covers: those before a person's cycle and pool has used up its amount."""
    rows = np.flatnonzero(may)
    pool = (cycle[rows] * (int(events.actor.max(initial=0)) + 1) + events.actor[rows]) * 2 + first_party[rows]
    order = np.argsort(pool, kind="stable")
    spent = np.cumsum(charged[rows][order])
    grouped = pool[order]
    starts = (
        np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]]) if len(grouped) else np.zeros(0, np.int64)
    )
    before = np.r_[0, spent][starts]
    spent -= np.repeat(before, np.diff(np.r_[starts, len(grouped)]))
    allowance = np.where(first_party[rows][order], INCLUDED_NANO[True], INCLUDED_NANO[False])
    covered = np.zeros(len(events), bool)
    covered[rows[order]] = spent <= allowance
    return covered


def _claude() -> Bools:
    return np.array([model.vendor == "anthropic" for model in MODELS])


def _thinking() -> Bools:
    return np.array(["thinking" in model.name for model in MODELS])
