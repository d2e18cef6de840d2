"""Active hours: how busy each hour of each weekday is, as a table of links."""

from collections.abc import Callable
from typing import Any

from finora.spend.catalog import DIMENSIONS, METRICS, label_of
from finora.spend.result import Group, SpendResult
from finora.web.figures.formats import figure, plural

HOURS = tuple(f"{hour:02d}" for hour in range(24))
LEVELS = 5
"""Shades of a cell with events, from the palest."""

_WEEKDAYS = tuple((DIMENSIONS["weekday"].codes or {}).values())


def heat_rows(result: SpendResult, metric: str, href: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """Return a row a weekday with a cell an hour.

    Args:
        result: By weekday and hour, in this order.
        metric: What the shades show.
        href: Where an hour of a weekday leads.
    """
    found: dict[tuple[str, ...], Group] = {group.keys: group for group in result.groups}
    largest = max((result.value(group, metric) for group in result.groups), default=0)
    rows = []
    for weekday in _WEEKDAYS:
        label = label_of(DIMENSIONS["weekday"], weekday)
        cells = [
            _cell(result, metric, found.get((weekday, hour)), largest, f"{label} {hour}:00")
            | ({"href": href(weekday, hour)} if (weekday, hour) in found else {"href": ""})
            for hour in HOURS
        ]
        rows.append({"label": label, "cells": cells})
    return rows


def busiest(result: SpendResult, metric: str) -> str:
    """Return the busiest hour of the week in words; empty where nothing happened."""
    if not result.groups:
        return ""
    top = max(result.groups, key=lambda group: result.value(group, metric))
    weekday, hour = top.labels
    return f"Busiest on {weekday} at {hour}, with {figure(metric, result.value(top, metric)).exact} {METRICS[metric].label.lower()}"


def _cell(result: SpendResult, metric: str, group: Group | None, largest: int, when: str) -> dict[str, Any]:
    value = result.value(group, metric) if group else 0
    text = plural(value, "event") if metric == "events" else figure(metric, value).exact
    return {"level": level_of(value, largest), "text": text, "title": f"{when}: {text}"}


def level_of(value: int, largest: int) -> int:
    """Return the shade of a value: 0 for nothing, then five equal steps up to the largest."""
    return min(LEVELS, -(-LEVELS * value // largest)) if value > 0 and largest > 0 else 0
