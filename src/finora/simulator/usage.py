"""From sessions to events: the moment, the model and the tokens of every single call."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from finora.simulator.clock import HOUR_MS, SECOND_MS
from finora.simulator.events import (
    AGENT,
    AUTOMATION,
    BACKGROUND,
    BUGBOT,
    CHAT,
    CLOUD_AGENT,
    FEATURES,
    HAS_TOKENS,
    HEADLESS,
    INLINE_EDIT,
    MAX_MODE,
    NONE,
    TERSE,
    TOKEN_BASED,
    USAGE_BASED,
    EventColumns,
)
from finora.simulator.habits import Habits
from finora.simulator.models_catalog import MODELS
from finora.simulator.sessions import Ints, Sessions

SWITCH_SHARE: Final = 0.07
TERSE_SHARE: Final = 0.08
MAX_MODE_FACTOR: Final = 4.5
MOST_TOKENS: Final = 1_000_000
OPENING_CONTEXT: Final = 21_000
"""Median tokens of instructions and files that the first call of a session brings along."""

# Median tokens that a call adds to the context, and that it answers with, by feature.
_ADDED: Final = {CHAT: 4_200, AGENT: 9_500, INLINE_EDIT: 2_900, BUGBOT: 21_000, CLOUD_AGENT: 13_000, AUTOMATION: 11_000, BACKGROUND: 9_000}  # fmt: skip
_ANSWERED: Final = {CHAT: 900, AGENT: 1_700, INLINE_EDIT: 210, BUGBOT: 2_900, CLOUD_AGENT: 2_300, AUTOMATION: 1_900, BACKGROUND: 1_500}  # fmt: skip


@dataclass(frozen=True)
class Calls:
    """Calls of sessions, row by row: the session of each, its place in it, and what follows from the session.

    `first` is the row of the first call of the same session.
    """

    session: Ints
    step: Ints
    first: Ints
    feature: Ints
    max_mode: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.session)


def spend_tokens(seed: int, sessions: Sessions, habits: Habits, start_ms: int, end_ms: int) -> EventColumns:
    """Every event of the sessions, oldest first, unpriced: money columns are zero and all are usage-based."""
    rng = np.random.default_rng([seed, 5])
    calls = _calls(rng, sessions, habits)
    of = calls.session
    switched = (rng.random(len(calls)) < SWITCH_SHARE) & (calls.step > 0)
    model = np.where(switched, sessions.second_model[of], sessions.model[of])
    fresh, answered, written, cached = _tokens(rng, calls, model)
    ids = np.arange(len(sessions.size))
    single_shot = np.isin(sessions.feature, (INLINE_EDIT, BUGBOT))
    zeros = np.zeros(len(calls), np.int64)
    return EventColumns(
        ts=_moments(rng, sessions.start, calls, start_ms, end_ms),
        actor=sessions.actor[of].astype(np.int16),
        model=model.astype(np.int16),
        kind=np.full(len(calls), USAGE_BASED, np.int8),
        feature=calls.feature.astype(np.int8),
        flags=_flags(rng, calls),
        discount=zeros.astype(np.int8),
        conversation=np.where(single_shot, NONE, ids)[of].astype(np.int32),
        cloud_agent=np.where(sessions.cloud, ids, NONE)[of].astype(np.int32),
        automation=sessions.automation[of].astype(np.int16),
        input=fresh,
        output=answered,
        cache_write=written,
        cache_read=cached,
        list_nano=zeros,
        charged_nano=zeros,
        requests=zeros.astype(np.int32),
    ).by_time()


def _calls(rng: np.random.Generator, sessions: Sessions, habits: Habits) -> Calls:
    session = np.repeat(np.arange(len(sessions.size)), sessions.size)
    first = (np.cumsum(sessions.size) - sessions.size)[session]
    step = np.arange(len(session)) - first
    return Calls(session, step, first, sessions.feature[session], _max_mode(rng, sessions, habits)[session])


def _moments(rng: np.random.Generator, starts: Ints, calls: Calls, start_ms: int, end_ms: int) -> Ints:
    """Epoch milliseconds of each call: pauses of about three quarters of a minute, all inside [start, end)."""
    pauses = (np.minimum(rng.lognormal(3.8, 1.0, len(calls)), 1_500) * SECOND_MS).astype(np.int64)
    elapsed = np.cumsum(pauses)
    offset = elapsed - elapsed[calls.first]
    spread = rng.integers(0, max(min(end_ms - start_ms, 9 * HOUR_MS), 1), len(starts))
    begun = np.where(starts < start_ms, start_ms + spread, starts)
    begun = np.where(starts >= end_ms, end_ms - 1 - spread, begun)
    ts = begun[calls.session] + offset
    early = np.maximum(start_ms, end_ms - 1 - offset % (end_ms - start_ms))
    return np.asarray(np.where(ts >= end_ms, early, ts))


def _max_mode(rng: np.random.Generator, sessions: Sessions, habits: Habits) -> npt.NDArray[np.bool_]:
    people = len(habits.max_mode)
    share = np.where(sessions.actor < people, habits.max_mode[sessions.actor % people], 0.0)
    able = np.isin(sessions.feature, (CHAT, AGENT, CLOUD_AGENT, BACKGROUND))
    return able & (rng.random(len(share)) < share)


def _flags(rng: np.random.Generator, calls: Calls) -> npt.NDArray[np.uint8]:
    flags = np.full(len(calls), TOKEN_BASED | HAS_TOKENS, np.uint8)
    flags[np.isin(calls.feature, (BUGBOT, CLOUD_AGENT, AUTOMATION, BACKGROUND))] |= HEADLESS
    flags[calls.max_mode] |= MAX_MODE
    flags[rng.random(len(calls)) < TERSE_SHARE] |= TERSE
    return flags


def _tokens(rng: np.random.Generator, calls: Calls, model: Ints) -> tuple[npt.NDArray[np.int32], ...]:
    """Input, output, cache write and cache read of each call.

    Within a session the context grows: what earlier calls added is read from the cache, what this call adds
    is written to it where the vendor charges for writing, and counts as input where not.
    """
    count = len(calls)
    scale = np.where(calls.max_mode, MAX_MODE_FACTOR, 1.0)
    brought = _by_feature(_ADDED)[calls.feature] * scale * rng.lognormal(0.0, 0.8, count)
    opening = OPENING_CONTEXT * scale * rng.lognormal(0.0, 0.7, count)
    brought += np.where((calls.step == 0) & (calls.feature != INLINE_EDIT), opening, 0.0)
    added = np.minimum(brought, MOST_TOKENS / 2).astype(np.int64) + 40
    before = np.cumsum(added) - added
    context = (before - before[calls.first]) * rng.uniform(0.75, 1.0, count)
    cached = np.where(calls.step == 0, 0, np.minimum(context, MOST_TOKENS))
    writes = np.array([entry.price.writes_cache for entry in MODELS])[model]
    fresh = np.where(writes, added * rng.uniform(0.0, 0.08, count) + 3, added)
    answered = _by_feature(_ANSWERED)[calls.feature] * np.sqrt(scale) * rng.lognormal(0.0, 0.9, count)
    columns = fresh, np.minimum(answered, 64_000) + 8, np.where(writes, added, 0), cached
    return tuple(column.astype(np.int32) for column in columns)


def _by_feature(table: dict[int, int]) -> npt.NDArray[np.float64]:
    return np.array([table[feature] for feature in range(len(FEATURES))], dtype=np.float64)
