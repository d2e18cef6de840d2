"""The roll-ups: tables in which a store keeps the events of each day summed, so that questions need not read them all.

A roll-up keeps events apart by the workspace's day and its `keys`, and sums the rest. It is exact for every question that
asks for none but its columns. The first has all keys; the others have fewer, and so fewer rows. Which of them answers is
decided from the columns a statement speaks of (`cheapest`), and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SUMS = (
    "cost",
    "fee",
    "list_cost",
    "discount",
    "input_tokens",
    "output_tokens",
    "cache_write_tokens",
    "cache_read_tokens",
    "requests",
)
"""Columns that every roll-up sums, besides the counts `events` and `unpriced`."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table of sums by `day` and by `keys`."""

    table: str
    keys: tuple[str, ...]

    def tells(self, columns: Iterable[str]) -> bool:
        """Return whether no column is asked for that only a finer roll-up keeps apart."""
        return not ({*ROLLUPS[0].keys} - {*self.keys}).intersection(columns)


ROLLUPS = (
    Rollup(
        "daily",
        (
            "connection",
            "person",
            "service_account",
            "model",
            "kind",
            "billing",
            "event_type",
            "basis",
            "chargeable",
            "max_mode",
            "headless",
        ),
    ),
)
"""From the finest, which all others are made from, to the coarsest."""


def cheapest(columns: Iterable[str]) -> Rollup:
    """Return the roll-up with the fewest rows that tells all columns."""
    wanted = tuple(columns)
    return next(each for each in reversed(ROLLUPS) if each.tells(wanted))
