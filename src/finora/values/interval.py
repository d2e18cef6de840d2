"""Intervals: the buckets a period is cut into, exact over changes of the clock.

Buckets follow the zone's calendar. Hours are real hours: where a clock is put back, both of its equal-named hours
have a bucket each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from finora.values.period import Span, add_months, from_ms, midnight, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

HOUR_MS = 3_600_000
DAY_MS = 86_400_000


class Interval(StrEnum):
    """How long a bucket is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def suited_interval(span: Span) -> Interval:
    """Return the interval that shows a span best: at most about 52 buckets."""
    if span.length <= timedelta(hours=49):  # two days may have 49 hours
        return Interval.HOUR
    if span.length <= timedelta(days=40, hours=1):
        return Interval.DAY
    if span.length <= timedelta(weeks=52, days=2):
        return Interval.WEEK
    return Interval.MONTH


def sensible_intervals(span: Span) -> tuple[Interval, ...]:
    """Return the intervals that give a span between 1 and some 750 buckets."""
    days = round(span.length / timedelta(days=1))  # calendar days may be an hour longer or shorter
    fits = {
        Interval.HOUR: days <= 8,
        Interval.DAY: 1 < days <= 750,
        Interval.WEEK: days > 7,
        Interval.MONTH: days > 28,
    }
    return tuple(interval for interval, fit in fits.items() if fit) or (Interval.HOUR,)


def bucket_starts(span: Span, interval: Interval, zone: ZoneInfo) -> list[datetime]:
    """Return the start of each bucket that touches the span, in UTC, in order.

    The first bucket may begin before the span: the bucket of a month is named by the month's first day.
    """
    return list(_starts(span, interval, zone))


def _starts(span: Span, interval: Interval, zone: ZoneInfo) -> Iterator[datetime]:
    if interval is Interval.HOUR:
        step = HOUR_MS
        offset = _offset_ms(span.start, zone) % step
        first = (span.start_ms + offset) // step * step - offset
        yield from (from_ms(ms) for ms in range(first, span.end_ms, step))
        return
    day = bucket_day(span.start.astimezone(zone).date(), interval)
    start = midnight(day, zone)
    while start < span.end:
        day = _next(day, interval)
        following = midnight(day, zone)
        if start < following:  # a day that the zone skipped has no bucket
            yield start
        start = following


def bucket_day(day: date, interval: Interval) -> date:
    """Return the first day of the day's bucket."""
    if interval is Interval.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval is Interval.MONTH else day


def _next(day: date, interval: Interval) -> date:
    if interval is Interval.MONTH:
        return add_months(day, 1)
    return day + timedelta(days=7 if interval is Interval.WEEK else 1)


@dataclass(frozen=True, slots=True)
class Offset:
    """The zone's distance from UTC from a moment on."""

    since_ms: int
    offset_ms: int


def offsets(span: Span, zone: ZoneInfo) -> list[Offset]:
    """Return the zone's offsets over a span: the first from its start, then one a change of the clock."""
    found = [Offset(span.start_ms, _offset_ms(span.start, zone))]
    step = timedelta(days=7)  # no zone changes its clock twice in a week and back
    left = span.start
    while left < span.end:
        right = min(left + step, span.end)
        if _offset_ms(right, zone) != found[-1].offset_ms:
            change = _change(left, right, zone)
            found.append(Offset(to_ms(change), _offset_ms(change, zone)))
        left = right
    return [offset for offset in found if offset.since_ms < span.end_ms]


def _change(left: datetime, right: datetime, zone: ZoneInfo) -> datetime:
    before = _offset_ms(left, zone)
    low, high = to_ms(left), to_ms(right)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_ms(from_ms(middle), zone) == before:
            low = middle
        else:
            high = middle
    return from_ms(high)


def _offset_ms(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(milliseconds=1)


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def local_day(moment: datetime, zone: ZoneInfo) -> int:
    """Return the number of the zone's calendar day a moment lies in."""
    return day_number(moment.astimezone(zone).date())


def day_from_number(number: int) -> date:
    """Return the calendar day of a day number."""
    return date(1970, 1, 1) + timedelta(days=number)
