"""Weeks that are cut where a month begins: what is summed by them tells weeks, months and most of any other stretch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from finora.values.interval import day_from_number
from finora.values.weeks import week_of, weeks_of, whole_weeks

days = st.integers(0, 40_000)


@given(days)
def test_a_week_lies_in_one_calendar_week_and_in_one_month_and_no_longer_one_does(day: int) -> None:
    week = week_of(day)
    assert day in week
    assert all(week_of(each) == week for each in week)
    dates = [day_from_number(each) for each in week]
    assert (
        len({date.isocalendar()[:2] for date in dates})
        == len({(date.year, date.month) for date in dates})
        == 1
    )
    first, after = dates[0], day_from_number(week.stop)
    assert first.weekday() == 0 or first.day == 1
    assert after.weekday() == 0 or after.day == 1


@given(days, st.integers(1, 100))
def test_the_weeks_of_a_run_of_days_have_each_of_them_once(first: int, length: int) -> None:
    weeks = weeks_of(first, first + length)
    assert first in weeks[0]
    assert first + length - 1 in weeks[-1]
    assert [day for week in weeks for day in week] == list(range(weeks[0].start, weeks[-1].stop))


@given(days, st.integers(1, 100))
def test_whole_weeks_are_all_weeks_that_lie_within_the_run(first: int, length: int) -> None:
    after = first + length
    within = [week for week in weeks_of(first, after) if week.start >= first and week.stop <= after]
    assert whole_weeks(first, after) == ((within[0].start, within[-1].stop) if within else None)
