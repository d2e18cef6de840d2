"""By what a statement groups its source: the dimensions' values, the places of chosen groups, and buckets of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from finora.spend.catalog import DIMENSIONS
from finora.spend.source import COMPARED
from finora.values.interval import HOUR_MS, Interval

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from finora.spend.catalog import Dimension
    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan
    from finora.values.period import Span

Groups: TypeAlias = "list[tuple[object, ...]]"
"""Groups by the values they are grouped by."""


def dimensions_of(plan: Plan) -> list[Dimension]:
    """Return what a plan's groups are of."""
    return [DIMENSIONS[name] for name in plan.query.dimensions]


def group_expression(dimension: Dimension, place: int) -> str:
    """Return what events are grouped by; `place` numbers the join of a shared lookup."""
    if dimension.lookup and dimension.lookup.shared:
        return f"j{place}.{dimension.lookup.key}"
    if dimension.lookup or dimension.codes:
        return dimension.column
    return dimension.text


def joined_lookups(dimensions: list[Dimension]) -> str:
    """Return the joins of lookups whose keys are grouped by."""
    return "".join(
        f"\n  JOIN {dimension.lookup.table} j{place} ON j{place}.id = {dimension.column}"
        for place, dimension in enumerate(dimensions)
        if dimension.lookup and dimension.lookup.shared
    )


def joined_places(
    dimensions: list[Dimension], chosen: Groups, dialect: Dialect, *, alone: bool
) -> tuple[str, tuple[object, ...]]:
    """Return the join that tells each event its group's place among the chosen, and the values bound in it.

    Events of no chosen group have no place, or, with `alone`, are left out.
    """
    if not chosen:
        return "", ()
    names = [f"k{place}" for place in range(len(dimensions))]
    rows = [f"{'?, ' * len(names)}{number}" for number in range(len(chosen))]
    match = " AND ".join(
        f"c.{name} = {group_expression(dimension, place)}"
        for place, (name, dimension) in enumerate(zip(names, dimensions, strict=True))
    )
    join = (
        f"\n  {'' if alone else 'LEFT '}JOIN {dialect.written_out('c', [*names, 'place'], rows)} ON {match}"
    )
    return join, tuple(value for group in chosen for value in group)


def levels_of(plan: Plan, dialect: Dialect, chosen: Groups) -> dict[str, str]:
    """Return what the course of a plan is told by: the span, the place, the bucket, as far as there are several."""
    levels = {COMPARED: f"e.{COMPARED}"} if plan.compared else {}
    if chosen:
        levels["place"] = "c.place"
    if plan.query.interval:
        levels["bucket"] = bucket_expression(plan.query.interval, plan, dialect)
    return levels


def bucket_expression(interval: Interval, plan: Plan, dialect: Dialect) -> str:
    """Return the number of an event's bucket."""
    match interval:
        case Interval.HOUR:
            shift = str(hour_shift(plan.span, plan.query.zone))
            if plan.compared and (before := str(hour_shift(plan.compared, plan.query.zone))) != shift:
                shift = f"CASE e.{COMPARED} WHEN 1 THEN {before} ELSE {shift} END"
            return dialect.whole(f"(e.ts + {shift})", HOUR_MS)
        case Interval.WEEK:
            return dialect.whole("(e.day + 3)", 7)
        case Interval.MONTH:
            return dialect.month_index("e.day")
        case Interval.DAY:
            return "e.day"


def hour_shift(span: Span, zone: ZoneInfo) -> int:
    """Return the milliseconds by which a zone's hours begin before those of UTC when a span begins."""
    offset = span.start.astimezone(zone).utcoffset()
    return int(offset.total_seconds() * 1000) % HOUR_MS if offset else 0
