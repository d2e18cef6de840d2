"""The overview before any event was read: what the subscriptions cost is known already."""

from dataclasses import dataclass, replace
from typing import Any

from finora.spend.query import SpendQuery
from finora.web.address.links import address
from finora.web.figures.coverage import Coverage
from finora.web.figures.formats import figure, period_text, span_text
from finora.web.figures.headline import comparing
from finora.web.figures.panels import Panel, top_panel
from finora.web.site.site import Site

_METRIC = "subscription_cost"
_PLAN = "plan:"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatCost:
    """What subscriptions cost in a period: the period in words, a table by plan, and its last line."""

    period: str
    dates: str
    plans: Panel
    totals: dict[str, Any]


def flat_cost(site: Site, query: SpendQuery, own: str | None) -> FlatCost | None:
    """Return what subscriptions cost in a query's period; none where they cost nothing in it.

    Args:
        site: Where they are kept.
        query: Whose period and comparison count.
        own: The e-mail of a reader who may see their own share only.
    """
    if site.workspace.subscriptions.is_empty():
        return None
    result = site.workspace.spend.answer(
        replace(query, metrics=(_METRIC,), dimensions=("model",), filters=(), limit=10), own=own
    )
    total = result.value(result.totals, _METRIC)
    if not total:
        return None
    plans = top_panel(
        result,
        _METRIC,
        # Unlike events, subscriptions need not have been read to be known.
        replace(comparing(result, Coverage()), sound=True),
        lambda group: address("/subscriptions", [("sku", group.keys[0].removeprefix(_PLAN))]),
    )
    plans.columns[0]["label"] = "SKU"
    shown = figure(_METRIC, total)
    return FlatCost(
        period=period_text(query.period, result.span, site.zone),
        dates=span_text(result.span, site.zone),
        plans=plans,
        totals={"name": "Total", "amount": {"text": shown.text, "exact": shown.exact}},
    )
