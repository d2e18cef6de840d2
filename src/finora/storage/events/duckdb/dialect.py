"""How DuckDB spells what engines spell differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import BLOCK
from finora.storage.events.duckdb.run_ids import NUMBERED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.spend.rollups import Rollup


class BitStrings:
    """Sets of small numbers as strings of bits, one for each that may be in them.

    The bits are counted from the end, so that a string may be shorter where there are no large numbers: the engine fills it up with
    zeros at its beginning. To do so takes it thirty times as long as to unite a set, so that those of a length are united first.
    """

    def gathered(self, member: str, length: int = BLOCK) -> str:
        """Return the aggregate that makes a set of numbers below a length."""
        return f"bitstring_agg({BLOCK - 1} - {member}, {BLOCK - length}, {BLOCK - 1})"

    def alike(self, members: str) -> str:
        """Return the length."""
        return f"length({members})"

    def stretched(self, members: str) -> str:
        """Return a set at full length."""
        return f"CASE WHEN length({members}) < {BLOCK} THEN bitstring({members}, {BLOCK}) ELSE {members} END"

    def united(self, sets: str) -> str:
        """Return the aggregate that unites sets of a length."""
        return f"bit_or({sets})"

    def size(self, members: str) -> str:
        """Return how many are in a set."""
        return f"bit_count({members})"


class DuckDBDialect:
    """DuckDB's expressions.

    Args:
        rollups: Those by day that there are, the ones with the fewest rows last.
        weekly: Those by week.
    """

    def __init__(self, rollups: Sequence[Rollup], weekly: Sequence[Rollup]) -> None:
        self.rollups = rollups
        self.weekly = weekly

    made_first = "MATERIALIZED "
    sets = BitStrings()
    numbered = NUMBERED

    def whole(self, dividend: str, divisor: int | str) -> str:
        """Return the whole part of a division of integers that are not negative."""
        return f"({dividend} // {divisor})"

    def month_index(self, day: str) -> str:
        """Return `year * 12 + month - 1` of a day number."""
        date = f"(DATE '1970-01-01' + CAST({day} AS INTEGER))"
        return f"(year({date}) * 12 + month({date}) - 1)"

    def holds(self, text: str) -> str:
        """Return a condition with one place: the text contains the bound value, whatever their case."""
        return f"contains(lower({text}), lower(?))"

    def lower(self, text: str) -> str:
        """Return the text in lower case."""
        return f"lower({text})"

    def number(self, flag: str) -> str:
        """Return a yes or no as it is; the engine lets it stand in one column with numbers."""
        return flag

    def written_out(self, name: str, columns: Sequence[str], rows: Sequence[str]) -> str:
        """Return a table of written-out rows."""
        return f"(VALUES {', '.join(f'({row})' for row in rows)}) {name}({', '.join(columns)})"
