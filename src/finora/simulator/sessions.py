"""Sessions: who starts what on which day and at what time, before any token is spent."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from finora.simulator.calendar import utc_offset_ms
from finora.simulator.clock import DAY_MS, HOUR_MS
from finora.simulator.events import AUTOMATION, CLOUD_AGENT, FEATURES, NONE
from finora.simulator.habits import SESSION_SIZES, Habits
from finora.simulator.models_catalog import MODELS
from finora.simulator.people import Automation, Person

Ints = npt.NDArray[np.int64]

AUTOMATION_SHARE: Final = 0.045
RUNAWAY_SHARE: Final = 0.012
RUNAWAY_MIN_DAYS: Final = 20
AUTOMATION_SIZE: Final = (6, 16)


@dataclass(frozen=True)
class Sessions:
    """Sessions as columns: actor, start (epoch ms), number of calls, what for, and with which models.

    Most calls go to `model`; now and then one goes to `second_model`.
    """

    actor: Ints
    start: Ints
    size: Ints
    feature: Ints
    model: Ints
    second_model: Ints
    automation: Ints

    @property
    def cloud(self) -> npt.NDArray[np.bool_]:
        """Which sessions run in the cloud."""
        return np.isin(self.feature, (CLOUD_AGENT, AUTOMATION))


@dataclass(frozen=True)
class Workforce:
    """Who works on which days, and how."""

    people: tuple[Person, ...]
    automations: tuple[Automation, ...]
    days: list[date]
    habits: Habits


def plan_sessions(seed: int, events: int, workforce: Workforce) -> Sessions:
    """Sessions that come to exactly `events` events, in no order of time."""
    rng = np.random.default_rng([seed, 4])
    runaway = int(events * RUNAWAY_SHARE) if len(workforce.days) >= RUNAWAY_MIN_DAYS else 0
    scheduled = int(events * AUTOMATION_SHARE)
    parts = [
        _human_sessions(rng, events - runaway - scheduled, workforce),
        _automation_sessions(rng, scheduled, workforce),
        _runaway(rng, runaway, workforce),
    ]
    return Sessions(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Sessions)})


def _human_sessions(rng: np.random.Generator, events: int, workforce: Workforce) -> Sessions:
    habits, days = workforce.habits, workforce.days
    weights = np.cumsum(habits.activity)
    cell = np.searchsorted(weights, rng.random(events) * weights[-1], side="right")
    actor, day = np.divmod(np.minimum(cell, len(weights) - 1), len(days))
    feature = (rng.random(events)[:, None] >= habits.features[actor]).sum(axis=1)
    size = _cut_to(_sizes(rng, feature), events)
    actor, day, feature = (column[: len(size)] for column in (actor, day, feature))
    local = midnights(days)[day] + _time_of_day(rng, habits.hour[actor])
    return Sessions(
        actor=actor,
        start=local - _offsets(workforce.people, days)[actor, day],
        size=size,
        feature=feature,
        model=_models(rng, habits, actor, day),
        second_model=_models(rng, habits, actor, day),
        automation=np.full(len(actor), NONE, np.int64),
    )


def _sizes(rng: np.random.Generator, feature: Ints) -> Ints:
    fewest = np.ones(len(FEATURES), np.int64)
    most = np.ones(len(FEATURES), np.int64)
    for code, (low, high) in SESSION_SIZES.items():
        fewest[code], most[code] = low, high
    return rng.integers(fewest[feature], most[feature] + 1)


def _cut_to(size: Ints, events: int) -> Ints:
    """As many of the sessions as reach `events`, the last of them shortened to meet it exactly."""
    reached = np.minimum(np.cumsum(size), events)
    kept = np.diff(reached, prepend=0)
    return kept[kept > 0]


def _automation_sessions(rng: np.random.Generator, events: int, workforce: Workforce) -> Sessions:
    low, high = AUTOMATION_SIZE
    size = _cut_to(rng.integers(low, high + 1, events // low + 1), events)
    shares = 1.0 / np.arange(1, len(workforce.automations) + 1)
    which = rng.choice(len(shares), len(size), p=shares / shares.sum())
    day = rng.integers(0, len(workforce.days), len(size))
    return _robot_sessions(rng, workforce, which, day=day, size=size)


def _runaway(rng: np.random.Generator, events: int, workforce: Workforce) -> Sessions:
    """One bad night: an automation that starts itself over and over until somebody wakes up."""
    most = AUTOMATION_SIZE[1]
    size = _cut_to(np.full(events // most + 1, most, np.int64), events)
    day = np.full(len(size), int(len(workforce.days) * rng.uniform(0.35, 0.65)), np.int64)
    sessions = _robot_sessions(rng, workforce, np.zeros(len(size), np.int64), day=day, size=size)
    night = midnights(workforce.days)[day] + rng.integers(HOUR_MS, 8 * HOUR_MS, len(size))
    return replace(sessions, start=night)


def _robot_sessions(
    rng: np.random.Generator, workforce: Workforce, which: Ints, *, day: Ints, size: Ints
) -> Sessions:
    """Sessions of automations, begun within half an hour of their time, on the models of one of the people."""
    hour = np.array([robot.hour for robot in workforce.automations])[which]
    minutes = rng.integers(0, HOUR_MS // 2, len(which))
    model = _models(rng, workforce.habits, which % len(workforce.people), day)
    return Sessions(
        actor=np.array([robot.actor for robot in workforce.automations])[which],
        start=midnights(workforce.days)[day] + hour * HOUR_MS + minutes,
        size=size,
        feature=np.full(len(which), AUTOMATION, np.int64),
        model=model,
        second_model=model,
        automation=which,
    )


def _models(rng: np.random.Generator, habits: Habits, person: Ints, day: Ints) -> Ints:
    chosen = (rng.random(len(person))[:, None] >= habits.models[person, day // 7]).sum(axis=1)
    return np.asarray(np.minimum(chosen, len(MODELS) - 1))


def midnights(days: list[date]) -> Ints:
    """Midnight UTC of each day, epoch milliseconds."""
    first = int(datetime(days[0].year, days[0].month, days[0].day, tzinfo=UTC).timestamp() * 1_000)
    return np.arange(first, first + DAY_MS * len(days), DAY_MS, dtype=np.int64)


def _offsets(people: tuple[Person, ...], days: list[date]) -> Ints:
    by_zone = {
        zone: np.array([utc_offset_ms(zone, day) for day in days])
        for zone in {person.zone for person in people}
    }
    return np.array([by_zone[person.zone] for person in people])


def _time_of_day(rng: np.random.Generator, middle: npt.NDArray[np.float64]) -> Ints:
    """Milliseconds after local midnight: two humps with a lunch between, three hours either side of the middle."""
    side = np.where(rng.random(len(middle)) < 0.48, -2.4, 2.1)
    hours = middle + side + rng.normal(0.0, 1.25, len(middle))
    return (np.clip(hours, 0.05, 23.8) * HOUR_MS).astype(np.int64)
