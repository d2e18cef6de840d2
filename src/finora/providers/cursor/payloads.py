"""Cursor's pages of usage events as Python values.

Decoding has two ways. The fast one takes a page whose events have exactly the fields Finora knows, which is every page
on a good day. A page with anything else goes the tolerant way, event by event: unknown fields are kept as `extra`,
numbers may be text, and an event that cannot be read at all is handed on raw instead of failing its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import msgspec
from msgspec import Struct


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
    model: str = ""
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
_TEXTS = ("conversationId", "cloudAgentId", "automationId", "serviceAccountId", "model")
_RENAMED = {"kindLabel": "kind"}  # mid-2025


def decode_page(body: bytes) -> UsagePage:
    """Return a page of usage events.

    Raises:
        msgspec.ValidationError: The body lacks the fields that say where the page stands.
        msgspec.DecodeError: The body is not JSON.
    """
    try:
        page = _FAST.decode(body)
    except (msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        return _tolerant(body)
    return UsagePage(page.total_usage_events_count, page.pagination, page.usage_events)


def _tolerant(body: bytes) -> UsagePage:
    try:
        page = _TOLERANT.decode(body)
    except (UnicodeDecodeError, RecursionError) as problem:
        raise msgspec.DecodeError(f"JSON is malformed: {problem}") from None
    rows = page.usage_events if page.usage_events is not None else page.usage_events_display
    if rows is None:
        raise msgspec.ValidationError("Object missing required field `usageEvents`")
    events: list[UsageEvent] = []
    extras: list[str | None] = []
    unreadable: list[Unreadable] = []
    for raw in rows:
        try:
            event, extra = _event(raw)
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as problem:
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
    for name in _TEXTS:
        if type(known.get(name)) in (int, float):
            known[name] = str(known[name])
    tokens = known.get("tokenUsage")
    if isinstance(tokens, dict):
        known["tokenUsage"], further = _parted(tokens, _KNOWN_TOKENS)
        extra |= {f"tokenUsage.{name}": value for name, value in further.items()}
    event = msgspec.convert(known, UsageEvent, strict=False)
    int(event.timestamp)
    _refuse_no_number(event)
    return event, msgspec.json.encode(extra, order="sorted").decode() if extra else None


def _refuse_no_number(event: UsageEvent) -> None:
    """Refuse amounts written as “NaN” or “Infinity”: taken as none, they would be dropped without a word."""
    tokens = event.token_usage or TokenUsage()
    amounts = (
        event.charged_cents,
        event.cursor_token_fee,
        event.requests_costs,
        tokens.total_cents,
        tokens.discount_percent_off,
    )
    if not all(amount is None or isfinite(amount) for amount in amounts):
        raise ValueError("an amount is not a number")


def _parted(fields: dict[str, Any], known: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of an object that are known and not null, and those that are not known."""
    ours = {name: value for name, value in fields.items() if name in known and value is not None}
    return ours, {name: value for name, value in fields.items() if name not in known}
