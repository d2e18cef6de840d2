"""Money as an integer number of nano-USD.

Cursor publishes steps of 0.000025 cent, which is 250 nano-USD, and now and then binary-float noise such as
8.831999999999999. An amount is rounded once, when it is parsed, to the nearest nano-USD (half to even) and never
again but for display.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NewType

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NanoUSD = NewType("NanoUSD", int)
"""An exact amount: 1 USD is 1,000,000,000."""

NANO_PER_USD = 1_000_000_000
NANO_PER_CENT = 10_000_000

# A double times ten million is off by at most a few units in the last place. Only where the product's fraction lies
# this close to one half can that move the rounding, and there the decimal arithmetic decides.
_TIE_DISTANCE = 1e-3


def nano_from_cents(cents: Decimal | float | str) -> NanoUSD:
    """Return an amount given in cents, rounded half to even to a whole nano-USD.

    A float stands for the shortest decimal that reads back as it, which is what the provider wrote.

    Raises:
        decimal.InvalidOperation: The text is not a number.
        OverflowError, ValueError: The amount is infinite or not a number.
    """
    exact = Decimal(repr(cents)) if isinstance(cents, float) else Decimal(cents)
    return NanoUSD(int((exact * NANO_PER_CENT).to_integral_value(ROUND_HALF_EVEN)))


def nanos_from_cents(cents: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a column of amounts in cents as nano-USD, each rounded as `nano_from_cents` does.

    Amounts must be finite and below nine billion USD, else their nanos do not fit 64 bits; callers hold such
    rows aside first.
    """
    product = cents * NANO_PER_CENT
    nanos = np.rint(product).astype(np.int64)
    fraction = np.abs(product - np.floor(product) - 0.5)
    # Above 2**49 nanos (560,000 USD in one event) the product's own error reaches the tie distance.
    doubtful = (fraction < _TIE_DISTANCE) | (np.abs(product) > 2.0**49)
    for row in np.flatnonzero(doubtful):
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
    """
    return NanoUSD(int((Decimal(text) * NANO_PER_USD).to_integral_value(ROUND_HALF_EVEN)))


def usd_display(nano: int) -> str:
    """Return an amount for people, to the cent: ``$1,234.57``; tiny amounts keep what shows them: ``$0.0021``."""
    amount = usd(abs(nano))
    sign = "-" if nano < 0 else ""
    if 0 < amount < Decimal("0.01"):
        return (
            f"{sign}${amount.quantize(Decimal('0.000001')).normalize():f}"
            if amount >= Decimal("0.000001")
            else f"{sign}<$0.000001"
        )
    return f"{sign}${amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"


def usd_short(nano: int) -> str:
    """Return an amount for a headline: ``$842.10``, ``$12.4k``, ``$3.1M``."""
    amount = usd(abs(nano))
    sign = "-" if nano < 0 else ""
    for limit, divisor, suffix in ((10**9, 10**9, "B"), (10**6, 10**6, "M"), (10**4, 10**3, "k")):
        if amount >= limit:
            return f"{sign}${(amount / divisor).quantize(Decimal('0.1'), ROUND_HALF_UP):f}{suffix}"
    return usd_display(nano)
