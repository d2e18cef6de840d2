"""Weeks cut where a month begins, so that they make up both weeks and months; told by the numbers of their days."""

from __future__ import annotations

from datetime import timedelta

from finora.values.interval import day_from_number, day_number
from finora.values.period import add_months


def week_of(day: int) -> range:
    """Return the days of the week that a day is in, or of the part of it that lies in the day's month."""
    date = day_from_number(day)
    first = date.replace(day=1)
    monday = date - timedelta(days=date.weekday())
    begins, ends = max(monday, first), min(monday + timedelta(days=7), add_months(first, 1))
    return range(day_number(begins), day_number(ends))


def weeks_of(first: int, after: int) -> list[range]:
    """Return the weeks that have a day from the first on and before the other, each with all its days, in order."""
    weeks: list[range] = []
    while first < after:
        weeks.append(week_of(first))
        first = weeks[-1].stop
    return weeks


def whole_weeks(first: int, after: int) -> tuple[int, int] | None:
    """Return what of a run of days is whole weeks: their first day, and the day after their last one."""
    begin, end = week_of(first), week_of(after)
    begins = begin.start if begin.start == first else begin.stop
    return (begins, end.start) if begins < end.start else None
