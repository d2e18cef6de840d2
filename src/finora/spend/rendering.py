"""A result as plain data: what the API answers, and what files and terminals are made from.

Money is an exact decimal string in USD, request units are a decimal string, all other figures are whole numbers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from finora.spend.catalog import METRICS, Unit
from finora.spend.request import query_to_json
from finora.values.money import usd_text
from finora.values.patience import present_patience
from finora.values.period import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.spend.result import Group, SpendResult


def figure(metric: str, value: int) -> str | int:
    """Return a metric's value for machines."""
    match METRICS[metric].unit:
        case Unit.USD:
            return usd_text(value)
        case Unit.REQUESTS:
            return f"{(Decimal(value) / 1_000_000).normalize():f}"
        case _:
            return value


def result_to_json(result: SpendResult) -> dict[str, object]:
    """Return a result as the API answers it.

    Each row has its dimensions' keys under their names and their labels under `<dimension>_label`; with an interval
    there is a row for each group and bucket up to now, and `bucket` is the bucket's start. With a comparison,
    `previous` holds the same metrics over the span compared with: in each row, and where rows are buckets in `totals`
    and `other` only.
    """
    return {
        "rows": list(rows(result)),
        "totals": _figures(result, result.totals),
        "other": _other(result),
        "meta": _meta(result),
    }


def rows(result: SpendResult) -> Iterator[dict[str, object]]:
    """Yield the result's rows, as long as somebody waits for them."""
    patience = present_patience()
    groups = result.groups if result.query.dimensions else (result.totals,)
    for group in groups:
        patience.check()
        named = _named(result, group)
        if result.query.interval is None:
            yield named | _figures(result, group)
            continue
        for start, values in zip(result.buckets, group.series, strict=True):
            if start < result.plan.moment.now:
                yield named | {"bucket": utc_text(start)} | _measured(result, values)


def _named(result: SpendResult, group: Group) -> dict[str, object]:
    named: dict[str, object] = {}
    for name, key, label in zip(result.query.dimensions, group.keys, group.labels, strict=False):
        named[name] = key
        named[f"{name}_label"] = label
    return named


def _measured(result: SpendResult, values: tuple[int, ...]) -> dict[str, object]:
    return {metric: figure(metric, value) for metric, value in zip(result.query.metrics, values, strict=True)}


def _figures(result: SpendResult, group: Group) -> dict[str, object]:
    figures = _measured(result, group.values)
    if group.previous is not None:
        figures["previous"] = _measured(result, group.previous)
    return figures


def _other(result: SpendResult) -> dict[str, object] | None:
    if result.other is None:
        return None
    return {"groups": result.other.members} | _figures(result, result.other)


def _meta(result: SpendResult) -> dict[str, object]:
    compared = result.plan.compared
    return {
        "query": query_to_json(result.query),
        "period": {"start": utc_text(result.span.start), "end": utc_text(result.span.end)},
        "compared": {"start": utc_text(compared.start), "end": utc_text(compared.end)} if compared else None,
        "groups": result.group_count,
        "data_through": utc_text(result.data_through) if result.data_through else None,
        "read_from": utc_text(result.read_from) if result.read_from else None,
        "metrics": {
            name: {"label": METRICS[name].label, "unit": METRICS[name].unit} for name in result.query.metrics
        },
    }
