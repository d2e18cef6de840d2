"""The table beside an answer about subscriptions: rows of text, exact, and what their figures add up to."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from finora.spend.catalog import Unit
from finora.values.money import nano_from_usd, usd_display

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class FlatTable:
    """Rows that no query gives.

    Attributes:
        rows: Text by column heading, all with the same columns; amounts are exact, in USD.
        units: What the columns of figures count in; all others are words.
    """

    rows: tuple[Row, ...] = ()
    units: Mapping[str, Unit] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def names(self) -> tuple[str, ...]:
        """The headings of the columns; none without rows."""
        return tuple(self.rows[0]) if self.rows else ()

    @property
    def totals(self) -> Row:
        """The figures of all rows together, exact; empty where there is one row, or nothing to add up."""
        if len(self.rows) < 2 or not self.units:
            return {}
        sums = {name: sum((Decimal(row[name]) for row in self.rows), Decimal(0)) for name in self.units}
        return {self.names[0]: "Total"} | {name: str(total) for name, total in sums.items()}

    def shown(self, name: str, text: str) -> str:
        """Return a cell as people read it: an amount to the cent, a count with its digits grouped."""
        match self.units.get(name):
            case None:
                return text
            case Unit.USD:
                return usd_display(nano_from_usd(text))
            case _:
                return f"{int(text):,}"

    def to_json(self) -> dict[str, Any]:
        """Return the table as the API gives it."""
        columns = [
            {"name": name, "unit": self.units[name].value if name in self.units else None}
            for name in self.names
        ]
        return {"columns": columns, "rows": list(self.rows), "totals": self.totals or None}
