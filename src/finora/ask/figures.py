"""Figures as a sentence says them: exact to the cent, counts with all their digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from finora.spend.catalog import METRICS, Unit
from finora.values.money import usd_display


def shown(metric: str, value: int) -> str:
    """Return a metric's value with its unit: `$1,234.57`, `3,201 tokens`, `12 people`."""
    declared = METRICS[metric]
    match declared.unit:
        case Unit.USD:
            return usd_display(value)
        case Unit.REQUESTS:
            return f"{(Decimal(value) / 1_000_000).normalize():,f} requests"
    noun = declared.label.lower()
    return f"{value:,} {_one(noun) if value == 1 else noun}"


def ratio(metric: str, value: int, divisor: Decimal) -> str:
    """Return a metric's value divided by something, to the cent or to one decimal."""
    if METRICS[metric].unit is Unit.USD:
        nano = (Decimal(value) / divisor).quantize(Decimal(1), ROUND_HALF_UP)
        return usd_display(int(nano))
    scale = 1_000_000 if METRICS[metric].unit is Unit.REQUESTS else 1
    amount = (Decimal(value) / scale / divisor).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{amount:,} {METRICS[metric].label.lower()}"


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal; of nothing there is none."""
    if whole == 0:
        return "0%"
    share = (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return "less than 0.1%" if share == 0 < part else f"{share}%"


def listed(parts: list[str]) -> str:
    """Return parts as a list in words."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _one(noun: str) -> str:
    return {"people": "person"}.get(noun, noun.removesuffix("s"))
