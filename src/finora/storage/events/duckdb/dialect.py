"""How DuckDB spells what engines spell differently."""

from __future__ import annotations

from finora.spend.rollups import BLOCK


class DuckDBDialect:
    """DuckDB's expressions. A set is a string of bits, one for each who may be in it."""

    keeps_sets = True

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

    def gathered(self, member: str) -> str:
        """Return the aggregate that makes a set of small numbers."""
        return f"bitstring_agg({member}, 0, {BLOCK - 1})"

    def united(self, sets: str) -> str:
        """Return the aggregate that unites sets."""
        return f"bit_or({sets})"

    def size(self, members: str) -> str:
        """Return how many are in a set."""
        return f"bit_count({members})"
