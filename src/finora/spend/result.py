"""`SpendResult`: the answer to a `SpendQuery`, rendered by every face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from finora.spend.plan import Plan
    from finora.spend.query import SpendQuery
    from finora.values.period import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One value (or combination) of the dimensions with its figures, in the order of the query's metrics.

    Attributes:
        keys: Stable keys, one a dimension.
        labels: What people call them.
        values: Figures over the period. Money is nano-USD, requests are millionths.
        previous: The same over the span compared with; none without a comparison.
        series: Figures of each bucket; empty without an interval.
        previous_series: Figures of each bucket of the span compared with; its first bucket stands beside the first.
        members: How many groups this one stands for; groups that had figures only in the span compared with are
            among its previous figures, but not counted.
    """

    keys: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    values: tuple[int, ...]
    previous: tuple[int, ...] | None = None
    series: tuple[tuple[int, ...], ...] = ()
    previous_series: tuple[tuple[int, ...], ...] = ()
    members: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendResult:
    """The answer.

    Attributes:
        plan: What was read.
        buckets: Starts of the period's buckets; empty without an interval.
        groups: The groups asked for, in order.
        other: All groups but those named, together, so that the figures add up to the totals; none where there are
            none, neither now nor in the span compared with.
        totals: All groups together, with the series of the whole.
        group_count: How many groups there are in all.
        data_through: How far the data of every connection reaches; none when nothing was read yet.
        read_from: How far back it reaches.
    """

    plan: Plan
    buckets: tuple[datetime, ...]
    groups: tuple[Group, ...]
    other: Group | None
    totals: Group
    group_count: int
    data_through: datetime | None
    read_from: datetime | None

    @property
    def query(self) -> SpendQuery:
        """The question."""
        return self.plan.query

    @property
    def span(self) -> Span:
        """The absolute period that was used."""
        return self.plan.span

    def value(self, group: Group, metric: str) -> int:
        """Return a group's figure of a metric by name."""
        return group.values[self.query.metrics.index(metric)]

    def previous(self, group: Group, metric: str) -> int | None:
        """Return a group's figure over the span compared with; none without a comparison."""
        return None if group.previous is None else group.previous[self.query.metrics.index(metric)]
