"""Filters as sentences, and the editor that adds one; all of it links and a plain form."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request

from finora.spend.catalog import DIMENSIONS
from finora.spend.query import Filter, Operator, SpendQuery
from finora.spend.url import encode
from finora.web.address.links import View, narrowed, toggled, values_of, without_filter
from finora.web.figures import formats
from finora.web.site.site import Site

OPERATORS = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.CONTAINS: "contains",
    Operator.CONTAINS_NOT: "does not contain",
}

_EXACT = frozenset({Operator.IS, Operator.IS_NOT})
_MOST_VALUES = 200

Href = Callable[[View], str]


def chips_of(site: Site, view: View, href: Href, own: str | None) -> list[dict[str, str]]:
    """Return a chip a filter: a sentence and the way without it. Who may see their own usage only learns no names."""
    return [
        {
            "id": f"chip-{place}",
            "dimension": DIMENSIONS[each.dimension].label,
            "operator": OPERATORS[each.operator],
            "value": " or ".join(_label(site, each, value, own) for value in each.values),
            "remove": href(view.asking(without_filter(view.query, place))),
            "edit": editing(href(view), each.dimension, each.operator),
        }
        for place, each in enumerate(view.query.filters)
    ]


def _label(site: Site, each: Filter, value: str, own: str | None) -> str:
    exact = each.operator in _EXACT
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
        return {
            "dimensions": [
                {"label": each.label, "href": editing(self.href(self.view), name)}
                for name, each in DIMENSIONS.items()
            ],
            "unfiltered": self.href(self.view.having(filters=())),
            "open": self._open(dimension, _exact_operator(request), own) if dimension in DIMENSIONS else None,
        }

    def _open(self, dimension: str, operator: Operator, own: str | None) -> dict[str, Any]:
        found, here = DIMENSIONS[dimension], self.href(self.view)
        return {
            "dimension": dimension,
            "label": found.label,
            "definition": found.definition,
            "action": here.partition("?")[0],
            "cancel": here,
            "keep": parse_qsl(here.partition("?")[2]),
            "operators": [
                {"value": each.value, "label": words}
                for each, words in OPERATORS.items()
                if each not in _EXACT
            ],
            "exact": [
                {
                    "label": OPERATORS[each],
                    "href": editing(here, dimension, each),
                    "current": each is operator,
                }
                for each in (Operator.IS, Operator.IS_NOT)
            ],
            "found": self._values(dimension, operator, own),
        }

    def _values(self, dimension: str, operator: Operator, own: str | None) -> list[dict[str, Any]]:
        """Return the values that exist in what is shown, largest first, with what each adds up to.

        A click on a value makes it the filter's only one, a click on its box adds it or takes it away.
        """
        query = self.view.query
        metric = query.metrics[0]
        asked = replace(
            query,
            metrics=(metric,),
            dimensions=(dimension,),
            filters=tuple(each for each in query.filters if each.dimension != dimension),
            order=(),
            compare=None,
            interval=None,
            limit=_MOST_VALUES,
            offset=0,
        )
        present = values_of(query, operator, dimension)
        groups = self.site.workspace.spend.answer(asked, own=own).groups
        return [
            {
                "label": group.labels[0],
                "figure": formats.figure(metric, group.values[0]).text,
                "chosen": group.keys[0] in present,
                "href": self._having(narrowed(query, Filter(operator, dimension, group.keys))),
                "toggle": editing(
                    self._having(toggled(query, operator, dimension, group.keys[0])), dimension, operator
                ),
            }
            for group in groups
        ]

    def _having(self, query: SpendQuery) -> str:
        return self.href(self.view.asking(query))


def editing(here: str, dimension: str, operator: Operator = Operator.IS) -> str:
    """Return the address of a page with the editor open."""
    wanted = [("filter", dimension)]
    if operator is not Operator.IS:
        wanted.append(("operator", operator.value))
    return f"{here}{'&' if '?' in here else '?'}{encode(wanted)}"


def _exact_operator(request: Request) -> Operator:
    return Operator.IS_NOT if request.query_params.get("operator") == Operator.IS_NOT else Operator.IS
