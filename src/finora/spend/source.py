"""Where a statement reads from: whole days of the roll-up and the events of the edges, as one table of equal columns."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from finora.spend.catalog import ROLLUP_KEYS, ROLLUP_SUMS
from finora.values.interval import DAY_MS, HOUR_MS, Offset, offsets

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from finora.spend.dialect import Dialect
    from finora.spend.plan import Reach
    from finora.values.period import Span

_EVENT_ONLY = ("ts", "conversation", "cloud_agent", "automation")


def write_source(reach: Reach, zone: ZoneInfo, dialect: Dialect, values: list[object]) -> str:
    """Return the source as a subquery, adding its bound values."""
    shared = ", ".join((*ROLLUP_KEYS, *ROLLUP_SUMS))
    branches = []
    if reach.days:
        values.extend(reach.days)
        branches.append(
            f"SELECT {shared}, events, unpriced, day, (day + 3) % 7 AS weekday FROM daily WHERE day >= ? AND day < ?"
        )
    for edge in reach.edges:
        branches.append(
            _events(edge, zone, dialect, shared, events_only=reach.days is None and len(reach.edges) == 1)
        )
        values += [edge.start_ms, edge.end_ms]
    return "(\n    " + "\n    UNION ALL ".join(branches) + "\n  )"


def _events(edge: Span, zone: ZoneInfo, dialect: Dialect, shared: str, *, events_only: bool) -> str:
    local = local_ms(offsets(edge, zone))
    day = dialect.whole(local, DAY_MS)
    hour = f", {', '.join(_EVENT_ONLY)}, {dialect.whole(local, HOUR_MS)} % 24 AS hour" if events_only else ""
    return (
        f"SELECT {shared}, 1 AS events, CASE WHEN cost IS NULL THEN 1 ELSE 0 END AS unpriced, "
        f"{day} AS day, ({day} + 3) % 7 AS weekday{hour} FROM events WHERE ts >= ? AND ts < ?"
    )


def local_ms(changes: list[Offset]) -> str:
    """Return the zone's wall-clock time of an event in milliseconds, as an expression."""
    if len(changes) == 1:
        return f"(ts + {changes[0].offset_ms})" if changes[0].offset_ms else "ts"
    cases = " ".join(
        f"WHEN ts < {later.since_ms} THEN {earlier.offset_ms}" for earlier, later in pairwise(changes)
    )
    return f"(ts + CASE {cases} ELSE {changes[-1].offset_ms} END)"
