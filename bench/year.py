"""A year of a large company as the event store gets it, week by week: no wire between, so that a hundred million take minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finora.providers.cursor.kind import billing_class
from finora.simulator.company import Company
from finora.simulator.events import (
    AUTOMATION,
    BACKGROUND,
    BUGBOT,
    CHARGEABLE,
    CLOUD_AGENT,
    FEATURES,
    HEADLESS,
    MAX_MODE,
    NONE,
    TOKEN_BASED,
)
from finora.simulator.people import hire
from finora.spend.event import EVENT_SCHEMA, TypeBasis
from finora.spend.store import ConnectionName, Person, WindowRead
from finora.values.period import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.simulator.events import EventColumns
    from finora.spend.store import EventStore

END = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday; the year are the 52 weeks before it."""
WEEKS = 52
SEATS = 2_000
_STRUCTURAL = (CLOUD_AGENT, AUTOMATION, BACKGROUND)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time with all its events."""

    read: WindowRead
    events: pa.Table

    def within(self, span: Span) -> pa.Table:
        """Return the events of a part of it."""
        times = self.events["ts"].to_numpy()
        return self.events.filter(pa.array((times >= span.start_ms) & (times < span.end_ms)))


def windows(events: int, *, seats: int = SEATS) -> Iterator[Window]:
    """Yield a year of about so many events by week, oldest first."""
    for number in range(WEEKS):
        yield window(number, events, seats=seats)


def window(number: int, events: int, *, seats: int = SEATS) -> Window:
    """Return a week of a year of about so many events."""
    start = END - timedelta(weeks=WEEKS)
    people = hire(1, seats, start.date(), END.date())
    span = Span(start + timedelta(weeks=number), start + timedelta(weeks=number + 1))
    company = Company.generate(number, people=people, start=span.start, end=span.end, events=events // WEEKS)
    read_at = END + timedelta(days=60)
    read = WindowRead(connection=1, run=1, window=span, read_at=read_at, settled_before=read_at)
    return Window(read, as_events(company))


def with_revisions(events: pa.Table, number: int) -> pa.Table:
    """Return events of which every fiftieth has another price than before."""
    cost = events["cost"].to_numpy().copy()
    cost[number::50] += 250
    return events.set_column(events.schema.get_field_index("cost"), "cost", pa.array(cost))


def fill(store: EventStore, events: int, *, seats: int = SEATS) -> None:
    """Store a year, with the names and teams of its people."""
    for week in windows(events, seats=seats):
        store.replace_window(week.read, week.events)
    name(store, seats=seats)
    store.tidy()  # as at the end of a run


def name(store: EventStore, *, seats: int = SEATS) -> None:
    """Give people and the connection names and teams."""
    start = END - timedelta(weeks=WEEKS)
    store.name_people(
        [
            Person(key=each.email.lower(), label=each.name, team=each.team.lower(), team_label=each.team)
            for each in hire(1, seats, start.date(), END.date())
        ]
    )
    store.name_connections(
        [
            ConnectionName(
                number=1, key="bench", label="Lumenworks", provider="cursor", provider_label="Cursor"
            )
        ]
    )


def as_events(company: Company) -> pa.Table:
    """Return a company's events as the store takes them (`EVENT_SCHEMA`)."""
    happened = company.events
    billing = np.array([billing_class(name) for name in company.kind_names], np.uint8)[happened.kind]
    apart = np.isin(happened.feature, _STRUCTURAL)
    list_nano = happened.list_nano
    columns = {
        "ts": happened.ts,
        "person": _named(happened.actor, [email.lower() for email in company.emails]),
        "service_account": _service_accounts(company),
        "model": _named(happened.model, list(company.model_names)),
        "kind": _named(happened.kind, list(company.kind_names)),
        "billing": billing,
        "event_type": _named(happened.feature, list(FEATURES)),
        "basis": np.where(
            apart,
            np.uint8(TypeBasis.STRUCTURAL),
            np.where(happened.feature == BUGBOT, np.uint8(TypeBasis.REPORTED), np.uint8(TypeBasis.ACTIVITY)),
        ),
        "apportioned": ~apart & (happened.ts % 7 == 0),
        "chargeable": happened.has(CHARGEABLE),
        "cost": happened.charged_nano,
        "fee": happened.fee_nano,
        "list_cost": list_nano,
        "discount": list_nano * happened.discount // 100,
        "input_tokens": happened.input.astype(np.int64),
        "output_tokens": happened.output.astype(np.int64),
        "cache_write_tokens": happened.cache_write.astype(np.int64),
        "cache_read_tokens": happened.cache_read.astype(np.int64),
        "requests": happened.requests.astype(np.int64) * 100_000,
        "max_mode": happened.has(MAX_MODE),
        "headless": happened.has(HEADLESS),
        "token_based": happened.has(TOKEN_BASED),
        "conversation": _ids(happened.conversation, company.conversation_ids),
        "cloud_agent": _ids(happened.cloud_agent, company.cloud_agent_ids),
        "automation": _automations(company, happened),
        "extra": pa.nulls(len(happened), pa.string()),
    }
    return pa.table([columns[name] for name in EVENT_SCHEMA.names], schema=EVENT_SCHEMA)


def _named(numbers: np.ndarray, names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), pa.array(names))


def _service_accounts(company: Company) -> pa.DictionaryArray:
    numbers = company.events.actor.astype(np.int32) - len(company.people)
    ids = [each.account_id for each in company.service_accounts]
    return pa.DictionaryArray.from_arrays(pa.array(numbers, mask=numbers < 0), pa.array(ids))


def _ids(numbers: np.ndarray, names: object) -> pa.Array:
    """Return the ids of runs; null where there is none."""
    different, places = np.unique(numbers, return_inverse=True)
    texts = pa.array(names(different), pa.string())  # type: ignore[operator]
    return pc.take(texts, pa.array(places, mask=numbers == NONE))


def _automations(company: Company, happened: EventColumns) -> pa.Array:
    numbers = happened.automation.astype(np.int32)
    ids = pa.array([each.automation_id for each in company.automations], pa.string())
    return pc.take(ids, pa.array(numbers, mask=numbers == NONE))
