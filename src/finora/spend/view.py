"""The parts of one answer, from the few statements over its plan."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from finora.spend.catalog import METRICS, label_of
from finora.spend.counting import counting_statement
from finora.spend.course import ALL, OTHER, Course, course_statement, reads_much
from finora.spend.grouping import Groups, dimensions_of, hour_shift
from finora.spend.plan import Depth, midnight_of
from finora.spend.query import InvalidQuery
from finora.spend.ranking import count_statement, ranking_statement
from finora.spend.result import Group
from finora.spend.single_runs import names_statement
from finora.spend.survey import is_surveyed, survey_of, survey_statement
from finora.values.interval import HOUR_MS, Interval
from finora.values.period import from_ms, midnight

if TYPE_CHECKING:
    from datetime import datetime

    from finora.spend.catalog import Dimension, Lookup
    from finora.spend.course import Figures, Place
    from finora.spend.plan import Plan
    from finora.spend.store import Reader
    from finora.spend.survey import Rows
    from finora.values.period import Span


MAX_FIGURES = 250_000
"""In one answer, of all groups, buckets and metrics."""


class View:
    """Reads one answer's groups, rest and totals.

    Args:
        reader: One consistent state of the store.
        plan: What is asked.

    Attributes:
        group_count: How many groups there are, named in the answer or not.

    Raises:
        InvalidQuery: The named groups have more buckets together than anyone can read.
    """

    def __init__(self, reader: Reader, plan: Plan) -> None:
        self._reader = reader
        self._dialect = dialect = reader.dialect
        self._plan = plan
        self._dimensions = dimensions_of(plan, dialect)
        self._width = len(plan.query.metrics)
        self._depth = 3 * len(self._dimensions)
        self._buckets = plan.buckets
        self._survey = (
            survey_of(reader.fetch(survey_statement(plan, dialect)), plan) if is_surveyed(plan) else None
        )
        self._rows = self._survey.ranked if self._survey else self._ranked()
        self.group_count = self._count()
        figures = len(self._rows) * len(self._buckets) * self._width
        if figures > MAX_FIGURES:
            raise InvalidQuery(
                f"{len(self._rows)} groups by {len(self._buckets)} buckets are {figures:,} figures, more than the "
                f"{MAX_FIGURES:,} of one answer. Lower the limit, ask for fewer metrics, or choose a longer interval or "
                "a shorter period."
            )
        # Nothing here is a `cached_property`: before Python 3.12 all instances share its lock, and one slow question would
        # make everybody's wait.
        self._course = self._told()
        self._series = self._by_bucket(0, plan.span, self._buckets)
        self._previous_series = (
            self._by_bucket(1, plan.compared, plan.compared_buckets) if plan.compared else {}
        )

    def groups(self) -> tuple[Group, ...]:
        """Return the chosen groups with comparison and series."""
        return tuple(
            self._group(
                place,
                keys=tuple(
                    _key(dimension, row[3 * number], row[3 * number + 1])
                    for number, dimension in enumerate(self._dimensions)
                ),
                labels=tuple(
                    _label(dimension, *row[3 * number : 3 * number + 3])
                    for number, dimension in enumerate(self._dimensions)
                ),
            )
            for place, row in enumerate(self._rows)
        )

    def other(self) -> Group | None:
        """Return all groups that were not chosen, as one; also those of the span compared with that are gone."""
        rest = self.group_count - len(self._rows)
        if not self._dimensions or (rest == 0 and not self._plan.compared):
            return None
        place = OTHER if self._rows else ALL
        group = self._group(place, keys=("other",), labels=("Other",), members=rest)
        return group if rest or any(group.previous or ()) else None

    def totals(self) -> Group:
        """Return all groups as one."""
        return self._group(ALL)

    def _group(
        self,
        place: Place,
        *,
        keys: tuple[str, ...] = (),
        labels: tuple[str, ...] = (),
        members: int = 1,
    ) -> Group:
        compared = self._plan.compared is not None
        told = self._plan.told_at(Depth.TOTALS if place is ALL else Depth.GROUPS)
        return Group(
            keys=keys,
            labels=labels,
            values=self._course.at(0, place)[:told],
            previous=self._course.at(1, place)[:told] if compared else None,
            series=self._series.get(place, ()),
            previous_series=self._previous_series.get(place, ()),
            members=members,
        )

    def _ranked(self) -> Rows:
        if not self._dimensions:
            return []
        rows = self._reader.fetch(ranking_statement(self._plan, self._dialect))
        for place, dimension in enumerate(self._dimensions):
            if dimension.lookup and dimension.lookup.large:
                rows = self._named(rows, 3 * place, dimension.lookup)
        return rows

    def _named(self, rows: Rows, place: int, lookup: Lookup) -> Rows:
        """Return the rows of a ranking with key and label of what is grouped by at a place."""
        numbers = sorted({cast("int", row[place]) for row in rows})
        found = self._reader.fetch(names_statement(lookup, numbers, self._dialect)) if numbers else []
        names = {row[0]: row for row in found}
        return [(*row[:place], *names[row[place]], *row[place + 3 :]) for row in rows]

    def _count(self) -> int:
        if self._rows:
            return cast("int", self._rows[0][-1])
        if self._dimensions and self._plan.query.offset:  # passed over all there are
            return cast("int", self._reader.fetch(count_statement(self._plan, self._dialect))[0][0])
        return 0

    def _told(self) -> Course:
        """What all that was asked for came to: sums, counts, and the ratios of these."""
        plan = self._plan
        parts = [self._sums()] if plan.sums else []
        parts += [self._counted(name) for name in plan.counts]
        places = {name: place for place, name in enumerate((*plan.sums, *plan.counts))}

        def complete(figures: Figures) -> Figures:
            return tuple(_figure(name, figures, places) for name in plan.query.metrics)

        return Course.joined(parts, complete, self._width)

    def _sums(self) -> Course:
        plan = self._plan
        if self._survey:
            return self._survey.course
        if self._rows and len(self._rows) == self.group_count and not self._needs_course:
            # All groups were ranked, and there is nothing to tell of them but what that took.
            ranked = (
                (0, place, ALL, *row[self._depth : self._depth + len(plan.sums)])
                for place, row in enumerate(self._rows)
            )
            return Course.of_sums(ranked, len(plan.sums))
        if self._rows and reads_much(plan):
            # All groups together are told by far fewer rows, and the few chosen are found quickly among many.
            chosen, whole = (
                self._reader.fetch(course_statement(plan, self._dialect, groups, alone=True))
                for groups in (self._chosen, [])
            )
            return Course.of_parts(chosen, whole, len(plan.sums))
        rows = self._reader.fetch(course_statement(plan, self._dialect, self._chosen))
        return Course.of_sums(rows, len(plan.sums))

    def _counted(self, metric: str) -> Course:
        depth = self._plan.counted_to(metric)
        plan = self._plan if depth is Depth.BUCKETS else self._plan.whole
        chosen = [] if depth is Depth.TOTALS else self._chosen
        statement = counting_statement(plan, self._dialect, chosen, metric)
        return Course.of_counts(self._reader.fetch(statement))

    @property
    def _chosen(self) -> Groups:
        return [tuple(row[0 : self._depth : 3]) for row in self._rows]

    @property
    def _needs_course(self) -> bool:
        return self._plan.compared is not None or bool(self._buckets)

    def _by_bucket(
        self, compared: int, span: Span, starts: list[datetime]
    ) -> dict[Place, tuple[Figures, ...]]:
        """Return the figures of each place in each bucket of a span."""
        if not starts:
            return {}
        told = self._plan.told_at(Depth.BUCKETS)
        empty = [(0,) * told] * len(starts)
        series: dict[Place, list[Figures]] = {
            place: list(empty) for place in (ALL, OTHER, *range(len(self._rows)))
        }
        turns = {start: turn for turn, start in enumerate(starts)}
        numbered: dict[int, int] = {}
        for place, bucket, figures in self._course.series(compared):
            if bucket not in numbered:
                numbered[bucket] = turns[self._start(bucket, span)]
            series[place][numbered[bucket]] = figures[:told]
        return {place: tuple(figures) for place, figures in series.items()}

    def _start(self, bucket: int, span: Span) -> datetime:
        zone = self._plan.query.zone
        match self._plan.query.interval:
            case Interval.HOUR:
                return from_ms(bucket * HOUR_MS - hour_shift(span, zone))
            case Interval.WEEK:
                return midnight_of(bucket * 7 - 3, zone)
            case Interval.MONTH:
                year, month = divmod(bucket, 12)
                return midnight(date(year, month + 1, 1), zone)
            case _:
                return midnight_of(bucket, zone)


def _figure(name: str, figures: Figures, places: dict[str, int]) -> int:
    """Return a metric's figure from those of all sums and counts; a ratio's is cut to the whole, towards zero, and zero of nothing."""
    ratio = METRICS[name].ratio
    if ratio is None:
        return figures[places[name]]
    dividend, divisor = (figures[places[each]] for each in ratio)
    if not divisor:
        return 0
    whole = abs(dividend) // abs(divisor)  # towards zero, as engines do
    return whole if (dividend < 0) == (divisor < 0) else -whole


def _key(dimension: Dimension, raw: object, key: object) -> str:
    if dimension.stored is not None:
        return dimension.stored.get(cast("int", raw), str(raw))
    if dimension.lookup:
        return str(key)
    return str(raw)


def _label(dimension: Dimension, raw: object, key: object, label: object) -> str:
    if dimension.lookup:
        return str(label or key)
    return label_of(dimension, _key(dimension, raw, key))
