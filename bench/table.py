"""The table that `make bench` prints."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

NOISY = 1.5


@dataclass(frozen=True)
class Measured:
    """One line: several measurements of one thing, and the limit it should keep.

    `at_most` says whether the limit is an upper one.
    """

    name: str
    values: tuple[float, ...]
    unit: str
    limit: float | None = None
    at_most: bool = True

    @property
    def typical(self) -> float:
        """The median."""
        return median(self.values)

    @property
    def noisy(self) -> bool:
        """Whether the runs differ so much that the figure says little."""
        return len(self.values) > 1 and max(self.values) > NOISY * max(min(self.values), 1e-9)

    @property
    def told(self) -> tuple[str, str, str, str]:
        """The median, the spread, the limit and whether that is kept, as people read them."""
        sign = "≤" if self.at_most else "≥"
        limit = "" if self.limit is None else f"{sign} {figure(self.limit)} {self.unit}"
        spread = f"{figure(min(self.values))} to {figure(max(self.values))}" if len(self.values) > 1 else ""
        return (
            f"{figure(self.typical)} {self.unit}",
            spread,
            limit,
            (self.verdict + (" (noisy)" if self.noisy else "")).strip(),
        )

    @property
    def verdict(self) -> str:
        """Whether the limit is kept: by all runs, by the median alone, or not."""
        if self.limit is None:
            return ""
        if not self._keeps(self.typical):
            return "MISSED"
        return "kept" if all(self._keeps(value) for value in self.values) else "kept, not by every run"

    def _keeps(self, value: float) -> bool:
        assert self.limit is not None
        return value <= self.limit if self.at_most else value >= self.limit


def figure(value: float) -> str:
    """Return a number to four significant digits, as people read it: 333,400 and never 3.334e+05."""
    if not value:
        return "0"
    decimals = 3 - math.floor(math.log10(abs(value)))
    told = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def slowest(times: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(times)[int(0.95 * (len(times) - 1) + 0.5)]


def show(lines: list[Measured]) -> None:
    """Print the table."""
    table = Table(title="Finora, measured", title_justify="left", box=None, header_style="bold")
    for heading, justify in (
        ("", "left"),
        ("median", "right"),
        ("min to max", "right"),
        ("limit", "right"),
        ("", "left"),
    ):
        table.add_column(heading, justify="right" if justify == "right" else "left")
    for line in lines:
        table.add_row(line.name, *line.told)
    Console(width=140).print(table)
