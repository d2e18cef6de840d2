"""Filters as sentences, and the editor that adds one; all of it links and a plain form."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request

from finora.spend.catalog import DIMENSIONS
from finora.spend.query import Filter, Operator, SpendQuery
from finora.spend.url import encode
from finora.web import formats
from finora.web.links import View, equal, narrowed, without_filter
from finora.web.site import Site

OPERATORS = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.CONTAINS: "contains",
    Operator.CONTAINS_NOT: "does not contain",
}

_MOST_VALUES = 40

Href = Callable[[View], str]


def chips_of(site: Site, view: View, href: Href, own: str | None) -> list[dict[str, str]]:
    """Return a chip a filter: a sentence and the way without it. Who may see their own usage only learns no names."""
    return [
        {
            "id": f"chip-{place}",
            "dimension": DIMENSIONS[each.dimension].label,
            "operator": OPERATORS[each.operator],
            "value": " or ".join(_label(site, each, value, own) for value in each.values),
            "remove": href(replace(view, query=without_filter(view.query, place))),
        }
        for place, each in enumerate(view.query.filters)
    ]


def _label(site: Site, each: Filter, value: str, own: str | None) -> str:
    exact = each.operator in {Operator.IS, Operator.IS_NOT}
    if own is not None and value != own:
        return value
    return site.standings.label(each.dimension, value) if exact else f"“{value}”"


@dataclass(frozen=True, slots=True)
class FilterEditor:
    """Adds a filter: the dimension is chosen from a menu, the value from those that exist, or entered."""

    site: Site
    view: View
    href: Href

    def entered(self, request: Request) -> SpendQuery | None:
        """Return the query with the filter that was entered; none if none was."""
        given = request.query_params
        dimension, value = given.get("filter", ""), given.get("value", "").strip()
        if dimension not in DIMENSIONS or not value:
            return None
        names = {operator.value for operator in Operator}
        operator = Operator(given["operator"]) if given.get("operator") in names else Operator.CONTAINS
        return narrowed(self.view.query, Filter(operator, dimension, (value,)))

    def model(self, request: Request, own: str | None) -> dict[str, Any]:
        """Return the menu of dimensions, and the editor of the one that is being filtered by."""
        dimension = request.query_params.get("filter", "")
        here = self.href(self.view)
        path, _, parameters = here.partition("?")
        join = "&" if parameters else "?"
        return {
            "dimensions": [
                {"label": each.label, "href": f"{here}{join}{encode([('filter', name)])}"}
                for name, each in DIMENSIONS.items()
            ],
            "clear": self.href(self.view.having(filters=())),
            "open": self._open(dimension, path, own) if dimension in DIMENSIONS else None,
        }

    def _open(self, dimension: str, path: str, own: str | None) -> dict[str, Any]:
        found = DIMENSIONS[dimension]
        return {
            "dimension": dimension,
            "label": found.label,
            "definition": found.definition,
            "action": path,
            "cancel": self.href(self.view),
            "keep": parse_qsl(self.href(self.view).partition("?")[2]),
            "operators": [{"value": operator.value, "label": words} for operator, words in OPERATORS.items()],
            "found": self._values(dimension, own),
        }

    def _values(self, dimension: str, own: str | None) -> list[dict[str, str]]:
        """Return the values that exist in what is shown, largest first, with what each adds up to."""
        metric = self.view.query.metrics[0]
        others = tuple(each for each in self.view.query.filters if each.dimension != dimension)
        query = replace(
            self.view.query,
            metrics=(metric,),
            dimensions=(dimension,),
            filters=others,
            order=(),
            compare=None,
            interval=None,
            limit=_MOST_VALUES,
            offset=0,
        )
        groups = self.site.workspace.spend.answer(query, own=own).groups
        return [
            {
                "label": group.labels[0],
                "figure": formats.figure(metric, group.values[0]).text,
                "href": self.href(
                    replace(self.view, query=narrowed(self.view.query, equal(dimension, group.keys[0])))
                ),
            }
            for group in groups
        ]
