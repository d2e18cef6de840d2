"""The table of an answer: a row a group, a bucket or an event."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from finora.ask import Answer, FlatTable
from finora.spend.catalog import DIMENSIONS, METRICS, Unit
from finora.spend.result import Group, SpendResult
from finora.values.money import nano_from_usd, usd_display
from finora.web.figures.changes import change_of, compared_with
from finora.web.figures.formats import bucket_label, exact_usd, moment, percent, table_figure

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns, rows and totals as the table component takes them."""

    columns: list[Json]
    rows: list[Json]
    totals: Json | None = None


def table_of(answer: Answer, zone: ZoneInfo) -> Table:
    """Return the table of an answer; without rows where a sentence says it all."""
    if answer.events:
        return _of_events(answer, zone)
    if answer.result is None:
        return _plain(answer)
    result = answer.result
    if result.query.dimensions:
        rows = [_row(result, group, place) for place, group in enumerate(result.groups)]
        if result.other and result.other.members:
            rows.append(
                {
                    "id": "other",
                    "cells": {"name": f"Other ({result.other.members:,})"} | _cells(result, result.other),
                }
            )
        named = " · ".join(DIMENSIONS[name].label for name in result.query.dimensions)
        return Table(
            columns=_columns(result, named),
            rows=rows,
            totals=_cells(result, result.totals) | {"name": "Total"},
        )
    if result.query.interval:
        return _of_buckets(result, zone)
    return Table(columns=[], rows=[])


def _columns(result: SpendResult, named: str) -> list[Json]:
    columns: list[Json] = [{"key": "name", "label": named}]
    for place, metric in enumerate(result.query.metrics):
        columns.append({"key": metric, "label": METRICS[metric].label, "numeric": True, "keep": place == 0})
        if place == 0 and METRICS[metric].additive:
            columns.append({"key": "share", "label": "Share", "numeric": True})
        if place == 0 and result.plan.compared:
            columns.append({"key": "before", "label": "Before", "numeric": True})
            columns.append({"key": "change", "label": "Change", "numeric": True, "keep": True})
    return columns


def _row(result: SpendResult, group: Group, place: int) -> Json:
    key = " · ".join(group.keys)
    return {
        "id": f"{place}",
        "series": key,
        "cells": {"name": " · ".join(group.labels)} | _cells(result, group),
    }


def _cells(result: SpendResult, group: Group) -> Json:
    cells: Json = {}
    for metric in result.query.metrics:
        found = table_figure(metric, result.value(group, metric))
        cells[metric] = {"text": found.text, "exact": found.exact}
    leading = result.query.metrics[0]
    cells["share"] = percent(group.values[0], result.totals.values[0])
    before = result.previous(group, leading)
    if before is not None:
        cells["before"] = table_figure(leading, before).text
        than = compared_with(result.query.compare, result.query.period)
        change = change_of(leading, group.values[0], before, than)
        cells["change"] = {"change": asdict(change) if change else None}
    return cells


def _of_buckets(result: SpendResult, zone: ZoneInfo) -> Table:
    interval, metric = result.query.interval, result.query.metrics[0]
    assert interval is not None  # noqa: S101 - there are no buckets without one
    rows = [
        {
            "id": f"{place}",
            "cells": {
                "name": bucket_label(start, interval, zone),
                metric: table_figure(metric, values[0]).text,
                "share": percent(values[0], result.totals.values[0]),
            },
        }
        for place, (start, values) in enumerate(zip(result.buckets, result.totals.series, strict=True))
        if start < result.plan.moment.now
    ]
    columns: list[Json] = [
        {"key": "name", "label": interval.value.capitalize()},
        {"key": metric, "label": METRICS[metric].label, "numeric": True, "keep": True},
        {"key": "share", "label": "Share", "numeric": True},
    ]
    totals = {
        "name": "Total",
        metric: table_figure(metric, result.totals.values[0]).text,
        "share": percent(result.totals.values[0], result.totals.values[0]),
    }
    return Table(columns=columns, rows=rows, totals=totals)


def _of_events(answer: Answer, zone: ZoneInfo) -> Table:
    columns: list[Json] = [
        {"key": "at", "label": "Time"},
        {"key": "person", "label": "Person", "keep": True},
        {"key": "model", "label": "Model"},
        {"key": "type", "label": "Event type"},
        {"key": "cost", "label": "Cost", "numeric": True, "keep": True},
    ]
    rows = [
        {
            "id": event.id,
            "cells": {
                "at": {"text": moment(event.at, zone), "href": f"/events/{event.id}"},
                "person": event.person_label,
                "model": event.model_label,
                "type": event.event_type_label,
                "cost": None if event.cost is None else usd_display(event.cost),
            },
        }
        for event in answer.events
    ]
    return Table(columns=columns, rows=rows)


def _plain(answer: Answer) -> Table:
    table = answer.table
    columns = [
        {"key": name, "label": name, "keep": place < 2, "numeric": name in table.units}
        for place, name in enumerate(table.names)
    ]
    rows = [{"id": f"{place}", "cells": _flat_cells(table, row)} for place, row in enumerate(table.rows)]
    return Table(columns=columns, rows=rows, totals=_flat_cells(table, table.totals) or None)


def _flat_cells(table: FlatTable, row: Mapping[str, str]) -> Json:
    cells: Json = {name: {"text": table.shown(name, text)} for name, text in row.items()}
    for name, unit in table.units.items():
        if unit is Unit.USD and name in row:
            cells[name]["exact"] = exact_usd(nano_from_usd(row[name]))
    return cells
