"""How people use the tool: how much, when, for what, and with which models."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from finora.simulator.calendar import COUNTRIES
from finora.simulator.events import AGENT, BACKGROUND, BUGBOT, CHAT, CLOUD_AGENT, FEATURES, INLINE_EDIT
from finora.simulator.models_catalog import COMMON, RARE, VENDORS, popularity
from finora.simulator.people import TEAMS, Person

Floats = npt.NDArray[np.float64]

EVENT_SHARES: Final = {
    AGENT: 0.66,
    CHAT: 0.12,
    INLINE_EDIT: 0.11,
    CLOUD_AGENT: 0.055,
    BACKGROUND: 0.035,
    BUGBOT: 0.02,
}
"""Share of people's events by what they do; automations come on top."""

SESSION_SIZES: Final = {
    CHAT: (5, 10), AGENT: (5, 20), INLINE_EDIT: (1, 1), BUGBOT: (1, 1), CLOUD_AGENT: (6, 20), BACKGROUND: (5, 12)
}  # fmt: skip
"""Fewest and most events of one session, both possible and all between equally likely."""

HOLIDAY_REST: Final = 0.03
LAUNCH_TEAM: Final = "Mobile"
LAUNCH_FACTOR: Final = 2.6
LAUNCH_DAYS: Final = 7
GROWTH_SPAN_DAYS: Final = 365
HEAVIEST: Final = 5.0
"""Most that one person uses, where a regular user counts as 1."""

CURIOUS_SHARE: Final = 0.01
"""Share of people who use rare models besides the common ones."""


@dataclass(frozen=True)
class Habits:
    """Habits of people, one row a person.

    `activity` has a column a day: the relative number of sessions begun on that local day. `features` and
    `models` are cumulative shares, the latter by person and week. `hour` is when the day's middle is, local.
    """

    activity: Floats
    features: Floats
    models: Floats
    hour: Floats
    max_mode: Floats
    own_key: npt.NDArray[np.bool_]
    request_plan: npt.NDArray[np.bool_]


def form_habits(seed: int, people: tuple[Person, ...], days: list[date]) -> Habits:
    """Habits of each person over `days`, fixed by the seed."""
    rng = np.random.default_rng([seed, 3])
    count = len(people)
    return Habits(
        activity=_activity(rng, people, days),
        features=_feature_shares(rng, count),
        models=_model_shares(rng, _rare_taste(seed, count), people, days),
        hour=rng.normal(13.2, 1.1, count) + 3.5 * (rng.random(count) < 0.12),
        max_mode=np.where(rng.random(count) < 0.35, rng.beta(1, 12, count), 0.0),
        own_key=rng.random(count) < 0.05,
        request_plan=rng.random(count) < 0.06,
    )


def _activity(rng: np.random.Generator, people: tuple[Person, ...], days: list[date]) -> Floats:
    kind = rng.choice([0.12, 1.0, 2.2], len(people), p=[0.2, 0.6, 0.2])
    intensity = np.clip(rng.lognormal(0.0, 0.75, len(people)) * kind, 0.02, HEAVIEST)
    intensity[0] = max(intensity[0], 0.5)
    intensity[[person.role == "free-owner" for person in people]] = 0.01
    mood = rng.lognormal(0.0, 0.55, (len(people), len(days)))
    weight = intensity[:, None] * mood * _calendar_factor(rng, people, days) * growth(len(days))[None, :]
    weight *= _launch_week(rng, people, days)
    for row, person in enumerate(people):
        weight[row] *= [person.joined <= day and (person.left is None or day < person.left) for day in days]
        if row > 0:
            _take_vacations(rng, weight[row])
    return np.asarray(weight)


def growth(length: int) -> Floats:
    """Use by day, from six tenths to one and a half over a year: people use more as they learn."""
    return np.asarray(np.linspace(0.6, 0.6 + 0.9 * length / GROWTH_SPAN_DAYS, length))


def _calendar_factor(rng: np.random.Generator, people: tuple[Person, ...], days: list[date]) -> Floats:
    working = {c.code: np.array([c.is_working(day) for day in days]) for c in COUNTRIES}
    weekend = {c.code: np.array([day.weekday() in c.weekend for day in days]) for c in COUNTRIES}
    keen = np.where(rng.random(len(people)) < 0.25, rng.uniform(0.1, 0.35, len(people)), 0.015)
    off = [np.where(weekend[p.country.code], keen[i], HOLIDAY_REST) for i, p in enumerate(people)]
    return np.array([np.where(working[p.country.code], 1.0, off[i]) for i, p in enumerate(people)])


def _launch_week(rng: np.random.Generator, people: tuple[Person, ...], days: list[date]) -> Floats:
    start = int(len(days) * rng.uniform(0.55, 0.8))
    factor = np.ones((len(people), len(days)))
    launching = np.array([person.team == LAUNCH_TEAM for person in people])
    factor[launching, start : start + LAUNCH_DAYS] = LAUNCH_FACTOR
    return factor


def _take_vacations(rng: np.random.Generator, weight: Floats) -> None:
    for _ in range(int(rng.poisson(3.0 * len(weight) / 365))):
        start = int(rng.integers(len(weight)))
        weight[start : start + int(rng.integers(4, 17))] = 0.0


def _feature_shares(rng: np.random.Generator, count: int) -> Floats:
    shares = np.zeros((count, len(FEATURES)))
    for feature, share in EVENT_SHARES.items():
        mean_size = sum(SESSION_SIZES[feature]) / 2
        shares[:, feature] = share / mean_size * rng.lognormal(0.0, 0.5, count)
    shares[:, CLOUD_AGENT] *= rng.random(count) < 0.6
    shares[:, BACKGROUND] *= rng.random(count) < 0.45
    return _cumulative(shares)


def _rare_taste(seed: int, count: int) -> Floats:
    """How much each person likes each rare model: not at all, but for the curious.

    It is drawn apart from all else: what the others do is the same whichever rare models there are.
    """
    rng = np.random.default_rng([seed, 7])
    curious = rng.random(count) < CURIOUS_SHARE
    return curious[:, None] * rng.lognormal(0.0, 0.8, (count, len(RARE)))


def _model_shares(
    rng: np.random.Generator, rare_taste: Floats, people: tuple[Person, ...], days: list[date]
) -> Floats:
    """Cumulative model shares by person and week; keen people take up a model weeks before slow ones."""
    vendor = np.array([VENDORS.index(model.vendor) for model in COMMON])
    taste = rng.lognormal(0.0, 0.8, (len(people), len(VENDORS)))[:, vendor] * rng.lognormal(
        0.0, 0.6, (len(people), len(COMMON))
    )
    taste *= rng.lognormal(0.0, 0.35, (len(TEAMS), len(VENDORS)))[[TEAMS.index(p.team) for p in people]][
        :, vendor
    ]
    taste = np.hstack((taste, rare_taste))
    lags = rng.integers(0, 22, len(people))
    weeks = days[::7]
    earliest = min(weeks) - timedelta(days=21)
    calendar = popularity([earliest + timedelta(days=i) for i in range((max(weeks) - earliest).days + 1)])
    positions = np.array([(week - earliest).days for week in weeks])[None, :] - lags[:, None]
    return _cumulative(calendar[positions] * taste[:, None, :])


def _cumulative(shares: Floats) -> Floats:
    sums = np.cumsum(shares, axis=-1)
    return sums / sums[..., -1:]
