"""Cursor's answers as Python values.

Decoding has two ways. The fast one takes a page whose events have exactly the fields Finora knows, which is every page
on a good day. A page with anything else goes the tolerant way, event by event: unknown fields are kept as `extra`,
numbers may be text, and an event that cannot be read at all is handed on raw instead of failing its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct, field


class TokenUsage(Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """Tokens by class (disjoint) and the model's own cost in cents, before discount and without Cursor's fee."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0
    total_cents: float | None = None
    discount_percent_off: float | None = None


class UsageEvent(Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """One usage event. Times are epoch milliseconds, amounts cents."""

    timestamp: str | int
    model: str
    user_email: str | None = None
    service_account_id: str | None = None
    service_account_name: str | None = None
    cloud_agent_id: str | None = None
    automation_id: str | None = None
    conversation_id: str | None = None
    kind: str = ""
    max_mode: bool = False
    requests_costs: float | None = None
    is_token_based_call: bool = False
    is_chargeable: bool | None = None
    is_headless: bool = False
    token_usage: TokenUsage | None = None
    charged_cents: float | None = None
    cursor_token_fee: float | None = None


class Pagination(Struct, rename="camel"):
    """Where a page stands among its fellows."""

    num_pages: int
    current_page: int
    has_next_page: bool


class _FastPage(Struct, rename="camel"):
    total_usage_events_count: int
    pagination: Pagination
    usage_events: list[UsageEvent]


class _TolerantPage(Struct, rename="camel"):
    total_usage_events_count: int
    pagination: Pagination
    usage_events: list[msgspec.Raw] | None = None
    usage_events_display: list[msgspec.Raw] | None = None


class Member(Struct, rename="camel"):
    """A row of `/teams/members`."""

    email: str | None = None
    name: str | None = None
    id: str | int | None = None
    role: str | None = None
    is_removed: bool | None = None


class Members(Struct, rename="camel"):
    """The answer of `/teams/members`."""

    team_members: list[Member]


class MemberSpend(Struct, rename="camel"):
    """A row of `/teams/spend`; amounts are cents."""

    user_id: str | int | None = None
    name: str | None = None
    email: str | None = None
    role: str | None = None
    spend_cents: float | None = None
    overall_spend_cents: float | None = None


class SpendPage(Struct, rename="camel"):
    """A page of `/teams/spend`."""

    team_member_spend: list[MemberSpend]
    subscription_cycle_start: int
    total_pages: int


class DailyUsage(Struct, rename="camel"):
    """A person's activity on a day of UTC, as counts without cost."""

    day: str | None = None
    date: int | None = None
    email: str | None = None
    composer_requests: int = 0
    chat_requests: int = 0
    agent_requests: int = 0
    cmdk_usages: int = 0
    bugbot_usages: int = 0


class DailyUsagePage(Struct, rename="camel"):
    """The answer of `/teams/daily-usage-data`."""

    data: list[DailyUsage]


class GroupMember(Struct, rename="camel"):
    """A member of a billing group."""

    email: str | None = None
    left_at: str | None = None


class Group(Struct, rename="camel"):
    """A billing group."""

    id: str | int
    name: str
    current_members: list[GroupMember] = field(default_factory=list)


class Groups(Struct, rename="camel"):
    """The answer of `/teams/groups`."""

    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that is no usage event."""

    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class UsagePage:
    """A page of usage events.

    Attributes:
        total: Events in the whole window, as this page has it.
        pagination: The page's place.
        events: What could be read.
        extras: Unknown fields of each event as JSON; none where no event has any.
        unreadable: What could not.
    """

    total: int
    pagination: Pagination
    events: list[UsageEvent]
    extras: list[str | None] | None = None
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def rows(self) -> int:
        """Events on the page, readable or not."""
        return len(self.events) + len(self.unreadable)


_FAST = msgspec.json.Decoder(_FastPage)
_TOLERANT = msgspec.json.Decoder(_TolerantPage, strict=False)
_KNOWN = {member.encode_name for member in msgspec.structs.fields(UsageEvent)}
_KNOWN_TOKENS = {member.encode_name for member in msgspec.structs.fields(TokenUsage)}
_RENAMED = {"kindLabel": "kind"}  # mid-2025


def decode_page(body: bytes) -> UsagePage:
    """Return a page of usage events.

    Raises:
        msgspec.MsgspecError: The body is not JSON, or lacks the fields that say where the page stands.
    """
    try:
        page = _FAST.decode(body)
    except msgspec.ValidationError:
        return _tolerant(body)
    return UsagePage(page.total_usage_events_count, page.pagination, page.usage_events)


def _tolerant(body: bytes) -> UsagePage:
    page = _TOLERANT.decode(body)
    rows = page.usage_events if page.usage_events is not None else page.usage_events_display
    if rows is None:
        raise msgspec.ValidationError("Object missing required field `usageEvents`")
    events: list[UsageEvent] = []
    extras: list[str | None] = []
    unreadable: list[Unreadable] = []
    for raw in rows:
        try:
            event, extra = _event(raw)
        except (msgspec.MsgspecError, ValueError, TypeError) as problem:
            unreadable.append(
                Unreadable(bytes(raw).decode("utf-8", "replace"), f"It cannot be read: {problem}")
            )
            continue
        events.append(event)
        extras.append(extra)
    return UsagePage(
        page.total_usage_events_count,
        page.pagination,
        events,
        extras if any(extras) else None,
        tuple(unreadable),
    )


def _event(raw: msgspec.Raw) -> tuple[UsageEvent, str | None]:
    fields = msgspec.json.decode(raw)
    if not isinstance(fields, dict):
        raise TypeError("an event must be an object")
    known, extra = _parted(fields, _KNOWN)
    for old, new in _RENAMED.items():
        if old in extra and new not in known:
            known[new] = extra.pop(old)
    tokens = known.get("tokenUsage")
    if isinstance(tokens, dict):
        known["tokenUsage"], further = _parted(tokens, _KNOWN_TOKENS)
        extra |= {f"tokenUsage.{name}": value for name, value in further.items()}
    event = msgspec.convert(known, UsageEvent, strict=False)
    int(event.timestamp)
    return event, msgspec.json.encode(extra, order="sorted").decode() if extra else None


def _parted(fields: dict[str, Any], known: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of an object that are known and not null, and those that are not known."""
    ours = {name: value for name, value in fields.items() if name in known and value is not None}
    return ours, {name: value for name, value in fields.items() if name not in known}
