"""Explore's table: a row a group, its share and its change, and the ways on from it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.query import CHANGE, SpendQuery
from finora.spend.result import Group, SpendResult
from finora.web.address.links import Links, View, equal, excluded, narrowed, regrouped, sorted_by
from finora.web.figures import formats
from finora.web.figures.charts import series_key, series_label
from finora.web.figures.headline import Comparing

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
_DRILL_ALSO = ("model", "person", "event_type")
_MOST_WAYS = 3
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ENDING = 6


def measured_beside(query: SpendQuery) -> tuple[str, ...]:
    """Return what has a column beside what is asked for.

    How many people a person is goes without saying. And people who worked at an hour of the day are counted only for the hour alone:
    with anything else they would have to be looked for in all single events, which nobody waits for who did not ask.
    """
    of_hours = "hour" in query.dimensions and (len(query.dimensions) > 1 or query.filters)
    return tuple(
        name for name in BESIDE if name != "people" or not ("person" in query.dimensions or of_hours)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way on from a row: what it does in words, and where it leads."""

    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMaker:
    """Makes the table of a result.

    Attributes:
        view: What the page shows, without what it measures beside.
        links: Writes addresses.
        colours: Each group's colour by its key.
        compare: How figures are compared with those before.
        draw_ways: Draws the ways on from a row, given its id and label; the first is the one most take.
    """

    view: View
    links: Links
    colours: Mapping[str, int]
    compare: Comparing
    draw_ways: Callable[[str, str, Sequence[Way]], str]

    def columns(self, result: SpendResult) -> list[dict[str, Any]]:
        """Return the columns."""
        columns = self.name_columns()
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
                    columns.append(
                        {
                            "key": "change",
                            "label": "Change",
                            "numeric": True,
                            "keep": True,
                            "sort": self._sort(CHANGE),
                        }
                    )
        return columns

    def name_columns(self) -> list[dict[str, Any]]:
        """Return the columns of the dimensions."""
        first, *further = self.view.query.dimensions
        return [
            {"key": "name", "label": DIMENSIONS[first].label, "sort": self._sort(first, is_text=True)},
            *(
                {
                    "key": f"name-{name}",
                    "label": DIMENSIONS[name].label,
                    "sort": self._sort(name, is_text=True),
                    "keep": True,
                }
                for name in further
            ),
        ]

    def rows(self, result: SpendResult) -> list[dict[str, Any]]:
        """Return a row a group, then one for all others."""
        rows = [self._row(result, group) for group in result.groups]
        if result.other:
            rows.append(self._other(result, result.other))
        return rows

    def totals(self, result: SpendResult) -> dict[str, Any]:
        """Return the totals' cells."""
        return self.summed("Total") | self._cells(result, result.totals)

    def summed(self, name: str) -> dict[str, Any]:
        """Return the cells of names of a row that sums several groups up."""
        return {"name": name} | dict.fromkeys((f"name-{each}" for each in self.view.query.dimensions[1:]), "")

    def named(self, result: SpendResult, group: Group) -> dict[str, Any]:
        """Return a row with its names, its ways on and its bar, but without figures."""
        query = self.view.query
        label = series_label(group)
        pairs = list(zip(query.dimensions, group.keys, strict=True))
        only = narrowed(query, *(equal(name, key) for name, key in pairs))
        words = " and ".join(
            f"{DIMENSIONS[name].label} is {text}"
            for name, text in zip(query.dimensions, group.labels, strict=True)
        )
        row_id = f"row-{'-'.join((*query.dimensions, *(quote(key) for key in group.keys)))}"
        return {
            "id": row_id,
            "cells": {"name": _name(group.labels[0])}
            | {
                f"name-{name}": _name(text)
                for name, text in zip(query.dimensions[1:], group.labels[1:], strict=True)
            },
            "href": self._shown(only),
            "title": f"Add filter: {words}",
            "series": series_key(group),
            "colour": self.colours.get(series_key(group), 0),
            "share": self._share(result, group),
            "actions": self.draw_ways(row_id, label, self._ways(group, only)),
        }

    def _row(self, result: SpendResult, group: Group) -> dict[str, Any]:
        row = self.named(result, group)
        row["cells"] |= self._cells(result, group)
        return row

    def _ways(self, group: Group, only: SpendQuery) -> list[Way]:
        query = self.view.query
        label = series_label(group)
        ways = [
            Way(
                label=f"Break {label} down by {DIMENSIONS[name].label.lower()}",
                href=self._shown(regrouped(only, name)),
            )
            for name in self._next_dimensions()
        ]
        ways.append(Way(label=f"Events of {label}", href=self.links.events(only)))
        if len(query.dimensions) == 1:
            (dimension,), (key,) = query.dimensions, group.keys
            if page := self.links.page_of(dimension, key, query):
                ways.append(Way(label=f"Page of {label}", href=page))
            ways.append(Way(label=f"Leave {label} out", href=self._shown(excluded(query, dimension, key))))
        return ways

    def _next_dimensions(self) -> list[str]:
        """Return what a row is best broken down by: the next level first, then others that tell something new."""
        present = {*self.view.query.dimensions}
        further = _DRILL.get(self.view.query.dimensions[0])
        ranked = [further, *_DRILL_ALSO] if further and len(present) == 1 else []
        return [name for name in dict.fromkeys(ranked) if name not in present][:_MOST_WAYS]

    def _shown(self, query: SpendQuery) -> str:
        return self.links.explore(self.view.asking(query))

    def other(self, result: SpendResult, other: Group) -> dict[str, Any]:
        """Return the row of all other groups, without figures."""
        more = self.links.explore(self.view.having(limit=min(self.view.query.limit + 25, 1000)))
        words = f"Show more of the {other.members:,}"
        return {
            "id": "row-other",
            "cells": self.summed(f"Other ({other.members:,})"),
            "href": more,
            "title": words,
            "series": "other",
            "colour": "other",
            "share": self._share(result, other),
            "actions": self.draw_ways("row-other", "Other", [Way(label=words, href=more)]),
        }

    def _other(self, result: SpendResult, other: Group) -> dict[str, Any]:
        row = self.other(result, other)
        row["cells"] |= self._cells(result, other)
        return row

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
        """Return the columns' metrics."""
        query = self.view.query
        return tuple(dict.fromkeys((*query.metrics, *measured_beside(query))))

    def _sort(self, name: str, *, is_text: bool = False) -> dict[str, Any]:
        query = self.view.query
        present = query.order[0] if query.order else None
        current = present.by == name if present else name == query.metrics[0]
        descending = present.descending if present else True
        wanted = (not descending) if current else not is_text
        href = self._shown(sorted_by(query, name, descending=wanted))
        return {"href": href, "direction": ("desc" if descending else "asc") if current else None}


def _name(label: str) -> str | dict[str, Markup]:
    """Return a name as a cell; a UUID in two parts, so that it is cut in its middle where it has no room."""
    if not _UUID.fullmatch(label):
        return label
    parts = Markup('<span class="cut" title="{}"><span>{}</span><span>{}</span></span>')
    return {"markup": parts.format(label, label[:-_ENDING], label[-_ENDING:])}
