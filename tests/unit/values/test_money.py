"""Amounts are exact to the nano-USD, and what people read of them is never misleading."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from finora.values.money import (
    NANO_PER_USD,
    nano_from_cents,
    nano_from_usd,
    nanos_from_cents,
    usd,
    usd_display,
    usd_short,
    usd_text,
)

EXACT = Context(prec=500)
AMOUNTS = st.one_of(st.integers(-(10**19), 10**19), st.integers(-(10**8), 10**8))


def rounded(units: Decimal, nano_per_unit: int) -> int:
    """Return an amount in nano-USD by schoolbook arithmetic."""
    return int(EXACT.multiply(units, Decimal(nano_per_unit)).to_integral_value(ROUND_HALF_EVEN))


@st.composite
def cents(draw: st.DrawFn) -> float:
    """Return cents as a provider publishes them: steps of a price list, noise, and values at a rounding's edge."""
    places = draw(st.integers(0, 12))
    plain = Decimal(draw(st.integers(-(10**9) * 10**places, 10**9 * 10**places))).scaleb(-places)
    tie = Decimal(draw(st.integers(-(10**16), 10**16)) * 10 + 5).scaleb(-8)
    value = float(draw(st.sampled_from([plain, tie])))
    return math.nextafter(value, draw(st.sampled_from([value, math.inf, -math.inf])))


@given(st.lists(cents(), max_size=8))
@example([0.00000005, 0.00000015, -0.00000005, -0.00000015, 0.00000025])
@example([8.831999999999999, 0.1 + 0.2, 0.0, -0.0, 1e9, -1e9, 36.77815, 2.944575])
def test_a_column_of_cents_is_rounded_as_each_amount_is_by_hand(column: list[float]) -> None:
    by_hand = [rounded(Decimal(repr(value)), 10_000_000) for value in column]
    assert [nano_from_cents(value) for value in column] == by_hand
    assert nanos_from_cents(np.array(column, np.float64)).tolist() == by_hand


def test_amounts_at_a_rounding_edge_are_exact_however_large() -> None:
    """Where a double has few decimals left, its product with ten million falls on the wrong side of one half."""
    generator = np.random.default_rng(20261122)
    whole = generator.integers(10**8, 9 * 10**15, 20_000)
    column = (whole * 10 + 5) / 1e8
    by_hand = [rounded(Decimal(repr(value)), 10_000_000) for value in column.tolist()]
    assert nanos_from_cents(column).tolist() == by_hand


@pytest.mark.parametrize(
    "text", ["0.00000005" + "0" * 40 + "1", "12345678901234567890.000000049999999999999999"]
)
def test_an_amount_written_with_very_many_digits_is_rounded_once(text: str) -> None:
    assert nano_from_cents(text) == rounded(Decimal(text), 10_000_000)
    assert nano_from_usd(text) == rounded(Decimal(text), NANO_PER_USD)


def test_a_number_taken_from_a_column_reads_as_that_number() -> None:
    assert nano_from_cents(np.float64(10.67394)) == 106_739_400


@pytest.mark.parametrize("text", ["", "ten", "1,5"])
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidOperation):
        nano_from_cents(text)
    with pytest.raises(InvalidOperation):
        nano_from_usd(text)


@pytest.mark.parametrize("text", ["inf", "-inf", "nan"])
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises((OverflowError, ValueError)):
        nano_from_cents(float(text))
    with pytest.raises((OverflowError, ValueError)):
        nano_from_usd(text)


@given(AMOUNTS)
def test_the_machine_readable_text_holds_the_amount_exactly(nano: int) -> None:
    text = usd_text(nano)
    assert nano_from_usd(text) == nano == nano_from_usd(usd(nano))
    whole, decimals = text.lstrip("-").split(".")
    assert 2 <= len(decimals) <= 9
    assert len(decimals) == 2 or not decimals.endswith("0")
    assert whole.isdecimal()


@pytest.mark.parametrize(
    ("amount", "exact", "shown", "short"),
    [
        ("0", "0.00", "$0.00", "$0.00"),
        ("0.000000001", "0.000000001", "$0.000000001", "$0.000000001"),
        ("-0.00000025", "-0.00000025", "-$0.00000025", "-$0.00000025"),
        ("0.0021", "0.0021", "$0.0021", "$0.0021"),
        ("0.004999", "0.004999", "$0.004999", "$0.004999"),
        ("0.009999999", "0.009999999", "$0.009999999", "$0.009999999"),
        ("0.01", "0.01", "$0.01", "$0.01"),
        ("0.014999999", "0.014999999", "$0.01", "$0.01"),
        ("0.015", "0.015", "$0.02", "$0.02"),
        ("-0.015", "-0.015", "-$0.02", "-$0.02"),
        ("842.1", "842.10", "$842.10", "$842.10"),
        ("999.995", "999.995", "$1,000.00", "$1,000.00"),
        ("1234.567", "1234.567", "$1,234.57", "$1,234.57"),
        ("9999.99", "9999.99", "$9,999.99", "$9,999.99"),
        ("9999.995", "9999.995", "$10,000.00", "$10.0k"),
        ("10000", "10000.00", "$10,000.00", "$10.0k"),
        ("-12449.99", "-12449.99", "-$12,449.99", "-$12.4k"),
        ("12450", "12450.00", "$12,450.00", "$12.5k"),
        ("999949.999999999", "999949.999999999", "$999,950.00", "$999.9k"),
        ("999950", "999950.00", "$999,950.00", "$1.0M"),
        ("-999950", "-999950.00", "-$999,950.00", "-$1.0M"),
        ("1000000", "1000000.00", "$1,000,000.00", "$1.0M"),
        ("3141592.65", "3141592.65", "$3,141,592.65", "$3.1M"),
        ("999950000", "999950000.00", "$999,950,000.00", "$1.0B"),
        ("9999999999999", "9999999999999.00", "$9,999,999,999,999.00", "$10,000.0B"),
    ],
)
def test_amounts_read_plainly_at_every_size(amount: str, exact: str, shown: str, short: str) -> None:
    nano = nano_from_usd(amount)
    assert (usd_text(nano), usd_display(nano), usd_short(nano)) == (exact, shown, short)


@given(AMOUNTS)
def test_no_display_is_off_by_more_than_its_last_digit_or_hides_an_amount(nano: int) -> None:
    shown = Decimal(usd_display(nano).replace("$", "").replace(",", ""))
    assert abs(shown - usd(nano)) <= Decimal("0.005")
    assert (shown == 0) == (nano == 0)
    short = usd_short(nano).replace("$", "").replace(",", "")
    unit = {"k": 10**3, "M": 10**6, "B": 10**9}.get(short[-1], 0)
    if unit:
        assert abs(Decimal(short[:-1]) * unit - usd(nano)) <= unit * Decimal("0.05")
        assert 1 <= abs(Decimal(short[:-1])) < (10**11 if unit == 10**9 else 1000)
    else:
        assert short == usd_display(nano).replace("$", "").replace(",", "")
