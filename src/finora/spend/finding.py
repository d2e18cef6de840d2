"""Where the first events of a listing are, so that a page of a hundred millions reads a few days of them.

The roll-ups know on which days there are events that match, as far as the filters are of what they keep apart: the page then
lies within the first days that have enough of them. What only single events tell is sought in ever longer stretches
from where the page begins.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from finora.spend.catalog import columns_in
from finora.spend.plan import midnight_of
from finora.spend.rollups import cheapest
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
    from finora.spend.store import Reader

_STEPS = (timedelta(days=2), timedelta(days=30))
"""How far is looked first, and then, where nothing but the events tells."""


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
    if listing.order.by == "time":
        span = _left(span, listing)
        days = None if listing.sought else _days_statement(plan, reader.dialect, span, newest=newest)
        near = (
            [_holding(reader, days, plan, span, limit, newest=newest)]
            if days
            else [_first(span, step, newest=newest) for step in _STEPS]
        )
        yield from (each for each in near if each.length < span.length)
    yield span


def _left(span: Span, listing: Listing) -> Span:
    """Return the part of a span that a page and those after it lie in."""
    if not listing.cursor:
        return span
    reached = from_ms(listing.order.time_of(listing.cursor))
    bounds = (
        (span.start, reached + timedelta(milliseconds=1)) if listing.order.descending else (reached, span.end)
    )
    return Span(*bounds) if span.start < bounds[1] and bounds[0] < bounds[1] <= span.end else span


def _days_statement(plan: Plan, dialect: Dialect, span: Span, *, newest: bool) -> Statement | None:
    """Return what tells how many events match on each whole day of a span, in order; none where no roll-up does."""
    if plan.reach.days is None:
        return None
    values: list[object] = [local_day(span.start, plan.query.zone), local_day(span.end, plan.query.zone)]
    conditions = ["e.day >= ?", "e.day < ?", *(write_filter(each, dialect, values) for each in plan.filters)]
    rollup = cheapest(columns_in(*conditions), dialect.rollups)
    if rollup is None:
        return None
    return Statement(
        f"SELECT e.day, sum(e.events) FROM (SELECT *, (day + 3) % 7 AS weekday FROM {rollup.table}) e\n"
        f"WHERE {' AND '.join(conditions)}\nGROUP BY e.day\nORDER BY e.day {'DESC' if newest else 'ASC'}",
        tuple(values),
    )


def _holding(reader: Reader, days: Statement, plan: Plan, span: Span, limit: int, *, newest: bool) -> Span:
    """Return the first days of a span that have a page of events."""
    found, zone = 0, plan.query.zone
    # The day in which the page begins may have been listed in part, so that it counts for nothing.
    begun = local_day(span.end if newest else span.start, zone)
    for day, events in cast("list[tuple[int, int]]", reader.fetch(days)):
        found += events if day != begun else 0
        if found >= limit:
            edge = midnight_of(day if newest else day + 1, zone)
            return _clipped(edge, span.end, span) if newest else _clipped(span.start, edge, span)
    return span


def _first(span: Span, length: timedelta, *, newest: bool) -> Span:
    if newest:
        return _clipped(span.end - length, span.end, span)
    return _clipped(span.start, span.start + length, span)


def _clipped(start: datetime, end: datetime, span: Span) -> Span:
    return Span(max(start, span.start), min(end, span.end))
