"""The only place that writes analytical SQL.

An answer takes two statements at most. The *ranking* names the groups that are asked for, in order, and how many there
are. The *course* then tells of each of these groups, of all others as one, and of all together, what they were in each
bucket of the span and of the span compared with. Figures that add up are read once, by group and bucket, and added up
by whoever reads them; those that do not (people counted once) are asked for at each level.

Both have the shape::

    WITH facts AS (SELECT <groups>, <metrics> FROM <source> e <joins> WHERE <filters> GROUP BY <groups>)
    SELECT … FROM facts …

The source is the union of the roll-up's whole days and the events of the edges, with the same columns from both, and of
the flat charges where they are measured.
Values are always bound, in the order of their places in the text; names come from the catalogue alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from finora.spend.catalog import DIMENSIONS, METRICS, Dimension
from finora.spend.query import CHANGE
from finora.spend.source import COMPARED, Source, write_source
from finora.spend.where import write_filter
from finora.values.interval import HOUR_MS, Interval

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan
    from finora.values.period import Span

Groups: TypeAlias = "list[tuple[object, ...]]"
"""Groups by the values they are grouped by."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and the values bound to its places, in their order."""

    sql: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """The parts of a grouped reading beside its metrics and filters.

    Attributes:
        columns: What is selected of the groups.
        joins: What is joined to the source.
        grouping: What stands after GROUP BY.
        compared: Whether the span compared with is read, too.
        values: Bound in the joins.
    """

    columns: list[str]
    joins: str
    grouping: str
    compared: bool = False
    values: tuple[object, ...] = ()


def ranking_statement(plan: Plan, dialect: Dialect) -> Statement:
    """Return the statement that lists the groups asked for, in order.

    A row has for each dimension what is grouped by, key and label; then the metrics; then how many groups there are.
    By change, groups are listed too that were only in the span compared with.
    """
    read = "moved" if plan.query.ranks_change else "facts"
    columns, lookups = [], []
    for place, dimension in enumerate(_dimensions(plan)):
        lookup = dimension.lookup
        if lookup is None:
            columns += [f"g{place}", "NULL", "NULL"]
        elif lookup.shared:
            columns += [f"g{place}", f"g{place}", f"l{place}"]
        else:
            columns += [f"g{place}", f"k{place}.{lookup.key}", f"k{place}.{lookup.label}"]
            lookups.append(f"\nLEFT JOIN {lookup.table} k{place} ON k{place}.id = {read}.g{place}")
    columns += [*_measured(plan), "count(*) OVER ()"]
    sql, values = _by_group(plan, dialect)
    return Statement(
        f"{sql}\nSELECT {', '.join(columns)}\nFROM {read}{''.join(lookups)}"
        f"\nORDER BY {', '.join(_order(plan))}\nLIMIT ? OFFSET ?",
        (*values, plan.query.limit, plan.query.offset),
    )


def count_statement(plan: Plan, dialect: Dialect) -> Statement:
    """Return the statement that counts the groups."""
    sql, values = _by_group(plan, dialect)
    read = "moved" if plan.query.ranks_change else "facts"
    return Statement(f"{sql}\nSELECT count(*)\nFROM {read}", values)


def course_statement(plan: Plan, dialect: Dialect, chosen: Groups) -> Statement:
    """Return the statement that tells how the chosen groups, all others and all together went.

    A row has: whether it is of the span compared with; the place of a chosen group, or none for all others; whether it
    is of all groups; the bucket; whether it is of all buckets; then the metrics. Where all metrics add up there are
    rows of the finest level only.

    Args:
        plan: What is asked.
        dialect: The engine's.
        chosen: Groups by what the ranking said they are grouped by; without any, all groups are told as one.
    """
    dimensions = _dimensions(plan)
    join, values = _places(dimensions, chosen, dialect)
    levels = {"place": "c.place"} if chosen else {}
    if plan.query.interval:
        levels["bucket"] = _bucket(plan.query.interval, plan, dialect)
    columns, told = [], ["0"]
    if plan.compared:
        columns, told = [f"e.{COMPARED} AS {COMPARED}"], [COMPARED]
    for name in ("place", "bucket"):
        if name not in levels:
            told += ["NULL", "1"]
            continue
        whole = "0" if plan.additive else f"grouping({levels[name]})"
        columns += [f"{levels[name]} AS {name}", f"{whole} AS all_{name}s"]
        told += [name, f"all_{name}s"]
    facts = _Facts(
        columns=columns,
        joins=_joins(dimensions) + join,
        grouping=_levels(
            [f"e.{COMPARED}"] if plan.compared else [], list(levels.values()), additive=plan.additive
        ),
        compared=plan.compared is not None,
        values=values,
    )
    sql, bound = _write(plan, dialect, facts)
    told += _measured(plan)
    return Statement(f"{sql}\nSELECT {', '.join(told)}\nFROM facts", bound)


def group_expression(dimension: Dimension, place: int) -> str:
    """Return what events are grouped by; `place` numbers the join of a shared lookup."""
    if dimension.lookup and dimension.lookup.shared:
        return f"j{place}.{dimension.lookup.key}"
    if dimension.lookup or dimension.codes:
        return dimension.column
    return dimension.text


def hour_shift(span: Span, zone: ZoneInfo) -> int:
    """Return the milliseconds by which a zone's hours begin before those of UTC when a span begins."""
    offset = span.start.astimezone(zone).utcoffset()
    return int(offset.total_seconds() * 1000) % HOUR_MS if offset else 0


def _write(plan: Plan, dialect: Dialect, facts: _Facts) -> tuple[str, tuple[object, ...]]:
    """Return the common head of a statement, and the values bound in it."""
    conditions_values: list[object] = []
    conditions = [write_filter(each, dialect, conditions_values) for each in plan.filters]
    where = f"\n  WHERE {' AND '.join(conditions)}" if conditions else ""
    measures = [
        f"{_measure(name, dialect, beside_charges=plan.charges)} AS m{place}"
        for place, name in enumerate(plan.query.metrics)
    ]
    columns = ", ".join(facts.columns + measures)
    reaches = [plan.reach, plan.compared_reach] if facts.compared else [plan.reach]
    source = Source(
        reaches=[reach for reach in reaches if reach is not None],
        columns=_needed(columns, facts.joins, facts.grouping, where),
        events=plan.events,
        charges=plan.charges,
    )
    values: list[object] = []
    read = write_source(source, plan.query.zone, dialect, values)
    grouping = f"\n  GROUP BY {facts.grouping}" if facts.grouping else ""
    return (
        f"WITH facts AS (\n  SELECT {columns}\n  FROM {read} e{facts.joins}{where}{grouping}\n)",
        (*values, *facts.values, *conditions_values),
    )


def _needed(*texts: str) -> list[str]:
    """Return the columns of the source that texts speak of."""
    return sorted({name for text in texts for name in re.findall(r"\be\.(\w+)", text)})


def _dimensions(plan: Plan) -> list[Dimension]:
    return [DIMENSIONS[name] for name in plan.query.dimensions]


def _by_group(plan: Plan, dialect: Dialect) -> tuple[str, tuple[object, ...]]:
    """Return the head of a statement about groups; by change it is `moved` that has a row for each, else `facts`."""
    columns, keys, labels = [], [], []
    dimensions = _dimensions(plan)
    for place, dimension in enumerate(dimensions):
        keys.append(group_expression(dimension, place))
        columns.append(f"{keys[-1]} AS g{place}")
        if dimension.lookup and dimension.lookup.shared:
            columns.append(f"min(j{place}.{dimension.lookup.label}) AS l{place}")
            labels.append(f"min(l{place}) AS l{place}")
    by_change = plan.query.ranks_change
    side = [f"e.{COMPARED}"] if by_change else []
    facts = _Facts(
        columns=[*columns, *(f"{each} AS {COMPARED}" for each in side)],
        joins=_joins(dimensions),
        grouping=", ".join(keys + side),
        compared=by_change,
    )
    sql, values = _write(plan, dialect, facts)
    return (f"{sql}, {_moved(plan, labels)}" if by_change else sql), values


def _moved(plan: Plan, labels: list[str]) -> str:
    """Return each group with its figures now, and how the leading one changed."""
    groups = [f"g{place}" for place in range(len(plan.query.dimensions))]
    measures = [_on_side(measure, 0) for measure in _measured(plan)]
    columns = [
        *groups,
        *labels,
        *(f"{now} AS {measure}" for now, measure in zip(measures, _measured(plan), strict=True)),
        f"{measures[0]} - {_on_side('m0', 1)} AS {CHANGE}",
    ]
    return f"moved AS (\n  SELECT {', '.join(columns)}\n  FROM facts\n  GROUP BY {', '.join(groups)}\n)"


def _on_side(measure: str, compared: int) -> str:
    return f"coalesce(sum({measure}) FILTER (WHERE {COMPARED} = {compared}), 0)"


def _levels(fixed: list[str], optional: list[str], *, additive: bool) -> str:
    """Return the levels to group by: the finest alone, or each with and without what is optional."""
    if additive or not optional:
        return ", ".join(fixed + optional)
    sets = [
        fixed + list(kept) for count in range(len(optional), -1, -1) for kept in combinations(optional, count)
    ]
    return f"GROUPING SETS ({', '.join('(' + ', '.join(each) + ')' for each in sets)})"


def _places(dimensions: list[Dimension], chosen: Groups, dialect: Dialect) -> tuple[str, tuple[object, ...]]:
    """Return the join that tells each event its group's place among the chosen, and the values bound in it."""
    if not chosen:
        return "", ()
    names = [f"k{place}" for place in range(len(dimensions))]
    rows = [f"{'?, ' * len(names)}{number}" for number in range(len(chosen))]
    match = " AND ".join(
        f"c.{name} = {group_expression(dimension, place)}"
        for place, (name, dimension) in enumerate(zip(names, dimensions, strict=True))
    )
    join = f"\n  LEFT JOIN {dialect.written_out('c', [*names, 'place'], rows)} ON {match}"
    return join, tuple(value for group in chosen for value in group)


def _joins(dimensions: list[Dimension]) -> str:
    return "".join(
        f"\n  JOIN {dimension.lookup.table} j{place} ON j{place}.id = {dimension.column}"
        for place, dimension in enumerate(dimensions)
        if dimension.lookup and dimension.lookup.shared
    )


def _measure(name: str, dialect: Dialect, *, beside_charges: bool) -> str:
    metric = METRICS[name]
    if metric.ratio:
        dividend, divisor = (_measure(each, dialect, beside_charges=beside_charges) for each in metric.ratio)
        return f"CASE WHEN {divisor} = 0 THEN 0 ELSE {dialect.whole(dividend, divisor)} END"
    # Flat charges add nothing to a sum over events, but who holds a seat did not cause an event by that.
    told_apart = beside_charges and metric.events and not metric.additive
    return f"{metric.expression} FILTER (WHERE e.flat IS NULL)" if told_apart else metric.expression


def _measured(plan: Plan) -> list[str]:
    return [f"m{place}" for place in range(len(plan.query.metrics))]


def _bucket(interval: Interval, plan: Plan, dialect: Dialect) -> str:
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


def _order(plan: Plan) -> list[str]:
    query, dimensions = plan.query, _dimensions(plan)
    parts = []
    for each in query.order:
        direction = "DESC" if each.descending else "ASC"
        if each.by == CHANGE:
            parts.append(f"{CHANGE} {direction}")
            continue
        if each.by in query.metrics:
            parts.append(f"m{query.metrics.index(each.by)} {direction}")
            continue
        place = query.dimensions.index(each.by)
        lookup = dimensions[place].lookup
        by = f"k{place}.{lookup.key}" if lookup and not lookup.shared else f"g{place}"
        parts.append(f"{by} {direction}")
    return parts
