"""Answers as text that is short and plain: a line for each row, figures as people write them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from finora.spend.catalog import Unit
from finora.values.money import nano_from_usd, usd_display

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

_LONGEST_CELL = 80
_CENT = Decimal("0.01")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows below their headings, cells parted by bars; what is in a cell can make no further ones."""
    return "\n".join(" | ".join(cell(each) for each in row) for row in (heads, *rows))


def cell(text: str) -> str:
    """Return a text on one line without bars, of a long one the beginning."""
    plain = " ".join(text.replace("|", "/").split())
    return plain if len(plain) <= _LONGEST_CELL else f"{plain[: _LONGEST_CELL - 1]}…"


def named(key: str, label: str) -> str:
    """Return a value as people call it, with the key to filter by where that is another."""
    return label if key.lower() == label.lower() else f"{label} [{key}]"


def usd(exact: str) -> str:
    """Return an exact amount in USD as people write it, to the cent; below one cent exactly."""
    return usd_display(nano_from_usd(exact))


def figure(unit: str | None, value: object) -> str:
    """Return a figure of an answer as people write it: `$1,234.57`, `3,201`, `1.5`."""
    if unit == Unit.USD:
        return usd(str(value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def exactly(unit: str, value: object) -> str:
    """Return a figure as people write it, and an amount that this does not say whole exactly as well."""
    shown = figure(unit, value)
    if unit != Unit.USD or Decimal(str(value)) == Decimal(str(value)).quantize(_CENT):
        return shown
    return f"{shown} (exactly {value} USD)"


def change(now: object, before: object) -> str:
    """Return a change in per cent; in words where there was nothing before."""
    new, old = Decimal(str(now)), Decimal(str(before))
    if old == 0:
        return "unchanged" if new == 0 else "new"
    return f"{100 * (new - old) / abs(old):+.1f}%"


def days(start: str, end: str, zone: ZoneInfo) -> str:
    """Return a half-open span as its first and last day, or with times where it is not of whole days."""
    first, after = (datetime.fromisoformat(each).astimezone(zone) for each in (start, end))
    if first.time() == after.time() == time():
        last = after.date() - timedelta(days=1)
        text = f"{first:%Y-%m-%d}" if first.date() == last else f"{first:%Y-%m-%d} to {last}"
        return f"{text} ({zone.key})"
    return f"{first:%Y-%m-%dT%H:%M} to before {after:%Y-%m-%dT%H:%M} ({zone.key})"


def bucket(start: str, interval: str, zone: ZoneInfo) -> str:
    """Return the start of a bucket as a day of a zone, of an hour with the time."""
    local = datetime.fromisoformat(start).astimezone(zone)
    return f"{local:%Y-%m-%dT%H:%M%z}" if interval == "hour" else f"{local:%Y-%m-%d}"


def reach(through: str | None, begins: str | None = None, looked_at: str = "") -> str:
    """Return how far the data reaches, in words.

    Args:
        through: Up to where; none where nothing was read.
        begins: From where on.
        looked_at: From where on figures were asked for; where that is earlier, they lack what was never read.
    """
    if not through:
        return "Nothing was read from a provider yet."
    if begins and looked_at and datetime.fromisoformat(looked_at) < datetime.fromisoformat(begins):
        return f"Data from {begins} through {through}: what lies before was not read, and is not zero."
    return f"Data through {through}."
