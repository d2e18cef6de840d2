"""By what a statement groups its source: the dimensions' values, the places of chosen groups, and buckets of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from finora.spend.catalog import DIMENSIONS
from finora.spend.single_runs import as_stored
from finora.spend.source import COMPARED
from finora.values.interval import HOUR_MS, Interval

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from finora.spend.catalog import Dimension, Lookup
    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan
    from finora.values.period import Span

Groups: TypeAlias = "list[tuple[object, ...]]"
"""Groups by the values they are grouped by."""


def dimensions_of(plan: Plan, dialect: Dialect) -> list[Dimension]:
    """Return what a plan's groups are of, as an engine keeps it."""
    return [as_stored(DIMENSIONS[name], dialect) for name in plan.query.dimensions]


def group_expression(dimension: Dimension, place: int) -> str:
    """Return what events are grouped by; `place` numbers the join of a shared lookup."""
    shared = _shared(dimension)
    return f"j{place}.{shared.key}" if shared else _own(dimension)


def groups_of(dimensions: list[Dimension]) -> dict[str, str]:
    """Return what events are grouped by for each dimension, by the name it has in statements."""
    return {f"g{place}": group_expression(each, place) for place, each in enumerate(dimensions)}


def joined_lookups(dimensions: list[Dimension]) -> str:
    """Return the joins of lookups whose keys are grouped by."""
    return "".join(
        f"\n  JOIN {lookup.table} j{place} ON j{place}.id = {dimension.column}"
        for place, dimension in enumerate(dimensions)
        if (lookup := _shared(dimension))
    )


def _shared(dimension: Dimension) -> Lookup | None:
    """Return the lookup whose keys groups of a dimension are of, because many numbers share one; none of others."""
    return dimension.lookup if dimension.lookup and dimension.lookup.shared else None


def _own(dimension: Dimension) -> str:
    """Return what an event itself has of a dimension."""
    return dimension.column if dimension.lookup or dimension.codes else dimension.text


@dataclass(frozen=True, slots=True)
class Places:
    """How a statement tells the places of chosen groups: of each event, or of what events were grouped by first.

    Attributes:
        table: The definition of a table that is made first, with what follows it; empty where there is none.
        first: The values bound in it.
        join: What is joined to the source.
        joined: The values bound in the join.
        groups: What events are grouped by first, by name; nothing where each event is told its place.
        naming: What joins the places to these groups.
        named: The values bound in that.
    """

    table: str = ""
    first: tuple[object, ...] = ()
    join: str = ""
    joined: tuple[object, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    naming: str = ""
    named: tuple[object, ...] = ()


def places_of(dimensions: list[Dimension], chosen: Groups, dialect: Dialect, *, alone: bool) -> Places:
    """Return what tells the places of chosen groups.

    Events of no chosen group have no place, or, with `alone`, are left out. Where groups are of keys that many share, what they are
    shared by is told first: joined to each event in turn, engines have met every group of a team with every event of it. But of
    two such keys, as a team's and a vendor's, thousands of people and models go together where there are a few dozen groups:
    then events are grouped first.
    """
    if not chosen:
        return Places()
    names = [f"k{place}" for place in range(len(dimensions))]
    rows = [f"{'?, ' * len(names)}{number}" for number in range(len(chosen))]
    written = dialect.written_out("c", [*names, "place"], rows)
    values = tuple(value for group in chosen for value in group)
    kind = "" if alone else "LEFT "
    lookups = {place: lookup for place, each in enumerate(dimensions) if (lookup := _shared(each))}
    if len(lookups) > 1:
        groups = groups_of(dimensions)
        match = " AND ".join(f"c.{name} = {group}" for name, group in zip(names, groups, strict=True))
        naming = f"\n  {kind}JOIN {written} ON {match}"
        return Places(join=joined_lookups(dimensions), groups=groups, naming=naming, named=values)
    match = " AND ".join(
        f"c.{name} = {_own(dimension)}" for name, dimension in zip(names, dimensions, strict=True)
    )
    if not lookups:
        return Places(join=f"\n  {kind}JOIN {written} ON {match}", joined=values)
    told = ", ".join(
        f"{f'j{place}.id' if place in lookups else f'c.{name}'} AS {name}" for place, name in enumerate(names)
    )
    joins = "".join(
        f"\n  JOIN {lookup.table} j{place} ON j{place}.{lookup.key} = c.k{place}"
        for place, lookup in lookups.items()
    )
    table = (
        f"places AS {dialect.made_first}(\n  SELECT {told}, c.place AS place\n  FROM {written}{joins}\n), "
    )
    return Places(table, values, f"\n  {kind}JOIN places c ON {match}")


def levels_of(plan: Plan, dialect: Dialect, places: Places) -> dict[str, str]:
    """Return what the course of a plan is told by: the span, the place, the bucket, as far as there are several.

    Where places are told of groups, these stand for the place.
    """
    levels = {COMPARED: f"e.{COMPARED}"} if plan.compared else {}
    if places.groups:
        levels |= places.groups
    elif places.join:
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
