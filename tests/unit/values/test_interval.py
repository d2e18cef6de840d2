"""A chart's buckets hold every instant exactly once, on days of 23, 24 and 25 hours and on a day that never was."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.values.interval import (
    DAY_MS,
    Interval,
    bucket_day,
    bucket_starts,
    day_from_number,
    day_number,
    local_day,
    offsets,
    sensible_intervals,
    suited_interval,
)
from finora.values.period import Period, Span, from_ms, midnight, to_ms

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Antarctica/Troll",
)
LONGEST = {Interval.HOUR: 10, Interval.DAY: 120, Interval.WEEK: 400, Interval.MONTH: 1500}
zones = st.sampled_from(ZONES).map(ZoneInfo)
milliseconds = st.integers(to_ms(datetime(2011, 6, 1, tzinfo=UTC)), to_ms(datetime(2039, 1, 1, tzinfo=UTC)))


@st.composite
def spans(draw: st.DrawFn, days: int) -> Span:
    """Return a span, often one near a change of the clock."""
    start = draw(milliseconds)
    return Span.from_ms(start, start + draw(st.integers(1, days * DAY_MS)))


def day(text: str, zone: ZoneInfo) -> Span:
    """Return a calendar day."""
    first = date.fromisoformat(text)
    return Span(midnight(first, zone), midnight(first + timedelta(days=1), zone))


@given(st.data(), st.sampled_from(Interval), zones)
def test_every_instant_of_a_span_lies_in_exactly_one_bucket(
    data: st.DataObject, interval: Interval, zone: ZoneInfo
) -> None:
    span = data.draw(spans(LONGEST[interval]))
    starts = bucket_starts(span, interval, zone)
    assert all(left < right for left, right in pairwise(starts))
    assert starts[0] <= span.start
    assert len(starts) == 1 or starts[1] > span.start
    assert starts[-1] < span.end
    for instant in data.draw(st.lists(st.integers(span.start_ms, span.end_ms - 1).map(from_ms), max_size=20)):
        start = starts[bisect_right(starts, instant) - 1]
        if interval is Interval.HOUR:
            assert instant - start < timedelta(hours=1)
        else:
            calendar_day = bucket_day(instant.astimezone(zone).date(), interval)
            assert midnight(calendar_day, zone) == start


@pytest.mark.parametrize(
    ("zone_name", "when", "hours", "minutes"),
    [
        ("Europe/Berlin", "2026-03-29", 23, 23 * 60),
        ("Europe/Berlin", "2026-10-25", 25, 25 * 60),
        ("America/New_York", "2026-03-08", 23, 23 * 60),
        ("America/New_York", "2026-11-01", 25, 25 * 60),
        ("Australia/Lord_Howe", "2026-10-04", 24, 23 * 60 + 30),
        ("Australia/Lord_Howe", "2026-04-05", 25, 24 * 60 + 30),
        ("America/Sao_Paulo", "2018-11-04", 23, 23 * 60),
        ("America/Sao_Paulo", "2018-02-17", 25, 25 * 60),
        ("Asia/Beirut", "2026-03-29", 23, 23 * 60),
        ("Asia/Beirut", "2026-10-24", 25, 25 * 60),
        ("Asia/Kolkata", "2026-03-29", 24, 24 * 60),
        ("Pacific/Apia", "2011-12-31", 24, 24 * 60),
    ],
)
def test_a_day_has_as_many_hours_as_it_lasts(zone_name: str, when: str, hours: int, minutes: int) -> None:
    zone = ZoneInfo(zone_name)
    span = day(when, zone)
    assert span.length == timedelta(minutes=minutes)
    starts = bucket_starts(span, Interval.HOUR, zone)
    assert len(starts) == hours
    assert starts[0] == span.start
    assert bucket_starts(span, Interval.DAY, zone) == [span.start]


def test_both_hours_of_one_name_have_a_bucket() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    starts = bucket_starts(day("2026-10-25", berlin), Interval.HOUR, berlin)
    assert [start.astimezone(berlin).hour for start in starts[:5]] == [0, 1, 2, 2, 3]


def test_hours_of_a_half_hour_zone_begin_with_its_own_hours() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    starts = bucket_starts(
        Span(datetime(2026, 11, 18, 10, 10, tzinfo=UTC), datetime(2026, 11, 18, 12, 0, tzinfo=UTC)),
        Interval.HOUR,
        kolkata,
    )
    assert [f"{start.astimezone(kolkata):%H:%M}" for start in starts] == ["15:00", "16:00", "17:00"]


def test_the_day_that_apia_skipped_has_no_bucket() -> None:
    """On the way over the date line Samoa had no 30 December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    span = Span(midnight(date(2011, 12, 28), apia), midnight(date(2012, 1, 2), apia))
    local = [start.astimezone(apia).date().day for start in bucket_starts(span, Interval.DAY, apia)]
    assert local == [28, 29, 31, 1]
    assert len(bucket_starts(span, Interval.WEEK, apia)) == 1


def test_weeks_begin_on_monday_and_months_on_the_first_also_before_the_span() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    span = Span(midnight(date(2026, 11, 18), berlin), midnight(date(2026, 12, 2), berlin))
    assert [f"{each.astimezone(berlin):%a %d}" for each in bucket_starts(span, Interval.WEEK, berlin)] == [
        "Mon 16",
        "Mon 23",
        "Mon 30",
    ]
    assert [f"{each.astimezone(berlin):%b %d}" for each in bucket_starts(span, Interval.MONTH, berlin)] == [
        "Nov 01",
        "Dec 01",
    ]


@given(spans(4000), zones, st.data())
def test_offsets_are_those_of_the_zone_at_any_instant(
    span: Span, zone: ZoneInfo, data: st.DataObject
) -> None:
    changes = offsets(span, zone)
    assert changes[0].since_ms == span.start_ms
    assert all(left.since_ms < right.since_ms for left, right in pairwise(changes))
    near = [
        ms + d for change in changes[1:] for ms in [change.since_ms] for d in (-1, 0) if ms + d < span.end_ms
    ]
    drawn = data.draw(st.lists(st.integers(span.start_ms, span.end_ms - 1), max_size=20))
    for ms in [*near, *drawn, span.end_ms - 1]:
        change = changes[bisect_right([each.since_ms for each in changes], ms) - 1]
        offset = from_ms(ms).astimezone(zone).utcoffset()
        assert offset is not None
        assert change.offset_ms == offset / timedelta(milliseconds=1)


@given(milliseconds, zones)
def test_a_day_and_its_number_are_one(ms: int, zone: ZoneInfo) -> None:
    number = local_day(from_ms(ms), zone)
    assert day_from_number(number) == from_ms(ms).astimezone(zone).date()
    assert day_number(day_from_number(number)) == number


@given(spans(3000), zones)
def test_the_suited_interval_is_sensible_and_draws_a_readable_chart(span: Span, zone: ZoneInfo) -> None:
    suited = suited_interval(span)
    assert suited in sensible_intervals(span)
    assert len(bucket_starts(span, suited, zone)) <= 101  # eight years of months
    for interval in sensible_intervals(span):
        assert 1 <= len(bucket_starts(span, interval, zone)) <= 752


@pytest.mark.parametrize(
    ("key", "suited", "sensible"),
    [
        ("today", "hour", ["hour"]),
        ("2d", "hour", ["hour", "day"]),
        ("7d", "day", ["hour", "day"]),
        ("28d", "day", ["day", "week"]),
        ("12w", "week", ["day", "week", "month"]),
        ("12mo", "week", ["day", "week", "month"]),
        ("24mo", "month", ["day", "week", "month"]),
        ("48mo", "month", ["week", "month"]),
    ],
)
def test_a_period_is_drawn_by_the_interval_people_expect(key: str, suited: str, sensible: list[str]) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for now in (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)):
        span = Period.relative(key).resolve(now, berlin)
        assert suited_interval(span) == suited
        assert sensible_intervals(span) == tuple(sensible)
