"""A synthetic company that uses Cursor: its people, and every event of its life, from one seed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from finora.simulator.billing import BillingCycles
from finora.simulator.events import KINDS, EventColumns
from finora.simulator.habits import form_habits
from finora.simulator.identifiers import uuids
from finora.simulator.models_catalog import MODELS
from finora.simulator.people import Automation, Person, ServiceAccount, automations, hire, service_accounts
from finora.simulator.pricing import price
from finora.simulator.sessions import Workforce, plan_sessions
from finora.simulator.usage import spend_tokens

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Company:
    """People and events of a company. Actors are numbered through `people`, then `service_accounts`.

    `start_ms` and `end_ms` (exclusive) bound the events; `model_names` and `kind_names` are what the
    columns' models and kinds are called.
    """

    seed: int
    start_ms: int
    end_ms: int
    people: tuple[Person, ...]
    service_accounts: tuple[ServiceAccount, ...]
    automations: tuple[Automation, ...]
    model_names: tuple[str, ...]
    kind_names: tuple[str, ...]
    cycles: BillingCycles
    events: EventColumns

    @classmethod
    def generate(
        cls,
        seed: int,
        *,
        seats: int = 0,
        start: datetime,
        end: datetime,
        events: int,
        people: tuple[Person, ...] = (),
    ) -> Self:
        """A company with exactly `events` events in [start, end); equal arguments, equal company.

        It has `people`, the first of whom stays throughout, or `seats` made-up ones.

        Raises:
            ValueError: `start` is not before `end`, a time is naive, or there is no seat.
        """
        if start.tzinfo is None or end.tzinfo is None or start >= end:
            raise ValueError("A company needs a start before its end, both with a time zone.")
        if (seats < 1 and not people) or events < 0:
            raise ValueError("A company needs at least one seat and no negative number of events.")
        start_ms, end_ms = (int(moment.timestamp() * 1_000) for moment in (start, end))
        days = _days(start, end)
        people = people or hire(seed, seats, days[0], days[-1])
        robots = service_accounts(seed)
        scheduled = automations(seed, people, robots)
        habits = form_habits(seed, people, days)
        cycles = BillingCycles.covering(seed, start_ms, end_ms)
        sessions = plan_sessions(seed, events, Workforce(people, scheduled, days, habits))
        used = spend_tokens(seed, sessions, habits, start_ms, end_ms)
        priced = price(seed, used, habits, cycles.number(used.ts))
        names = tuple(model.name for model in MODELS)
        return cls(seed, start_ms, end_ms, people, robots, scheduled, names, KINDS, cycles, priced)

    @property
    def actors(self) -> tuple[Person | ServiceAccount, ...]:
        """Everyone and everything that acts, in the order in which the events number them."""
        return (*self.people, *self.service_accounts)

    @cached_property
    def emails(self) -> tuple[str, ...]:
        """Address of each actor."""
        return tuple(actor.email for actor in self.actors)

    def conversation_ids(self, numbers: Numbers) -> list[str]:
        """Ids of conversations."""
        return uuids(numbers, self.seed, "conversation")

    def cloud_agent_ids(self, numbers: Numbers) -> list[str]:
        """Ids of cloud agent runs."""
        return [f"bc-{run}" for run in uuids(numbers, self.seed, "cloud agent")]


def _days(start: datetime, end: datetime) -> list[date]:
    first, last = start.astimezone(UTC).date(), (end - timedelta(milliseconds=1)).astimezone(UTC).date()
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
