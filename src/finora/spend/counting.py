"""The counting of what does not add up, as people, each of whom counts once however often they are met."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from finora.spend.catalog import METRICS, columns_in
from finora.spend.facts import Facts, Singly, at_places, placed, something, told, write_facts
from finora.spend.grouping import dimensions_of, levels_of, places_of
from finora.spend.rollups import cheapest
from finora.spend.source import COMPARED
from finora.spend.statement import Statement
from finora.spend.where import write_filter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finora.spend.dialect import Dialect
    from finora.spend.grouping import Groups
    from finora.spend.plan import Plan
    from finora.spend.rollups import Rollup


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of counting.

    Attributes:
        counted: What each fact has besides its levels, by name.
        grouping: What the facts are grouped by besides their levels.
        size: The aggregate that counts facts.
        only: Which events are counted; empty for all.
        singly: What facts have that need no grouping, besides their levels; none where all do.
        by_block: Whether facts are counted block by block, and the counts added up.
    """

    counted: Mapping[str, str]
    grouping: tuple[str, ...]
    size: str
    only: str = ""
    singly: tuple[str, ...] | None = None
    by_block: bool = False


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
    places = places_of(dimensions_of(plan, dialect), chosen, dialect, alone=False)
    levels = levels_of(plan, dialect, places)
    way = _way(plan, dialect, [*levels.values(), places.join], METRICS[metric].counts)
    columns = [f"{expression} AS {name}" for name, expression in levels.items()]
    alone = None if way.singly is None else Singly([*columns, *way.singly], ", ".join(levels.values()))
    facts = Facts(
        columns=[*columns, *(f"{expression} AS {name}" for name, expression in way.counted.items())],
        singly=alone,
        places=places,
        grouping=", ".join([*levels.values(), *way.grouping]),
        compared=plan.compared is not None,
        only=way.only,
    )
    sql, bound = write_facts(plan, dialect, facts)
    if places.groups:
        levels = at_places(levels, places)
        sql += placed(levels, [*way.counted], places)
    return Statement(sql + _count(way, levels, compared=plan.compared is not None), bound)


def _way(plan: Plan, dialect: Dialect, texts: list[str], counted: str) -> Way:
    """Return how something is counted, where the statement speaks of what is in some texts."""
    rollup = _rollup(plan, dialect, texts, counted)
    sets = dialect.sets if counted == "e.person" and rollup and rollup.people else None
    if sets:
        return Way(
            counted={"block": "e.block", "members": sets.united("e.members")},
            grouping=("e.block", sets.alike("e.members")),
            size=sets.size(sets.united(sets.stretched("members"))),
            by_block=True,
        )
    each = Way(
        counted={"counted": counted},
        grouping=(counted,),
        size="count(DISTINCT counted)",
        only=something(counted, dialect),
    )
    if counted != "e.conversation" or rollup is None or not rollup.sole:
        return each
    # Conversations that have but one row are counted by these, and only the others told apart.
    return replace(
        each,
        counted={**each.counted, "once": "0"},
        size=f"{each.size} + coalesce(sum(once), 0)",
        singly=("NULL AS counted", "count(*) AS once"),
    )


def _count(way: Way, levels: dict[str, str], *, compared: bool) -> str:
    """Return the end of a statement, which counts facts at each level."""
    optional = [name for name in ("place", "bucket") if name in levels]
    fixed = [COMPARED] if compared else []
    columns = [told(levels, COMPARED)]
    for name in ("place", "bucket"):
        columns += [name, f"grouping({name})"] if name in optional else ["NULL", "1"]
    if not way.by_block:
        return f"\nSELECT {', '.join(columns)}, {way.size}\nFROM facts{_by_levels(fixed, optional)}"
    named = [f"{expression} AS t{number}" for number, expression in enumerate(columns)]
    return (
        f", blocks AS (\n  SELECT {', '.join(named)}, {way.size} AS counted\n  FROM facts"
        f"{_by_levels([*fixed, 'block'], optional)}\n)\nSELECT t0, t1, t2, t3, t4, coalesce(sum(counted), 0)\nFROM blocks"
        "\nGROUP BY t0, t1, t2, t3, t4"
    )


def _rollup(plan: Plan, dialect: Dialect, texts: list[str], counted: str) -> Rollup | None:
    """Return the roll-up that tells what is counted, for people as rows or as sets; none where there is no whole day."""
    if plan.reach.days is None:
        return None
    filters = [write_filter(each, dialect, []) for each in plan.filters]
    texts = [*texts, *filters, *([] if counted == "e.person" else [counted])]
    return cheapest(set(columns_in(*texts)) - {COMPARED}, dialect.rollups)


def _by_levels(fixed: Sequence[str], optional: Sequence[str]) -> str:
    """Return the grouping by each level with and without what is optional."""
    if not optional:
        return f"\n  GROUP BY {', '.join(fixed)}" if fixed else ""
    sets = [
        [*fixed, *kept] for count in range(len(optional), -1, -1) for kept in combinations(optional, count)
    ]
    return f"\n  GROUP BY GROUPING SETS ({', '.join('(' + ', '.join(each) + ')' for each in sets)})"
