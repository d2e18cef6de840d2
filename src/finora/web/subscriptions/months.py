"""What subscriptions cost month by month, as a chart and as its table."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from finora.subscriptions import MonthTotal, Sku, Subscription
from finora.values.money import usd_display, usd_text
from finora.web.figures.charts import OTHER
from finora.web.figures.standing import COLOURS
from finora.web.subscriptions.tables import money, signed

MONTH_COLUMNS = [
    {"key": "month", "label": "Month"},
    {"key": "total", "label": "Cost", "numeric": True, "keep": True},
    {"key": "change", "label": "Against the month before", "numeric": True, "keep": True},
]

Json = dict[str, Any]


def month_rows(months: Sequence[MonthTotal]) -> list[Json]:
    """Return the months, newest first, each with how it moved; of the oldest that is not known."""
    rows = []
    for place in range(len(months) - 1, -1, -1):
        month = months[place]
        moved = month.total - months[place - 1].total if place else None
        rows.append(
            {
                "id": month.month.isoformat(),
                "cells": {
                    "month": f"{month.month:%b %Y}",
                    "total": money(month.total),
                    "change": None if moved is None else signed(moved),
                },
            }
        )
    return rows


def month_chart(
    months: Sequence[MonthTotal],
    skus: Mapping[str, Sku],
    colour_of: Mapping[str, int],
    kept: Sequence[Subscription],
) -> Json:
    """Return the months stacked by SKU, dearest first; beyond eight SKUs the others are one.

    Args:
        months: Oldest first.
        skus: The catalogue, for names.
        colour_of: The colour of each SKU.
        kept: The subscriptions whose months these are; none of them costs before its start.
    """
    sums: dict[str, int] = {}
    for month in months:
        for sku, amount in month.by_sku.items():
            sums[sku] = sums.get(sku, 0) + amount
    ranked = sorted(sums, key=lambda sku: (-sums[sku], sku))
    first = min((each.contract.start for each in kept), default=date.max)

    def series(key: str, label: str, colour: int | str, members: Sequence[str]) -> Json:
        values = [
            None
            if month.month.replace(day=28) < first.replace(day=1)
            else usd_text(sum(month.by_sku.get(sku, 0) for sku in members))
            for month in months
        ]
        return {"key": key, "label": label, "colour": colour, "href": None, "values": values}

    drawn = [
        series(sku, skus[sku].label if sku in skus else sku, colour_of.get(sku, 0), [sku])
        for sku in ranked[:COLOURS]
    ]
    if rest := ranked[COLOURS:]:
        drawn.append(series(OTHER, f"Other ({len(rest)})", OTHER, rest))
    return {
        "type": "bars",
        "unit": "usd",
        "buckets": [
            {
                "start": month.month.isoformat(),
                "label": f"{month.month:%b %Y}",
                "href": None,
                "partial": False,
                "missing": False,
            }
            for month in months
        ],
        "series": drawn,
        "previous": None,
        "summary": _months_summary(months),
    }


def months_text(months: Sequence[MonthTotal]) -> str:
    """Return the first and the last month."""
    return f"{months[0].month:%b %Y} to {months[-1].month:%b %Y}, US dollars"


def _months_summary(months: Sequence[MonthTotal]) -> str:
    last = months[-1]
    said = f"Subscriptions cost {usd_display(last.total)} in {last.month:%b %Y}"
    if len(months) < 2:
        return f"{said}."
    before = months[-2]
    if last.total == before.total:
        return f"{said}, as in {before.month:%b %Y}."
    verb = "more" if last.total > before.total else "less"
    return f"{said}, {usd_display(abs(last.total - before.total))} {verb} than in {before.month:%b %Y}."
