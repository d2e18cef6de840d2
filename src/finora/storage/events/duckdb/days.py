"""Whose days the roll-ups are by: those of a zone, as its clock was known to run when they were made.

Countries change their clocks, and a server may be told late: what was summed by then is by other days and hours than what is
taken away from it or added to it would be.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from finora.values.interval import offsets
from finora.values.period import Span

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

_YEARS = Span(datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
"""In which events are: nobody had any to pay for before."""


def days_of(zone: ZoneInfo) -> Mapping[str, str]:
    """Return what is noted of a file whose roll-ups are by a zone's days: its name, and how its clock runs."""
    if zone.key == "UTC":
        return {"zone": zone.key}  # the one clock that nobody changes
    changes = [(each.since_ms, each.offset_ms) for each in offsets(_YEARS, zone)]
    return {"zone": zone.key, "clock": json.dumps(changes)}
