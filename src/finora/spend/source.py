"""Where a statement reads from: whole days of the roll-up and the events of the edges, as one table of equal columns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from finora.values.interval import DAY_MS, HOUR_MS, Offset, offsets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from finora.spend.dialect import Dialect
    from finora.spend.plan import Reach
    from finora.values.period import Span

COMPARED = "compared"
"""Column that tells the rows of the span compared with (1) from those of the span itself (0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is read.

    Attributes:
        reaches: The span's reach, and that of the span compared with where both are read.
        columns: What the statement needs of it, by name and in order.
    """

    reaches: Sequence[Reach]
    columns: Sequence[str]


def write_source(source: Source, zone: ZoneInfo, dialect: Dialect, values: list[object]) -> str:
    """Return the source as a subquery, adding its bound values."""
    branches = []
    for place, reach in enumerate(source.reaches):
        told = {COMPARED: str(place)}
        if reach.days:
            values.extend(reach.days)
            selected = _selected(source.columns, told | {"weekday": "(day + 3) % 7"})
            branches.append(f"SELECT {selected} FROM daily WHERE day >= ? AND day < ?")
        for edge in reach.edges:
            values += [edge.start_ms, edge.end_ms]
            selected = _selected(source.columns, told | _of_events(edge, zone, dialect))
            branches.append(f"SELECT {selected} FROM events WHERE ts >= ? AND ts < ?")
    return "(\n    " + "\n    UNION ALL ".join(branches) + "\n  )"


def _selected(columns: Sequence[str], expressions: dict[str, str]) -> str:
    return ", ".join(f"{expressions[name]} AS {name}" if name in expressions else name for name in columns)


def _of_events(edge: Span, zone: ZoneInfo, dialect: Dialect) -> dict[str, str]:
    """Return what single events tell in other words than the roll-up's rows."""
    local = local_ms(offsets(edge, zone))
    day = dialect.whole(local, DAY_MS)
    return {
        "events": "1",
        "unpriced": "CASE WHEN cost IS NULL THEN 1 ELSE 0 END",
        "day": day,
        "weekday": f"({day} + 3) % 7",
        "hour": f"{dialect.whole(local, HOUR_MS)} % 24",
    }


def local_ms(changes: list[Offset]) -> str:
    """Return the zone's wall-clock time of an event in milliseconds, as an expression."""
    if len(changes) == 1:
        return f"(ts + {changes[0].offset_ms})" if changes[0].offset_ms else "ts"
    cases = " ".join(
        f"WHEN ts < {later.since_ms} THEN {earlier.offset_ms}" for earlier, later in pairwise(changes)
    )
    return f"(ts + CASE {cases} ELSE {changes[-1].offset_ms} END)"
