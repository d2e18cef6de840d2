"""Faults that change what happened: twins, and kinds and models nobody has heard of."""

from dataclasses import replace
from typing import Final

import numpy as np

from finora.simulator.events import (
    HAS_FEE,
    INCLUDED,
    TOKEN_BASED,
    UNHEARD_OF,
    USAGE_BASED,
    EventColumns,
    Rows,
    concatenate,
)
from finora.simulator.faults import Faults
from finora.simulator.identifiers import permille
from finora.simulator.models_catalog import COMMON, MODELS, TOKEN_RATE_NANO
from finora.simulator.pricing import REQUEST_NANO, list_cost

NEW_MODEL: Final = "borealis-7-preview"
"""Name of the model nobody has heard of."""


def befall(events: EventColumns, faults: Faults, new_model: int) -> EventColumns:
    """The events as `faults` make them happen; `new_model` is the number of the unheard-of model."""
    numbers = np.arange(len(events))
    if faults.unknown_kind_permille:
        odd = permille(numbers, faults.seed, "kind") < faults.unknown_kind_permille
        odd &= np.isin(events.kind, (USAGE_BASED, INCLUDED))
        events = replace(events, kind=np.where(odd, np.int8(UNHEARD_OF), events.kind))
    if faults.twin_permille:
        events = _with_twins(
            events, np.flatnonzero(permille(numbers, faults.seed, "twin") < faults.twin_permille)
        )
    if faults.unknown_model_permille:
        odd = permille(np.arange(len(events)), faults.seed, "model") < faults.unknown_model_permille
        events = replace(events, model=np.where(odd, np.int16(new_model), events.model))
    return events


def _with_twins(events: EventColumns, rows: Rows) -> EventColumns:
    """The events and a second copy of `rows`: every other one the same, the rest with another model."""
    same, others = events.take(rows[::2]), rows[1::2]
    plain = np.isin(events.kind[others], (USAGE_BASED, INCLUDED)) & (
        (events.flags[others] & TOKEN_BASED) != 0
    )
    return concatenate([events, same, _with_another_model(events.take(others[plain]))]).by_time()


def _with_another_model(events: EventColumns) -> EventColumns:
    paid = np.array(
        [number for number, model in enumerate(COMMON) if not model.free and model.vendor != "auto"]
    )
    position = np.searchsorted(paid, events.model)
    changed = replace(events, model=paid[(position + 1) % len(paid)].astype(np.int16))
    third_party = np.array([not model.first_party for model in MODELS])[changed.model]
    cost = list_cost(changed)
    fee = np.where(third_party, changed.tokens * TOKEN_RATE_NANO, 0)
    kept = changed.flags & np.uint8(0xFF ^ HAS_FEE)
    return replace(
        changed,
        flags=(kept | np.where(third_party, HAS_FEE, 0)).astype(np.uint8),
        discount=np.zeros_like(changed.discount),
        list_nano=cost,
        charged_nano=cost + fee,
        requests=((cost * 10 + REQUEST_NANO // 2) // REQUEST_NANO).astype(np.int32),
    )
