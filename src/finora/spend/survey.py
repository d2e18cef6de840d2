"""The survey: which groups are asked for and how they went, in one statement, where there are few and all of it adds up.

To read a year of teams and hours once for their order and once more for their course takes nearly twice as long as to group it
by all that either needs, and to add that up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from finora.spend.catalog import DIMENSIONS
from finora.spend.course import Course
from finora.spend.facts import Facts, measured, numbered, summed, write_facts
from finora.spend.grouping import Places, dimensions_of, groups_of, joined_lookups, levels_of
from finora.spend.ranking import grouped_by, moved, named, order_of
from finora.spend.source import COMPARED
from finora.spend.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan

Rows: TypeAlias = "list[tuple[object, ...]]"
_MOST_DIMENSIONS, _MOST_BUCKETS = 2, 400
"""Of more, so many groups would be made to tell a few of them that it takes longer than to read twice."""


class Survey(NamedTuple):
    """What a survey said.

    Attributes:
        ranked: A row for each group asked for, in order: for each dimension what is grouped by, key and label; then how
            many groups there are.
        course: How these and all others went.
    """

    ranked: Rows
    course: Course


def is_surveyed(plan: Plan) -> bool:
    """Return whether a plan's groups are few, all that is asked of them adds up, and there is a course to tell."""
    dimensions = [DIMENSIONS[name] for name in plan.query.dimensions]
    buckets = len(plan.buckets)
    return (
        0 < len(dimensions) <= _MOST_DIMENSIONS
        and bool(plan.sums)
        and {*plan.ranked} <= {*plan.sums}
        and (plan.compared is not None or buckets > 0)
        and buckets <= _MOST_BUCKETS
        and not any(each.many for each in dimensions)
    )


def survey_of(rows: Rows, plan: Plan) -> Survey:
    """Return what the rows of a plan's survey say."""
    told = 3 * len(plan.query.dimensions) + 1
    groups: dict[int, tuple[object, ...]] = {}
    figures = []
    for row in rows:
        compared, place, *rest = row[told:]
        if isinstance(place, int):
            groups[place] = row[:told]
            place -= plan.query.offset + 1  # it is numbered among all groups, and from one
        figures.append((compared, place, *rest))
    return Survey([groups[place] for place in sorted(groups)], Course.of_sums(figures, len(plan.sums)))


def survey_statement(plan: Plan, dialect: Dialect) -> Statement:
    """Return the statement that tells at once what the ranking would, and the course of its groups and of all others as one.

    A row has what a row of the ranking has, but for the metrics, or nothing where it is of all others; then what a row of the
    course has. Everything is grouped once, and added up from that: worth it where groups are few and all metrics add up.
    """
    dimensions = dimensions_of(plan, dialect)
    groups = groups_of(dimensions)
    levels = groups | levels_of(plan, dialect, Places())
    facts = Facts(
        columns=measured(levels, plan),
        joins=joined_lookups(dimensions),
        grouping=", ".join(levels.values()),
        compared=plan.compared is not None,
        events=plan.events,
        charges=plan.charges,
        made_first=True,
    )
    sql, values = write_facts(plan, dialect, facts)
    over = [name for name in (COMPARED, "bucket") if name in levels]
    tables = [
        sql,
        _by_group(plan, groups),
        *([moved(plan, plan.sums)] if plan.query.ranks_change else []),
        _ranked(plan, dialect),
        _placed(plan, groups, over),
    ]
    told = [f"r.{name}" for name in (*_names(plan), "counted")]
    told += [
        f"t.{COMPARED}" if COMPARED in over else "0",
        "t.place",
        "t.bucket" if "bucket" in over else "NULL",
    ]
    told += [f"t.{name}" for name in numbered(plan.sums)]
    return Statement(
        f"{', '.join(tables)}\nSELECT {', '.join(told)}\nFROM told t\nLEFT JOIN ranked r ON r.place = t.place",
        (*values, plan.query.limit, plan.query.offset),
    )


def _by_group(plan: Plan, groups: Iterable[str]) -> str:
    """Return the facts of the ranking: of the span itself, or, by change, of each span."""
    by_change = plan.query.ranks_change
    by = ", ".join([*groups, *([COMPARED] if by_change else [])])
    now = f"\n  WHERE {COMPARED} = 0" if plan.compared and not by_change else ""
    return f"facts AS (\n  SELECT {', '.join([by, *summed(plan)])}\n  FROM grouped{now}\n  GROUP BY {by}\n)"


def _ranked(plan: Plan, dialect: Dialect) -> str:
    """Return the groups asked for, numbered from one among all there are."""
    columns, lookups = named(plan, dialect)
    told = [f"{column} AS {name}" for column, name in zip(columns, _names(plan), strict=True)]
    place = f"row_number() OVER (ORDER BY {', '.join(order_of(plan, dialect, plan.sums))})"
    return (
        f"ranked AS (\n  SELECT {', '.join(told)}, count(*) OVER () AS counted, {place} AS place"
        f"\n  FROM {grouped_by(plan)}{lookups}\n  ORDER BY place\n  LIMIT ? OFFSET ?\n)"
    )


def _placed(plan: Plan, groups: Iterable[str], over: Iterable[str]) -> str:
    """Return the course of these, and of all others, who have no place, as one."""
    levels = ["r.place", *(f"w.{name}" for name in over)]
    match = " AND ".join(f"r.n{3 * place} = w.{group}" for place, group in enumerate(groups))
    columns = [f"{level} AS {level[2:]}" for level in levels] + summed(plan)
    return (
        f"told AS (\n  SELECT {', '.join(columns)}\n  FROM grouped w\n  LEFT JOIN ranked r ON {match}"
        f"\n  GROUP BY {', '.join(levels)}\n)"
    )


def _names(plan: Plan) -> list[str]:
    """Return what the columns that name a group are called."""
    return [f"n{number}" for number in range(3 * len(plan.query.dimensions))]
