"""How groups went over the buckets of a span and of the span compared with: asked, and what was told, completed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias, cast

from finora.spend.catalog import DIMENSIONS, columns_in
from finora.spend.facts import Facts, at_places, measured, numbered, placed, summed, told, write_facts
from finora.spend.grouping import dimensions_of, levels_of, places_of
from finora.spend.rollups import FINEST, HOURLY_PEOPLE, cheapest
from finora.spend.source import COMPARED
from finora.spend.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from finora.spend.dialect import Dialect
    from finora.spend.grouping import Groups
    from finora.spend.plan import Plan
    from finora.spend.rollups import Rollup

Figures: TypeAlias = "tuple[int, ...]"
Place: TypeAlias = "int | None"
Key: TypeAlias = "tuple[int, Place, int | None]"

OTHER = -1
"""The place of all groups that were not chosen."""
ALL = None
"""The place of all groups together, and the bucket of a whole span."""


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
    places = places_of(dimensions_of(plan, dialect), chosen, dialect, alone=alone)
    levels = levels_of(plan, dialect, places)
    facts = Facts(
        columns=measured(levels, plan),
        places=places,
        grouping=", ".join(levels.values()),
        compared=plan.compared is not None,
        events=plan.events,
        charges=plan.charges,
    )
    sql, bound = write_facts(plan, dialect, facts)
    if places.groups:
        levels = at_places(levels, places)
        sql += placed(levels, summed(plan), places, grouping=f"\n  GROUP BY {', '.join(levels.values())}")
    columns = [told(levels, name) for name in (COMPARED, "place", "bucket")]
    return Statement(f"{sql}\nSELECT {', '.join(columns + numbered(plan.sums))}\nFROM facts", bound)


def reads_much(plan: Plan) -> bool:
    """Return whether the groups of a plan are told apart only by one of the largest roll-ups, or by nothing but the events."""
    rollup = _told_apart_by(plan)
    return plan.reach.days is None or rollup is None or rollup in (FINEST, HOURLY_PEOPLE)


def reads_single_events(plan: Plan) -> bool:
    """Return whether only single events, or sums of single runs, tell what a plan asks for, however long the time that it is of."""
    return _told_apart_by(plan) is None


def _told_apart_by(plan: Plan) -> Rollup | None:
    """Return the smallest roll-up that tells apart what a plan groups and filters by, of all there may be."""
    names = [*plan.query.dimensions, *(each.dimension for each in plan.filters)]
    return cheapest(columns_in(*(DIMENSIONS[name].column for name in names)))


class Course:
    """Figures by span, place and bucket; nothing where nothing happened.

    Args:
        figures: What is known: (1 of the span compared with, else 0; place; bucket) and the figures of each metric.
        width: How many metrics there are.
    """

    def __init__(self, figures: dict[Key, Figures], width: int) -> None:
        self._figures = figures
        self._nothing = (0,) * width

    @classmethod
    def of_sums(cls, rows: Iterable[tuple[object, ...]], width: int) -> Course:
        """Return what the rows of a course statement say, with the sums of its parts: whole spans, and all groups."""
        figures: dict[Key, Figures] = {}
        for row in rows:
            compared, place, bucket = cast("tuple[int, int | None, int | None]", row[:3])
            figures[compared, OTHER if place is None else place, bucket] = figures_of(row[3:])
        figures |= _summed(figures, lambda key: (key[0], key[1], ALL))
        return cls(figures | _summed(figures, lambda key: (key[0], ALL, key[2])), width)

    @classmethod
    def of_parts(
        cls, chosen: Iterable[tuple[object, ...]], rows: Iterable[tuple[object, ...]], width: int
    ) -> Course:
        """Return the same from what was told of the chosen groups alone, and of all groups together as one."""
        groups, whole = cls.of_sums(chosen, width), cls.of_sums(rows, width)
        figures = {key: each for key, each in groups._figures.items() if key[1] is not ALL}  # noqa: SLF001 - its own kind
        for (compared, place, bucket), all_of_it in whole._figures.items():  # noqa: SLF001 - likewise
            if place is not ALL:
                continue
            others = zip(all_of_it, groups.at(compared, ALL, bucket), strict=True)
            figures[compared, OTHER, bucket] = tuple(every - some for every, some in others)
            figures[compared, ALL, bucket] = all_of_it
        return cls(figures, width)

    @classmethod
    def of_counts(cls, rows: Iterable[tuple[object, ...]]) -> Course:
        """Return what the rows of a counting statement say; they tell each level by itself."""
        figures: dict[Key, Figures] = {}
        for row in rows:
            compared, place, all_places, bucket, all_buckets = cast(
                "tuple[int, int | None, int, int | None, int]", row[:5]
            )
            where = ALL if all_places else OTHER if place is None else place
            figures[compared, where, ALL if all_buckets else bucket] = figures_of(row[5:])
        return cls(figures, 1)

    @classmethod
    def joined(cls, courses: Sequence[Course], complete: Callable[[Figures], Figures], width: int) -> Course:
        """Return courses side by side, the figures at each place completed to so many."""
        keys = {key: None for course in courses for key in course._figures}  # noqa: SLF001 - its own kind
        return cls(
            {key: complete(tuple(each for course in courses for each in course.at(*key))) for key in keys},
            width,
        )

    def at(self, compared: int, place: Place, bucket: int | None = ALL) -> Figures:
        """Return the figures at a place."""
        return self._figures.get((compared, place, bucket), self._nothing)

    def series(self, compared: int) -> Iterator[tuple[Place, int, Figures]]:
        """Yield the figures of each place and bucket of a span."""
        for (span, place, bucket), figures in self._figures.items():
            if span == compared and bucket is not ALL:
                yield place, bucket, figures


def figures_of(values: Iterable[object]) -> Figures:
    """Return the engine's numbers as ours."""
    return tuple(map(int, cast("Iterable[int]", values)))


def _summed(figures: dict[Key, Figures], onto: Callable[[Key], Key]) -> dict[Key, Figures]:
    """Return the sums of figures by what their keys become."""
    parts: dict[Key, list[Figures]] = defaultdict(list)
    for key, values in figures.items():
        parts[onto(key)].append(values)
    return {key: tuple(map(sum, zip(*some, strict=True))) for key, some in parts.items()}
