"""The overview's panels: short tables of who and what, each row with its way into Explore."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.result import Group, SpendResult
from finora.web.figures.charts import OTHER, series_key, series_label
from finora.web.figures.formats import percent, table_figure
from finora.web.figures.headline import Comparing

Json = dict[str, Any]

_BASIS_WORDS = {
    "reported": "reported",
    "structural": "proven by ids",
    "activity": "from activity",
    "unknown": "not known",
    "subscription": "subscriptions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A table of a dimension's largest values; `columns` and `rows` as the table component takes them."""

    columns: list[Json]
    rows: list[Json]


def top_panel(
    result: SpendResult,
    metric: str,
    compare: Comparing,
    href: Callable[[Group], str],
    *,
    colours: Mapping[str, int] | None = None,
    by_change: str = "",
) -> Panel:
    """Return the largest groups of a result.

    Args:
        result: By one dimension.
        metric: What it is sorted by.
        compare: How the result can be compared.
        href: Where a row leads.
        colours: The colour of each row, for a table beside a chart.
        by_change: Where the heading of the changes leads: to the same sorted by them.
    """
    rows = []
    for group in result.groups:
        key, label = series_key(group), series_label(group)
        row = _row(result, group, metric, compare) | {
            "id": key,
            "href": href(group),
            "title": f"Look into {label}",
        }
        row["cells"]["name"] = label
        rows.append(row if colours is None else row | {"series": key, "colour": colours.get(key)})
    if result.other is not None and result.other.members:
        row = _row(result, result.other, metric, compare) | {"id": OTHER}
        row["cells"]["name"] = f"Other ({result.other.members:,})"
        rows.append(row if colours is None else row | {"series": OTHER, "colour": OTHER})
    columns: list[Json] = [
        {"key": "name", "label": DIMENSIONS[result.query.dimensions[0]].label},
        {"key": "amount", "label": METRICS[metric].label, "numeric": True, "keep": True},
        {"key": "share", "label": "Share", "numeric": True},
        {"key": "change", "label": "Change", "numeric": True, "keep": True, **_sorting(by_change)},
    ]
    return Panel(columns=columns, rows=rows)


def _sorting(href: str) -> Json:
    if not href:
        return {}
    return {"sort": {"href": href, "direction": None}, "hint": "Sort by what changed most"}


def _row(result: SpendResult, group: Group, metric: str, compare: Comparing) -> Json:
    value, total = result.value(group, metric), result.value(result.totals, metric)
    change = compare.change(result, group, metric)
    cells = {
        "amount": table_figure(metric, value).text,
        "share": percent(value, total),
        "change": {"change": asdict(change) if change else None},
    }
    return {"share": share_of(value, total), "cells": cells}


def type_panel(result: SpendResult, metric: str, href: Callable[[Group], str]) -> Panel:
    """Return the event types with how each is known.

    Args:
        result: By event type and basis, in this order, and by whatever else.
        metric: What to show of it.
        href: Where an event type leads.
    """
    by_type: dict[str, dict[str, int]] = {}
    first: dict[str, Group] = {}
    for group in result.groups:
        kind, basis, *_ = group.keys
        first.setdefault(kind, group)
        bases = by_type.setdefault(kind, {})
        bases[basis] = bases.get(basis, 0) + result.value(group, metric)
    total = result.value(result.totals, metric)
    ranked = sorted(by_type.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    rows = [
        {
            "id": kind,
            "href": href(first[kind]),
            "title": f"Look into {first[kind].labels[0]}",
            "share": share_of(sum(bases.values()), total),
            "cells": {
                "name": first[kind].labels[0],
                "amount": table_figure(metric, sum(bases.values())).text,
                "share": percent(sum(bases.values()), total),
                "basis": _bases_text(bases),
            },
        }
        for kind, bases in ranked
    ]
    columns: list[Json] = [
        {"key": "name", "label": "Event type"},
        {"key": "amount", "label": METRICS[metric].label, "numeric": True, "keep": True},
        {"key": "share", "label": "Share", "numeric": True},
        {"key": "basis", "label": "Known by", "hint": "How it is known that these events are of this type"},
    ]
    return Panel(columns=columns, rows=rows)


def part_panel(result: SpendResult, metric: str, dimension: str, href: Callable[[str], str]) -> Panel | None:
    """Return what one of several dimensions of a result makes up; none where there is nothing to tell apart.

    Args:
        result: By the dimension and others, complete.
        metric: What to show of it; it adds up.
        dimension: The one that tells its rows apart.
        href: Where a value of it leads.
    """
    place = result.query.dimensions.index(dimension)
    sums: dict[str, int] = {}
    labels: dict[str, str] = {}
    for group in result.groups:
        key = group.keys[place]
        labels[key] = group.labels[place]
        sums[key] = sums.get(key, 0) + result.value(group, metric)
    if len(sums) <= 1:
        return None
    total = result.value(result.totals, metric)
    rows = [
        {
            "id": key,
            "href": href(key),
            "title": f"Look into {labels[key]}",
            "share": share_of(value, total),
            "cells": {
                "name": labels[key],
                "amount": table_figure(metric, value).text,
                "share": percent(value, total),
            },
        }
        for key, value in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]
    columns: list[Json] = [
        {"key": "name", "label": DIMENSIONS[dimension].label},
        {"key": "amount", "label": METRICS[metric].label, "numeric": True, "keep": True},
        {"key": "share", "label": "Share", "numeric": True, "keep": True},
    ]
    return Panel(columns=columns, rows=rows)


def bases_text(result: SpendResult, metric: str) -> str:
    """Return the share of a metric on each basis of type, in words."""
    sums = dict.fromkeys(_BASIS_WORDS, 0)
    for group in result.groups:
        sums[group.keys[1]] += result.value(group, metric)
    total = result.value(result.totals, metric)
    ranked = sorted((name for name, value in sums.items() if value), key=lambda name: -sums[name])
    return ", ".join(f"{percent(sums[name], total)} {_BASIS_WORDS[name]}" for name in ranked)


def share_of(value: int, total: int) -> float:
    """Return a share from 0 to 100, for the bar behind a name."""
    return round(max(0.0, 100 * value / total), 2) if total else 0.0


def _bases_text(bases: Mapping[str, int]) -> str:
    total = sum(bases.values())
    present = sorted((name for name, value in bases.items() if value), key=lambda name: -bases[name])
    if len(present) <= 1:
        return (present[0] if present else "").replace("_", " ").capitalize() or "Unknown"
    return ", ".join(f"{name} {percent(bases[name], total)}" for name in present).capitalize()
