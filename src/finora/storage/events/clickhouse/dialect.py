"""How ClickHouse spells what engines spell differently."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from finora.spend.rollups import ROLLUPS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finora.spend.catalog import Lookup


class ClickHouseDialect:
    """ClickHouse's expressions. People are counted row by row: they have numbers that sets of bits cannot hold."""

    rollups = ROLLUPS
    weekly = ()
    made_first = ""
    numbered: Mapping[str, Lookup] = MappingProxyType({})
    sets = None

    def whole(self, dividend: str, divisor: int | str) -> str:
        """Return the whole part of a division of integers that are not negative."""
        # Where the divisor is a figure, the engine may work the division out before the condition that guards it.
        divide = "intDiv" if isinstance(divisor, int) else "intDivOrZero"
        return f"{divide}({dividend}, {divisor})"

    def month_index(self, day: str) -> str:
        """Return `year * 12 + month - 1` of a day number."""
        date = f"addDays(toDate32('1970-01-01'), {day})"
        return f"(toYear({date}) * 12 + toMonth({date}) - 1)"

    def holds(self, text: str) -> str:
        """Return a condition with one place: the text contains the bound value, whatever their case."""
        # The engine's own search without regard to case compares letters of different lengths wrongly, such as İ.
        return f"(position({self.lower(text)}, {self.lower('?')}) > 0)"

    def lower(self, text: str) -> str:
        """Return the text in lower case; the engine's plain `lower` knows ASCII alone."""
        return f"lowerUTF8({text})"

    def number(self, flag: str) -> str:
        """Return a yes or no as 0 or 1; beside numbers in one column the engine would make them all yes or no."""
        return f"toUInt8({flag})"

    def written_out(self, name: str, columns: Sequence[str], rows: Sequence[str]) -> str:
        """Return a table of written-out rows."""
        told = ", ".join(f"r.{place} AS {column}" for place, column in enumerate(columns, 1))
        written = ", ".join(f"({row})" for row in rows)
        return f"(SELECT {told} FROM (SELECT arrayJoin([{written}]) AS r)) {name}"
