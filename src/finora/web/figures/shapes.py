"""Calendars, grids and trees as `<spend-chart>` takes them; docs/design.md has the contract."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from finora.spend.catalog import DIMENSIONS, METRICS, Unit
from finora.spend.rendering import figure
from finora.spend.result import Group, SpendResult
from finora.web.address.links import Links, View, equal, fixed, narrowed, regrouped
from finora.web.figures import formats
from finora.web.figures.coverage import Coverage, Extent

Json = dict[str, Any]

UNITS = {Unit.USD: "usd", Unit.TOKENS: "tokens"}
"""What a chart calls a metric's unit; all others are counted."""


def calendar_of(result: SpendResult, coverage: Coverage, links: Links, zone: ZoneInfo) -> Json:
    """Return a result by day as a calendar; a day that was not read has no value."""
    metric, now = result.query.metrics[0], result.plan.moment.now
    days: list[Json] = []
    most: tuple[int, str] = (0, "")
    for place, (start, end) in enumerate(pairwise((*result.buckets, result.span.end))):
        if start >= now:
            break
        value = result.totals.series[place][0]
        extent = coverage.extent(start, min(end, now))
        label = _day_label(start, zone)
        most = max(most, (value, label))
        days.append(
            {
                "date": f"{start.astimezone(zone):%Y-%m-%d}",
                "label": label,
                "value": None if extent is Extent.NOTHING else str(figure(metric, value)),
                "href": links.explore(
                    View(
                        query=regrouped(
                            replace(result.query, period=fixed(start, end), interval=None), "model"
                        )
                    )
                ),
                "partial": end > now or extent is Extent.PART,
                "missing": extent is Extent.NOTHING,
            }
        )
    summary = f"{METRICS[metric].label} by day; most on {most[1]}: {formats.figure(metric, most[0]).exact}."
    return {
        "kind": "calendar",
        "unit": UNITS.get(METRICS[metric].unit, "count"),
        "days": days,
        "summary": summary,
    }


def grid_of(result: SpendResult, links: Links) -> Json:
    """Return a result by weekday and hour as a grid."""
    metric = result.query.metrics[0]
    weekdays, hours = DIMENSIONS["weekday"], DIMENSIONS["hour"]
    found = {group.keys: group for group in result.groups}

    def cell(day: str, hour: str) -> Json:
        only = narrowed(result.query, equal("weekday", day), equal("hour", hour))
        group = found.get((day, hour))
        return {
            "value": str(figure(metric, group.values[0] if group else 0)),
            "href": links.explore(View(query=regrouped(only, "person"))),
        }

    days, times = list((weekdays.codes or {}).values()), list((hours.codes or {}).values())
    busiest = max(result.groups, key=lambda group: group.values[0], default=None)
    summary = f"{METRICS[metric].label} by weekday and hour"
    if busiest:
        summary += f"; most on {busiest.labels[0]}s at {busiest.labels[1]}"
    return {
        "kind": "grid",
        "unit": UNITS.get(METRICS[metric].unit, "count"),
        "columns": [hours.labels[time] for time in times],
        "rows": [weekdays.labels[day] for day in days],
        "cells": [[cell(day, time) for time in times] for day in days],
        "summary": f"{summary}.",
    }


def tree_of(result: SpendResult, links: Links, colours: Mapping[str, int]) -> Json:
    """Return a result by two or more dimensions as a tree of as many levels; each node filters by what it stands for."""
    metric = result.query.metrics[0]
    nodes = list(_branches(result, links, colours, result.groups, 0))
    summary = f"{METRICS[metric].label} by " + ", ".join(
        DIMENSIONS[name].label.lower() for name in result.query.dimensions
    )
    if nodes:
        total = result.totals.values[0]
        summary += f"; {nodes[0]['label']} is {formats.percent(_sum(result.groups, nodes[0]['key']), total)}"
    return {
        "kind": "tree",
        "unit": UNITS.get(METRICS[metric].unit, "count"),
        "nodes": nodes,
        "summary": f"{summary}.",
    }


def _branches(
    result: SpendResult,
    links: Links,
    colours: Mapping[str, int],
    groups: tuple[Group, ...],
    level: int,
) -> Iterator[Json]:
    """Yield the nodes of a level, largest first."""
    dimensions = result.query.dimensions
    by_key = sorted((each for each in groups if each.values[0] > 0), key=lambda group: group.keys[level])
    parts = [(key, tuple(some)) for key, some in groupby(by_key, key=lambda group: group.keys[level])]
    for key, some in sorted(parts, key=lambda part: -sum(each.values[0] for each in part[1])):
        only = narrowed(result.query, equal(dimensions[level], key))
        further = dimensions[level + 1] if level + 1 < len(dimensions) else "person"
        yield {
            "key": key,
            "label": some[0].labels[level],
            "value": str(figure(result.query.metrics[0], sum(each.values[0] for each in some))),
            "colour": colours.get(some[0].keys[0], 0),
            "href": links.explore(View(query=regrouped(only, further))),
            "children": list(_branches(result, links, colours, some, level + 1))
            if level + 1 < len(dimensions)
            else [],
        }


def _sum(groups: tuple[Group, ...], key: str) -> int:
    return sum(group.values[0] for group in groups if group.keys[0] == key)


def _day_label(start: datetime, zone: ZoneInfo) -> str:
    local = start.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y}"
