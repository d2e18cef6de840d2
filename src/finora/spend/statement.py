"""What a store is asked, as SQL. Analytical SQL is written here alone: `facts`, with `source`, `where` and `grouping`.

An answer takes a few statements. The `ranking` names the groups that are asked for, in order, and how many there are. The
`course` then tells of each of these groups, and of all others as one, what they came to in each bucket of the span and of
the span compared with; sums of these are left to whoever reads them. What does not add up, as people who are counted once,
takes a `counting` of its own, which tells each level by itself. Where there are few groups, a `survey` tells ranking and
course at once. Single events are told by `listing` and `finding`.

All have the shape::

    WITH facts AS (SELECT <groups>, <metrics> FROM <source> e <joins> WHERE <filters> GROUP BY <groups>)
    SELECT … FROM facts …

The source is the union of a roll-up's whole days and the events of the edges, with the same columns from both, and of
the flat charges where they are measured. Which roll-up is read follows from the columns the statement speaks of.
Values are always bound, in the order of their places in the text; names come from the catalogue alone.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and the values bound to its places, in their order."""

    sql: str
    values: tuple[object, ...] = ()
