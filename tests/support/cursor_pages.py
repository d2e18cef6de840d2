"""Pages of usage events as Cursor sends them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent.parent / "data" / "cursor-events.jsonl"
TS = 1_795_102_927_318

Fields = dict[str, Any]


def recorded() -> list[bytes]:
    """Return the recorded events, one a line, as in the reference's section 16."""
    return RECORDED.read_bytes().splitlines()


def usage_event(**fields: object) -> Fields:
    """Return one plain event with some fields changed; a field set to `...` is left out."""
    event: Fields = {
        "timestamp": str(TS),
        "userEmail": "ana@acme.test",
        "conversationId": "c1",
        "model": "claude-opus-5",
        "kind": "Usage-based",
        "maxMode": False,
        "requestsCosts": 1.5,
        "isTokenBasedCall": True,
        "isChargeable": True,
        "isHeadless": False,
        "tokenUsage": {
            "inputTokens": 10,
            "outputTokens": 20,
            "cacheWriteTokens": 30,
            "cacheReadTokens": 40,
            "totalCents": 12.5,
        },
        "chargedCents": 12.500025,
        "cursorTokenFee": 0.000025,
    } | fields
    return {name: value for name, value in event.items() if value is not ...}


def page(*events: object, total: int | None = None, number: int = 1, more: bool = False) -> bytes:
    """Return a page's body; an event may be given as its own bytes."""
    rows = b",".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in events)
    head = {
        "totalUsageEventsCount": len(events) if total is None else total,
        "pagination": {
            "numPages": 1,
            "currentPage": number,
            "pageSize": 1000,
            "hasNextPage": more,
            "hasPreviousPage": number > 1,
        },
    }
    return json.dumps(head)[:-1].encode() + b', "usageEvents": [' + rows + b"]}"
