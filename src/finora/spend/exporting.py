"""All events of a plan, streamed newest first: part after part of its span, so that the first are there at once.

To sort a month of a large company before its first event is known would take half a minute, and the memory for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from finora.spend.finding import days_with_events
from finora.spend.listing import Listing, list_statement
from finora.spend.plan import midnight_of
from finora.spend.rollups import BY_MODEL
from finora.spend.statement import Statement
from finora.values.interval import local_day
from finora.values.period import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from finora.spend.plan import Plan
    from finora.spend.store import Reader

AT_ONCE = 300_000
"""How many events are sorted at once, unless there are more in a day."""


def streamed(reader: Reader, plan: Plan, at_once: int = AT_ONCE) -> Iterator[pa.RecordBatch]:
    """Yield all events of a plan in batches, at least one, so that a file has its columns even without rows.

    Args:
        reader: What is stored.
        plan: Whose events are streamed.
        at_once: How many are sorted at once.
    """
    begun = False
    for part in _parts(reader, plan, at_once):
        for batch in reader.stream(list_statement(replace(plan, span=part), reader.dialect)):
            if batch.num_rows or not begun:
                begun = True
                yield batch


def _parts(reader: Reader, plan: Plan, at_once: int) -> list[Span]:
    """Return the parts of a plan's span, the newest first, each of whole days with not too many events."""
    days, zone = days_with_events(reader, plan, Listing(), plan.span), plan.query.zone
    if days is None:  # what only events tell, or by days of another zone: then all events are counted
        zone = ZoneInfo(plan.moment.rollup_zone)
        days = _all_days(reader, plan.span, zone)
    parts, end = [], plan.span.end
    for day in _first_of_parts(days, at_once):
        begins = midnight_of(day, zone)
        if plan.span.start < begins < end:
            parts.append(Span(begins, end))
            end = begins
    return [*parts, Span(plan.span.start, end)]


def _all_days(reader: Reader, span: Span, zone: ZoneInfo) -> list[tuple[int, int]]:
    bounds = (local_day(span.start, zone), local_day(span.end, zone))
    sql = f"SELECT day, sum(events) FROM {BY_MODEL.table} WHERE day BETWEEN ? AND ? GROUP BY day ORDER BY day DESC"
    return cast("list[tuple[int, int]]", reader.fetch(Statement(sql, bounds)))


def _first_of_parts(days: Sequence[tuple[int, int]], at_once: int) -> Iterator[int]:
    """Yield the day that each part begins with, of days with their events, both newest first."""
    held = 0
    for place, (day, events) in enumerate(days):
        held += events
        older = days[place + 1][1] if place + 1 < len(days) else 0
        if held + older > at_once:
            yield day
            held = 0
