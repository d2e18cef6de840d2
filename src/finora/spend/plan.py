"""From a question to a plan: what exactly is read, from where, and what it is compared with.

The plan is made by a list of small steps, each of which completes one thing:

1. the period becomes an absolute span, which must not be cut into too many buckets,
2. the comparison becomes an absolute span,
3. the order is completed, so that equal figures always come in the same order,
4. the span is split into whole days that the roll-up answers and edges that only events can, and the days whose flat
   charges it holds are told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING

from finora.spend.catalog import METRICS
from finora.spend.query import CHANGE, Comparison, InvalidQuery, Order, SpendQuery
from finora.values.interval import Interval, bucket_starts, day_from_number, local_day
from finora.values.period import Span, midnight
from finora.values.weeks import whole_weeks

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from finora.spend.query import Filter

MAX_BUCKETS = 10_000
MAX_YEARS_AHEAD = 10
"""How far ahead flat charges are reckoned."""
_SHORTEST = {
    Interval.HOUR: timedelta(hours=1),
    Interval.DAY: timedelta(days=1),
    Interval.WEEK: timedelta(days=7),
    Interval.MONTH: timedelta(days=28),
}


class Depth(IntEnum):
    """How far down a metric is told that does not add up; each level of it is counted by itself."""

    TOTALS = 0
    GROUPS = 1
    BUCKETS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What the plan needs to know of the world."""

    now: datetime
    earliest: datetime | None
    rollup_zone: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a span is read from.

    Attributes:
        span: All of it.
        days: Whole days, whose events a roll-up tells where one has all that is asked for.
        edges: What is left, which only the events tell.
        weeks: Those of the days that make whole weeks, where these are cut at the beginning of a month.
        charged: The days whose flat charges count: those that begin within the span. A day that the zone skipped begins
            with the day after it.
    """

    span: Span
    days: tuple[int, int] | None
    edges: tuple[Span, ...]
    weeks: tuple[int, int] | None = None
    charged: tuple[int, int] = (0, 0)

    @classmethod
    def of_events(cls, span: Span) -> Reach:
        """Return how a span is read from the events alone."""
        return cls(span, None, (span,))

    @property
    def by_events(self) -> Reach:
        """The same from the events alone."""
        return replace(self, days=None, weeks=None, edges=(self.span,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A query made absolute.

    Attributes:
        query: The question, its order completed.
        moment: The world it was asked in.
        span: What is read.
        reach: Where that is read from.
        scope: Filters that narrow every question of its reader, whatever it says.
        compared: The span compared with.
        compared_reach: Where that is read from.
        depths: The last metrics of the question, as far as they are not told down to the buckets, those told least last.
    """

    query: SpendQuery
    moment: Moment
    span: Span
    reach: Reach
    scope: tuple[Filter, ...] = ()
    compared: Span | None = None
    compared_reach: Reach | None = None
    depths: tuple[tuple[str, Depth], ...] = ()

    @property
    def filters(self) -> tuple[Filter, ...]:
        """All filters that hold: the question's, and those of the scope."""
        return self.query.filters + self.scope

    @property
    def buckets(self) -> list[datetime]:
        """The starts of the span's buckets; none without an interval."""
        query = self.query
        return bucket_starts(self.span, query.interval, query.zone) if query.interval else []

    @property
    def compared_buckets(self) -> list[datetime]:
        """The starts of the buckets of the span compared with; none without an interval or a comparison."""
        query = self.query
        if query.interval is None or self.compared is None:
            return []
        return bucket_starts(self.compared, query.interval, query.zone)

    @property
    def sums(self) -> tuple[str, ...]:
        """What adds up over groups and buckets, of what is asked for or needed for it."""
        return tuple(name for name in self._measured if METRICS[name].additive)

    @property
    def counts(self) -> tuple[str, ...]:
        """What does not add up, because each is counted once however often it is met."""
        return tuple(name for name in self._measured if METRICS[name].counts)

    @property
    def ranked(self) -> tuple[str, ...]:
        """What has to be known of a group to find its place: what it is sorted by, and all sums where no course tells them."""
        by = {self.query.metrics[0] if each.by == CHANGE else each.by for each in self.query.order}
        told = () if self.compared or self.query.interval else self.sums
        return (*told, *(name for name in self.query.metrics if name in by and name not in told))

    @property
    def whole(self) -> Plan:
        """The same without buckets."""
        return replace(self, query=replace(self.query, interval=None))

    def told_at(self, depth: Depth) -> int:
        """Return how many of the question's metrics are told at a depth."""
        return len(self.query.metrics) - sum(each < depth for _name, each in self.depths)

    def counted_to(self, count: str) -> Depth:
        """Return how far down a count is told, for itself or for a ratio that it is a part of."""
        depths = dict(self.depths)
        return max(
            depths.get(name, Depth.BUCKETS)
            for name in self.query.metrics
            if count in (METRICS[name].ratio or (name,))
        )

    @property
    def _measured(self) -> tuple[str, ...]:
        """The metrics asked for, each ratio by its parts."""
        return tuple(
            dict.fromkeys(part for name in self.query.metrics for part in METRICS[name].ratio or (name,))
        )

    @property
    def events(self) -> bool:
        """Whether anything is measured of events."""
        return any(METRICS[name].events for name in self.query.metrics)

    @property
    def charges(self) -> bool:
        """Whether anything is measured of flat charges."""
        return any(METRICS[name].charges for name in self.query.metrics)


def make_plan(query: SpendQuery, moment: Moment, scope: tuple[Filter, ...] = ()) -> Plan:
    """Return how a query is answered at a moment.

    Args:
        query: The question.
        moment: The world it is asked in.
        scope: Filters that hold besides the question's own.

    Raises:
        InvalidQuery: The interval cuts the period into more buckets than anyone can read.
    """
    span = query.period.resolve(moment.now, query.zone, moment.earliest)
    plan = Plan(query=query, moment=moment, span=span, reach=Reach.of_events(span), scope=scope)
    for step in _STEPS:
        plan = step(plan)
    return plan


def _refuse_too_many_buckets(plan: Plan) -> Plan:
    length = _SHORTEST.get(plan.query.interval) if plan.query.interval else None
    if length and plan.span.length > MAX_BUCKETS * length:
        raise InvalidQuery(
            f"The period has more than {MAX_BUCKETS} buckets of one {plan.query.interval}. "
            "Choose a longer interval or a shorter period."
        )
    return plan


def _compare(plan: Plan) -> Plan:
    query, now = plan.query, plan.moment.now
    match query.compare:
        case Comparison.PREVIOUS:
            return replace(plan, compared=query.period.before(plan.span, now, query.zone))
        case Comparison.YEAR:
            return replace(plan, compared=query.period.a_year_before(plan.span, now, query.zone))
        case _:
            return plan


def _order(plan: Plan) -> Plan:
    query = plan.query
    order = query.order or (Order(query.metrics[0]),)
    named = {each.by for each in order}
    ties = tuple(Order(name, descending=False) for name in query.dimensions if name not in named)
    return replace(plan, query=replace(query, order=order + ties))


def _reach(plan: Plan) -> Plan:
    if _needs_events(plan):
        return replace(
            plan,
            reach=Reach.of_events(plan.span),
            compared_reach=Reach.of_events(plan.compared) if plan.compared else None,
        )
    zone = plan.query.zone
    return replace(
        plan,
        reach=_split(plan.span, zone),
        compared_reach=_split(plan.compared, zone) if plan.compared else None,
    )


def _needs_events(plan: Plan) -> bool:
    """Return whether the roll-ups' days are not those asked for; what else they lack is told by each statement."""
    return plan.query.timezone != plan.moment.rollup_zone or plan.query.interval is Interval.HOUR


def _charged(plan: Plan) -> Plan:
    if not plan.charges:
        return plan
    if plan.span.end > plan.moment.now + timedelta(days=366 * MAX_YEARS_AHEAD):
        raise InvalidQuery(
            f"Subscriptions are reckoned {MAX_YEARS_AHEAD} years ahead. Choose a period that ends earlier."
        )
    zone = plan.query.zone
    plan = replace(plan, reach=replace(plan.reach, charged=_days_begun(plan.span, zone)))
    if plan.compared is None or plan.compared_reach is None:
        return plan
    charged = _days_begun(plan.compared, zone)
    return replace(plan, compared_reach=replace(plan.compared_reach, charged=charged))


def _days_begun(span: Span, zone: ZoneInfo) -> tuple[int, int]:
    """Return the days that begin within a span: the first, and the one after the last."""
    first, after = (_first_begun(moment, zone) for moment in (span.start, span.end))
    return first, after


def _first_begun(moment: datetime, zone: ZoneInfo) -> int:
    """Return the first day that does not begin before a moment."""
    day = local_day(moment, zone)
    if midnight_of(day, zone) < moment:
        day += 1
    return day - 1 if midnight_of(day - 1, zone) == midnight_of(day, zone) >= moment else day


def _split(span: Span, zone: ZoneInfo) -> Reach:
    first, last = local_day(span.start, zone), local_day(span.end, zone)
    first_midnight = midnight(span.start.astimezone(zone).date(), zone)
    last_midnight = midnight(span.end.astimezone(zone).date(), zone)
    if first_midnight < span.start:
        first += 1
        first_midnight = midnight_of(first, zone)
    if first >= last:
        return Reach.of_events(span)
    edges = []
    if span.start < first_midnight:
        edges.append(Span(span.start, first_midnight))
    if last_midnight < span.end:
        edges.append(Span(last_midnight, span.end))
    return Reach(span, (first, last), tuple(edges), whole_weeks(first, last))


def midnight_of(day: int, zone: ZoneInfo) -> datetime:
    """Return the moment a numbered day begins."""
    return midnight(day_from_number(day), zone)


_STEPS: tuple[Callable[[Plan], Plan], ...] = (_refuse_too_many_buckets, _compare, _order, _reach, _charged)
