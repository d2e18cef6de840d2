"""The only place that writes analytical SQL, with `source`, `where` and `grouping` that write its parts.

An answer takes a few statements. The *ranking* names the groups that are asked for, in order, and how many there are. The
*course* then tells of each of these groups, and of all others as one, what they came to in each bucket of the span and of
the span compared with; sums of these are left to whoever reads them. What does not add up, as people who are counted once,
takes a *counting* of its own, which tells each level by itself.

All have the shape::

    WITH facts AS (SELECT <groups>, <metrics> FROM <source> e <joins> WHERE <filters> GROUP BY <groups>)
    SELECT … FROM facts …

The source is the union of a roll-up's whole days and the events of the edges, with the same columns from both, and of
the flat charges where they are measured. Which roll-up is read follows from the columns the statement speaks of.
Values are always bound, in the order of their places in the text; names come from the catalogue alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from finora.spend.catalog import DIMENSIONS, METRICS, columns_in
from finora.spend.grouping import (
    Places,
    dimensions_of,
    group_expression,
    joined_lookups,
    levels_of,
    places_of,
)
from finora.spend.query import CHANGE
from finora.spend.rollups import FINEST, HOURLY_PEOPLE, PEOPLE, by_week, cheapest
from finora.spend.source import COMPARED, Source, write_source
from finora.spend.where import write_filter
from finora.values.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.spend.catalog import Lookup
    from finora.spend.dialect import Dialect, Sets
    from finora.spend.grouping import Groups
    from finora.spend.plan import Plan


_OF_WEEKS = (Interval.WEEK, Interval.MONTH)
"""Intervals that whole weeks, cut where a month begins, make up."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and the values bound to its places, in their order."""

    sql: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """The parts of a grouped reading beside its filters.

    Attributes:
        columns: What is selected.
        joins: What is joined to the source.
        grouping: What stands after GROUP BY.
        compared: Whether the span compared with is read, too.
        events: Whether events are read.
        charges: Whether flat charges are read.
        only: A condition besides the filters.
        places: What tells the places of groups, besides the joins.
    """

    columns: list[str]
    grouping: str
    joins: str = ""
    places: Places = field(default_factory=Places)
    compared: bool = False
    events: bool = True
    charges: bool = False
    only: str = ""


def ranking_statement(plan: Plan, dialect: Dialect) -> Statement:
    """Return the statement that lists the groups asked for, in order.

    A row has for each dimension what is grouped by, key and label; then the metrics that are ranked; then how many groups
    there are. By change, groups are listed too that were only in the span compared with.
    """
    read = _grouped_by(plan)
    columns, lookups = [], []
    for place, dimension in enumerate(dimensions_of(plan)):
        lookup = dimension.lookup
        if lookup is None:
            columns += [f"g{place}", "NULL", "NULL"]
            continue
        columns += [f"g{place}", f"k{place}.{lookup.key}", f"k{place}.{lookup.label}"]
        named, by = (_named_once(lookup), lookup.key) if lookup.shared else (lookup.table, "id")
        lookups.append(f"\nLEFT JOIN {named} k{place} ON k{place}.{by} = {read}.g{place}")
    columns += [*_numbered(plan.ranked), "count(*) OVER ()"]
    sql, values = _by_group(plan, dialect)
    return Statement(
        f"{sql}\nSELECT {', '.join(columns)}\nFROM {read}{''.join(lookups)}"
        f"\nORDER BY {', '.join(_order(plan))}\nLIMIT ? OFFSET ?",
        (*values, plan.query.limit, plan.query.offset),
    )


def count_statement(plan: Plan, dialect: Dialect) -> Statement:
    """Return the statement that counts the groups."""
    sql, values = _by_group(plan, dialect)
    return Statement(f"{sql}\nSELECT count(*)\nFROM {_grouped_by(plan)}", values)


def course_statement(plan: Plan, dialect: Dialect, chosen: Groups, *, alone: bool = False) -> Statement:
    """Return the statement that tells how the sums of the chosen groups, and of all others as one, went.

    A row has: whether it is of the span compared with; the place of a chosen group, or none for all others; the bucket,
    none where there is but one; then the sums.

    Args:
        plan: What is asked.
        dialect: The engine's.
        chosen: Groups by what the ranking said they are grouped by; without any, all groups are told as one.
        alone: Whether nothing is told of all others.
    """
    places = places_of(dimensions_of(plan), chosen, dialect, alone=alone)
    levels = levels_of(plan, dialect, places)
    facts = _Facts(
        columns=[f"{expression} AS {name}" for name, expression in levels.items()]
        + [f"{METRICS[name].expression} AS m{place}" for place, name in enumerate(plan.sums)],
        places=places,
        grouping=", ".join(levels.values()),
        compared=plan.compared is not None,
        events=plan.events,
        charges=plan.charges,
    )
    sql, bound = _write(plan, dialect, facts)
    if places.groups:
        levels = _at_places(levels, places)
        sums = [f"sum({name}) AS {name}" for name in _numbered(plan.sums)]
        sql += _placed(levels, sums, places, grouping=f"\n  GROUP BY {', '.join(levels.values())}")
    told = [_told(levels, name) for name in (COMPARED, "place", "bucket")]
    return Statement(f"{sql}\nSELECT {', '.join(told + _numbered(plan.sums))}\nFROM facts", bound)


def counting_statement(plan: Plan, dialect: Dialect, chosen: Groups, metric: str) -> Statement:
    """Return the statement that counts something once, at each level of the course.

    A row has: whether it is of the span compared with; the place of a chosen group, or none for all others; whether it is
    of all groups; the bucket; whether it is of all buckets; then the count.

    The facts have each that is counted once for the finest level, or, where a roll-up keeps people as sets, the sets of
    each block of people, which are united at each level and their sizes added up over the blocks.

    Args:
        plan: What is asked.
        dialect: The engine's.
        chosen: As of the course.
        metric: What is counted.
    """
    places = places_of(dimensions_of(plan), chosen, dialect, alone=False)
    levels = levels_of(plan, dialect, places)
    counted = METRICS[metric].counts
    sets = _sets(plan, dialect, [*levels.values(), places.join], counted)
    columns = [f"{expression} AS {name}" for name, expression in levels.items()]
    facts = _Facts(
        columns=[*columns, "e.block AS block", f"{sets.united('e.members')} AS members"]
        if sets
        else [*columns, f"{counted} AS counted"],
        places=places,
        grouping=", ".join(
            [*levels.values(), *(["e.block", sets.alike("e.members")] if sets else [counted])]
        ),
        compared=plan.compared is not None,
        only="" if sets else _something(counted),
    )
    sql, bound = _write(plan, dialect, facts)
    if places.groups:
        levels = _at_places(levels, places)
        sql += _placed(levels, ["block", "members"] if sets else ["counted"], places)
    optional = [name for name in ("place", "bucket") if name in levels]
    fixed = [COMPARED] if plan.compared else []
    told = [_told(levels, COMPARED)]
    for name in ("place", "bucket"):
        told += [name, f"grouping({name})"] if name in optional else ["NULL", "1"]
    if not sets:
        return Statement(
            f"{sql}\nSELECT {', '.join(told)}, count(DISTINCT counted)\nFROM facts{_by_levels(fixed, optional)}",
            bound,
        )
    named = [f"{expression} AS t{number}" for number, expression in enumerate(told)]
    size = sets.size(sets.united(sets.stretched("members")))
    return Statement(
        f"{sql}, blocks AS (\n  SELECT {', '.join(named)}, {size} AS counted\n  FROM facts"
        f"{_by_levels([*fixed, 'block'], optional)}\n)\nSELECT t0, t1, t2, t3, t4, coalesce(sum(counted), 0)\nFROM blocks"
        "\nGROUP BY t0, t1, t2, t3, t4",
        bound,
    )


def reads_much(plan: Plan) -> bool:
    """Return whether the groups of a plan are told apart only by one of the largest roll-ups, or by nothing but the events."""
    dimensions = dimensions_of(plan)
    texts = [dimension.column for dimension in dimensions]
    texts += [DIMENSIONS[each.dimension].column for each in plan.filters]
    rollup = cheapest(columns_in(*texts))
    return plan.reach.days is None or rollup is None or rollup in (FINEST, HOURLY_PEOPLE)


def _sets(plan: Plan, dialect: Dialect, texts: list[str], counted: str) -> Sets | None:
    """Return how sets are spelled where a roll-up keeps the people to be counted as such; none where they are rows."""
    if counted != "e.person" or plan.reach.days is None:
        return None
    filters = [write_filter(each, dialect, []) for each in plan.filters]
    rollup = cheapest(set(columns_in(*texts, *filters)) - {COMPARED}, dialect.rollups)
    return dialect.sets if rollup and rollup.people else None


def _something(counted: str) -> str:
    """Return the condition that there is something to count: nobody is nobody, and no conversation is none."""
    return f"{counted} <> 0" if counted == "e.person" else f"{counted} IS NOT NULL"


def _write(plan: Plan, dialect: Dialect, facts: _Facts) -> tuple[str, tuple[object, ...]]:
    """Return the common head of a statement, and the values bound in it."""
    conditions_values: list[object] = []
    conditions = [write_filter(each, dialect, conditions_values) for each in plan.filters]
    conditions += [facts.only] if facts.only else []
    where = f"\n  WHERE {' AND '.join(conditions)}" if conditions else ""
    columns = ", ".join(facts.columns)
    reaches = [plan.reach, plan.compared_reach] if facts.compared else [plan.reach]
    joins = facts.joins + facts.places.join
    needed = columns_in(columns, joins, facts.grouping, where)
    told = {*needed} - {COMPARED, "flat", *PEOPLE}  # the rest are columns of roll-ups
    rollup = cheapest(told, dialect.rollups)
    source = Source(
        rollup=rollup,
        weekly=by_week(rollup, dialect.weekly, told, day=plan.query.interval in _OF_WEEKS),
        reaches=[reach for reach in reaches if reach is not None],
        columns=needed,
        events=facts.events,
        charges=facts.charges,
    )
    values: list[object] = []
    read = write_source(source, plan.query.zone, dialect, values)
    grouping = f"\n  GROUP BY {facts.grouping}" if facts.grouping else ""
    name = "grouped" if facts.places.groups else "facts"
    return (
        f"WITH {facts.places.table}{name} AS (\n  SELECT {columns}\n  FROM {read} e{joins}{where}{grouping}\n)",
        (*facts.places.first, *values, *facts.places.joined, *conditions_values, *facts.places.named),
    )


def _at_places(levels: dict[str, str], places: Places) -> dict[str, str]:
    """Return the levels of a course by their names among what is grouped, with the place of groups instead of these."""
    named = {name: name for name in levels if name not in places.groups}
    return {**named, "place": "c.place"}


def _placed(levels: dict[str, str], further: list[str], places: Places, *, grouping: str = "") -> str:
    """Return the definition of facts that tells of what was grouped first which place it has."""
    told = [
        expression if expression == name else f"{expression} AS {name}" for name, expression in levels.items()
    ]
    return f", facts AS (\n  SELECT {', '.join(told + further)}\n  FROM grouped{places.naming}{grouping}\n)"


def _grouped_by(plan: Plan) -> str:
    """Return what has a row for each group."""
    return "moved" if plan.query.ranks_change else "facts"


def _by_group(plan: Plan, dialect: Dialect) -> tuple[str, tuple[object, ...]]:
    """Return the head of a statement about groups; by change it is `moved` that has a row for each, else `facts`."""
    dimensions = dimensions_of(plan)
    keys = [group_expression(dimension, place) for place, dimension in enumerate(dimensions)]
    columns = [f"{key} AS g{place}" for place, key in enumerate(keys)]
    by_change = plan.query.ranks_change
    side = [f"e.{COMPARED}"] if by_change else []
    measures = [
        f"{_measure(name, dialect, beside_charges=plan.charges)} AS m{place}"
        for place, name in enumerate(plan.ranked)
    ]
    facts = _Facts(
        columns=[*columns, *(f"{each} AS {COMPARED}" for each in side), *measures],
        joins=joined_lookups(dimensions),
        grouping=", ".join(keys + side),
        compared=by_change,
        events=plan.events,
        charges=plan.charges,
    )
    sql, values = _write(plan, dialect, facts)
    return (f"{sql}, {_moved(plan)}" if by_change else sql), values


def _named_once(lookup: Lookup) -> str:
    """Return a shared lookup with each key once; to read labels of every event's would take longer than to add them up."""
    return f"(SELECT {lookup.key}, min({lookup.label}) AS {lookup.label} FROM {lookup.table} GROUP BY {lookup.key})"


def _moved(plan: Plan) -> str:
    """Return each group with its figures now, and how the leading one changed."""
    groups = [f"g{place}" for place in range(len(plan.query.dimensions))]
    names = _numbered(plan.ranked)
    leading = f"m{plan.ranked.index(plan.query.metrics[0])}"
    columns = [
        *groups,
        *(f"{_on_side(name, 0)} AS {name}" for name in names),
        f"{_on_side(leading, 0)} - {_on_side(leading, 1)} AS {CHANGE}",
    ]
    return f"moved AS (\n  SELECT {', '.join(columns)}\n  FROM facts\n  GROUP BY {', '.join(groups)}\n)"


def _on_side(measure: str, compared: int) -> str:
    return f"coalesce(sum({measure}) FILTER (WHERE {COMPARED} = {compared}), 0)"


def _told(levels: dict[str, str], name: str) -> str:
    """Return a level's column, or what stands for it where there is but one."""
    return name if name in levels else "0" if name == COMPARED else "NULL"


def _by_levels(fixed: Sequence[str], optional: Sequence[str]) -> str:
    """Return the grouping by each level with and without what is optional."""
    if not optional:
        return f"\n  GROUP BY {', '.join(fixed)}" if fixed else ""
    sets = [
        [*fixed, *kept] for count in range(len(optional), -1, -1) for kept in combinations(optional, count)
    ]
    return f"\n  GROUP BY GROUPING SETS ({', '.join('(' + ', '.join(each) + ')' for each in sets)})"


def _measure(name: str, dialect: Dialect, *, beside_charges: bool) -> str:
    """Return a metric of a group, whatever it is."""
    metric = METRICS[name]
    if metric.ratio:
        dividend, divisor = (_measure(each, dialect, beside_charges=beside_charges) for each in metric.ratio)
        return f"CASE WHEN {divisor} = 0 THEN 0 ELSE {dialect.whole(dividend, divisor)} END"
    if not metric.counts:
        return metric.expression
    # Flat charges add nothing to a sum over events, but who holds a seat did not cause an event by that.
    caused = " AND e.flat IS NULL" if beside_charges else ""
    return f"count(DISTINCT CASE WHEN {_something(metric.counts)}{caused} THEN {metric.counts} END)"


def _numbered(metrics: tuple[str, ...]) -> list[str]:
    return [f"m{place}" for place in range(len(metrics))]


def _order(plan: Plan) -> list[str]:
    query, dimensions = plan.query, dimensions_of(plan)
    parts = []
    for each in query.order:
        direction = "DESC" if each.descending else "ASC"
        if each.by == CHANGE:
            parts.append(f"{CHANGE} {direction}")
            continue
        if each.by in plan.ranked:
            parts.append(f"m{plan.ranked.index(each.by)} {direction}")
            continue
        place = query.dimensions.index(each.by)
        lookup = dimensions[place].lookup
        by = f"k{place}.{lookup.key}" if lookup and not lookup.shared else f"g{place}"
        parts.append(f"{by} {direction}")
    return parts
