"""Periods stand for the days people mean, also where clocks change, and are compared with what is like them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.values.period import Period, Span, add_months, from_ms, midnight, to_ms, utc_text

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Asia/Beirut",
        "Asia/Kolkata",
        "Pacific/Apia",
    )
]
BERLIN, NEW_YORK, BEIRUT = (ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Beirut"))
KEYS = (
    "today",
    "yesterday",
    "wtd",
    "last_week",
    "mtd",
    "last_month",
    "ytd",
    "all",
    "7d",
    "28d",
    "4w",
    "3mo",
    "12mo",
)

zones = st.sampled_from(ZONES)
moments = st.integers(to_ms(datetime(2013, 1, 1, tzinfo=UTC)), to_ms(datetime(2039, 1, 1, tzinfo=UTC))).map(
    from_ms
)
relative_periods = st.sampled_from(KEYS).map(Period.relative)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Return a wall-clock time of a zone, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def days(first: str, last: str, zone: ZoneInfo = BERLIN) -> Span:
    """Return the span from one day's start to another's."""
    return Span(midnight(date.fromisoformat(first), zone), midnight(date.fromisoformat(last), zone))


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("today", "2026-11-18", "2026-11-19"),
        ("yesterday", "2026-11-17", "2026-11-18"),
        ("wtd", "2026-11-16", "2026-11-19"),
        ("last_week", "2026-11-09", "2026-11-16"),
        ("mtd", "2026-11-01", "2026-11-19"),
        ("last_month", "2026-10-01", "2026-11-01"),
        ("ytd", "2026-01-01", "2026-11-19"),
        ("all", "2025-02-03", "2026-11-19"),
        ("1d", "2026-11-18", "2026-11-19"),
        ("7d", "2026-11-12", "2026-11-19"),
        ("4w", "2026-10-22", "2026-11-19"),
        ("1mo", "2026-11-01", "2026-11-19"),
        ("12mo", "2025-12-01", "2026-11-19"),
    ],
)
def test_a_named_period_is_the_days_people_mean_by_it(key: str, first: str, last: str) -> None:
    # It is Wednesday half past midnight in Berlin, and still Tuesday in UTC.
    now, earliest = at("2026-11-18T00:30"), at("2025-02-03T00:10")
    assert Period.relative(key).resolve(now, BERLIN, earliest) == days(first, last)


def test_all_time_is_today_where_nothing_is_there_yet() -> None:
    assert Period.relative("all").resolve(at("2026-11-18T12:00"), BERLIN) == days("2026-11-18", "2026-11-19")


@given(relative_periods, moments, zones, moments)
def test_every_period_is_made_of_whole_days_and_knows_where_now_is(
    period: Period, now: datetime, zone: ZoneInfo, earliest: datetime
) -> None:
    span = period.resolve(now, zone, earliest)
    for end in (span.start, span.end):
        day = end.astimezone(zone).date()
        assert (end - timedelta(milliseconds=1)).astimezone(zone).date() < day
    past = period.key in {"yesterday", "last_week", "last_month"}
    assert (span.end <= now) if past else (span.start <= now < span.end)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "0d",
        "07d",
        "-7d",
        "7",
        "d",
        "7 d",
        "7d\n",
        "\N{ARABIC-INDIC DIGIT SEVEN}d",
        "10000d",
        "7D",
        "28days",
        "tomorrow",
        "All",
    ],
)
def test_what_is_no_period_is_refused_with_examples(key: str) -> None:
    with pytest.raises(ValueError, match="use for example 7d"):
        Period.relative(key)


def test_a_fixed_period_without_order_zone_or_an_end_is_refused() -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for end in (start, start - timedelta(days=1), start + timedelta(microseconds=900)):
        with pytest.raises(ValueError, match="end after it starts"):
            Period.absolute(start, end)
    with pytest.raises(ValueError, match="time zone"):
        Span(start.replace(tzinfo=None), start)
    with pytest.raises(ValueError, match="is not a period"):
        Period(start=start)


def test_a_fixed_period_is_the_same_from_whatever_zone_and_needs_no_now() -> None:
    period = Period.absolute(at("2026-11-01T00:00").astimezone(NEW_YORK), at("2026-11-15T00:00"))
    assert period == Period.absolute(at("2026-11-01T00:00"), at("2026-11-15T00:00"))
    assert period.resolve(at("2030-01-01T00:00"), NEW_YORK) == days("2026-11-01", "2026-11-15")


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("1d", "Last day"),
        ("28d", "Last 28 days"),
        ("1w", "Last week"),
        ("12mo", "Last 12 months"),
        ("mtd", "Month to date"),
    ],
)
def test_a_relative_period_has_a_name(key: str, label: str) -> None:
    assert Period.relative(key).label == label


@given(
    st.integers(to_ms(datetime(1500, 1, 1, tzinfo=UTC)), to_ms(datetime(2700, 1, 1, tzinfo=UTC))).map(
        from_ms
    ),
    st.timedeltas(timedelta(milliseconds=1), timedelta(days=300 * 365)),
)
def test_of_a_stretch_beyond_the_years_that_count_the_part_within_them_counts(
    start: datetime, length: timedelta
) -> None:
    """Else a step back from 1970, or what is compared with it, is an error."""
    period = Period.what_counts_of(start, start + length)
    assert period.start is not None
    assert period.end is not None
    assert datetime(1970, 1, 1, tzinfo=UTC) <= period.start < period.end < datetime(2201, 1, 1, tzinfo=UTC)
    try:
        as_it_is = Period.absolute(start, start + length)
    except ValueError:
        assert period.end - period.start <= length
    else:
        assert period == as_it_is


@pytest.mark.parametrize("key", ["9999d", "9999w", "9999mo"])
def test_no_period_begins_before_anything_can_have_happened(key: str) -> None:
    span = Period.relative(key).resolve(datetime(2026, 11, 1, tzinfo=UTC), BERLIN)
    assert Period.absolute(span.start, span.end).start == span.start


def test_a_fixed_period_has_its_dates_for_a_name() -> None:
    assert Period.absolute(at("2026-11-01T00:00"), at("2026-11-15T00:00")).label == ""


@pytest.mark.parametrize(
    ("key", "now", "first", "last"),
    [
        # A day of 23 hours is compared with the whole day before it, not with 23 hours of it, and so is the week.
        ("yesterday", "2026-03-30T10:00", "2026-03-28", "2026-03-29"),
        ("last_week", "2026-03-31T10:00", "2026-03-16", "2026-03-23"),
        ("yesterday", "2026-10-26T10:00", "2026-10-24", "2026-10-25"),
        # A finished month is compared with the whole month before it, however long.
        ("last_month", "2026-03-10T10:00", "2026-01-01", "2026-02-01"),
        ("last_month", "2026-04-10T10:00", "2026-02-01", "2026-03-01"),
    ],
)
def test_a_finished_period_is_compared_with_all_of_the_one_before(
    key: str, now: str, first: str, last: str
) -> None:
    period = Period.relative(key)
    span = period.resolve(at(now), BERLIN)
    assert period.before(span, at(now), BERLIN) == days(first, last)


@pytest.mark.parametrize(
    ("key", "now", "start", "end"),
    [
        ("today", "2026-11-18T14:30", "2026-11-17T00:00", "2026-11-17T14:30"),
        ("wtd", "2026-11-18T14:30", "2026-11-09T00:00", "2026-11-11T14:30"),
        ("7d", "2026-11-18T14:30", "2026-11-05T00:00", "2026-11-11T14:30"),
        ("mtd", "2026-11-18T14:30", "2026-10-01T00:00", "2026-10-18T14:30"),
        ("mtd", "2026-03-31T23:00", "2026-02-01T00:00", "2026-03-01T00:00"),  # February has no more
        ("ytd", "2026-02-18T14:30", "2025-01-01T00:00", "2025-02-18T14:30"),
        ("3mo", "2026-11-18T14:30", "2026-06-01T00:00", "2026-08-18T15:30"),  # the clock went back in October
        # Whole months by chance are still so many days.
        ("28d", "2027-02-28T12:00", "2027-01-04T00:00", "2027-01-31T12:00"),
    ],
)
def test_an_unfinished_period_is_compared_with_as_much_time(key: str, now: str, start: str, end: str) -> None:
    period = Period.relative(key)
    span = period.resolve(at(now), BERLIN)
    assert period.before(span, at(now), BERLIN) == Span(at(start), at(end))


@pytest.mark.parametrize(
    ("first", "last", "compared"),
    [
        ("2026-02-01", "2026-04-01", ("2025-12-01", "2026-02-01")),
        ("2026-03-10", "2026-03-31", ("2026-02-17", "2026-03-10")),
        ("2026-03-29", "2026-03-30", ("2026-03-28", "2026-03-29")),
    ],
)
def test_fixed_months_are_compared_with_months_and_fixed_days_with_days(
    first: str, last: str, compared: tuple[str, str]
) -> None:
    span = days(first, last)
    period = Period.absolute(span.start, span.end)
    assert period.before(span, at("2027-01-01T00:00"), BERLIN) == days(*compared)


def test_a_month_whose_first_midnight_does_not_exist_is_a_month_still() -> None:
    """In Paraguay clocks were put forward at midnight of 1 October 2017."""
    asuncion = ZoneInfo("America/Asuncion")
    span = days("2017-10-01", "2017-11-01", asuncion)
    assert span.start.astimezone(asuncion).hour == 1
    period = Period.absolute(span.start, span.end)
    assert period.before(span, at("2020-01-01T00:00"), asuncion) == days("2017-09-01", "2017-10-01", asuncion)


def test_days_around_a_missing_midnight_are_compared_with_whole_days() -> None:
    span = days("2026-03-29", "2026-03-31", BEIRUT)
    assert span.start.astimezone(BEIRUT).hour == 1
    period, now = Period.absolute(span.start, span.end), at("2027-01-01T00:00")
    assert period.before(span, now, BEIRUT) == days("2026-03-27", "2026-03-29", BEIRUT)
    assert period.a_year_before(span, now, BEIRUT) == days("2025-03-30", "2025-04-01", BEIRUT)


def test_a_few_hours_are_compared_with_the_hours_before_and_with_the_same_wall_clock_a_year_before() -> None:
    span = Span(at("2026-04-02T09:00"), at("2026-04-02T13:00"))
    period, now = Period.absolute(span.start, span.end), at("2027-01-01T00:00")
    assert period.before(span, now, BERLIN) == Span(at("2026-04-02T05:00"), span.start)
    year = period.a_year_before(span, now, BERLIN)
    assert year == Span(at("2025-04-03T09:00"), at("2025-04-03T13:00"))


spans = st.tuples(moments, st.integers(1, 800 * 86_400_000)).map(
    lambda each: Span(each[0], each[0] + timedelta(milliseconds=each[1]))
)


@given(st.one_of(relative_periods, spans), moments, zones)
def test_a_comparison_never_overlaps_and_lasts_no_longer_than_what_has_passed(
    asked: Period | Span, now: datetime, zone: ZoneInfo
) -> None:
    period = Period.absolute(asked.start, asked.end) if isinstance(asked, Span) else asked
    span = period.resolve(now, zone)
    before, year = period.before(span, now, zone), period.a_year_before(span, now, zone)
    assert before.start < before.end <= span.start
    if now < span.end:
        passed = max(now - span.start, timedelta(milliseconds=1))
        assert before.length <= passed
        assert year.length <= passed
        # Only where what is compared with is itself shorter is it not as much time.
        assert before.length == passed or before.end == span.start
    else:
        assert before.end == span.start


@given(relative_periods, moments, zones)
def test_a_year_before_weekday_meets_weekday(period: Period, now: datetime, zone: ZoneInfo) -> None:
    span = period.resolve(now, zone)
    year = period.a_year_before(span, now, zone)
    here, there = (each.start.astimezone(zone).date() for each in (span, year))
    assert here.weekday() == there.weekday()
    assert (here - there).days == 364
    assert year.end.astimezone(zone).date() <= span.end.astimezone(zone).date() - timedelta(days=364)


@given(st.dates(date(1971, 1, 1), date(2199, 12, 31)), st.integers(-1000, 1000))
def test_months_are_added_as_on_a_calendar(day: date, months: int) -> None:
    there = add_months(day, months)
    assert (there.year - day.year) * 12 + there.month - day.month == months
    assert there.day == day.day or (there.day < day.day and (there + timedelta(days=1)).day == 1)


@given(st.integers(0, 4_102_444_800_000))
def test_milliseconds_and_their_text_lead_back_to_the_moment(ms: int) -> None:
    assert to_ms(from_ms(ms)) == ms
    assert to_ms(from_ms(ms) + timedelta(microseconds=999)) == ms
    text = utc_text(from_ms(ms).astimezone(BERLIN))
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == from_ms(ms)
    assert ("." in text) == (ms % 1000 != 0)
