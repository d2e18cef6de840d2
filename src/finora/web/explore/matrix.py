"""Explore's other table: a row a group, a column a bucket, shaded by size."""

from collections.abc import Sequence
from typing import Any

from finora.spend.catalog import METRICS, Unit
from finora.spend.result import Group, SpendResult
from finora.values.money import NANO_PER_CENT
from finora.web.explore.table import TableMaker
from finora.web.figures import formats
from finora.web.figures.charts import Bucket

SHADES = 6
"""How many steps there are from nothing to the most of any group in any bucket."""

_TOTAL = "total"


class MatrixMaker:
    """Makes the matrix of a result.

    Args:
        table: Makes the names and ways of its rows.
        result: What is shown.
        buckets: Its buckets that have begun.
    """

    def __init__(self, table: TableMaker, result: SpendResult, buckets: Sequence[Bucket]) -> None:
        self._table = table
        self._result = result
        self._buckets = buckets
        self._metric = result.query.metrics[0]
        self._most = max(
            (abs(group.series[each.place][0]) for group in result.groups for each in buckets), default=0
        )

    def columns(self) -> list[dict[str, Any]]:
        """Return the columns: names, the whole, then the buckets."""
        names = [column | {"keep": True} for column in self._table.name_columns()]
        total = {"key": _TOTAL, "label": "Total", "numeric": True, "keep": True}
        buckets = [
            {
                "key": f"bucket-{bucket.place}",
                "label": bucket.label,
                "numeric": True,
                "keep": True,
                "hint": "Not over yet" if bucket.partial else None,
            }
            for bucket in self._buckets
        ]
        return [*names, total, *buckets]

    def rows(self) -> list[dict[str, Any]]:
        """Return a row a group, then one for all others."""
        found = []
        for group in self._result.groups:
            row = self._table.named(self._result, group)
            row["cells"] |= self._cells(group, shaded=True)
            found.append(row)
        if self._result.other and self._result.other.members:
            row = self._table.other(self._result, self._result.other)
            row["cells"] |= self._cells(self._result.other, shaded=False)
            found.append(row)
        return found

    def totals(self) -> dict[str, Any]:
        """Return the totals' cells."""
        return self._table.summed("Total") | self._cells(self._result.totals, shaded=False)

    def _cells(self, group: Group, *, shaded: bool) -> dict[str, Any]:
        cells: dict[str, Any] = {_TOTAL: self._cell(group.values[0])}
        for bucket in self._buckets:
            value = group.series[bucket.place][0]
            if bucket.missing:
                cells[f"bucket-{bucket.place}"] = None
                continue
            shade = self._shade(value) if shaded else 0
            cells[f"bucket-{bucket.place}"] = self._cell(value) | ({"shade": shade} if shade else {})
        return cells

    def _cell(self, value: int) -> dict[str, Any]:
        found = formats.table_figure(self._metric, value)
        # Fractions of a cent would make a column as wide as three; the exact amount is one hover away.
        tiny = METRICS[self._metric].unit is Unit.USD and 0 < abs(value) < NANO_PER_CENT
        return {"text": "<$0.01" if tiny else found.text, "exact": found.exact}

    def _shade(self, value: int) -> int:
        """Return the step of a value, from 1 to `SHADES`; 0 for nothing."""
        return -(-abs(value) * SHADES // self._most) if self._most else 0
