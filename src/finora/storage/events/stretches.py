"""Stretches of time: what of one lies in others, what they make together, whether they fill it, and which days they touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.values.interval import local_day
from finora.values.period import from_ms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo


def days_touched(stretches: Iterable[tuple[int, int]], zone: ZoneInfo) -> list[tuple[int, int]]:
    """Return the zone's days that touch the stretches, as half-open runs."""
    runs: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        first, last = local_day(from_ms(start), zone), local_day(from_ms(end - 1), zone) + 1
        if runs and first <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
        else:
            runs.append((first, last))
    return runs


def fills(stretches: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    """Return whether stretches together hold all from start to end."""
    reached = start
    for first, last in sorted(stretches):
        if first > reached:
            return False
        reached = max(reached, last)
        if reached >= end:
            return True
    return False


def within(stretches: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Return the parts of a stretch that lie in others, in the order of these."""
    return [(max(start, first), min(end, last)) for first, last in stretches if first < end and last > start]


def touching(stretches: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Return the stretches that another one overlaps or adjoins."""
    return [(first, last) for first, last in stretches if first <= end and last >= start]


def merged(stretches: Iterable[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """Return the one stretch that another makes with all those, which it touches."""
    whole = [(start, end), *stretches]
    return min(first for first, _last in whole), max(last for _first, last in whole)
