"""What a provider is: the seam behind which each AI vendor's API lives.

A `Provider` is a plug-in, found by its entry point in the group ``finora.providers``. It opens an `Account` with the
customer's credentials; the account reads windows of events, members, teams and the provider's own totals, in Finora's
terms. Everything an account returns is complete and consistent, or it raises a `ProviderError`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    import httpx
    import pyarrow as pa

    from finora.providers.pace import Pacing
    from finora.values.clock import Clock
    from finora.values.period import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialField:
    """One thing a customer enters to connect."""

    name: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person of the customer's account at the provider."""

    provider_id: str
    email: str
    name: str
    role: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group of members at the provider, with the e-mail addresses of those in it now."""

    key: str
    label: str
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSpend:
    """The provider's own totals for a member in a billing cycle, in nano-USD.

    Attributes:
        spend: Billed on top of the seat.
        usage_value: With what the plan covered; none where the provider does not say.
    """

    provider_id: str
    email: str
    name: str
    spend: int
    usage_value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleSpend:
    """The provider's own totals of the present billing cycle."""

    start: datetime
    read_at: datetime
    members: tuple[MemberSpend, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Whether one part of the provider's API answers to a key.

    `state` is `answers`, `refused` (not for this key or plan), `missing` or `failed`.
    """

    name: str
    label: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a key turned out to be good for, and who belongs to the account it opens."""

    capabilities: tuple[Capability, ...]
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEvent:
    """An event whose figures are not plausible, or cannot be read: held aside until someone decides.

    Attributes:
        fingerprint: Names it for good.
        ts: Its time; none where the event cannot be read or stored, so that nobody can accept it either.
        reason: Why it is held, as a sentence.
        raw: The provider's own record.
    """

    fingerprint: str
    ts: int | None
    reason: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowEvents:
    """All events of a window (`EVENT_SCHEMA`), and those held aside."""

    events: pa.Table
    held: tuple[HeldEvent, ...] = ()
    service_accounts: Mapping[str, str] = field(default_factory=dict)
    """Display names of service accounts, by id."""
    untyped: str = ""
    """Why the types of events could not be told as well as they should have been; empty where they could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How a window is to be read.

    Attributes:
        accepted: Fingerprints of held events that someone accepted.
        too_many: Number of events beyond which the read raises `WindowTooLarge` at its first page.
        on_page: Told the number of events read so far, after each page.
    """

    accepted: frozenset[str] = frozenset()
    too_many: int | None = None
    on_page: Callable[[int], None] = lambda _events: None


class WindowTooLarge(Exception):
    """A window holds more events than were asked for at a time."""

    def __init__(self, events: int) -> None:
        super().__init__(f"{events} events")
        self.events = events


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a provider's data behaves, for the plan of what to read again and when.

    Attributes:
        longest_window: The longest span one read may have.
        settling: Events younger than this may still be taken back.
        revising: Figures younger than this may still be revised.
    """

    longest_window: timedelta
    settling: timedelta
    revising: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How to reach a provider: its address, the pace to keep, and the machine's edge, which tests replace.

    Attributes:
        base_url: The address. Only the operator can set it.
        requests_per_minute: The pace on the busiest endpoint; 0 is unpaced.
        clock: Time, for waiting.
        transport: What carries requests; the network where none is given.
        patient: Whether to wait and try again, as a sync does and a person at a form does not.
        on_wait: Told why and for how many seconds the line waits.
        pacing: Keeps an account's pace from one line to the next; each line keeps its own where none is given.
        behind: Tells how many others are wanted before what the line is used for, and go first.
    """

    base_url: str
    requests_per_minute: int
    clock: Clock
    transport: httpx.BaseTransport | None = None
    patient: bool = True
    on_wait: Callable[[str, float], None] = lambda _reason, _seconds: None
    pacing: Pacing | None = None
    behind: Callable[[], int] = lambda: 0


class Account(Protocol):
    """A customer's account at a provider, opened with credentials."""

    @property
    def requests(self) -> int:
        """How many requests were made so far."""

    def check(self) -> Access:
        """Return what the key is good for.

        Raises:
            ProviderError: The key does not open the account, or the provider cannot be asked.
        """

    def read(self, window: Span, options: ReadOptions) -> WindowEvents:
        """Return all events of a window from one consistent read.

        Raises:
            InconsistentRead: The provider's pages contradicted each other at every attempt.
            WindowTooLarge: There are more events than `options.too_many`.
            ProviderError: The provider cannot be asked.
        """

    def members(self) -> tuple[Member, ...] | None:
        """Return the members; none where the key may not see them."""

    def teams(self) -> tuple[Team, ...] | None:
        """Return the groups of members; none where the plan has no groups."""

    def cycle_spend(self) -> CycleSpend | None:
        """Return the provider's own totals of the present cycle; none where the key may not see them."""

    def close(self) -> None:
        """Let go of the connection."""


class Provider(Protocol):
    """An AI vendor whose usage Finora can read."""

    @property
    def key(self) -> str:
        """Its name in the API and the database."""

    @property
    def label(self) -> str:
        """Its name for people."""

    @property
    def credential_fields(self) -> tuple[CredentialField, ...]:
        """What a customer enters to connect."""

    @property
    def habits(self) -> Habits:
        """How its data behaves."""

    @property
    def revoke_hint(self) -> str:
        """Where a customer revokes a key, as a sentence."""

    def open(self, credentials: Mapping[str, str], line: Line) -> Account:
        """Return the account that credentials open; nothing is sent yet."""
