"""The only place that writes analytical SQL.

A statement has the shape::

    WITH facts AS (SELECT <groups>, <bucket>, <metrics> FROM <source> e <joins> WHERE <filters> GROUP BY <groups>)
    SELECT <group, key, label> …, <bucket>, <metrics>, <count> FROM facts <lookups> ORDER BY … LIMIT …

The source is the union of the roll-up's whole days and the events of the edges, with the same columns from both.
Values are always bound, in the order of their places in the text; names come from the catalogue alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from finora.spend.catalog import DIMENSIONS, METRICS, Dimension
from finora.spend.source import write_source
from finora.spend.where import write_filter
from finora.values.interval import HOUR_MS, Interval

if TYPE_CHECKING:
    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan

Groups: TypeAlias = "list[tuple[object, ...]]"
"""Groups by the values they are grouped by."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and the values bound to its places, in their order."""

    sql: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which view of a plan a statement computes.

    Attributes:
        grouped: One row a group, rather than one row in all.
        bucketed: One row a bucket (of each group).
        compared: Over the span compared with, rather than the span itself.
        only: Just these groups.
        without: All but these groups.
        limited: Sorted and cut as the query asks; the last column then counts all groups.
        counted: Just the number of groups.
    """

    grouped: bool = False
    bucketed: bool = False
    compared: bool = False
    only: Groups | None = None
    without: Groups | None = None
    limited: bool = False
    counted: bool = False


def compile_statement(plan: Plan, dialect: Dialect, shape: Shape) -> Statement:
    """Return the statement for one view of a plan."""
    query = plan.query
    values: list[object] = []
    dimensions = [DIMENSIONS[name] for name in query.dimensions]
    reach = plan.compared_reach if shape.compared else plan.reach
    if reach is None:
        raise ValueError("the plan compares with nothing")
    source = write_source(reach, query.zone, dialect, values)
    conditions = [write_filter(each, dialect, values) for each in plan.filters]
    conditions += _membership(dimensions, shape, values)
    columns, keys = _facts(plan, dimensions, dialect, shape)
    where = f"\n  WHERE {' AND '.join(conditions)}" if conditions else ""
    grouping = f"\n  GROUP BY {', '.join(keys)}" if keys else ""
    facts = f"  SELECT {', '.join(columns)}\n  FROM {source} e{_joins(dimensions)}{where}{grouping}"
    return Statement(f"WITH facts AS (\n{facts}\n)\n{_outer(plan, dimensions, shape, values)}", tuple(values))


def _facts(
    plan: Plan, dimensions: list[Dimension], dialect: Dialect, shape: Shape
) -> tuple[list[str], list[str]]:
    columns, keys = [], []
    for place, dimension in enumerate(dimensions if shape.grouped else []):
        columns.append(f"{group_expression(dimension, place)} AS g{place}")
        keys.append(group_expression(dimension, place))
        if dimension.lookup and dimension.lookup.shared:
            columns.append(f"min(j{place}.{dimension.lookup.label}) AS l{place}")
    if shape.bucketed:
        bucket = _bucket(plan, dialect)
        columns.append(f"{bucket} AS bucket")
        keys.append(bucket)
    columns += [f"{_measure(name, dialect)} AS m{place}" for place, name in enumerate(plan.query.metrics)]
    return columns, keys


def group_expression(dimension: Dimension, place: int) -> str:
    """Return what events are grouped by; `place` numbers the join of a shared lookup."""
    if dimension.lookup and dimension.lookup.shared:
        return f"j{place}.{dimension.lookup.key}"
    if dimension.lookup or dimension.codes:
        return dimension.column
    return dimension.text


def _measure(name: str, dialect: Dialect) -> str:
    metric = METRICS[name]
    if metric.ratio:
        dividend, divisor = (METRICS[each].expression for each in metric.ratio)
        return f"CASE WHEN {divisor} = 0 THEN 0 ELSE {dialect.whole(dividend, divisor)} END"
    return metric.expression


def _bucket(plan: Plan, dialect: Dialect) -> str:
    match plan.query.interval:
        case Interval.HOUR:
            return dialect.whole(f"(e.ts + {hour_shift(plan)})", HOUR_MS)
        case Interval.WEEK:
            return dialect.whole("(e.day + 3)", 7)
        case Interval.MONTH:
            return dialect.month_index("e.day")
        case _:
            return "e.day"


def hour_shift(plan: Plan) -> int:
    """Return the milliseconds by which the zone's hours begin before those of UTC."""
    offset = plan.span.start.astimezone(plan.query.zone).utcoffset()
    return int(offset.total_seconds() * 1000) % HOUR_MS if offset else 0


def _joins(dimensions: list[Dimension]) -> str:
    return "".join(
        f"\n  JOIN {dimension.lookup.table} j{place} ON j{place}.id = {dimension.column}"
        for place, dimension in enumerate(dimensions)
        if dimension.lookup and dimension.lookup.shared
    )


def _membership(dimensions: list[Dimension], shape: Shape, values: list[object]) -> list[str]:
    groups = shape.only if shape.only is not None else shape.without
    if groups is None:
        return []
    if not groups:
        return ["1 = 0"] if shape.only is not None else []
    expressions = [group_expression(dimension, place) for place, dimension in enumerate(dimensions)]
    values.extend(value for group in groups for value in group)
    if len(expressions) == 1:
        member = f"{expressions[0]} IN ({', '.join('?' * len(groups))})"
    else:
        one = f"({', '.join('?' * len(expressions))})"
        member = f"({', '.join(expressions)}) IN ({', '.join([one] * len(groups))})"
    return [member if shape.only is not None else f"NOT ({member})"]


def _outer(plan: Plan, dimensions: list[Dimension], shape: Shape, values: list[object]) -> str:
    if shape.counted:
        return "SELECT count(*)\nFROM facts"
    columns, lookups = [], []
    for place, dimension in enumerate(dimensions if shape.grouped else []):
        lookup = dimension.lookup
        if lookup is None:
            columns += [f"g{place}", "NULL", "NULL"]
        elif lookup.shared:
            columns += [f"g{place}", f"g{place}", f"l{place}"]
        else:
            columns += [f"g{place}", f"k{place}.{lookup.key}", f"k{place}.{lookup.label}"]
            lookups.append(f"\nLEFT JOIN {lookup.table} k{place} ON k{place}.id = facts.g{place}")
    columns += ["bucket"] if shape.bucketed else []
    columns += [f"m{place}" for place in range(len(plan.query.metrics))]
    tail = ""
    if shape.limited:
        columns.append("count(*) OVER ()")
        tail = f"\nORDER BY {', '.join(_order(plan, dimensions))}\nLIMIT ? OFFSET ?"
        values += [plan.query.limit, plan.query.offset]
    elif shape.bucketed:
        tail = "\nORDER BY bucket"
    return f"SELECT {', '.join(columns)}\nFROM facts{''.join(lookups)}{tail}"


def _order(plan: Plan, dimensions: list[Dimension]) -> list[str]:
    query = plan.query
    parts = []
    for each in query.order:
        direction = "DESC" if each.descending else "ASC"
        if each.by in query.metrics:
            parts.append(f"m{query.metrics.index(each.by)} {direction}")
            continue
        place = query.dimensions.index(each.by)
        lookup = dimensions[place].lookup
        by = f"k{place}.{lookup.key}" if lookup and not lookup.shared else f"g{place}"
        parts.append(f"{by} {direction}")
    return parts
