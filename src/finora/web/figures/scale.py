"""What a chart's heights say: amounts, shares of each bucket, or sums since the period began."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Protocol

from finora.spend.rendering import figure
from finora.spend.result import Group, SpendResult
from finora.web.address.links import Scale

_HUNDREDTH = Decimal("0.01")


class Stretch(Protocol):
    """A bucket: its place in the result, and whether none of it was read."""

    @property
    def place(self) -> int:
        """Its place among the result's buckets."""

    @property
    def missing(self) -> bool:
        """Whether none of it was read."""


def scaled(
    result: SpendResult, metric: str, groups: Sequence[Group], buckets: Sequence[Stretch], scale: Scale
) -> list[list[str | None]]:
    """Return the values of groups as a chart takes them: a row a group, none where nothing was read.

    Shares are of what the groups have together, in per cent to a hundredth; a bucket without anything has shares of 0.
    """
    place = result.query.metrics.index(metric)
    rows = [[group.series[bucket.place][place] for bucket in buckets] for group in groups]
    match scale:
        case Scale.SHARE:
            wholes = [sum(column) for column in zip(*rows, strict=True)]
            texts = [
                [_percent(value, whole) for value, whole in zip(row, wholes, strict=True)] for row in rows
            ]
        case Scale.RUNNING:
            texts = [[str(figure(metric, value)) for value in accumulate(row)] for row in rows]
        case Scale.AMOUNT:
            texts = [[str(figure(metric, value)) for value in row] for row in rows]
    return [
        [None if bucket.missing else text for text, bucket in zip(row, buckets, strict=True)] for row in texts
    ]


def _percent(value: int, whole: int) -> str:
    if not whole:
        return "0"
    share = (Decimal(100) * value / whole).quantize(_HUNDREDTH)
    return f"{share.normalize():f}"
