"""The counting of what does not add up, as people, each of whom counts once however often they are met."""

from __future__ import annotations

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
    from collections.abc import Sequence

    from finora.spend.dialect import Dialect
    from finora.spend.grouping import Groups
    from finora.spend.plan import Plan
    from finora.spend.rollups import Rollup


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
    counted = METRICS[metric].counts
    rollup = _rollup(plan, dialect, [*levels.values(), places.join], counted)
    sets = dialect.sets if counted == "e.person" and rollup and rollup.people else None
    singly = counted == "e.conversation" and rollup is not None and rollup.sole
    columns = [f"{expression} AS {name}" for name, expression in levels.items()]
    # Conversations that have but one row are counted by these, and only the others told apart.
    once = ["0 AS once"] if singly else []
    facts = Facts(
        columns=[*columns, "e.block AS block", f"{sets.united('e.members')} AS members"]
        if sets
        else [*columns, f"{counted} AS counted", *once],
        singly=Singly([*columns, "NULL AS counted", "count(*) AS once"], ", ".join(levels.values()))
        if singly
        else None,
        places=places,
        grouping=", ".join(
            [*levels.values(), *(["e.block", sets.alike("e.members")] if sets else [counted])]
        ),
        compared=plan.compared is not None,
        only="" if sets else something(counted, dialect),
    )
    sql, bound = write_facts(plan, dialect, facts)
    if places.groups:
        levels = at_places(levels, places)
        further = ["block", "members"] if sets else ["counted", *(["once"] if singly else [])]
        sql += placed(levels, further, places)
    optional = [name for name in ("place", "bucket") if name in levels]
    fixed = [COMPARED] if plan.compared else []
    columns = [told(levels, COMPARED)]
    for name in ("place", "bucket"):
        columns += [name, f"grouping({name})"] if name in optional else ["NULL", "1"]
    if not sets:
        count = f"count(DISTINCT counted){' + coalesce(sum(once), 0)' if singly else ''}"
        return Statement(
            f"{sql}\nSELECT {', '.join(columns)}, {count}\nFROM facts{_by_levels(fixed, optional)}",
            bound,
        )
    named = [f"{expression} AS t{number}" for number, expression in enumerate(columns)]
    size = sets.size(sets.united(sets.stretched("members")))
    return Statement(
        f"{sql}, blocks AS (\n  SELECT {', '.join(named)}, {size} AS counted\n  FROM facts"
        f"{_by_levels([*fixed, 'block'], optional)}\n)\nSELECT t0, t1, t2, t3, t4, coalesce(sum(counted), 0)\nFROM blocks"
        "\nGROUP BY t0, t1, t2, t3, t4",
        bound,
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
