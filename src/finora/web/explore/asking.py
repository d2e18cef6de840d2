"""What Explore asks, and how one answer is made of the parts that are asked for side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from finora.spend.catalog import METRICS
from finora.spend.query import SpendQuery
from finora.spend.result import Group, SpendResult
from finora.spend.service import Spend
from finora.values.interval import Interval
from finora.web.address.links import TableKind, View
from finora.web.explore.table import BESIDE
from finora.web.figures.headline import HEADLINES

_Figures = tuple[tuple[int, ...], tuple[int, ...]]


def whole_query(view: View, interval: Interval) -> SpendQuery:
    """Return the one query of all that a view shows: what it asks for, what stands beside it, and the headline figures."""
    metrics = tuple(dict.fromkeys((*view.query.metrics, *BESIDE, *HEADLINES)))
    return replace(view.query, metrics=metrics, interval=interval)


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """Answers a view for its page, which shows less than its files hold, and so waits for less.

    Counting people in each bucket costs more than all the rest, and the page shows that only where it is what was asked
    for. Beside other metrics people are counted once a group, or only in all.

    Args:
        spend: Answers queries.
        own: The e-mail of a reader who may see their own usage only.
    """

    spend: Spend
    own: str | None

    def of(self, view: View, interval: Interval) -> SpendResult:
        """Return what the page of a view shows.

        What cannot be added up and was not asked for has no figures by bucket, and none by group where the table has no
        column for it.
        """
        whole = whole_query(view, interval)
        counted = tuple(
            name for name in whole.metrics if not METRICS[name].additive and name not in view.query.metrics
        )
        if not counted:
            return self.spend.answer(whole, own=self.own)
        added = tuple(name for name in whole.metrics if name not in counted)
        course, beside = self.spend.answers(
            replace(whole, metrics=added), _counting(view, counted), own=self.own
        )
        if beside.query.dimensions and _keys(beside) != _keys(
            course
        ):  # of two states, as while a sync never rests
            return self.spend.answer(whole, own=self.own)
        return _together(course, beside, counted)


def _counting(view: View, counted: tuple[str, ...]) -> SpendQuery:
    """Return the query that counts what is counted beside, by group only where the table tells it."""
    query = view.query
    if view.table is TableKind.TOTALS and "person" not in query.dimensions:
        return replace(query, metrics=(*query.metrics, *counted), interval=None)
    return replace(query, metrics=counted, dimensions=(), order=(), offset=0, interval=None)


def _together(course: SpendResult, beside: SpendResult, counted: tuple[str, ...]) -> SpendResult:
    places = [beside.query.metrics.index(name) for name in counted]

    def figures(group: Group) -> _Figures:
        previous = group.previous or ()
        return (
            tuple(group.values[place] for place in places),
            tuple(previous[place] for place in places if previous),
        )

    known: Mapping[tuple[str, ...], _Figures] = {group.keys: figures(group) for group in beside.groups}
    other = figures(beside.other) if beside.other else ((), ())
    query = replace(course.query, metrics=(*course.query.metrics, *counted))
    return replace(
        course,
        plan=replace(course.plan, query=query),
        groups=tuple(_joined(group, known.get(group.keys, ((), ()))) for group in course.groups),
        other=_joined(course.other, other) if course.other else None,
        totals=_joined(course.totals, figures(beside.totals)),
    )


def _joined(group: Group, further: _Figures) -> Group:
    values, previous = further
    return replace(
        group,
        values=group.values + values,
        previous=None if group.previous is None else group.previous + previous,
    )


def _keys(result: SpendResult) -> list[tuple[str, ...]]:
    return [group.keys for group in result.groups]
