"""The parts of one answer, each from a statement of its own over the same plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, cast

from finora.spend.catalog import DIMENSIONS, METRICS, Dimension, label_of
from finora.spend.plan import midnight_of
from finora.spend.query import InvalidQuery
from finora.spend.result import Group
from finora.spend.sql import Groups, Shape, compile_statement, hour_shift
from finora.values.interval import HOUR_MS, Interval
from finora.values.period import from_ms, midnight

if TYPE_CHECKING:
    from datetime import datetime

    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan
    from finora.spend.store import Reader


MAX_FIGURES = 1_000_000


class View:
    """Reads one answer's groups, rest and totals.

    Args:
        reader: One consistent state of the store.
        dialect: How its engine spells things.
        plan: What is asked.

    Attributes:
        group_count: How many groups there are, named in the answer or not.

    Raises:
        InvalidQuery: The named groups have more buckets together than anyone can read.
    """

    def __init__(self, reader: Reader, dialect: Dialect, plan: Plan) -> None:
        self._reader = reader
        self._dialect = dialect
        self._plan = plan
        self._dimensions = [DIMENSIONS[name] for name in plan.query.dimensions]
        self._width = len(plan.query.metrics)
        self._places = {start: place for place, start in enumerate(plan.buckets)}
        self._rows = self._fetch(Shape(grouped=True, limited=True)) if self._dimensions else []
        self._chosen: Groups = [tuple(row[0 : 3 * len(self._dimensions) : 3]) for row in self._rows]
        self._groups: tuple[Group, ...] | None = None
        self._totals: Group | None = None
        self.group_count = self._count()
        if len(self._chosen) * len(self._places) > MAX_FIGURES:
            raise InvalidQuery(
                f"{len(self._chosen)} groups by {len(self._places)} buckets are more than {MAX_FIGURES} figures. "
                "Lower the limit, or choose a longer interval or a shorter period."
            )

    def _count(self) -> int:
        if self._rows:
            return cast("int", self._rows[0][-1])
        if self._dimensions and self._plan.query.offset:  # passed over all there are
            return cast("int", self._fetch(Shape(grouped=True, counted=True))[0][0])
        return 0

    def groups(self) -> tuple[Group, ...]:
        """Return the chosen groups with comparison and series."""
        if self._groups is None:
            self._groups = self._read_groups()
        return self._groups

    def totals(self) -> Group:
        """Return all groups as one."""
        if self._totals is None:
            self._totals = self._whole(Shape())
        return self._totals

    def _read_groups(self) -> tuple[Group, ...]:
        if not self._rows:
            return ()
        depth = 3 * len(self._dimensions)
        previous = (
            self._by_group(Shape(grouped=True, compared=True, only=self._chosen))
            if self._plan.compared
            else None
        )
        series = self._series_by_group()
        return tuple(
            Group(
                keys=tuple(
                    _key(dimension, row[3 * place], row[3 * place + 1])
                    for place, dimension in enumerate(self._dimensions)
                ),
                labels=tuple(
                    _label(dimension, *row[3 * place : 3 * place + 3])
                    for place, dimension in enumerate(self._dimensions)
                ),
                values=_figures(row[depth : depth + self._width]),
                previous=None if previous is None else previous.get(raw, (0,) * self._width),
                series=series.get(raw, ()),
            )
            for raw, row in zip(self._chosen, self._rows, strict=True)
        )

    def other(self) -> Group | None:
        """Return all groups that were not chosen, as one; also those of the span compared with that are gone."""
        rest = self.group_count - len(self._chosen)
        if not self._dimensions or (rest == 0 and not self._plan.compared):
            return None
        group = self._left_over()
        if rest == 0 and not any(group.previous or ()):
            return None
        return replace(group, keys=("other",), labels=("Other",), members=rest)

    def _left_over(self) -> Group:
        """Return what the totals have beyond the groups; asked of the engine only where it cannot be subtracted."""
        if not all(METRICS[name].additive for name in self._plan.query.metrics):
            return self._whole(Shape(without=self._chosen))
        totals, groups = self.totals(), self.groups()
        return Group(
            values=_less(totals.values, [group.values for group in groups]),
            previous=totals.previous and _less(totals.previous, [group.previous or () for group in groups]),
            series=tuple(
                _less(whole, [group.series[place] for group in groups])
                for place, whole in enumerate(totals.series)
            ),
        )

    def _whole(self, shape: Shape) -> Group:
        (row,) = self._fetch(shape)
        previous = self._fetch(replace(shape, compared=True))[0] if self._plan.compared else None
        series = self._empty_series()
        if self._places:
            for bucket, *values in self._fetch(replace(shape, bucketed=True)):
                series[self._places[self._start(cast("int", bucket))]] = _figures(tuple(values))
        return Group(
            values=_figures(row), previous=_figures(previous) if previous else None, series=tuple(series)
        )

    def _by_group(self, shape: Shape) -> dict[tuple[object, ...], tuple[int, ...]]:
        depth = 3 * len(self._dimensions)
        return {
            tuple(row[0:depth:3]): _figures(row[depth : depth + self._width]) for row in self._fetch(shape)
        }

    def _series_by_group(self) -> dict[tuple[object, ...], tuple[tuple[int, ...], ...]]:
        if not self._places:
            return {}
        depth = 3 * len(self._dimensions)
        series = {raw: self._empty_series() for raw in self._chosen}
        for row in self._fetch(Shape(grouped=True, bucketed=True, only=self._chosen)):
            place = self._places[self._start(cast("int", row[depth]))]
            series[tuple(row[0:depth:3])][place] = _figures(row[depth + 1 :])
        return {raw: tuple(figures) for raw, figures in series.items()}

    def _empty_series(self) -> list[tuple[int, ...]]:
        return [(0,) * self._width] * len(self._places)

    def _fetch(self, shape: Shape) -> list[tuple[object, ...]]:
        return self._reader.fetch(compile_statement(self._plan, self._dialect, shape))

    def _start(self, bucket: int) -> datetime:
        zone = self._plan.query.zone
        match self._plan.query.interval:
            case Interval.HOUR:
                return from_ms(bucket * HOUR_MS - hour_shift(self._plan))
            case Interval.WEEK:
                return midnight_of(bucket * 7 - 3, zone)
            case Interval.MONTH:
                year, month = divmod(bucket, 12)
                return midnight(date(year, month + 1, 1), zone)
            case _:
                return midnight_of(bucket, zone)


def _less(whole: tuple[int, ...], parts: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Return sums without some of their parts."""
    return tuple(total - sum(column) for total, *column in zip(whole, *parts, strict=True))


def _figures(values: tuple[object, ...]) -> tuple[int, ...]:
    return tuple(int(cast("int", value)) for value in values)


def _key(dimension: Dimension, raw: object, key: object) -> str:
    if dimension.codes is not None:
        return dimension.codes.get(cast("int", raw), str(raw))
    if dimension.lookup:
        return str(key)
    return str(raw)


def _label(dimension: Dimension, raw: object, key: object, label: object) -> str:
    if dimension.lookup:
        return str(label or key)
    return label_of(dimension, _key(dimension, raw, key))
