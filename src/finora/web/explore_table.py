"""Explore's table: a row a group, its share and its change, and the ways on from it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.query import SpendQuery
from finora.spend.result import Group, SpendResult
from finora.web import formats
from finora.web.headline import HEADLINES, Comparing
from finora.web.links import Links, View, equal, narrowed, regrouped, sorted_by

BESIDE = ("spend", "events", "tokens", "people")
"""Measured beside the leading metric."""

_DRILL = {
    "provider": "model",
    "connection": "model",
    "vendor": "family",
    "family": "model",
    "model": "person",
    "team": "person",
    "kind": "model",
    "billing": "model",
    "event_type": "person",
    "basis": "event_type",
}
"""What a value is broken down by next; single events where nothing stands here."""


def measured_metrics(query: SpendQuery) -> tuple[str, ...]:
    """Return what the page needs measured: what was asked for, what stands beside it, and the headline figures."""
    return tuple(dict.fromkeys((*query.metrics, *BESIDE, *HEADLINES)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMaker:
    """Makes the table of a result.

    Attributes:
        view: What the page shows, without what it measures beside.
        links: Writes addresses.
        colours: Each group's colour by its key.
        compare: How figures are compared with those before.
        way_on: Draws the link that goes on from a row, given its address and what it does.
    """

    view: View
    links: Links
    colours: Mapping[str, int]
    compare: Comparing
    way_on: Callable[[str, str], str]

    def columns(self, result: SpendResult) -> list[dict[str, Any]]:
        """Return the columns."""
        query = self.view.query
        dimension = query.dimensions[0]
        columns: list[dict[str, Any]] = [
            {"key": "name", "label": DIMENSIONS[dimension].label, "sort": self._sort(dimension, is_text=True)}
        ]
        for place, metric in enumerate(self._metrics()):
            columns.append(
                {
                    "key": metric,
                    "label": METRICS[metric].label,
                    "numeric": True,
                    "keep": place == 0,
                    "sort": self._sort(metric),
                    "definition": METRICS[metric].definition,
                }
            )
            if place == 0:
                if METRICS[metric].additive:
                    columns.append({"key": "share", "label": "Share", "numeric": True})
                if result.plan.compared:
                    columns.append({"key": "change", "label": "Change", "numeric": True, "keep": True})
        return columns

    def rows(self, result: SpendResult) -> list[dict[str, Any]]:
        """Return a row a group, then one for all others."""
        rows = [self._row(result, group) for group in result.groups]
        if result.other:
            rows.append(self._other(result, result.other))
        return rows

    def totals(self, result: SpendResult) -> dict[str, Any]:
        """Return the totals' cells."""
        return {"name": "Total"} | self._cells(result, result.totals)

    def _row(self, result: SpendResult, group: Group) -> dict[str, Any]:
        query = self.view.query
        dimension, key, label = query.dimensions[0], group.keys[0], group.labels[0]
        only = narrowed(query, equal(dimension, key))
        further = _DRILL.get(dimension)
        if further:
            href = self.links.explore(View(query=regrouped(only, further), chart=self.view.chart))
            words = f"Break {label} down by {DIMENSIONS[further].label.lower()}"
        else:
            href, words = self.links.events(only), f"Events of {label}"
        return {
            "id": f"row-{dimension}-{key}",
            "cells": {"name": label} | self._cells(result, group),
            "href": self.links.explore(View(query=only, chart=self.view.chart)),
            "title": f"Add filter: {DIMENSIONS[dimension].label} is {label}",
            "series": key,
            "colour": self.colours.get(key, 0),
            "share": self._share(result, group),
            "actions": self.way_on(href, words),
        }

    def _other(self, result: SpendResult, other: Group) -> dict[str, Any]:
        more = self.links.explore(self.view.having(limit=min(self.view.query.limit + 25, 1000)))
        words = f"Show more of the {other.members:,}"
        return {
            "id": "row-other",
            "cells": {"name": f"Other ({other.members:,})"} | self._cells(result, other),
            "href": more,
            "title": words,
            "series": "other",
            "colour": "other",
            "share": self._share(result, other),
            "actions": self.way_on(more, words),
        }

    def _share(self, result: SpendResult, group: Group) -> float:
        whole = max(
            (abs(each.values[0]) for each in (*result.groups, *([result.other] if result.other else []))),
            default=0,
        )
        return round(100 * abs(group.values[0]) / whole, 2) if whole else 0.0

    def _cells(self, result: SpendResult, group: Group) -> dict[str, Any]:
        cells: dict[str, Any] = {}
        for metric in self._metrics():
            found = formats.table_figure(metric, result.value(group, metric))
            cells[metric] = {"text": found.text, "exact": found.exact}
        leading = self.view.query.metrics[0]
        cells["share"] = formats.percent(group.values[0], result.totals.values[0])
        if result.plan.compared:
            change = self.compare.change(result, group, leading)
            cells["change"] = {"change": asdict(change) if change else None}
        return cells

    def _metrics(self) -> tuple[str, ...]:
        """Return the columns' metrics; how many people a person is goes without saying."""
        beside = (name for name in BESIDE if (name, self.view.query.dimensions[0]) != ("people", "person"))
        return tuple(dict.fromkeys((*self.view.query.metrics, *beside)))

    def _sort(self, name: str, *, is_text: bool = False) -> dict[str, Any]:
        query = self.view.query
        present = query.order[0] if query.order else None
        current = present.by == name if present else name == query.metrics[0]
        descending = present.descending if present else True
        wanted = (not descending) if current else not is_text
        href = self.links.explore(
            View(query=sorted_by(query, name, descending=wanted), chart=self.view.chart)
        )
        return {"href": href, "direction": ("desc" if descending else "asc") if current else None}
