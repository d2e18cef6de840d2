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

    @property
    def keeps_sets(self) -> bool:
        """Whether roll-ups that can say so keep who caused their events, as sets; the rest matters only then."""

    def gathered(self, member: str) -> str:
        """Return the aggregate that makes a set of small numbers."""

    def united(self, sets: str) -> str:
        """Return the aggregate that unites sets."""

    def size(self, members: str) -> str:
        """Return how many are in a set."""
