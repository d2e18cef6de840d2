"""Where a statement reads from, as one table of equal columns.

Whole days come from the roll-up and edges from the events; where flat charges are measured, they come from a table of
their own and are told by a column that no event has a value in.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from finora.spend.catalog import NO_EVENT
from finora.spend.rollups import BLOCK, DERIVED, PEOPLE, SUMS, Rollup
from finora.spend.single_runs import RUN_IDS
from finora.values.interval import DAY_MS, HOUR_MS, Offset, day_from_number, local_day, offsets
from finora.values.period import Span, from_ms, midnight, to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from finora.spend.dialect import Dialect
    from finora.spend.plan import Reach

COMPARED = "compared"
"""Column that tells the rows of the span compared with (1) from those of the span itself (0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is read.

    Attributes:
        rollup: What whole days are read from; none where only the events tell all columns.
        weekly: What whole weeks are read from instead; none where days are.
        reaches: The span's reach, and that of the span compared with where both are read.
        columns: What the statement needs of it, by name and in order.
        events: Whether events are read.
        charges: Whether flat charges are read.
    """

    rollup: Rollup | None
    weekly: Rollup | None
    reaches: Sequence[Reach]
    columns: Sequence[str]
    events: bool = True
    charges: bool = False


_FLAGS = ("max_mode", "headless")
"""Columns of yes and no that have a number of their own where there is no event."""
_NO_EVENT = {
    **dict.fromkeys((*SUMS, *DERIVED, "events", "unpriced", "service_account"), "0"),
    **dict.fromkeys(("billing", "basis", *_FLAGS, "hour"), str(NO_EVENT)),
    **dict.fromkeys(RUN_IDS, "NULL"),
    "chargeable": "false",
    "sole": "false",
}
"""What flat charges have in the columns that only events have something in."""


def write_source(source: Source, zone: ZoneInfo, dialect: Dialect, values: list[object]) -> str:
    """Return the source as a subquery, adding its bound values."""
    branches = []
    numbers = {name: number for name in _FLAGS if (number := dialect.number(name)) != name}
    for place, whole in enumerate(source.reaches):
        reach = whole if source.rollup else whole.by_events
        told = {COMPARED: str(place), "flat": "CAST(NULL AS BIGINT)"}
        if source.events and source.rollup and reach.days:
            for rollup, days in _rollups(source.rollup, source.weekly, reach.days, reach.weeks):
                values.extend(days)
                selected = _selected(source.columns, told | numbers | _of_sums(rollup))
                branches.append(f"SELECT {selected} FROM {rollup.table} WHERE day >= ? AND day < ?")
        for edge in reach.edges if source.events else ():
            values += [edge.start_ms, edge.end_ms]
            expressions = told | numbers | _of_events(edge, zone, dialect)
            branches.append(_edge(source.columns, expressions, dialect))
        if source.charges:
            values.extend(reach.charged)
            selected = _selected(
                source.columns, told | _of_charges(reach.charged, zone) | dict.fromkeys(dialect.numbered, "0")
            )
            branches.append(f"SELECT {selected} FROM flat_charges WHERE day >= ? AND day < ?")
    return "(\n    " + "\n    UNION ALL ".join(branches) + "\n  )"


def _rollups(
    rollup: Rollup, weekly: Rollup | None, days: tuple[int, int], weeks: tuple[int, int] | None
) -> list[tuple[Rollup, tuple[int, int]]]:
    """Return which days are read from which roll-up."""
    if weekly is None or weeks is None:
        return [(rollup, days)]
    parts = [(weekly, weeks), (rollup, (days[0], weeks[0])), (rollup, (weeks[1], days[1]))]
    return [(each, part) for each, part in parts if part[0] < part[1]]


def _edge(columns: Sequence[str], expressions: dict[str, str], dialect: Dialect) -> str:
    """Return the branch that reads single events, each for itself or with all people of equal ones as a set."""
    within = "FROM events WHERE ts >= ? AND ts < ?"
    if dialect.sets is None or not {*PEOPLE}.intersection(columns):
        return f"SELECT {_selected(columns, expressions)} {within}"
    sets = {"block": dialect.whole("person", BLOCK), "members": dialect.sets.gathered(f"person % {BLOCK}")}
    apart = [expressions.get(name, name) for name in columns if name not in {*PEOPLE, COMPARED}]
    grouping = ", ".join([*apart, sets["block"]])
    return f"SELECT {_selected(columns, expressions | sets)} {within} AND person <> 0 GROUP BY {grouping}"


def _selected(columns: Sequence[str], expressions: dict[str, str]) -> str:
    return ", ".join(f"{expressions[name]} AS {name}" if name in expressions else name for name in columns)


def _of_sums(rollup: Rollup) -> dict[str, str]:
    """Return what follows from a roll-up's columns."""
    derived = {name: each.expression for name, each in DERIVED.items() if name not in rollup.sums}
    return {"weekday": "(day + 3) % 7", **derived}


def _of_events(edge: Span, zone: ZoneInfo, dialect: Dialect) -> dict[str, str]:
    """Return what single events tell in other words than the roll-up's rows."""
    local = local_ms(offsets(edge, zone))
    day = dialect.whole(local, DAY_MS)
    return {
        **{name: each.expression for name, each in DERIVED.items()},
        "events": "1",
        "sole": "false",
        "unpriced": "CASE WHEN cost IS NULL THEN 1 ELSE 0 END",
        "day": day,
        "weekday": f"({day} + 3) % 7",
        "hour": f"{dialect.whole(local, HOUR_MS)} % 24",
    }


def _of_charges(days: tuple[int, int], zone: ZoneInfo) -> dict[str, str]:
    """Return what flat charges tell in other words than the roll-up's rows."""
    first, after = days
    span = Span(*(midnight(day_from_number(day), zone) for day in (first - 1, max(first, after) + 1)))
    changes = offsets(span, zone)
    skipped = [each for pair in pairwise(changes) for each in _days_skipped(*pair)]
    cases = " ".join(f"WHEN {each} THEN {each + 1}" for each in skipped)
    day = f"CASE day {cases} ELSE day END" if skipped else "day"
    return _NO_EVENT | {
        "flat": "amount",
        "day": day,
        "weekday": f"({day} + 3) % 7",
        "ts": _beginning_ms(day, changes, zone),
    }


def _days_skipped(earlier: Offset, later: Offset) -> range:
    """Return the days that a change of the clock leaves out whole, as where a zone moves over the date line."""
    return range(
        -((later.since_ms + earlier.offset_ms) // -DAY_MS), (later.since_ms + later.offset_ms) // DAY_MS
    )


def _beginning_ms(day: str, changes: list[Offset], zone: ZoneInfo) -> str:
    """Return when a day begins in milliseconds, as an expression."""
    cases, number = [], f"CAST({day} AS BIGINT)"
    for earlier, later in pairwise(changes):
        turning = local_day(from_ms(later.since_ms), zone)
        begins = to_ms(midnight(day_from_number(turning), zone))
        cases.append(f"WHEN {day} < {turning} THEN {number} * {DAY_MS} - {earlier.offset_ms}")
        cases.append(f"WHEN {day} = {turning} THEN {begins}")
    plain = f"{number} * {DAY_MS} - {changes[-1].offset_ms}"
    return f"CASE {' '.join(cases)} ELSE {plain} END" if cases else plain


def local_ms(changes: list[Offset]) -> str:
    """Return the zone's wall-clock time of an event in milliseconds, as an expression."""
    if len(changes) == 1:
        return f"(ts + {changes[0].offset_ms})" if changes[0].offset_ms else "ts"
    cases = " ".join(
        f"WHEN ts < {later.since_ms} THEN {earlier.offset_ms}" for earlier, later in pairwise(changes)
    )
    return f"(ts + CASE {cases} ELSE {changes[-1].offset_ms} END)"
