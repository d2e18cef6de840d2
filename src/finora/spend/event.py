"""The usage event: what one call cost, who made it, with which model and for what.

Events travel in Arrow tables of `EVENT_SCHEMA`. Amounts are nano-USD, times epoch milliseconds in UTC, request units
millionths. Names that repeat are dictionary-encoded; only what says so may be null.
"""

from __future__ import annotations

from enum import IntEnum

import pyarrow as pa


class BillingClass(IntEnum):
    """What became of an event's price; the number is stored."""

    UNKNOWN = 0
    ON_DEMAND = 1
    INCLUDED = 2
    NOT_CHARGED = 3
    BYOK = 4
    FREE = 5

    @property
    def key(self) -> str:
        """The name used in queries."""
        return self.name.lower()


class TypeBasis(IntEnum):
    """How an event's type is known; the number is stored."""

    UNKNOWN = 0
    REPORTED = 1
    STRUCTURAL = 2
    ACTIVITY = 3

    @property
    def key(self) -> str:
        """The name used in queries."""
        return self.name.lower()


EVENT_TYPES = (
    "chat",
    "agent",
    "inline_edit",
    "bugbot",
    "cloud_agent",
    "automation",
    "background",
    "tab",
    "unknown",
)
"""The event types Finora itself assigns; a provider may report others."""

_NAME = pa.dictionary(pa.int32(), pa.string())

EVENT_SCHEMA = pa.schema(
    [
        pa.field("ts", pa.int64()),
        pa.field("person", _NAME),  # lower-cased e-mail; null where the provider names nobody
        pa.field("service_account", _NAME),  # null for people
        pa.field("model", _NAME),  # the provider's own name
        pa.field("kind", _NAME),  # the provider's own billing label
        pa.field("billing", pa.uint8()),  # BillingClass
        pa.field("event_type", _NAME),
        pa.field("basis", pa.uint8()),  # TypeBasis
        pa.field("apportioned", pa.bool_()),  # type assigned in proportion to activity counts
        pa.field("chargeable", pa.bool_()),  # billed on top of the seats
        pa.field("cost", pa.int64()),  # the provider's price; null where it gave none
        pa.field("fee", pa.int64()),  # part of cost
        pa.field("list_cost", pa.int64()),  # before discount, without fee
        pa.field("discount", pa.int64()),  # part of list_cost taken off
        pa.field("input_tokens", pa.int64()),
        pa.field("output_tokens", pa.int64()),
        pa.field("cache_write_tokens", pa.int64()),
        pa.field("cache_read_tokens", pa.int64()),
        pa.field("requests", pa.int64()),  # millionths of a request unit
        pa.field("max_mode", pa.bool_()),
        pa.field("headless", pa.bool_()),
        pa.field("token_based", pa.bool_()),
        pa.field("conversation", pa.string()),  # null outside conversations, never empty
        pa.field("cloud_agent", pa.string()),  # likewise
        pa.field("automation", pa.string()),  # likewise
        pa.field(
            "extra", pa.string()
        ),  # fields Finora does not know, as a JSON object; null where there are none
    ]
)

FLAT_CHARGE_SCHEMA = pa.schema(
    [
        pa.field("day", pa.int32()),  # since 1970
        pa.field("person", _NAME),  # who holds the seat; null for seats that nobody holds
        pa.field("amount", pa.int64()),
    ]
)
"""What falls on whom on each day for a flat rate, in nano-USD."""

IDENTITY = (
    "ts",
    "service_account",
    "model",
    "conversation",
    "cloud_agent",
    "automation",
    "max_mode",
    "headless",
    "input_tokens",
    "output_tokens",
    "cache_write_tokens",
    "cache_read_tokens",
)
"""What makes an event the same event at a later read, besides its person. Cost and kind get revised and the type is
derived, so none of them belongs to it; twins are told apart by their ordinal."""
