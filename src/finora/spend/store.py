"""`EventStore`: what Finora needs of the place where events are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from finora.spend.event import BillingClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    import pyarrow as pa

    from finora.spend.dialect import Dialect
    from finora.spend.statement import Statement
    from finora.values.period import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Events counted and summed: nano-USD of spend (chargeable) and of usage value (all)."""

    events: int = 0
    spend: int = 0
    usage_value: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRead:
    """One complete, consistent read of a window, and when it was made.

    Attributes:
        connection: The connection's number.
        run: The sync run's number.
        window: What was read.
        read_at: When.
        settled_before: Events older than this are kept even if the provider no longer returns them.
        believe_empty_since: A window never read before that holds nothing counts as read only if it was found empty at
            this moment or earlier, too: an outage that answers with nothing looks the same. None believes it at once.
    """

    connection: int
    run: int
    window: Span
    read_at: datetime
    settled_before: datetime
    believe_empty_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Stored events of one person in a window that the provider no longer returns, and that are kept.

    `first` and `last` are the times of the oldest and the newest, in epoch milliseconds; `usage_value` is nano-USD.
    """

    person: str
    events: int
    usage_value: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowChange:
    """What a read changed.

    Attributes:
        before: What was stored in the window.
        after: What is stored now.
        added: Events new to the store.
        revised: Events whose figures the provider changed.
        withdrawn: Recent events that the provider took back.
        retained: Stored events that the provider no longer returns, kept.
        missing: Those retained, by person.
    """

    before: Tally
    after: Tally
    added: int = 0
    revised: int = 0
    withdrawn: int = 0
    retained: int = 0
    missing: tuple[Missing, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything in the store differs from before."""
        return bool(self.added or self.revised or self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A read that changed what had been read before; its change is that of these parts of the window alone."""

    id: int
    run: int
    window: Span
    read_at: datetime
    change: WindowChange


SURELY_COUNTED = {
    False: (BillingClass.ON_DEMAND, BillingClass.INCLUDED),
    True: (BillingClass.ON_DEMAND,),
}
"""The billing classes that a provider's total of usage value, or of spend alone (`True`), surely counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A billing cycle in which a provider's totals of some people differ from what is stored.

    Attributes:
        connection: The connection's number.
        cycle: From the cycle's start to when the provider's totals were read.
        run: The sync run in which they were read.
        people: Whose totals differ, by the dimension `person`.
        by_spend: Whether spend is compared, because the provider does not state usage value.
        reach_ms: How near to the cycle's start an event may have been counted in the other cycle.
        recent_ms: How young an event may have been when the totals were read, and not be counted in them yet.
    """

    connection: int
    cycle: Span
    run: int
    people: tuple[str, ...]
    by_spend: bool
    reach_ms: int
    recent_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as the event store knows them, for names and teams in answers."""

    key: str
    label: str
    team: str = ""
    team_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who was named or caused events.

    Attributes:
        key: As in the dimension `person`.
        label: What people call them.
        team: The key of their team; `none` without one.
        team_label: What that is called.
        service_account: What the service account is called whose address this is; empty where a person had events as well.
        last_day: The last day on which they caused an event, in days since 1970 of the workspace's zone; none without events.
    """

    key: str
    label: str
    team: str
    team_label: str
    service_account: str
    last_day: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionName:
    """A connection as the event store knows it, for names in answers."""

    number: int
    key: str
    label: str
    provider: str
    provider_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatRate:
    """A flat rate as the event store knows it: what it is called in answers, and what falls on whom on each day.

    Attributes:
        plan: What was bought, by the catalogue's id or a word of the workspace's own.
        plan_label: What people call it.
        vendor: Who sells it; empty where that is not known.
        connection: The number of the connection whose seats these are; 0 without one.
        charges: `FLAT_CHARGE_SCHEMA`, at least one row for each day that is paid.
    """

    plan: str
    plan_label: str
    vendor: str
    connection: int
    charges: pa.Table


class Reader(Protocol):
    """Reads one consistent state of an event store."""

    @property
    def dialect(self) -> Dialect:
        """What this state is summed by, and how the engine spells what engines spell differently."""

    def fetch(self, statement: Statement) -> list[tuple[object, ...]]:
        """Return the rows of a statement."""

    def stream(self, statement: Statement, rows: int = 10_000) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a statement in batches."""


class EventStore(Protocol):
    """Keeps events, answers statements over them, and never loses or doubles one.

    Every write is one transaction: a reader sees all of it or none.
    """

    @property
    def place(self) -> str:
        """Where the events are, for people to read, without user name and password."""

    @property
    def zone(self) -> str:
        """The time zone by whose days the roll-up is kept."""

    def replace_window(self, read: WindowRead, events: pa.Table) -> WindowChange:
        """Make the window's events those just read (`EVENT_SCHEMA`, any order), with roll-up and revision.

        An event read before keeps its place and, where the provider no longer names one, its person. Stored events
        that are older than `settled_before` stay when the read lacks them, and an empty read erases nothing.
        """

    def snapshot(self) -> AbstractContextManager[Reader]:
        """Return a reader of one consistent state, whatever is written meanwhile."""

    def connections(self) -> list[int]:
        """Return the numbers of the connections with anything read."""

    def covered(self, connection: int) -> list[Span]:
        """Return the stretches of time that were read, in order and merged."""

    def revisions(self, connection: int, limit: int = 200) -> list[Revision]:
        """Return the reads that changed windows read before, newest first."""

    def evidence(self, dispute: Dispute) -> pa.Table:
        """Return the single events that may be why totals differ, by person and time.

        They are those near the cycle's start, on both sides; those that were recent; those that were first read or
        revised by a later run; and those of billing classes that a total may leave out. Columns: `person`, `ts`, `ordinal`,
        `billing`, `spend` and `usage_value` in nano-USD, `added` (first read by a later run), `revised` (by a later run)
        and what `former_spend` and `former_usage_value` were until then.
        """

    def earliest(self, connection: int | None = None) -> datetime | None:
        """Return the time of the first event, of all or of a connection's."""

    def latest(self, connection: int) -> datetime | None:
        """Return the time of a connection's newest event."""

    def actors(self) -> list[Actor]:
        """Return everybody who was named or caused events, remembered until the data changes; nobody is one of them."""

    def count(self, connection: int | None = None) -> Tally:
        """Return all events, or a connection's, counted and summed."""

    def name_people(self, people: Sequence[Person]) -> None:
        """Give people the names and teams that answers show."""

    def name_service_accounts(self, labels: Mapping[str, str]) -> None:
        """Give service accounts, by id, the names that answers show."""

    def name_connections(self, connections: Sequence[ConnectionName]) -> None:
        """Give connections the names that answers show."""

    def hold_flat_rates(self, rates: Iterable[FlatRate], fingerprint: str) -> None:
        """Make these the flat rates, in place of those held before, and remember what they were made from."""

    def flat_rates_fingerprint(self) -> str:
        """Return what the flat rates were made from; empty where there never were any."""

    def forget(self, connection: int) -> None:
        """Delete all that came through a connection."""

    def version(self) -> int:
        """Return a number that grows with every change of the data."""

    def tidy(self) -> None:
        """Do what was put off while much was written, as at the end of a sync run; nothing that is asked changes."""

    def close(self) -> None:
        """Write everything out and let go of the files."""
