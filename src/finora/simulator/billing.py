"""Billing cycles: monthly, beginning on a day and at a time that are neither midnight nor the first."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class BillingCycles:
    """Starts of consecutive billing cycles, epoch milliseconds, ascending; they cover the company's whole life."""

    starts: tuple[int, ...]

    @classmethod
    def covering(cls, seed: int, start_ms: int, end_ms: int) -> Self:
        """Cycles from the one in which `start_ms` lies to a year past `end_ms`."""
        day, second = 2 + seed % 26, (seed * 7_919) % 86_400
        moment = datetime.fromtimestamp(start_ms / 1_000, UTC).replace(day=1) - timedelta(days=40)
        starts: list[int] = []
        year, month = moment.year, moment.month
        while not starts or starts[-1] < end_ms + 366 * 86_400_000:
            cut = datetime(year, month, day, tzinfo=UTC) + timedelta(seconds=second, milliseconds=482)
            starts.append(int(cut.timestamp() * 1_000))
            year, month = year + month // 12, month % 12 + 1
        return cls(tuple(starts))

    def number(self, ts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Position in `starts` of the cycle each moment lies in."""
        return np.searchsorted(np.array(self.starts), ts, side="right") - 1

    def around(self, ms: int) -> tuple[int, int]:
        """Start and end (exclusive) of the cycle `ms` lies in.

        Moments outside the company's life get the first or the last cycle.
        """
        position = min(max(bisect_right(self.starts, ms) - 1, 0), len(self.starts) - 2)
        return self.starts[position], self.starts[position + 1]
