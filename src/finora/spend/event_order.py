"""The order of single events, and the cursors that find a page in it.

A page is found by the key of the event before it, not by counting, so that page 10,000 costs what page 1 does and no
event is shown twice while others arrive. Events alike in what they are sorted by come newest first.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finora.spend.query import InvalidQuery

if TYPE_CHECKING:
    from finora.spend.listing import ListedEvent

_FIGURES = {
    "cost": "coalesce(e.cost, 0)",
    "tokens": "(e.input_tokens + e.output_tokens + e.cache_write_tokens + e.cache_read_tokens)",
}
ORDERS = ("time", *_FIGURES)
"""What events can be sorted by."""


@dataclass(frozen=True, slots=True)
class EventOrder:
    """What events are sorted by; `time` or a figure of theirs. An event without a price counts as one of nothing."""

    by: str = "time"
    descending: bool = True

    @classmethod
    def parse(cls, text: str) -> EventOrder:
        """Return the order written as `cost`, or `-cost` for the largest first.

        Raises:
            InvalidQuery: Nothing of that name is sorted by.
        """
        name = text.removeprefix("-")
        if name not in ORDERS:
            raise InvalidQuery(
                f"Events are sorted by {', '.join(ORDERS)}, each with a - for the largest first."
            )
        return cls(name, text.startswith("-"))

    def __str__(self) -> str:
        """The order as `parse` takes it."""
        return f"{'-' * self.descending}{self.by}"

    @property
    def sql(self) -> str:
        """The order as SQL over the source `e`."""
        direction = "DESC" if self.descending else "ASC"
        if self.by == "time":
            return f"e.ts {direction}, e.connection, e.ordinal"
        return f"{_FIGURES[self.by]} {direction}, e.ts DESC, e.connection, e.ordinal"

    def cursor_after(self, event: ListedEvent) -> str:
        """Return where the page after an event begins."""
        key = (event.ts, event.number, event.ordinal)
        figures = {"time": (), "cost": (event.cost or 0,), "tokens": (event.tokens,)}[self.by]
        text = ".".join(map(str, (*figures, *key)))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def after(self, cursor: str) -> tuple[str, tuple[int, ...]]:
        """Return the condition that holds for what comes after a cursor, and the values bound in it.

        Raises:
            InvalidQuery: It is not a cursor of this order.
        """
        *figure, ts, number, ordinal = self._parse(cursor)
        tie = "(e.connection > ? OR (e.connection = ? AND e.ordinal > ?))"
        beyond = "<" if self.descending else ">"
        if self.by == "time":
            return f"(e.ts {beyond} ? OR (e.ts = ? AND {tie}))", (ts, ts, number, number, ordinal)
        column = _FIGURES[self.by]
        older = f"(e.ts < ? OR (e.ts = ? AND {tie}))"
        values = (figure[0], figure[0], ts, ts, number, number, ordinal)
        return f"({column} {beyond} ? OR ({column} = ? AND {older}))", values

    def time_of(self, cursor: str) -> int:
        """Return the time of the event before a cursor, in epoch milliseconds.

        Raises:
            InvalidQuery: It is not a cursor of this order.
        """
        return self._parse(cursor)[-3]

    def _parse(self, cursor: str) -> tuple[int, ...]:
        try:
            text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        except ValueError:
            text = ""
        figure = "" if self.by == "time" else r"-?[0-9]{1,18}\."
        if not re.fullmatch(figure + r"[0-9]{1,18}\.[0-9]{1,18}\.[0-9]{1,18}", text):
            raise InvalidQuery("That cursor is not one this API gave out. Begin again without it.")
        return tuple(map(int, text.split(".")))


NEWEST_FIRST = EventOrder()
