"""Events as a provider hands them over, with everything plain that a test does not speak of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from finora.spend.event import EVENT_SCHEMA
from finora.spend.store import WindowRead
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    from datetime import datetime

DAY = 86_400_000
T0 = 1_790_000_000_000 // DAY * DAY
NOW = from_ms(T0 + 100 * DAY)

Row = dict[str, Any]

_AMOUNTS = ("fee", "list_cost", "discount", "requests")
_TOKENS = ("input_tokens", "output_tokens", "cache_write_tokens", "cache_read_tokens")


def event(
    ts: int, person: str | None = "ana@acme.test", cost: int | None = 1000, **more: str | int | bool | None
) -> Row:
    """Return one event."""
    row: Row = {
        "ts": ts,
        "person": person,
        "service_account": None,
        "model": "claude-opus-5",
        "kind": "Usage-based",
        "billing": 1,
        "event_type": "agent",
        "basis": 3,
        "apportioned": False,
        "chargeable": True,
        "cost": cost,
        "conversation": "c1",
        "cloud_agent": None,
        "automation": None,
        "extra": None,
        "max_mode": False,
        "headless": False,
        "token_based": True,
    }
    return row | dict.fromkeys((*_AMOUNTS, *_TOKENS), 0) | more


def table(rows: list[Row]) -> pa.Table:
    """Return events as a table, newest first."""
    ordered = sorted(rows, key=lambda row: -row["ts"])
    columns = []
    for field in EVENT_SCHEMA:
        values = [row[field.name] for row in ordered]
        plain = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        array = pa.array(values, plain)
        columns.append(array.dictionary_encode() if pa.types.is_dictionary(field.type) else array)
    return pa.table(columns, names=EVENT_SCHEMA.names)


def read(
    start: float,
    end: float,
    *,
    connection: int = 1,
    now: datetime = NOW,
    settled_days: float = 2,
    run: int = 1,
    believe_empty_since: datetime | None = None,
) -> WindowRead:
    """Return a read of a window given in days from T0."""
    return WindowRead(
        connection=connection,
        run=run,
        window=Span.from_ms(T0 + int(start * DAY), T0 + int(end * DAY)),
        read_at=now,
        settled_before=now - timedelta(days=settled_days),
        believe_empty_since=believe_empty_since,
    )
