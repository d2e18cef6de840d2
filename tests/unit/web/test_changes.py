"""Movements: right in number, direction and tone, and said in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.spend.catalog import METRICS
from finora.spend.query import Comparison
from finora.values.period import Period
from finora.web.figures.changes import change_of, compared_with

USD = 1_000_000_000


def test_more_spend_is_unfavourable_and_less_is_favourable() -> None:
    up = change_of("spend", 118 * USD, 100 * USD, "the 28 days before")
    assert up is not None
    assert (up.text, up.direction, up.tone) == ("18.0%", "up", "bad")
    assert up.words == "more than the 28 days before"
    assert up.exact == "$100.00 before"
    down = change_of("spend", 96 * USD, 100 * USD, "yesterday")
    assert down is not None
    assert (down.text, down.direction, down.tone, down.words) == (
        "4.0%",
        "down",
        "good",
        "less than yesterday",
    )


def test_more_discount_is_favourable_and_more_events_neither() -> None:
    discount, events = change_of("discount", 2, 1, "x"), change_of("events", 2, 1, "x")
    assert discount is not None
    assert discount.tone == "good"
    assert events is not None
    assert events.tone == "neutral"


def test_what_was_not_there_before_is_new_and_has_no_percentage() -> None:
    change = change_of("spend", 5, 0, "the 28 days before")
    assert change is not None
    assert (change.text, change.direction, change.words) == ("new", "up", "nothing in the 28 days before")
    assert change_of("spend", 0, 0, "x") is None


def test_what_stayed_the_same_says_so() -> None:
    change = change_of("events", 7, 7, "yesterday")
    assert change is not None
    assert (change.direction, change.tone, change.words) == ("flat", "neutral", "as in yesterday")


@given(st.sampled_from(list(METRICS)), st.integers(0, 10**15), st.integers(0, 10**15))
def test_no_movement_is_told_by_colour_alone(metric: str, now: int, before: int) -> None:
    change = change_of(metric, now, before, "the period before")
    if change is not None:
        assert change.words
        assert change.text
        assert (change.direction == "up") == (now > before)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("28d", "the 28 days before"),
        ("1d", "the day before"),
        ("12mo", "the 12 months before"),
        ("last_month", "the month before"),
        ("last_week", "the week before"),
        ("wtd", "last week by this time"),
        ("mtd", "last month by this time"),
        ("today", "yesterday by this time"),
        ("all", "the period before"),
    ],
)
def test_the_period_compared_with_has_a_name(key: str, name: str) -> None:
    assert compared_with(Comparison.PREVIOUS, Period.relative(key)) == name
    assert compared_with(Comparison.YEAR, Period.relative(key)) == "the same days a year before"
