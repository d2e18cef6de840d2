"""What the one place that writes analytical SQL needs an engine to supply."""

from __future__ import annotations

from typing import Protocol


class Dialect(Protocol):
    """The few expressions that engines spell differently."""

    def whole(self, dividend: str, divisor: int | str) -> str:
        """Return the whole part of a division of integers that are not negative."""

    def month_index(self, day: str) -> str:
        """Return `year * 12 + month - 1` of a day number."""

    def holds(self, text: str) -> str:
        """Return a condition with one place: the text contains the bound value, whatever their case."""
