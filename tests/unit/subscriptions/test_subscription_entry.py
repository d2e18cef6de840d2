"""What people enter is read as they meant it, or refused field by field."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.subscriptions.reading import price_in_nano, read_day, read_entry
from finora.values.money import usd_text


@given(st.integers(0, 100_000_000))
def test_every_price_in_cents_is_read_to_the_cent_however_it_is_written(cents: int) -> None:
    amount = Decimal(cents) / 100
    for written in (amount, str(amount), f"${amount:f}", f" {amount:.2f} ", float(amount), f"{amount:.4f}"):
        assert price_in_nano(written) == cents * 10_000_000
    assert price_in_nano(usd_text(cents * 10_000_000)) == cents * 10_000_000


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("-1", "negative"),
        (-0.01, "negative"),
        ("19.999", "fraction of a cent"),
        ("1e-999999", "fraction of a cent"),
        ("1000000.01", "above 1,000,000 USD"),
        ("1e400", "above"),
        ("€40", "must be in USD"),
        ("1,50", "without commas"),
        ("forty", "must be an amount"),
        ("NaN", "must be an amount"),
        (float("inf"), "must be an amount"),
        (True, "must be an amount"),
        (None, "must be an amount"),
        ("", "must be an amount"),
        ("40." + "0" * 80, "must be an amount"),
    ],
)
def test_what_is_no_price_says_why(value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        price_in_nano(value)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none(), st.lists(st.integers())))
def test_nothing_that_can_be_entered_as_a_price_breaks_the_form(value: object) -> None:
    with suppress(ValueError):
        assert price_in_nano(value) >= 0


@pytest.mark.parametrize(
    "text", ["2026-02-29", "20260101", "2026-1-1", "1999-12-31", "2101-01-01", 5, None, ""]
)
def test_what_is_no_day_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"must be a date|must lie within"):
        read_day(text)


def test_all_flaws_are_told_at_once_and_by_field() -> None:
    entry, flaws = read_entry(
        {
            "name": "  ",
            "sku": "Cursor Business",
            "seats": 0,
            "price_per_seat": "-4",
            "billing_cycle": "weekly",
            "currency": "EUR",
            "end_date": "tomorrow",
            "tags": 5,
            "colour": "red",
        },
        ("name", "start_date"),
    )
    assert sorted(flaw.field for flaw in flaws) == sorted(
        [
            "start_date",
            "name",
            "sku",
            "seats",
            "price_per_seat",
            "billing_cycle",
            "currency",
            "end_date",
            "tags",
            "colour",
        ]
    )
    assert entry.given == frozenset()


@pytest.mark.parametrize("seats", [-1, 0, 100_001, 2.5, "1.0", "ten", True, None, "1" * 40, "٣"])
def test_seats_are_a_whole_number_within_reason(seats: object) -> None:
    _, flaws = read_entry({"seats": seats})
    assert [flaw.field for flaw in flaws] == ["seats"]


def test_names_and_tags_lose_stray_white_space_and_repetition() -> None:
    entry, flaws = read_entry({"name": " ChatGPT \n Team ", "tags": [" team:a ", "team:a", "", "b"]})
    assert (entry.name, entry.tags, flaws) == ("ChatGPT Team", ("team:a", "b"), [])


def test_a_tag_with_half_a_character_or_a_separator_is_refused() -> None:
    for tags in (["\ud800"], ["a;b"], ["x" * 101], [str(number) for number in range(51)]):
        assert read_entry({"tags": tags})[1]
