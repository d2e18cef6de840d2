"""Where the first events of a listing are, so that a page of a hundred millions reads a few days of them.

The roll-ups know on which days there are events that match, as far as the filters are of what they keep apart: the page then
lies within the first days that have enough of them. What only single events tell is sought in ever longer stretches
from where the page begins. An event's own id says where it is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias, cast

from finora.spend.catalog import columns_in
from finora.spend.listing import id_holding, is_by_chance, moment_of, name_holding
from finora.spend.plan import midnight_of
from finora.spend.rollups import FINEST, RUNS, cheapest
from finora.spend.statement import Statement
from finora.spend.where import write_filter
from finora.values.interval import local_day
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from finora.spend.dialect import Dialect
    from finora.spend.listing import Listing
    from finora.spend.plan import Plan
    from finora.spend.rollups import Rollup
    from finora.spend.store import Reader

_STEPS = (timedelta(days=2), timedelta(days=30))
"""How far is looked first, and then, where nothing but the events tells."""
_MOMENT = timedelta(milliseconds=1)
Days = list[tuple[int, int]]
"""Days with how many events may match on each, the one that a page begins in first."""


def stretches(reader: Reader, plan: Plan, listing: Listing, limit: int) -> Iterator[Span]:
    """Yield the stretches to look for a page in, one after the other until one has enough events; the last is all there is.

    Args:
        reader: What is stored.
        plan: Whose events are listed.
        listing: In what order, and where the page begins.
        limit: How many events make a page.

    Raises:
        InvalidQuery: The listing's cursor is none of its order.
    """
    span, newest = plan.span, listing.order.descending
    if listing.named_event is not None:
        yield _moment(moment_of(listing.named_event), span)
        return
    if listing.order.by != "time":
        yield span
        return
    span = _left(span, listing)
    steps = [near for step in _STEPS if (near := _first(span, step, newest=newest)).length < span.length]
    if listing.sought and steps:
        yield steps.pop(0)  # most words are found soon
    days = days_with_events(reader, plan, listing, span)
    if days is None:
        yield from steps
        yield span
        return
    soon = _holding(days, limit, begun=local_day(span.end if newest else span.start, plan.query.zone))
    yield _around(soon, span, plan)
    if len(soon) < len(days):
        yield _around(days, span, plan)


def _moment(at: datetime, span: Span) -> Span:
    """Return a moment of a span; its first, where the other lies outside."""
    begun = at if span.start <= at < span.end else span.start
    return Span(begun, begun + _MOMENT)


def _left(span: Span, listing: Listing) -> Span:
    """Return the part of a span that a page and those after it lie in."""
    if not listing.cursor:
        return span
    reached = from_ms(listing.order.time_of(listing.cursor))
    bounds = (span.start, reached + _MOMENT) if listing.order.descending else (reached, span.end)
    return Span(*bounds) if span.start < bounds[1] and bounds[0] < bounds[1] <= span.end else span


def days_with_events(reader: Reader, plan: Plan, listing: Listing, span: Span) -> Days | None:
    """Return the days of a span on which events may match, in the listing's order; none where only events tell."""
    if plan.reach.days is None:
        return None
    sources = _sought(plan, listing, reader.dialect) if listing.sought else _matching(plan, reader.dialect)
    if sources is None:
        return None
    bounds = (local_day(span.start, plan.query.zone), local_day(span.end - _MOMENT, plan.query.zone) + 1)
    values: list[object] = []
    parts = []
    for rollup, conditions, bound in sources:
        where = " AND ".join(["e.day >= ?", "e.day < ?", *conditions])
        parts.append(
            f"SELECT e.day, e.events FROM (SELECT *, (day + 3) % 7 AS weekday FROM {rollup.table}) e WHERE {where}"
        )
        values += [*bounds, *bound]
    direction, union = "DESC" if listing.order.descending else "ASC", "\n  UNION ALL ".join(parts)
    sql = f"SELECT day, sum(events) FROM (\n  {union}\n) d\nGROUP BY day\nORDER BY day {direction}"
    return cast("Days", reader.fetch(Statement(sql, tuple(values))))


_NAMES_AND_IDS = [(FINEST, name_holding), (RUNS, id_holding)]
_Source: TypeAlias = "tuple[Rollup, list[str], list[object]]"


def _matching(plan: Plan, dialect: Dialect) -> list[_Source] | None:
    """Return the roll-up that tells all filters, with these as conditions."""
    values: list[object] = []
    conditions = [write_filter(each, dialect, values) for each in plan.filters]
    rollup = cheapest(columns_in("e.day e.events", *conditions), dialect.rollups)
    return [(rollup, conditions, values)] if rollup else None


def _sought(plan: Plan, listing: Listing, dialect: Dialect) -> list[_Source] | None:
    """Return the roll-ups that tell where a word is part of a name, or of an id, with as many of the filters as they tell.

    Where there are several words, one may be of a name and one of an id, which no roll-up tells of one event.
    """
    if len(listing.words) != 1 or RUNS not in dialect.rollups:
        return None
    sources = []
    ways = [(FINEST, name_holding)] if is_by_chance(listing.words[0]) else _NAMES_AND_IDS
    for rollup, write in ways:
        values: list[object] = []
        conditions = [write(listing.words[0], dialect, values)]
        for each in plan.filters:
            bound: list[object] = []
            condition = write_filter(each, dialect, bound)
            if rollup.tells(columns_in(condition)):
                conditions.append(condition)
                values += bound
        sources.append((rollup, conditions, values))
    return sources


def _holding(days: Days, limit: int, *, begun: int) -> Days:
    """Return the first days that have a page of events; of the one it begins in, it is not known how many are left."""
    found = 0
    for place, (day, events) in enumerate(days, 1):
        found += events if day != begun else 0
        if found >= limit:
            return days[:place]
    return days


def _around(days: Days, span: Span, plan: Plan) -> Span:
    """Return the part of a span that days lie in; its first moment where there are none."""
    if not days:
        return _clipped(span.start, span.start + _MOMENT, span)
    first, last = sorted((days[0][0], days[-1][0]))
    zone = plan.query.zone
    return _clipped(midnight_of(first, zone), midnight_of(last + 1, zone), span)


def _first(span: Span, length: timedelta, *, newest: bool) -> Span:
    if newest:
        return _clipped(span.end - length, span.end, span)
    return _clipped(span.start, span.start + length, span)


def _clipped(start: datetime, end: datetime, span: Span) -> Span:
    return Span(max(start, span.start), min(end, span.end))
