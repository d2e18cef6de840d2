"""A company that is nothing but recorded lines: each event is served byte for byte as its line."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Self

import numpy as np

from finora.simulator.billing import BillingCycles
from finora.simulator.calendar import COUNTRIES
from finora.simulator.clock import DAY_MS
from finora.simulator.company import Company, Numbers
from finora.simulator.events import (
    AGENT,
    AUTOMATION,
    CHARGEABLE,
    CLOUD_AGENT,
    FEATURES,
    HAS_TOKENS,
    HEADLESS,
    INLINE_EDIT,
    MAX_MODE,
    NONE,
    TOKEN_BASED,
    EventColumns,
)
from finora.simulator.people import TEAMS, Automation, Person
from finora.simulator.pricing import NANO_PER_CENT

NOBODY: Final = "unattributed@simulator.invalid"
_FLAG_OF: Final = {
    "maxMode": MAX_MODE,
    "isTokenBasedCall": TOKEN_BASED,
    "isChargeable": CHARGEABLE,
    "isHeadless": HEADLESS,
    "tokenUsage": HAS_TOKENS,
}  # fmt: skip
_INT: Final = {"input": "inputTokens", "output": "outputTokens", "cache_write": "cacheWriteTokens", "cache_read": "cacheReadTokens"}  # fmt: skip


class Register:
    """Numbers texts in the order of their first appearance."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def number(self, text: str | None) -> int:
        """The number of `text`; NONE for no text."""
        if text is None:
            return NONE
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text)


@dataclass(frozen=True)
class RecordedCompany(Company):
    """A company read from lines. `lines` are the raw events in the order of the columns.

    The truth of it is what the lines say: an event without `chargedCents` counts its list cost, true event
    types are guessed from ids, and events without an address belong to NOBODY.
    """

    lines: tuple[bytes, ...]
    conversations: tuple[str, ...]
    cloud_agents: tuple[str, ...]

    @classmethod
    def read(cls, lines: Sequence[bytes]) -> Self:
        """A company of raw JSON events, given newest first where they share a millisecond."""
        raw = [line for line in reversed(lines) if line.strip()]
        events = [json.loads(line, parse_float=Decimal) for line in raw]
        order = sorted(range(len(raw)), key=lambda row: int(events[row]["timestamp"]))
        events = [events[row] for row in order]
        names = {field: Register() for field in ("who", "model", "kind", "conversation", "run", "automation")}
        rows = [_row(event, names) for event in events]
        columns = EventColumns(
            **{
                name: np.array([row[name] for row in rows], dtype=kind)
                for name, kind in _column_types().items()
            }
        )
        start, end = int(columns.ts[0]) - DAY_MS, int(columns.ts[-1]) + DAY_MS
        runs = tuple(Automation(text, 0, 0) for text in names["automation"].texts)
        return cls(
            seed=0,
            start_ms=start,
            end_ms=end,
            people=tuple(_person(email, i, start) for i, email in enumerate(names["who"].texts)),
            service_accounts=(),
            automations=runs,
            model_names=tuple(names["model"].texts),
            kind_names=tuple(names["kind"].texts),
            cycles=BillingCycles.covering(0, start, end),
            events=columns,
            lines=tuple(raw[row] for row in order),
            conversations=tuple(names["conversation"].texts),
            cloud_agents=tuple(names["run"].texts),
        )

    def conversation_ids(self, numbers: Numbers) -> list[str]:
        """Ids as recorded."""
        return [self.conversations[number] for number in numbers.tolist()]

    def cloud_agent_ids(self, numbers: Numbers) -> list[str]:
        """Ids as recorded; the number of none has none."""
        return [self.cloud_agents[number] if number != NONE else "" for number in numbers.tolist()]


def _column_types() -> dict[str, str]:
    small = dict.fromkeys(("kind", "feature", "discount"), "int8")
    medium = dict.fromkeys(("actor", "model", "automation"), "int16")
    large = dict.fromkeys(("conversation", "cloud_agent", *_INT, "requests"), "int32")
    return (
        small
        | medium
        | large
        | dict.fromkeys(("ts", "list_nano", "charged_nano"), "int64")
        | {"flags": "uint8"}
    )


def _row(event: dict[str, Any], names: dict[str, Register]) -> dict[str, int]:
    usage = event.get("tokenUsage") or {}
    listed = _nano(usage.get("totalCents") or 0)
    discount = int(usage.get("discountPercentOff") or 0)
    charged = event.get("chargedCents")
    return {
        "ts": int(event["timestamp"]),
        "actor": names["who"].number(event.get("userEmail") or NOBODY),
        "model": names["model"].number(event["model"]),
        "kind": names["kind"].number(event.get("kind") or event.get("kindLabel")),
        "feature": FEATURES.index(_feature(event)),
        "flags": sum(flag for name, flag in _FLAG_OF.items() if event.get(name)),
        "discount": discount,
        "conversation": names["conversation"].number(event.get("conversationId")),
        "cloud_agent": names["run"].number(event.get("cloudAgentId")),
        "automation": names["automation"].number(event.get("automationId")),
        "list_nano": listed,
        "charged_nano": listed * (100 - discount) // 100 if charged is None else _nano(charged),
        "requests": int((event.get("requestsCosts") or 0) * 10),
        **{column: int(usage.get(name) or 0) for column, name in _INT.items()},
    }


def _nano(cents: Decimal | int) -> int:
    return int((Decimal(cents) * NANO_PER_CENT).to_integral_value())


def _feature(event: dict[str, Any]) -> str:
    if "automationId" in event:
        return FEATURES[AUTOMATION]
    if "cloudAgentId" in event:
        return FEATURES[CLOUD_AGENT]
    return FEATURES[AGENT if "conversationId" in event else INLINE_EDIT]


def _person(email: str, number: int, start_ms: int) -> Person:
    joined: date = datetime.fromtimestamp(start_ms / 1_000, UTC).date() - timedelta(days=1)
    return Person(
        name=email.partition("@")[0].replace(".", " ").title(),
        email=email,
        role="member" if number else "owner",
        team=TEAMS[number % len(TEAMS)],
        country=COUNTRIES[0],
        zone=COUNTRIES[0].zones[0],
        joined=joined,
        left=None,
        user_id=f"user_recorded{number}",
        number=100_000 + number,
    )
