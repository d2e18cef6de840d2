"""Figures and times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.values.interval import Interval
from finora.values.money import nano_from_usd
from finora.values.period import Period, Span
from finora.web.figures import formats

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (9_999, "9,999"), (10_000, "10.0k"), (84_120, "84.1k"), (999_499, "999k"), (999_500, "1.00M"),
        (1_204_118, "1.20M"), (812_004_118, "812M"), (1_930_114_207, "1.93B"), (-20_000, "-20.0k"), (5 * 10**15, "5,000T"),
    ],
)  # fmt: skip
def test_long_counts_are_short_and_round_as_by_hand(value: int, text: str) -> None:
    assert formats.count_short(value) == text


@given(st.integers(0, 10**15))
def test_a_short_count_never_shows_a_thousand_of_its_unit(value: int) -> None:
    text = formats.count_short(value)
    if not text[-1].isdigit() and not text.endswith("T"):
        assert float(text[:-1]) < 1000


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 3, "33.3%"), (1, 0, formats.NONE), (0, 5, "0.0%"), (1, 100_000, "<0.1%"), (5, 5, "100.0%")],
)
def test_shares(part: int, whole: int, text: str) -> None:
    assert formats.percent(part, whole) == text


@pytest.mark.parametrize(
    ("metric", "value", "short", "exact"),
    [
        ("spend", 12_418_070_000_000, "$12.4k", "$12,418.07"),
        ("spend", 2_100_000, "$0.0021", "$0.0021"),
        ("tokens", 1_930_114_207, "1.93B", "1,930,114,207 tokens"),
        ("events", 84_120, "84.1k", "84,120"),
        ("requests", 2_500_000, "2", "2.5"),
    ],
)
def test_a_figure_says_its_unit_and_has_its_digits_a_hover_away(
    metric: str, value: int, short: str, exact: str
) -> None:
    assert formats.figure(metric, value) == formats.Figure(short, exact)


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(minutes=59, seconds=40), "1 h ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=5), "5 days ago"),
        (timedelta(seconds=-3), "just now"),
    ],
)
def test_how_long_ago(passed: timedelta, text: str) -> None:
    assert formats.ago(NOW - passed, NOW) == text


def test_a_near_moment_says_no_more_of_its_date_than_it_takes() -> None:
    def near(when: datetime) -> str:
        return formats.near_moment(when, NOW, BERLIN)

    assert near(NOW - timedelta(minutes=55)) == "15:05"
    assert near(NOW - timedelta(days=1)) == "yesterday 16:00"
    assert near(NOW - timedelta(days=8)) == "14 Nov, 16:00"
    assert near(NOW - timedelta(days=400)) == "18 Oct 2025"
    assert near(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == "23 Nov, 00:30"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-11-03", "2026-11-17", "3 to 16 Nov 2026"),
        ("2026-11-03", "2026-11-04", "3 Nov 2026"),
        ("2026-10-26", "2026-11-03", "26 Oct to 2 Nov 2026"),
        ("2025-12-30", "2026-01-02", "30 Dec 2025 to 1 Jan 2026"),
    ],
)
def test_a_span_of_days_names_the_last_day_inside(first: str, last: str, text: str) -> None:
    start, end = (
        datetime.fromisoformat(each).replace(tzinfo=BERLIN).astimezone(UTC) for each in (first, last)
    )
    assert formats.span_text(Span(start, end), BERLIN) == text


def test_a_span_of_hours_says_them() -> None:
    span = Span(NOW, NOW + timedelta(hours=1))
    assert formats.span_text(span, BERLIN) == "22 Nov 2026, 16:00 to 22 Nov 2026, 17:00"
    assert formats.period_text(Period.relative("7d"), span, BERLIN) == "Last 7 days"


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval.HOUR, "22 Nov 16:00"),
        (Interval.DAY, "22 Nov"),
        (Interval.WEEK, "Week of 22 Nov"),
        (Interval.MONTH, "Nov 2026"),
    ],
)
def test_buckets_are_named_in_the_workspaces_zone(interval: Interval, text: str) -> None:
    assert formats.bucket_label(NOW, interval, BERLIN) == text


def test_one_is_not_many() -> None:
    assert formats.plural(1, "event") == "1 event"
    assert formats.plural(2_041, "event") == "2,041 events"
    assert formats.plural(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("nano", "cell"),
    [
        (None, None),
        (0, {"text": "$0.00"}),
        (20_000_000, {"text": "$0.02"}),
        (2_100_000, {"text": "$0.0021"}),
        (21_342_500, {"text": "$0.02", "digits": "$0.0213425"}),
        (1_234_567_890_000_001, {"text": "$1,234,567.89", "digits": "$1,234,567.890000001"}),
        (-21_342_500, {"text": "-$0.02", "digits": "-$0.0213425"}),
    ],
)
def test_a_cost_that_is_rounded_has_all_its_digits_at_hand(
    nano: int | None, cell: dict[str, str] | None
) -> None:
    assert formats.cost_cell(nano) == cell


@given(st.integers(-(10**18), 10**18))
def test_an_exact_amount_loses_no_digit(nano: int) -> None:
    text = formats.exact_usd(nano)
    assert nano_from_usd(text.replace("$", "").replace(",", "")) == nano
