"""Money as an integer number of nano-USD.

Cursor publishes steps of 0.000025 cent, which is 250 nano-USD, and now and then binary-float noise such as
8.831999999999999. An amount is rounded once, when it is parsed, to the nearest nano-USD (half to even) and never
again but for display.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, NewType

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NanoUSD = NewType("NanoUSD", int)
"""An exact amount: 1 USD is 1,000,000,000."""

NANO_PER_USD = 1_000_000_000
NANO_PER_CENT = 10_000_000

_CENT, _TENTH = Decimal("0.01"), Decimal("0.1")
_SHORT_FROM = 10_000

_EXACT = Context(prec=300)
"""Digits for any amount that was written down; the usual 28 would round a long one before it is rounded."""


def nano_from_cents(cents: Decimal | float | str) -> NanoUSD:
    """Return an amount given in cents, rounded half to even to a whole nano-USD.

    A float stands for the shortest decimal that reads back as it, which is what the provider wrote.

    Raises:
        decimal.InvalidOperation: The text is not a number.
        OverflowError, ValueError: The amount is infinite or not a number.
    """
    # A number out of an array is a float, too, but its repr is not the number alone.
    exact = Decimal(repr(float(cents))) if isinstance(cents, float) else Decimal(cents)
    return _rounded(exact, NANO_PER_CENT)


def nanos_from_cents(cents: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a column of amounts in cents as nano-USD, each rounded as `nano_from_cents` does.

    Amounts must be finite and below nine billion USD, else their nanos do not fit 64 bits; callers hold such
    rows aside first.
    """
    product = cents * NANO_PER_CENT
    nanos = np.rint(product).astype(np.int64)
    # The double lies half a unit in its last place from the decimal it stands for, and its product another half: both
    # together move the rounding only of amounts as near as this to one half, which the decimal arithmetic decides.
    from_half = np.abs(product - np.floor(product) - 0.5)
    for row in np.flatnonzero(from_half <= np.abs(product) * 2.0**-51):
        nanos[row] = nano_from_cents(float(cents[row]))
    return nanos


def usd(nano: int) -> Decimal:
    """Return an amount as exact USD."""
    return Decimal(nano) / NANO_PER_USD


def usd_text(nano: int) -> str:
    """Return an amount as an exact decimal string in USD with at least two and at most nine decimals.

    This is the form of money in every machine-readable answer.
    """
    sign = "-" if nano < 0 else ""
    whole, rest = divmod(abs(nano), NANO_PER_USD)
    decimals = f"{rest:09d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{decimals}"


def nano_from_usd(text: str | Decimal) -> NanoUSD:
    """Return an amount given in USD, rounded half to even to a whole nano-USD.

    Raises:
        decimal.InvalidOperation: The text is not a number.
        OverflowError, ValueError: The amount is infinite or not a number.
    """
    return _rounded(Decimal(text), NANO_PER_USD)


def _rounded(units: Decimal, nano_per_unit: int) -> NanoUSD:
    return NanoUSD(int(_EXACT.multiply(units, Decimal(nano_per_unit)).to_integral_value(ROUND_HALF_EVEN)))


def usd_display(nano: int) -> str:
    """Return an amount for people, to the cent: ``$1,234.57``; below one cent exactly: ``$0.0021``."""
    sign = "-" if nano < 0 else ""
    if 0 < abs(nano) < NANO_PER_CENT:
        return f"{sign}${usd_text(abs(nano))}"
    return f"{sign}${_to(usd(abs(nano)), _CENT):,f}"


def usd_short(nano: int) -> str:
    """Return an amount for a headline: ``$842.10``, ``$12.4k``, ``$3.1M``, ``$2.0B``."""
    sign, amount = "-" if nano < 0 else "", usd(abs(nano))
    if _to(amount, _CENT) < _SHORT_FROM:
        return usd_display(nano)
    for unit, suffix in ((10**3, "k"), (10**6, "M")):
        if (short := _to(amount / unit, _TENTH)) < 1000:
            return f"{sign}${short}{suffix}"
    return f"{sign}${_to(amount / 10**9, _TENTH):,}B"


def _to(amount: Decimal, step: Decimal) -> Decimal:
    return amount.quantize(step, ROUND_HALF_UP)
