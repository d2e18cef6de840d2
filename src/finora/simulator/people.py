"""Who works at the synthetic company: people in teams and countries, service accounts, automations."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from finora.simulator.calendar import COUNTRIES, Country
from finora.simulator.identifiers import token, uuids
from finora.simulator.names import FAMILY, GIVEN, mailbox

DOMAIN: Final = "lumenworks.test"
TEAMS: Final = ("Platform", "Web", "Mobile", "Data", "Security", "Growth")
TEAM_SHARES: Final = (0.27, 0.22, 0.17, 0.16, 0.08, 0.10)
COUNTRY_SHARES: Final = (0.40, 0.14, 0.10, 0.13, 0.07, 0.08, 0.04, 0.04)
JOINER_SHARE: Final = 0.18
LEAVER_SHARE: Final = 0.09
SHORT_STAY_DAYS: Final = 20
"""Spans shorter than this see nobody join or leave."""


@dataclass(frozen=True)
class Person:
    """A member of the Cursor team. `left` is the first day without a seat."""

    name: str
    email: str
    role: str
    team: str
    country: Country
    zone: str
    joined: date
    left: date | None
    user_id: str
    number: int

    @property
    def joined_ms(self) -> int:
        """Midnight UTC of the joining day, epoch milliseconds."""
        return _midnight_ms(self.joined)

    @property
    def left_ms(self) -> int | None:
        """Midnight UTC of the second day without a seat: by then nothing of theirs runs in any zone."""
        return None if self.left is None else _midnight_ms(self.left + timedelta(days=1))


@dataclass(frozen=True)
class ServiceAccount:
    """A non-human actor. It has an address but neither seat nor member row."""

    name: str
    email: str
    account_id: str
    user_id: str
    number: int


@dataclass(frozen=True)
class Automation:
    """A scheduled agent; it runs as `actor`, a position in people followed by service accounts."""

    automation_id: str
    actor: int
    hour: int


def _midnight_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1_000)


def hire(seed: int, seats: int, first_day: date, last_day: date) -> tuple[Person, ...]:
    """The people that held a seat between the two days, `seats` of them, the owner first.

    The owner is there from the first day to the last; of the others some join late and some leave early.
    """
    rng = np.random.default_rng([seed, 1])
    teams = rng.choice(len(TEAMS), size=seats, p=TEAM_SHARES)
    countries = rng.choice(len(COUNTRIES), size=seats, p=COUNTRY_SHARES)
    stays = _stays(rng, seats, first_day, last_day)
    people: list[Person] = []
    for index, (name, email) in enumerate(_identities(rng, seats)):
        country = COUNTRIES[countries[index]]
        joined, left = stays[index]
        people.append(
            Person(
                name=name,
                email=email,
                role=_role(index),
                team=TEAMS[teams[index]],
                country=country,
                zone=country.zones[int(rng.integers(len(country.zones)))],
                joined=joined,
                left=left,
                user_id=f"user_{token(seed, f'user {index}', 26)}",
                number=100_000 + 37 * index + seed % 1_000,
            )
        )
    return tuple(people)


def _role(index: int) -> str:
    return {0: "owner", 11: "free-owner"}.get(index, "member")


def _identities(rng: np.random.Generator, seats: int) -> list[tuple[str, str]]:
    pairs = rng.permutation(len(GIVEN) * len(FAMILY))
    taken: set[str] = set()
    identities = []
    for number in range(seats):
        given, family = divmod(int(pairs[number % len(pairs)]), len(FAMILY))
        local = mailbox(GIVEN[given], FAMILY[family])
        if local in taken:
            local = f"{local}{number}"
        taken.add(local)
        identities.append((f"{GIVEN[given]} {FAMILY[family]}", f"{local}@{DOMAIN}"))
    return identities


def _stays(
    rng: np.random.Generator, seats: int, first_day: date, last_day: date
) -> list[tuple[date, date | None]]:
    span = (last_day - first_day).days
    tenure = rng.integers(30, 900, size=seats)
    draws = rng.random((seats, 3))
    stays: list[tuple[date, date | None]] = []
    for index in range(seats):
        joined: date = first_day - timedelta(days=int(tenure[index]))
        left = None
        if index > 0 and span >= SHORT_STAY_DAYS:
            if draws[index, 0] < JOINER_SHARE:
                joined = first_day + timedelta(days=int(1 + draws[index, 1] * span * 0.8))
            elif draws[index, 0] < JOINER_SHARE + LEAVER_SHARE:
                left = first_day + timedelta(days=int(span * (0.3 + 0.6 * draws[index, 2])))
        stays.append((joined, left))
    return stays


def service_accounts(seed: int) -> tuple[ServiceAccount, ...]:
    """The three robots of the company."""
    names = (
        ("Nightly dependency bot", "svc-nightly"),
        ("Release notes writer", "svc-release"),
        ("Flaky test triage", "svc-triage"),
    )
    return tuple(
        ServiceAccount(
            name=name,
            email=f"{local}@{DOMAIN}",
            account_id=f"sa_{token(seed, local, 8)}",
            user_id=f"user_{token(seed, 'robot ' + local, 26)}",
            number=900_000 + index,
        )
        for index, (name, local) in enumerate(names)
    )


def automations(
    seed: int, people: tuple[Person, ...], robots: tuple[ServiceAccount, ...]
) -> tuple[Automation, ...]:
    """One automation for each robot, and two more that run as people who are there to stay."""
    rng = np.random.default_rng([seed, 2])
    stayers = [index for index, person in enumerate(people) if person.left is None]
    humans = [stayers[int(rng.integers(len(stayers)))] for _ in range(2)]
    actors = [*(len(people) + index for index in range(len(robots))), *humans]
    ids = uuids(np.arange(len(actors)), seed, "automation")
    hours = rng.integers(0, 24, size=len(actors))
    return tuple(Automation(ids[i], actor, int(hours[i])) for i, actor in enumerate(actors))
