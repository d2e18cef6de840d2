"""The ranking of groups: which are asked for, in order, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.catalog import METRICS
from finora.spend.facts import Facts, Singly, measure, numbered, write_facts
from finora.spend.grouping import dimensions_of, groups_of, joined_lookups
from finora.spend.query import CHANGE
from finora.spend.source import COMPARED
from finora.spend.statement import Statement

if TYPE_CHECKING:
    from finora.spend.catalog import Dimension, Lookup
    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan


def ranking_statement(plan: Plan, dialect: Dialect) -> Statement:
    """Return the statement that lists the groups asked for, in order.

    A row has for each dimension what is grouped by, key and label, but neither of these where there are millions; then the
    metrics that are ranked; then how many groups there are. By change, groups are listed too that were only in the span compared with.
    """
    sql, values = _by_group(plan, dialect)
    columns, lookups = named(plan, dialect)
    return Statement(
        f"{sql}\nSELECT {', '.join([*columns, *numbered(plan.ranked), _counted(plan, dialect)])}"
        f"\nFROM {grouped_by(plan)}{lookups}\nORDER BY {', '.join(order_of(plan, dialect, plan.ranked))}\nLIMIT ? OFFSET ?",
        (*values, plan.query.limit, plan.query.offset),
    )


def _counted(plan: Plan, dialect: Dialect) -> str:
    """Return how many groups there are; to count millions beside each of them takes as long as to make them."""
    lookups = [dimension.lookup for dimension in dimensions_of(plan, dialect)]
    if any(lookup.large for lookup in lookups if lookup):
        return f"(SELECT count(*) FROM {grouped_by(plan)})"
    return "count(*) OVER ()"


def count_statement(plan: Plan, dialect: Dialect) -> Statement:
    """Return the statement that counts the groups."""
    sql, values = _by_group(plan, dialect)
    return Statement(f"{sql}\nSELECT count(*)\nFROM {grouped_by(plan)}", values)


def grouped_by(plan: Plan) -> str:
    """Return what has a row for each group."""
    return "moved" if plan.query.ranks_change else "facts"


def _by_group(plan: Plan, dialect: Dialect) -> tuple[str, tuple[object, ...]]:
    """Return the head of a statement about groups; by change it is `moved` that has a row for each, else `facts`."""
    dimensions = dimensions_of(plan, dialect)
    groups = groups_of(dimensions)
    columns = [f"{key} AS {name}" for name, key in groups.items()]
    by_change = plan.query.ranks_change
    side = [f"e.{COMPARED}"] if by_change else []
    measures = [
        f"{measure(name, dialect, beside_charges=plan.charges)} AS m{place}"
        for place, name in enumerate(plan.ranked)
    ]
    told = [*columns, *(f"{each} AS {COMPARED}" for each in side)]
    adds_up = all(METRICS[name].additive for name in plan.ranked)
    alone = [f"{METRICS[name].of_one} AS m{place}" for place, name in enumerate(plan.ranked)]
    facts = Facts(
        columns=[*told, *measures],
        singly=Singly([*told, *alone]) if adds_up and "conversation" in plan.query.dimensions else None,
        joins=joined_lookups(dimensions),
        grouping=", ".join([*groups.values(), *side]),
        compared=by_change,
        events=plan.events,
        charges=plan.charges,
    )
    sql, values = write_facts(plan, dialect, facts)
    return (f"{sql}, {moved(plan, plan.ranked)}" if by_change else sql), values


def named(plan: Plan, dialect: Dialect) -> tuple[list[str], str]:
    """Return for each dimension what is grouped by, key and label, and what has to be joined for that.

    Where there are millions of keys, these are looked up later of the few groups that are asked for, unless groups are sorted by them.
    """
    read = grouped_by(plan)
    columns, lookups = [], ""
    for place, dimension in enumerate(dimensions_of(plan, dialect)):
        lookup = dimension.lookup
        if lookup is None or (lookup.large and not _sorted_by(plan, dimension)):
            columns += [f"g{place}", "NULL", "NULL"]
            continue
        columns += [f"g{place}", f"k{place}.{lookup.key}", f"k{place}.{lookup.label}"]
        named, by = (_named_once(lookup), lookup.key) if lookup.shared else (lookup.table, "id")
        lookups += f"\nLEFT JOIN {named} k{place} ON k{place}.{by} = {read}.g{place}"
    return columns, lookups


def _named_once(lookup: Lookup) -> str:
    """Return a shared lookup with each key once; to read labels of every event's would take longer than to add them up."""
    return f"(SELECT {lookup.key}, min({lookup.label}) AS {lookup.label} FROM {lookup.table} GROUP BY {lookup.key})"


def moved(plan: Plan, metrics: tuple[str, ...]) -> str:
    """Return each group with its figures of some metrics now, and how the leading one changed."""
    groups = [f"g{place}" for place in range(len(plan.query.dimensions))]
    names = numbered(metrics)
    leading = f"m{metrics.index(plan.query.metrics[0])}"
    columns = [
        *groups,
        *(f"{_on_side(name, 0)} AS {name}" for name in names),
        f"{_on_side(leading, 0)} - {_on_side(leading, 1)} AS {CHANGE}",
    ]
    return f"moved AS (\n  SELECT {', '.join(columns)}\n  FROM facts\n  GROUP BY {', '.join(groups)}\n)"


def _on_side(measure: str, compared: int) -> str:
    return f"coalesce(sum({measure}) FILTER (WHERE {COMPARED} = {compared}), 0)"


def _sorted_by(plan: Plan, dimension: Dimension) -> bool:
    """Return whether groups are sorted by a dimension, and not only those of equal figures."""
    return plan.query.order[0].by == dimension.name


def order_of(plan: Plan, dialect: Dialect, metrics: tuple[str, ...]) -> list[str]:
    """Return what groups are sorted by, where some metrics are known of them.

    Of millions of keys, those of equal figures are sorted by number, which is when they were seen first.
    """
    query, dimensions = plan.query, dimensions_of(plan, dialect)
    parts = []
    for each in query.order:
        direction = "DESC" if each.descending else "ASC"
        if each.by == CHANGE:
            parts.append(f"{CHANGE} {direction}")
            continue
        if each.by in metrics:
            parts.append(f"m{metrics.index(each.by)} {direction}")
            continue
        place = query.dimensions.index(each.by)
        dimension, lookup = dimensions[place], dimensions[place].lookup
        by_number = lookup is None or lookup.shared or (lookup.large and not _sorted_by(plan, dimension))
        by = f"g{place}" if lookup is None or by_number else f"k{place}.{lookup.key}"
        parts.append(f"{by} {direction}")
    return parts
